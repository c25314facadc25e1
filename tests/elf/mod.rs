//! Tests of the ELF inspector.

#![expect(clippy::panic, reason = "helpers of tests fail by panicking")]

mod damage;
mod edge;
mod oracle;
mod output;
mod reader;
pub(crate) mod support;
mod verdicts;
