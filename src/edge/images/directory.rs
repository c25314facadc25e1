//! `dir:ROOT`: an unpacked file system in a directory.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};
use crate::image::read::{Collector, DetectedImage, ImageConfig, ImageFault, TarKind, WantedPaths};

use super::assemble;
use super::job::Job;

/// Reads a directory as the only layer of an image without configuration. Links are read as values and resolved only
/// inside the tree, so that none points to files of this machine.
pub(super) fn read(root: &Path, job: &Job) -> Result<DetectedImage, Error> {
    let meta = fs::symlink_metadata(root).map_err(|error| Error::io(root, error))?;
    // The directory itself may be a link.
    let root = if meta.is_symlink() {
        fs::canonicalize(root).map_err(|error| Error::io(root, error))?
    } else {
        root.to_owned()
    };
    if !root.is_dir() {
        return Err(Error::input(format!("`{}` is not a directory", root.display())));
    }
    let wanted = WantedPaths::default();
    let mut collector = Collector::new(&wanted, &job.budget);
    let mut pending = vec![PathBuf::new()];
    while let Some(below) = pending.pop() {
        let folder = root.join(&below);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            // Some directories of a tree are readable only for root (`root`, `etc/ssl/private`). Their content is
            // unknown. Only an unreadable top directory is an error.
            Err(error)
                if error.kind() == io::ErrorKind::PermissionDenied && !below.as_os_str().is_empty() =>
            {
                let name = below.as_os_str().as_bytes();
                collector.unreadable(name, &denied(&error)).map_err(|fault| job.error(fault))?;
                continue;
            }
            Err(error) => return Err(Error::io(&folder, error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| Error::io(&folder, error))?;
            let kind = entry.file_type().map_err(|error| Error::io(&entry.path(), error))?;
            let path = below.join(entry.file_name());
            let name = path.as_os_str().as_bytes();
            let fault = |fault: ImageFault| job.error(fault);
            // `.wh.` names are regular files here, not deletions.
            if entry.file_name().as_bytes().starts_with(b".wh.") {
                continue;
            }
            if kind.is_symlink() {
                let target = fs::read_link(entry.path()).map_err(|error| Error::io(&entry.path(), error))?;
                let target = TarKind::Symlink(target.as_os_str().as_bytes().to_vec());
                collector.add(name, target, 0, &mut io::empty()).map_err(fault)?;
            } else if kind.is_dir() {
                collector.add(name, TarKind::Directory, 0, &mut io::empty()).map_err(fault)?;
                // These directories of a running system are not part of an image.
                if !["proc", "sys", "dev"].iter().any(|name| path == Path::new(name)) {
                    pending.push(path);
                }
            } else if kind.is_file() {
                let size = entry.metadata().map_err(|error| Error::io(&entry.path(), error))?.len();
                let mut content = LazyFile { path: entry.path(), file: None, denied: None };
                let added = collector.add(name, TarKind::File, size, &mut content);
                if let Some(why) = content.denied {
                    collector.unreadable(name, &why).map_err(fault)?;
                    continue;
                }
                added.map_err(|fault| {
                    let kind = if fault.is_io() { ErrorKind::Io } else { ErrorKind::Data };
                    Error::new(kind, format!("`{}`: {fault}", content.path.display())).with_source(fault)
                })?;
            } else {
                collector.add(name, TarKind::Special, 0, &mut io::empty()).map_err(fault)?;
            }
        }
    }
    assemble::finish(vec![collector.finish()], &ImageConfig::default(), job)
}

/// A file that is opened at the first read, because few files are read.
struct LazyFile {
    path: PathBuf,
    file: Option<File>,
    /// Why it cannot be opened, if so.
    denied: Option<String>,
}

fn denied(error: &io::Error) -> String {
    format!("{error}; run as root to read it")
}

impl Read for LazyFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(File::open(&self.path).inspect_err(|error| {
                if error.kind() == io::ErrorKind::PermissionDenied {
                    self.denied = Some(denied(error));
                }
            })?),
        };
        file.read(buffer)
    }
}
