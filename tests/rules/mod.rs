//! Findings: each code seen to fire and seen to stay silent, and their table.

mod build;
pub(crate) mod meta;
mod resolution;
