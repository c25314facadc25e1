//! The content of a lock, independent of its format.

use std::collections::BTreeMap;

use crate::lock::model::{LockFormat, LockedDependency, LockedPackage};
use wheelbase_spec::marker::Marker;
use wheelbase_spec::name::{ExtraName, ProjectName};
use wheelbase_spec::source::Origin;
use wheelbase_spec::version::SpecifierSet;

/// A parsed lock.
#[derive(Clone, Debug, PartialEq)]
pub struct Lock {
    pub(super) format: LockFormat,
    pub(super) file: String,
    pub(super) packages: Vec<LockedPackage>,
    pub(super) requires_python: Option<SpecifierSet>,
    /// The positions of `requires_python`, `environments`, and the names of extras and groups.
    pub(super) places: Places,
    /// Markers; at least one must be true (PEP 751, `environments`; uv, `supported-markers`).
    pub(super) environments: Vec<Marker>,
    pub(super) extras: Vec<ExtraName>,
    pub(super) groups: Vec<ExtraName>,
    pub(super) default_groups: Vec<ExtraName>,
    /// The projects that each extra of a `poetry.lock` lists.
    pub(super) extra_roots: BTreeMap<ExtraName, Vec<ProjectName>>,
    /// Dependencies of a lock without a project (uv: scripts, workspaces without a project).
    pub(super) roots: Vec<LockedDependency>,
    pub(super) root_groups: BTreeMap<ExtraName, Vec<LockedDependency>>,
    pub(super) members: Vec<ProjectName>,
    /// Whether the packages list the groups that they belong to.
    pub(super) has_groups: bool,
    pub(super) indexes: Vec<(String, String)>,
}

/// The positions of the conditions and names of a lock; the first line if it has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) python: Origin,
    pub(super) environments: Origin,
    pub(super) names: Origin,
}

impl Lock {
    /// Returns a lock without packages.
    pub(super) fn new(format: LockFormat, file: &str) -> Self {
        let top = Origin::new(file, 1, 1);
        Self {
            format,
            file: file.to_owned(),
            packages: Vec::new(),
            requires_python: None,
            places: Places { python: top.clone(), environments: top.clone(), names: top },
            environments: Vec::new(),
            extras: Vec::new(),
            groups: Vec::new(),
            default_groups: Vec::new(),
            extra_roots: BTreeMap::new(),
            roots: Vec::new(),
            root_groups: BTreeMap::new(),
            members: Vec::new(),
            has_groups: false,
            indexes: Vec::new(),
        }
    }

    /// Returns the format.
    pub fn format(&self) -> LockFormat {
        self.format
    }

    /// Returns the file name as it was passed to [`Lock::parse`].
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Returns all packages, in the order of the file.
    pub fn packages(&self) -> &[LockedPackage] {
        &self.packages
    }

    /// Returns the Python versions that the lock supports; `None` if it does not restrict them.
    pub fn requires_python(&self) -> Option<&SpecifierSet> {
        self.requires_python.as_ref()
    }

    /// Returns the extras that the lock contains.
    pub fn extras(&self) -> &[ExtraName] {
        &self.extras
    }

    /// Returns the dependency groups that the lock contains.
    pub fn groups(&self) -> &[ExtraName] {
        &self.groups
    }

    /// Returns the name and the URL of each index that the lock lists (`Pipfile.lock`).
    pub fn indexes(&self) -> &[(String, String)] {
        &self.indexes
    }
}
