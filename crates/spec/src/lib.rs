//! The vocabulary of Python packaging as its specifications define it: names, versions, markers, requirements, file
//! names, wheel tags and core metadata, and the [`target`] that an installer sees.
//!
//! Every function depends only on its arguments: no files, no network, no clock, no environment variables.

mod credentials;
mod cursor;
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
