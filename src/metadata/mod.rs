//! Core metadata.

use crate::name::{ExtraName, ProjectName};
use crate::requirement::Requirement;
use crate::version::Version;

/// How sure a distribution's dependencies are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Confidence {
    /// the file's own, complete metadata (a wheel's METADATA)
    Exact,
    /// an sdist's PKG-INFO of metadata 2.2 or newer with static Requires-Dist (PEP 643)
    StaticSdist,
    /// `[project]` with static dependencies in the sdist's pyproject.toml
    StaticPyproject,
    /// another wheel of the same version
    SiblingWheel,
    /// setuptools' egg-info/requires.txt: a guess
    EggInfo,
    /// nothing stated anywhere
    Unknown,
}

/// The parts of core metadata a resolution needs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CoreMetadata {
    /// Name
    pub name: Option<ProjectName>,
    /// Version
    pub version: Option<Version>,
    /// Metadata-Version as written
    pub metadata_version: String,
    /// Requires-Dist lines that could be read
    pub requires_dist: Vec<Requirement>,
    /// lines that could not be read: (line as written, why)
    pub unreadable: Vec<(String, String)>,
    /// Requires-Python as written
    pub requires_python: Option<String>,
    /// Provides-Extra
    pub provides_extra: Vec<ExtraName>,
    /// Dynamic fields, lower case
    pub dynamic: Vec<String>,
    /// how the dependencies were learned
    pub confidence: Confidence,
}
