//! What an ELF file says of itself: machine, libraries, version nodes, symbols.
//!
//! Reading goes by program headers and dynamic tags alone, as the loaders do; section headers may be stripped or
//! lie. Nothing is executed and nothing of the host is looked at.
//!
//! ```
//! use wheelbase::elf::{ElfFacts, looks_like_elf};
//!
//! assert!(!looks_like_elf(b"#!/bin/sh\n"));
//! // A header alone is an error that says what is missing, not a panic.
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
mod pieces;
mod read;
mod reader;
mod symbols;
mod versions;

pub use facts::{ElfFacts, ElfKind, Stack};
pub use fault::ElfFault;
pub use imports::{Import, Imports};
pub use machine::{ByteOrder, Class, FloatPassing, Machine};
pub use names::Names;
pub use notes::IsaLevel;
pub use versions::{VersionNeed, VersionNode};

pub use pieces::Pieces;
pub use read::{Detail, Step, name_hash, step};

/// Whether bytes begin with the ELF magic.
pub fn looks_like_elf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x7fELF")
}
