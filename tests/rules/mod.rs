//! Findings: for each code a case in which it fires and one in which it does not, and the table of codes.

mod build;
mod cases;
pub(crate) mod meta;
mod resolution;
