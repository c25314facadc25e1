//! What a lock says, whatever its format.

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
    /// The name of the file, `pylock.toml` for all of its kind.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pylock => "pylock.toml",
            Self::Uv => "uv.lock",
            Self::Poetry => "poetry.lock",
            Self::Pdm => "pdm.lock",
            Self::Pipenv => "Pipfile.lock",
        }
    }

    /// The format that a file name stands for.
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
            // PEP 751, "File name": `^pylock\.([^.]+)\.toml$`. uv locks a script beside it.
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
    /// An index: its URL if the lock tells it, else the index that is configured.
    Index(Option<String>),
    /// An archive at a URL.
    Url(String),
    /// A folder or archive in the file system, relative to the lock.
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
        /// the commit, if the lock tells it
        revision: Option<String>,
        /// the folder in it that holds the project, if not its root
        subdirectory: Option<String>,
    },
    /// The project that is locked, or a member of its workspace.
    Project {
        /// its folder, relative to the lock
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
    /// Where it is; `None` if the index has to be asked.
    pub url: Option<String>,
    /// Path relative to the lock, for files that lie beside it.
    pub path: Option<String>,
    /// Algorithm and lower-case hexadecimal digits.
    pub hashes: Vec<(String, String)>,
    /// Bytes.
    pub size: Option<u64>,
    /// Seconds since 1970.
    pub upload_time: Option<i64>,
    /// Its place in the lock.
    pub origin: Origin,
}

/// A dependency of a locked package.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LockedDependency {
    /// The project.
    pub name: ProjectName,
    /// Which of several locked versions, where the lock tells.
    pub version: Option<Version>,
    /// The versions it accepts, in locks that name no version.
    pub specifiers: Option<SpecifierSet>,
    /// Which of several sources, where the lock tells.
    pub source: Option<LockSource>,
    /// Extras that it wants.
    pub extras: Vec<ExtraName>,
    /// When it holds.
    pub marker: Option<Marker>,
}

/// One package of a lock.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LockedPackage {
    /// The project.
    pub name: ProjectName,
    /// Its version; `None` where the lock does not tell one (folders, repositories).
    pub version: Option<Version>,
    /// When it is installed.
    pub marker: Option<Marker>,
    /// `Requires-Python` as the lock repeats it.
    pub requires_python: Option<SpecifierSet>,
    /// Where it comes from.
    pub source: LockSource,
    /// Its files; empty if the lock lists none or only their hashes.
    pub files: Vec<LockedFile>,
    /// Whether its files are all that its tool may take. Tools of other locks look for files in the index, and hold them
    /// against what the lock lists.
    pub complete: bool,
    /// Hashes of which one must match, in locks that do not say which file has which.
    pub hashes: Vec<(String, String)>,
    /// Groups it belongs to, in locks that say so per package.
    pub groups: Vec<ExtraName>,
    /// The marker for each group, where they differ (poetry).
    pub group_markers: BTreeMap<ExtraName, Marker>,
    /// Groups that bring it whatever the target is, where others have a marker (poetry).
    pub unconditional_groups: Vec<ExtraName>,
    /// Whether only an extra of the project brings it.
    pub optional: bool,
    /// Extras of it that this entry stands for (pdm writes one entry for each combination).
    pub extras: Vec<ExtraName>,
    /// What it needs.
    pub dependencies: Vec<LockedDependency>,
    /// What its extras need.
    pub extra_dependencies: BTreeMap<ExtraName, Vec<LockedDependency>>,
    /// What its dependency groups need; only for projects.
    pub group_dependencies: BTreeMap<ExtraName, Vec<LockedDependency>>,
    /// Its place in the lock.
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
