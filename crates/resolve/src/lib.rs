//! Resolution: which versions and files an installer would use, and why.
//!
//! [`Solver`] solves as far as the known [`Facts`] allow and returns the facts it [`Need`]s; the caller fetches them
//! and calls it again. Nothing in this crate waits, reads files or uses the network.

mod candidates;
mod direct;
mod explain;
mod facts;
mod graph;
pub mod index;

mod node;
mod outcome;
mod problem;
mod provider;
pub mod reasons;
mod resolution;
mod set;
mod solve;
mod solver;
mod source_tree;
mod table;
mod unknown;

pub use candidates::{Candidate, FileRules, Rejection};
pub use direct::file_of_url;
pub use facts::{Fact, Facts, MemoryFacts, Need};

pub use problem::{Problem, ResolveOptions, RootRequirement};
pub use reasons::{Reason, best_candidate, check_file, release_reasons};
pub use resolution::{
    Chosen, Conflict, RequestedBy, Resolution, ResolvedProject, Selection, UndefinedComparisons,
};
pub use solve::Advance;
pub use solver::Solver;
pub use source_tree::SourceTree;
pub use table::Direct;
pub use unknown::UnknownReason;
