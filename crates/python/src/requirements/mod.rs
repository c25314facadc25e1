//! What the user requires: requirements files, arguments, `pyproject.toml` and scripts.
//!
//! Nothing here reads a file. [`Loader`] is told what to load, says which documents it [needs](Loader::needed), is
//! given their bytes, and makes one [`RequirementSet`] of all, or the list of every fault.
//!
//! The grammar of requirements files is that of pip 26.3 (`_internal/req/req_file.py` and `constructors.py`); where
//! uv 0.13.8 reads a line otherwise, the documentation of the part says so.

mod decode;
mod direct;
mod file;
mod line;
mod lines;
mod loader;
mod location;
mod pyproject;
mod script;
mod words;

pub use direct::DirectRequirement;
pub use loader::Role;
pub use loader::{Loader, Need};
pub use location::Location;
pub use pyproject::{Dependencies, Pyproject, Selection};
pub use wheelbase_spec::options::{
    FindLinks, FormatControl, IndexOption, NameSelection, Options, ReleaseControl, Setting, SettingKind,
};
pub use wheelbase_spec::source::{Fault, Remark};

use wheelbase_spec::marker::Marker;
use wheelbase_spec::name::{ExtraName, ProjectName};
use wheelbase_spec::requirement::Requirement;
use wheelbase_spec::source::Origin;
use wheelbase_spec::version::SpecifierSet;

/// Requirements that exist but cannot be known without running code, such as those of a project with dynamic
/// dependencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undetermined {
    /// What leads to them.
    pub origin: Origin,
    /// Why they cannot be known, without final stop.
    pub message: String,
}

/// One required thing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequirementLine {
    /// What is required.
    pub kind: RequirementKind,
    /// Where it stands.
    pub origin: Origin,
    /// The requirement as written, without its options; variables are not replaced, so that no secret is in it.
    pub text: String,
    /// Allowed hashes by `--hash`: algorithm and lower-case hexadecimal digits. Empty without `--hash`.
    pub hashes: Vec<(String, String)>,
    /// Whether it was given with `-e`.
    pub editable: bool,
    /// `--config-settings` of the line: key and value in the order given.
    pub config_settings: Vec<(String, String)>,
}

/// What a line requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequirementKind {
    /// A project, to be looked up on an index.
    Index(Requirement),
    /// A wheel or source archive at a URL.
    Archive(DirectRequirement),
    /// A wheel or source archive in the file system; relative paths are relative to the working directory, as pip
    /// and uv take them.
    LocalArchive(DirectRequirement),
    /// A project's folder in the file system.
    Directory(DirectRequirement),
    /// A repository of a version control system: what it requires is known only after a checkout.
    Vcs(DirectRequirement),
}

impl RequirementKind {
    /// What is not looked up on an index.
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
    /// The project, where the line tells it.
    pub fn name(&self) -> Option<&ProjectName> {
        match &self.kind {
            RequirementKind::Index(requirement) => Some(&requirement.name),
            kind => kind.direct().and_then(|direct| direct.name.as_ref()),
        }
    }

    /// The extras, sorted, without repeats.
    pub fn extras(&self) -> &[ExtraName] {
        match &self.kind {
            RequirementKind::Index(requirement) => &requirement.extras,
            kind => kind.direct().map_or(&[], |direct| &direct.extras),
        }
    }

    /// The marker.
    pub fn marker(&self) -> Option<&Marker> {
        match &self.kind {
            RequirementKind::Index(requirement) => requirement.marker.as_ref(),
            kind => kind.direct().and_then(|direct| direct.marker.as_ref()),
        }
    }
}

/// Everything that is required, in the order it was given.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct RequirementSet {
    /// What is to be installed.
    pub requirements: Vec<RequirementLine>,
    /// What holds if it is installed (`-c`).
    pub constraints: Vec<RequirementLine>,
    /// What takes the place of every other requirement on its project (uv's `--override`, and `override-dependencies`
    /// of `[tool.uv]`).
    pub overrides: Vec<RequirementLine>,
    /// The options of all files.
    pub options: Options,
    /// `requires-python` of projects and scripts, with the text's place.
    pub requires_python: Vec<(SpecifierSet, Origin)>,
    /// Requirements that exist and cannot be known.
    pub undetermined: Vec<Undetermined>,
    /// What is used otherwise than its writer may expect.
    pub remarks: Vec<Remark>,
}

impl RequirementSet {
    /// Whether every distribution needs a hash: `--require-hashes`, or a `--hash` anywhere.
    ///
    /// pip 26.3 (`req_command.py`) turns the mode on for the whole run by the first requirement or constraint that
    /// has a hash, unless `--no-require-hashes` is given.
    pub fn hash_mode(&self) -> bool {
        if self.options.require_hashes.is_some() {
            return true;
        }
        let mut lines = self.requirements.iter().chain(&self.constraints);
        self.options.no_require_hashes.is_none() && lines.any(|line| !line.hashes.is_empty())
    }
}
