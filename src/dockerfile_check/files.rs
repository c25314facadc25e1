//! The files of a build context.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Error;
use crate::lock::LockSelection;
use crate::locked::{LockInput, is_lock_file};

/// Access to a build context. Only paths from [`located`](Self::located) are requested.
///
/// A caller without a file system can implement it in memory.
pub trait ContextFiles: Sync {
    /// The path under which a file of the context is read and shown; `None` if it leads out of the context.
    fn located(&self, path: &str) -> Option<String>;

    /// Whether it is a file.
    fn is_file(&self, path: &str) -> bool;

    /// Whether it is a directory.
    fn is_folder(&self, path: &str) -> bool;

    /// The names in a directory, in order; none for a directory that cannot be read.
    fn names(&self, folder: &str) -> Vec<String>;

    /// The bytes of a file.
    ///
    /// # Errors
    ///
    /// The cause, if it cannot be read.
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;

    /// The path without a working directory, in the form of a local archive in a requirement.
    fn absolute(&self, path: &str) -> String {
        path.to_owned()
    }
}

/// A build context in memory: contents by path.
impl ContextFiles for BTreeMap<String, Vec<u8>> {
    fn located(&self, path: &str) -> Option<String> {
        Some(path.trim_start_matches("./").to_owned())
    }

    fn is_file(&self, path: &str) -> bool {
        self.contains_key(path)
    }

    fn is_folder(&self, path: &str) -> bool {
        self.keys().any(|file| below(file, path).is_some())
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let names = self.keys().filter_map(|file| below(file, folder)?.split('/').next());
        let names: BTreeSet<String> = names.map(str::to_owned).collect();
        names.into_iter().collect()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        self.get(path).cloned().ok_or_else(|| "file not found".to_owned())
    }
}

/// The part of a path below a directory.
fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    match folder.trim_end_matches('/') {
        "" | "." => Some(path),
        folder => path.strip_prefix(folder)?.strip_prefix('/'),
    }
}

/// Whether a file is a lock.
pub(super) fn is_lock(files: &dyn ContextFiles, path: &str) -> bool {
    is_lock_file(path, || files.read(path).ok())
}

/// A lock with the project file in the same directory.
pub(super) fn read_lock(
    files: &dyn ContextFiles,
    path: &str,
    selection: LockSelection,
) -> Result<LockInput, Error> {
    LockInput::read(path, selection, |path| match files.is_file(path) {
        true => files.read(path).map(Some),
        false => Ok(None),
    })
}
