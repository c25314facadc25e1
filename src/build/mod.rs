//! Whether source distributions can be built on an image: compilers, and headers of libraries.
//!
//! An installer that finds no wheel builds from source, and building takes what slim images leave out. Which languages
//! a source distribution is written in is told by the names of its files, and for well-known projects what else they
//! need by `data/building.toml`; what an image has is told by its
//! [`Development`](crate::image::Development) facts.
//!
//! ```
//! use wheelbase::build::{BuildPlace, SourceDistribution, judge};
//! use wheelbase::image::Catalogue;
//! use wheelbase::sdist::{Language, SourceLanguage};
//!
//! let image = "python:3.13-slim".parse()?;
//! let profile = Catalogue::default().profile(&image, "2026-08-13".parse()?, None)?;
//! let mut source = SourceDistribution::new("psycopg2".parse()?, "2.9.10".parse()?);
//! source.language = Some(SourceLanguage::Native);
//! source.languages.insert(Language::C);
//! let building = judge(&[source], &BuildPlace::of_profile(&profile));
//! assert_eq!(
//!     building.install.command.as_deref(),
//!     Some("apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev libpq-dev"),
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod judge;
mod place;
mod table;

use std::collections::BTreeSet;

use crate::findings::Finding;
use crate::image::InstallLine;
use crate::name::ProjectName;
use crate::sdist::{Languages, SourceLanguage};
use crate::version::Version;

pub use judge::judge;
pub use place::BuildPlace;

/// A source distribution that an installer would build.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SourceDistribution {
    /// The project.
    pub project: ProjectName,
    /// Its version.
    pub version: Version,
    /// What the names of its files tell; `None` if nobody has looked.
    pub language: Option<SourceLanguage>,
    /// The compiled languages that were seen.
    pub languages: Languages,
    /// Whether the release has wheels that are compiled, for some platform.
    pub compiled_wheels: bool,
    /// Whether the release has a wheel for every platform, so that it can be built without a compiler.
    pub pure_wheel: bool,
}

impl SourceDistribution {
    /// A source distribution of which nothing more is known.
    pub fn new(project: ProjectName, version: Version) -> Self {
        Self {
            project,
            version,
            language: None,
            languages: Languages::default(),
            compiled_wheels: false,
            pure_wheel: false,
        }
    }
}

/// Whether the source distributions of a resolution can be built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Building {
    /// What is to be told.
    pub findings: Vec<Finding>,
    /// Source distributions that were judged.
    pub sources: usize,
    /// Projects for which something is missing, as far as is known.
    pub lacking: BTreeSet<ProjectName>,
    /// Those among them whose build cannot do without it.
    pub failing: BTreeSet<ProjectName>,
    /// What installs all that is missing.
    pub install: InstallLine,
    /// Why it is not fully known, if it is not.
    pub undetermined: Option<String>,
}
