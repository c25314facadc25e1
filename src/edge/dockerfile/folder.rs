//! A build context in a directory.

use std::path::{Path, PathBuf};

use crate::dockerfile::Ignore;
use crate::dockerfile_check::ContextFiles;
use crate::edge::inputs::read_file;
use crate::error::Error;

/// A build context in a directory.
#[derive(Debug)]
pub(super) struct ContextFolder(PathBuf);

impl ContextFolder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Returns the rules of the ignore file of the Dockerfile, or else of the context
    /// (<https://docs.docker.com/build/concepts/context/#filename-and-location>).
    pub(super) fn ignore(&self, dockerfile: Option<&Path>) -> Result<Ignore, Error> {
        let own = dockerfile.map(|path| {
            let mut own = path.as_os_str().to_owned();
            own.push(".dockerignore");
            PathBuf::from(own)
        });
        for path in own.into_iter().chain([self.0.join(".dockerignore")]) {
            match std::fs::read(&path) {
                Ok(bytes) => {
                    return Ok(Ignore::parse(&String::from_utf8_lossy(&bytes), &path.display().to_string()));
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(Error::io(&path, error)),
            }
        }
        Ok(Ignore::default())
    }
}

impl ContextFiles for ContextFolder {
    fn located(&self, path: &str) -> Option<String> {
        let below = Path::new(path)
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir));
        below.then(|| self.0.join(path).display().to_string())
    }

    fn is_file(&self, path: &str) -> bool {
        Path::new(path).is_file()
    }

    fn is_folder(&self, path: &str) -> bool {
        Path::new(path).is_dir()
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let folder = if folder.is_empty() { "." } else { folder };
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut names: Vec<String> =
            entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        read_file(path)
    }

    fn absolute(&self, path: &str) -> String {
        std::path::absolute(path).map_or_else(|_| path.to_owned(), |path| path.display().to_string())
    }
}
