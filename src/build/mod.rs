//! Whether source distributions can be built on an image: compilers, and headers of libraries.
//!
//! An installer that finds no wheel builds from source, and a build requires compilers and headers that slim images do
//! not have. The languages of a source distribution are detected from the names of its files. Other requirements of
//! well-known projects are in `data/building.toml`. The tools of an image are in its
//! [`Development`](crate::image::Development) facts.
//!
//! ```
//! use wheelbase::build::{BuildEnvironment, SourceDistribution, check};
//! use wheelbase::image::Catalogue;
//! use wheelbase::sdist::{Language, SourceLanguage};
//!
//! let image = "python:3.13-slim".parse()?;
//! let profile = Catalogue::default().profile(&image, "2026-08-13".parse()?, None)?;
//! let mut source = SourceDistribution::new("psycopg2".parse()?, "2.9.10".parse()?);
//! source.language = Some(SourceLanguage::Native);
//! source.languages.insert(Language::C);
//! let building = check(&[source], &BuildEnvironment::of_profile(&profile));
//! assert_eq!(
//!     building.install.command.as_deref(),
//!     Some("apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev libpq-dev"),
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod check;
mod environment;
mod table;

use std::collections::BTreeSet;

use crate::findings::{Finding, UnknownCause};
use crate::image::InstallLine;
use crate::name::ProjectName;
use crate::sdist::{Languages, SourceLanguage};
use crate::version::Version;

pub use check::check;
pub use environment::BuildEnvironment;

/// A source distribution that an installer would build.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SourceDistribution {
    /// The project.
    pub project: ProjectName,
    /// Its version.
    pub version: Version,
    /// The language that its file names show; `None` if it was not read.
    pub language: Option<SourceLanguage>,
    /// The compiled languages that were found.
    pub languages: Languages,
    /// Whether the release has compiled wheels for any platform.
    pub compiled_wheels: bool,
    /// Whether the release has a wheel for every platform, so that it can be built without a compiler.
    pub pure_wheel: bool,
}

impl SourceDistribution {
    /// A source distribution without further facts.
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
    /// The findings.
    pub findings: Vec<Finding>,
    /// The number of checked source distributions.
    pub sources: usize,
    /// Projects with a missing build requirement, as far as is known.
    pub lacking: BTreeSet<ProjectName>,
    /// Those among them that fail to build without it.
    pub failing: BTreeSet<ProjectName>,
    /// The command that installs all missing packages.
    pub install: InstallLine,
    /// Why the result is partly unknown, if it is.
    pub undetermined: Option<UnknownCause>,
}
