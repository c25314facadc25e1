//! The facts of a lock that rules check.

use crate::lock::Refusal;

/// A lock on a target.
pub(crate) struct LockContext<'a> {
    /// Why the tool of the lock refuses to install from it.
    pub(crate) refusals: &'a [Refusal],
}
