//! Tests of the ELF inspector.

#![expect(clippy::panic, reason = "helpers of tests fail by panicking")]

mod damage;
mod edge;
mod oracle;
mod output;
mod reader;
mod rules;
pub(crate) mod support;
