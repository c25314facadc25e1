//! Reads the imports of packages, in wheels on an index and in directories.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use futures_util::stream::{self, StreamExt as _};
use wheelbase_formats::limits;

use super::{FetchFailure, IndexClient};
use crate::imports::{ImportWalk, Imports};
use crate::index::DistributionFile;
use crate::name::ProjectName;
use crate::wheel::Texts;

/// The kind of the cached imports. The encoding has its own version.
const KIND: &str = "wheel-imports";
/// The number of requests at the same time.
const AT_ONCE: usize = 4;

/// Reads the Python files of a wheel that its imports run. `progress` is called with the number of bytes of each part.
///
/// # Errors
///
/// If the file cannot be fetched or is not an archive.
pub async fn imports_of(
    client: &IndexClient,
    project: &ProjectName,
    file: &DistributionFile,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Imports, FetchFailure> {
    let known = file.sha256.as_ref().and_then(|sha256| client.facts_get(KIND, sha256));
    if let Some(imports) = known.and_then(|bytes| Imports::from_bytes(&bytes)) {
        return Ok(imports);
    }
    let remote = client.open_file(file).await?;
    let fetch = async |range: std::ops::Range<u64>| {
        let bytes = remote.read_range(range).await?;
        progress(bytes.len() as u64);
        Ok::<_, FetchFailure>(bytes)
    };
    let directory = remote.zip_directory(&file.filename, progress).await?;
    let mut texts = Texts::new(directory);
    let mut walk = ImportWalk::new(project.as_str(), texts.paths());
    for _ in 0..limits::IMPORT_ROUNDS {
        let wants = walk.wants();
        if wants.is_empty() {
            break;
        }
        let mut missing: BTreeSet<&String> = wants.iter().collect();
        let mut fetched = stream::iter(texts.groups(&wants))
            .map(|group| async { Ok::<_, FetchFailure>((fetch(group.range.clone()).await?, group)) })
            .buffered(AT_ONCE);
        let mut answers = Vec::new();
        while let Some(answer) = fetched.next().await {
            answers.push(answer?);
        }
        drop(fetched);
        for (bytes, group) in answers {
            for (path, text) in texts.take(&group, &bytes) {
                missing.remove(&path);
                walk.give(&path, Some(&text));
            }
        }
        for path in missing {
            walk.give(path, None);
        }
    }
    let imports = walk.finish();
    if let (Some(sha256), Some(bytes)) = (&file.sha256, imports.to_bytes()) {
        client.facts_put(KIND, sha256, &bytes);
    }
    Ok(imports)
}

/// Reads the imports of all packages in a directory.
///
/// # Errors
///
/// If the directory cannot be read. Files below it that cannot be read are skipped.
pub fn imports_of_directory(path: &Path) -> std::io::Result<Imports> {
    walk_directory(path, "", |_| true)
}

/// Reads the imports of a project in a directory: of the package with its name and of those with files of it.
///
/// # Errors
///
/// If the directory cannot be read. Files below it that cannot be read are skipped.
pub fn imports_of_installed<'f>(
    path: &Path,
    project: &ProjectName,
    files: impl Iterator<Item = &'f str>,
) -> std::io::Result<Imports> {
    let top = |path: &str| path.split(['/', '.']).next().unwrap_or_default().to_owned();
    let mut tops: BTreeSet<String> = files.map(top).collect();
    tops.insert(project.as_str().replace('-', "_"));
    walk_directory(path, project.as_str(), |path| tops.contains(&top(path)))
}

fn walk_directory(path: &Path, project: &str, wanted: impl Fn(&str) -> bool) -> std::io::Result<Imports> {
    let mut paths = Vec::new();
    let mut open = vec![(path.to_owned(), String::new(), 0)];
    while let Some((directory, prefix, depth)) = open.pop() {
        let entries = match fs::read_dir(&directory) {
            Ok(entries) => entries,
            Err(error) if depth == 0 => return Err(error),
            Err(_) => continue,
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let below = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
            if !wanted(&below) {
                continue;
            }
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && depth < limits::FOLDER_DEPTH => {
                    open.push((entry.path(), below, depth + 1));
                }
                Ok(kind) if kind.is_file() => paths.push(below),
                _ => {}
            }
        }
    }
    paths.sort();
    let mut walk = ImportWalk::new(project, paths.iter().map(String::as_str));
    loop {
        let wants = walk.wants();
        if wants.is_empty() {
            return Ok(walk.finish());
        }
        for want in wants {
            let file = path.join(&want);
            let small = fs::metadata(&file).is_ok_and(|found| found.len() <= limits::PYTHON_FILE_BYTES);
            let text = if small { fs::read(&file).ok() } else { None };
            walk.give(&want, text.as_deref());
        }
    }
}
