//! Findings: for each code cases in which it fires and cases in which it does not, and the table of codes.

mod build;
mod cases;
mod markers;
mod meta;
