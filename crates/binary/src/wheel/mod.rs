//! What a wheel, a directory or a single file holds: ELF members, labels, and what is wrong with the archive.
//!
//! A wheel is read where it lies: members are found by their first bytes, inflated only as far as their loader would
//! read, and never written to disk.

mod facts;
mod label;
mod read;
mod remote;
mod resolve;
mod source;
mod texts;
mod tree;
mod unpack;

pub use facts::{Container, Label, Member, Problem, ProblemKind, Recorded, WheelFacts};
pub use read::ReadOptions;
pub use resolve::{Need, Resolver, SearchRules};

pub use remote::{FIRST, Portion, Progress, RemoteReading};
pub use resolve::installed_path;
pub use source::Seeking;
pub use texts::Texts;
pub use tree::TreeReading;
