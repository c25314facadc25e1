//! Tests of the ELF inspector.

mod oracle;
