//! Readers of binaries: ELF files, wheels, and the policies of platform tags.

pub mod elf;
pub mod policy;
pub mod wheel;
