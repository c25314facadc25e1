//! Lock files: the pinned versions and the files that another tool has resolved.
//!
//! A lock is not solved again. [`Lock::parse`] reads one of five formats, and [`Lock::select`] returns the packages that
//! are installed for a target, the chosen extras and the chosen dependency groups. The tags of the target then decide
//! which file of a package is installed.

mod fields;
mod graph;
mod lockfile;
mod model;
mod parse;
mod pdm;
mod pipenv;
mod poetry;
mod project;
mod pylock;
mod requirement;
mod select;
mod selection;
mod unknown;
mod uv;

pub use lockfile::Lock;
pub use model::{LockFormat, LockSource, LockedDependency, LockedFile, LockedPackage};
pub use project::LockProject;
pub use select::{Refusal, Selected, SelectedPackage};
pub use selection::{Extras, LockSelection};
pub use unknown::{Fate, UnknownName};
