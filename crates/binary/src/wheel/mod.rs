//! The facts of a wheel, a directory or a single file: ELF members, `WHEEL` files and problems.
//!
//! ELF members are found by their first bytes and decompressed only as far as their tables require. Nothing is written to
//! disk.

mod facts;
mod label;
pub mod paths;
mod read;
mod remote;
mod resolve;
mod source;
mod texts;
mod tree;
mod unpack;
mod walk;

pub use facts::{Container, Label, Member, ProblemKind, Recorded, WheelFacts, WheelProblem};
pub use read::WheelReadOptions;
pub use resolve::Resolver;

pub use remote::{FIRST, MemberReading, Portion, RemoteReading};
pub use source::Seeking;
pub use texts::Texts;
pub use tree::TreeReading;
pub use walk::{
    LibrarySource, LoadSequence, LoadableFiles, RequiredLibrary, SearchEnd, SearchEntry, SearchRules,
};
