//! Readers of binaries: ELF files, the wheels that hold them, and the policies that platform tags promise.

pub mod elf;
pub mod policy;
pub mod wheel;
