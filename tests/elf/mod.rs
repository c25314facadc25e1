//! Tests of the ELF inspector.

#![expect(clippy::panic, reason = "helpers of tests fail by panicking")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "skipped tests and measured peaks are told")]

mod damage;
mod edge;
mod oracle;
mod output;
mod reader;
mod rules;
pub(crate) mod support;
