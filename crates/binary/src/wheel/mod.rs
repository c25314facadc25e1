//! The facts of a wheel, a directory or a single file: ELF members, `WHEEL` files and problems.
//!
//! ELF members are found by their first bytes and decompressed only as far as their tables require. Nothing is written to
//! disk.

mod facts;
mod label;
mod read;
mod remote;
mod resolve;
mod source;
mod texts;
mod tree;
mod unpack;

pub use facts::{WheelProblem, Container, Label, Member, ProblemKind, Recorded, WheelFacts};
pub use read::WheelReadOptions;
pub use resolve::{Need, Resolver, SearchRules};

pub use remote::{FIRST, MemberReading, Portion, RemoteReading};
pub use resolve::installed_path;
pub use source::Seeking;
pub use texts::Texts;
pub use tree::TreeReading;
