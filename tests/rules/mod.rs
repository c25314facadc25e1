//! Findings: each code seen to fire and seen to stay silent, and their table.

pub(crate) mod meta;
mod resolution;
