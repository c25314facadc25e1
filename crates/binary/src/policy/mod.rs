//! The promises of platform tags, and the symbols of C libraries and CPython.
//!
//! The facts are in `data/`; this module parses them into tables.

mod glibc;
mod loader;
mod musl;
mod platform;
mod stable_abi;

pub use glibc::{GlibcPolicies, NodeRule};
pub use loader::LoaderFacts;
pub use musl::{MuslPolicies, MuslRelease, MuslSymbols};
pub use platform::PlatformClaim;
pub use stable_abi::{Stability, StableAbi};

pub use loader::loader_facts;

use crate::elf::Machine;

/// Returns the machines with these names.
fn machines(names: &[String]) -> Vec<Machine> {
    names.iter().filter_map(|name| Machine::from_name(name)).collect()
}
