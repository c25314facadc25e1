//! Files from which loading starts.

use crate::findings::OpenerKind;

use super::faults::Fault;

/// A file from which loading starts, with what comes of it.
pub(super) struct Root {
    pub(super) at: usize,
    pub(super) kind: OpenerKind,
    pub(super) name: String,
    /// How many files are loaded for it.
    pub(super) size: usize,
    pub(super) faults: Vec<Fault>,
}
