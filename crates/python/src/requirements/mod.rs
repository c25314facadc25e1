//! The requirements of the user: requirements files, arguments, `pyproject.toml` and scripts.
//!
//! This module does not open files. [`Loader`] lists the documents that it [needs](Loader::needed), the caller supplies
//! their bytes, and the result is one [`RequirementSet`] or the list of all faults.
//!
//! The grammar of requirements files is that of pip 26.3 (`_internal/req/req_file.py` and `constructors.py`); if
//! uv 0.13.8 reads a line differently, the documentation of the part mentions it.

mod decode;
mod direct;
mod file;
mod line;
mod lines;
mod loader;
mod location;
mod pyproject;
mod script;
mod shlex;

pub use direct::DirectRequirement;
pub use loader::Role;
pub use loader::{DocumentNeed, Loader};
pub use location::DocumentLocation;
pub use pyproject::{Dependencies, ProjectSelection, Pyproject};
pub use wheelbase_spec::options::{
    FindLinks, FormatControl, IndexOption, NameSelection, Options, ReleaseControl, Setting, SettingKind,
};
pub use wheelbase_spec::source::{Fault, Remark};

use wheelbase_spec::marker::Marker;
use wheelbase_spec::name::{ExtraName, ProjectName};
use wheelbase_spec::requirement::Requirement;
use wheelbase_spec::source::Origin;
use wheelbase_spec::version::SpecifierSet;

/// Requirements that are unknown until code runs, such as the dynamic dependencies of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRequirements {
    /// The position that refers to them.
    pub origin: Origin,
    /// The reason, without a period.
    pub message: String,
}

/// One requirement of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequirementLine {
    /// What is required.
    pub kind: RequirementKind,
    /// The position.
    pub origin: Origin,
    /// The requirement as written, without its options. Variables are not replaced, so it does not contain secrets.
    pub text: String,
    /// Allowed hashes by `--hash`: algorithm and lower-case hexadecimal digits. Empty without `--hash`.
    pub hashes: Vec<(String, String)>,
    /// Whether it is the value of `-e`.
    pub editable: bool,
    /// `--config-settings` of the line: key and value, in the order of the line.
    pub config_settings: Vec<(String, String)>,
}

/// The kind of a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequirementKind {
    /// A project on an index.
    Index(Requirement),
    /// A wheel or source archive at a URL.
    Archive(DirectRequirement),
    /// A wheel or source archive in the file system; relative paths are relative to the working directory, as in
    /// pip and uv.
    LocalArchive(DirectRequirement),
    /// The directory of a project in the file system.
    Directory(DirectRequirement),
    /// A repository of a version control system; its dependencies are unknown until it is checked out.
    Vcs(DirectRequirement),
}

impl RequirementKind {
    /// Returns the direct requirement; `None` if the project is on an index.
    pub fn direct(&self) -> Option<&DirectRequirement> {
        match self {
            Self::Index(_) => None,
            Self::Archive(direct)
            | Self::LocalArchive(direct)
            | Self::Directory(direct)
            | Self::Vcs(direct) => Some(direct),
        }
    }
}

impl RequirementLine {
    /// Returns the project; `None` if the line does not contain its name.
    pub fn name(&self) -> Option<&ProjectName> {
        match &self.kind {
            RequirementKind::Index(requirement) => Some(&requirement.name),
            kind => kind.direct().and_then(|direct| direct.name.as_ref()),
        }
    }

    /// Returns the extras, sorted and without duplicates.
    pub fn extras(&self) -> &[ExtraName] {
        match &self.kind {
            RequirementKind::Index(requirement) => &requirement.extras,
            kind => kind.direct().map_or(&[], |direct| &direct.extras),
        }
    }

    /// Returns the marker.
    pub fn marker(&self) -> Option<&Marker> {
        match &self.kind {
            RequirementKind::Index(requirement) => requirement.marker.as_ref(),
            kind => kind.direct().and_then(|direct| direct.marker.as_ref()),
        }
    }
}

/// All requirements, in the order of the documents.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct RequirementSet {
    /// The requirements that are installed.
    pub requirements: Vec<RequirementLine>,
    /// Constraints (`-c`).
    pub constraints: Vec<RequirementLine>,
    /// Overrides: each replaces every other requirement on its project (uv: `--override`, and `override-dependencies`
    /// of `[tool.uv]`).
    pub overrides: Vec<RequirementLine>,
    /// The options of all files.
    pub options: Options,
    /// `requires-python` of projects and scripts, with their positions.
    pub requires_python: Vec<(SpecifierSet, Origin)>,
    /// Requirements that are unknown until code runs.
    pub undetermined: Vec<UnknownRequirements>,
    /// Lines that have another effect than the author may expect.
    pub remarks: Vec<Remark>,
}

impl RequirementSet {
    /// Returns whether every distribution requires a hash: `--require-hashes`, or a `--hash` anywhere.
    ///
    /// pip 26.3 (`req_command.py`) enables the mode for the whole run at the first requirement or constraint that
    /// has a hash, unless `--no-require-hashes` is given.
    pub fn hash_mode(&self) -> bool {
        if self.options.require_hashes.is_some() {
            return true;
        }
        let mut lines = self.requirements.iter().chain(&self.constraints);
        self.options.no_require_hashes.is_none() && lines.any(|line| !line.hashes.is_empty())
    }
}
