//! Tests of the ELF inspector.

mod damage;
mod oracle;
mod output;
mod reader;
mod rules;
mod support;
