//! Tests of the ELF inspector.

mod oracle;
mod reader;
mod support;
mod tmp;
