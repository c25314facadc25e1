//! What platform tags promise, and what C libraries, loaders and CPython give.
//!
//! The facts live in `data/`; this module reads them into tables that answer questions about one name.

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

/// The machines of a data table, by name.
fn machines(names: &[String]) -> Vec<Machine> {
    names.iter().filter_map(|name| Machine::from_name(name)).collect()
}
