//! Lock files.

pub(super) mod lock_refused;
