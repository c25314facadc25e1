//! wheelbase answers one question: *on this container base image, would my requirements install from wheels or
//! from source, and if not, why and what do I do about it?*

pub mod edge;
pub mod filename;
pub mod gate;
pub mod index;
pub mod marker;
pub mod metadata;
pub mod requirement;
pub mod requirements;
pub mod sdist;
pub mod source;
pub mod tags;
pub mod target;
pub mod version;

mod error;
mod name;

pub use error::Error;
pub use name::{ExtraName, InvalidName, ProjectName};
