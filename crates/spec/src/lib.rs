//! The vocabulary of Python packaging, as its specifications define it: names, versions, markers, requirements, file
//! names, wheel tags, index pages and core metadata, and core metadata; and the [`target`] that installers see.
//!
//! Everything here is a function of its arguments: no files, no network, no clock, no environment.

pub mod error;
pub mod filename;
pub mod marker;
pub mod metadata;
pub mod name;
pub mod options;
pub mod requirement;
pub mod source;
pub mod tags;
pub mod target;
pub mod version;

pub use error::Error;
pub use name::{ExtraName, InvalidName, ProjectName};
