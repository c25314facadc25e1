//! The rule on lock files.

mod context;

pub(super) mod lock_refused;

pub(crate) use context::LockContext;
