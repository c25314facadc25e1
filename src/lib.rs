//! wheelbase answers one question: *on this container base image, would my requirements install from wheels or
//! from source, and if not, why and what do I do about it?*

pub mod cli;
pub mod dockerfile;
pub mod edge;
pub mod elf;
pub mod filename;
pub mod gate;
pub mod image;
pub mod index;
pub mod inspect;
pub mod lock;
pub mod marker;
pub mod metadata;
pub mod policy;
pub mod report;
pub mod requirement;
pub mod requirements;
pub mod resolve;
pub mod sdist;
pub mod source;
pub mod tags;
pub mod target;
pub mod verdict;
pub mod version;
pub mod wheel;

mod error;
mod name;

pub use edge::Check;
pub use error::Error;
pub use name::{ExtraName, InvalidName, ProjectName};
