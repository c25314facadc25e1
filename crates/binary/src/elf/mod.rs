//! Facts of ELF files: machine, libraries, version nodes, symbols.
//!
//! Like loaders, this reader uses only program headers and dynamic tags; section headers may be stripped or wrong.
//! Nothing is executed, and nothing of the host is read.
//!
//! ```
//! use wheelbase::elf::{ElfFacts, looks_like_elf};
//!
//! assert!(!looks_like_elf(b"#!/bin/sh\n"));
//! // A truncated header is an error with the missing part, not a panic.
//! assert!(ElfFacts::read(b"\x7fELF\x02\x01\x01").is_err());
//! ```

mod dynamic;
mod facts;
mod fault;
mod header;
mod imports;
mod machine;
mod names;
mod notes;
mod ranges;
mod read;
mod reader;
mod symbols;
mod versions;

pub use facts::{ElfFacts, ElfKind, Stack};
pub use fault::ElfFault;
pub use imports::{Import, UndefinedSymbols};
pub use machine::{ByteOrder, Class, FloatPassing, Machine};
pub use names::Names;
pub use notes::X86Level;
pub use versions::{VersionNeed, VersionNode};

pub use ranges::Pieces;
pub use read::{ElfReading, ExportNames, name_hash, step};

/// Returns whether bytes start with the ELF magic number.
pub fn looks_like_elf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x7fELF")
}
