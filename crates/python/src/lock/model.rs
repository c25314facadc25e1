//! The packages and files of a lock, independent of its format.

use std::collections::BTreeMap;
use std::fmt;

use wheelbase_spec::marker::Marker;
use wheelbase_spec::name::{ExtraName, ProjectName};
use wheelbase_spec::source::Origin;
use wheelbase_spec::version::{SpecifierSet, Version};

/// The format of a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LockFormat {
    /// `pylock.toml`, `pylock.NAME.toml` ([PEP 751](https://peps.python.org/pep-0751/))
    Pylock,
    /// `uv.lock`
    Uv,
    /// `poetry.lock`
    Poetry,
    /// `pdm.lock`
    Pdm,
    /// `Pipfile.lock`
    Pipenv,
}

impl LockFormat {
    /// Returns the file name; `pylock.toml` also for `pylock.NAME.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pylock => "pylock.toml",
            Self::Uv => "uv.lock",
            Self::Poetry => "poetry.lock",
            Self::Pdm => "pdm.lock",
            Self::Pipenv => "Pipfile.lock",
        }
    }

    /// Returns the format of a lock with this file name.
    ///
    /// ```
    /// use wheelbase::lock::LockFormat;
    ///
    /// assert_eq!(LockFormat::of_name("backend/pylock.dev.toml"), Some(LockFormat::Pylock));
    /// assert_eq!(LockFormat::of_name("script.py.lock"), Some(LockFormat::Uv));
    /// assert_eq!(LockFormat::of_name("requirements.txt"), None);
    /// ```
    pub fn of_name(path: &str) -> Option<Self> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
        match name {
            "pylock.toml" => Some(Self::Pylock),
            "uv.lock" => Some(Self::Uv),
            "poetry.lock" => Some(Self::Poetry),
            "pdm.lock" => Some(Self::Pdm),
            "Pipfile.lock" => Some(Self::Pipenv),
            // PEP 751, "File name": `^pylock\.([^.]+)\.toml$`. uv writes the lock of a script next to it.
            _ => match name.strip_prefix("pylock.").and_then(|rest| rest.strip_suffix(".toml")) {
                Some(middle) if !middle.is_empty() && !middle.contains('.') => Some(Self::Pylock),
                _ => name.ends_with(".py.lock").then_some(Self::Uv),
            },
        }
    }
}

impl fmt::Display for LockFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a locked package comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockSource {
    /// An index: its URL, or `None` for the configured index.
    Index(Option<String>),
    /// An archive at a URL.
    Url(String),
    /// A directory or archive in the file system, relative to the lock.
    Path {
        /// as written
        path: String,
        /// whether it is installed as editable
        editable: bool,
    },
    /// A repository.
    Vcs {
        /// its URL
        url: String,
        /// the commit, if the lock contains it
        revision: Option<String>,
        /// the directory of the project, if it is not the root
        subdirectory: Option<String>,
    },
    /// The project that is locked, or a member of its workspace.
    Project {
        /// its directory, relative to the lock
        path: String,
        /// false for a project that is never installed itself
        installed: bool,
    },
}

/// One file of a locked package.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LockedFile {
    /// Its name.
    pub filename: String,
    /// The URL; `None` if the index provides it.
    pub url: Option<String>,
    /// The path relative to the lock, for local files.
    pub path: Option<String>,
    /// Algorithm and lower-case hexadecimal digits.
    pub hashes: Vec<(String, String)>,
    /// The size in bytes.
    pub size: Option<u64>,
    /// The upload time in seconds since 1970-01-01T00:00Z.
    pub upload_time: Option<i64>,
    /// The position in the lock.
    pub origin: Origin,
}

/// A dependency of a locked package.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LockedDependency {
    /// The project.
    pub name: ProjectName,
    /// The locked version, if the lock contains several and selects one.
    pub version: Option<Version>,
    /// The accepted versions, in locks that do not record the version.
    pub specifiers: Option<SpecifierSet>,
    /// The locked source, if the lock contains several and selects one.
    pub source: Option<LockSource>,
    /// The required extras.
    pub extras: Vec<ExtraName>,
    /// The condition of the dependency.
    pub marker: Option<Marker>,
}

/// One package of a lock.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LockedPackage {
    /// The project.
    pub name: ProjectName,
    /// The version; `None` if it is unknown (directories, repositories).
    pub version: Option<Version>,
    /// The condition under which it is installed.
    pub marker: Option<Marker>,
    /// `Requires-Python`, if the lock repeats it.
    pub requires_python: Option<SpecifierSet>,
    /// The source of the package.
    pub source: LockSource,
    /// Its files; empty if the lock lists none or only their hashes.
    pub files: Vec<LockedFile>,
    /// Whether the tool installs only the listed files. Tools of other locks search the index and compare the files with
    /// the lock.
    pub complete: bool,
    /// Hashes; at least one must match. For locks that do not assign them to files.
    pub hashes: Vec<(String, String)>,
    /// The groups of the package, in locks that list them per package.
    pub groups: Vec<ExtraName>,
    /// The marker of each group, if they differ (poetry).
    pub group_markers: BTreeMap<ExtraName, Marker>,
    /// Groups that install it on every target, if other groups have a marker (poetry).
    pub unconditional_groups: Vec<ExtraName>,
    /// Whether only an extra of the project requires it.
    pub optional: bool,
    /// The extras of this entry (pdm writes one entry for each combination).
    pub extras: Vec<ExtraName>,
    /// Its dependencies.
    pub dependencies: Vec<LockedDependency>,
    /// The dependencies of its extras.
    pub extra_dependencies: BTreeMap<ExtraName, Vec<LockedDependency>>,
    /// The dependencies of its groups; only for projects.
    pub group_dependencies: BTreeMap<ExtraName, Vec<LockedDependency>>,
    /// The position in the lock.
    pub origin: Origin,
}

impl LockedPackage {
    pub(super) fn new(name: ProjectName, origin: Origin) -> Self {
        Self {
            name,
            version: None,
            marker: None,
            requires_python: None,
            source: LockSource::Index(None),
            files: Vec::new(),
            complete: false,
            hashes: Vec::new(),
            groups: Vec::new(),
            group_markers: BTreeMap::new(),
            unconditional_groups: Vec::new(),
            optional: false,
            extras: Vec::new(),
            dependencies: Vec::new(),
            extra_dependencies: BTreeMap::new(),
            group_dependencies: BTreeMap::new(),
            origin,
        }
    }
}
