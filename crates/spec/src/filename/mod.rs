//! File names of distributions: the
//! [binary distribution format](https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-name-convention)
//! and the
//! [source distribution format](https://packaging.python.org/en/latest/specifications/source-distribution-format/#source-distribution-file-name).
//!
//! Installers read names differently, so the caller selects the rules ([`NameRules`]). [`NameVerdicts`] contains the
//! answers of pip and uv for the same name.

mod build_tag;
mod kind;
mod project;
mod sdist;
mod wheel;

pub use crate::target::NameRules;
pub use build_tag::BuildTag;
pub use kind::{FileKind, NameVerdicts};
pub use sdist::SdistFilename;
pub use wheel::{WheelFilename, WheelName, WheelNameFault};
