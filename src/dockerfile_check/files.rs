//! The files of a build context, as judging asks for them.

use crate::error::Error;
use crate::lock::Selection;
use crate::locked::{LockInput, is_lock_file};

/// What the core asks of a build context. Paths come from [`located`](Self::located), and only those are asked for.
///
/// A caller without a file system answers from memory.
pub trait ContextFiles: Sync {
    /// The path under which a file of the context is read and shown; `None` if it leads out of the context.
    fn located(&self, path: &str) -> Option<String>;

    /// Whether it is a file.
    fn is_file(&self, path: &str) -> bool;

    /// Whether it is a folder.
    fn is_folder(&self, path: &str) -> bool;

    /// The names in a folder, in order; none for a folder that cannot be read.
    fn names(&self, folder: &str) -> Vec<String>;

    /// The bytes of a file.
    ///
    /// # Errors
    ///
    /// The cause, if it cannot be read.
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;

    /// The path without reference to a working folder, as a requirement names a local archive.
    fn absolute(&self, path: &str) -> String {
        path.to_owned()
    }
}

/// Whether a file is a lock.
pub(super) fn is_lock(files: &dyn ContextFiles, path: &str) -> bool {
    is_lock_file(path, || files.read(path).ok())
}

/// A lock with the project file in the same folder.
pub(super) fn read_lock(
    files: &dyn ContextFiles,
    path: &str,
    selection: Selection,
) -> Result<LockInput, Error> {
    LockInput::read(path, selection, |path| match files.is_file(path) {
        true => files.read(path).map(Some),
        false => Ok(None),
    })
}
