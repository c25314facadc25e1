//! Tests of the ELF inspector.

mod damage;
mod oracle;
mod output;
mod reader;
mod rules;
pub(crate) mod support;
