//! Building from source.

pub(super) mod build_needs_library;
pub(super) mod compiler_missing;
