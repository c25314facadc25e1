//! The files with which loading starts.

use crate::findings::OpenerKind;

use super::faults::Fault;

/// A file with which loading starts, and the result.
pub(super) struct Root {
    pub(super) at: usize,
    pub(super) kind: OpenerKind,
    pub(super) name: String,
    /// The number of files that are loaded for it.
    pub(super) size: usize,
    pub(super) faults: Vec<Fault>,
}
