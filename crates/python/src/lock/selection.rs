//! The part of a lock that is installed.

use wheelbase_spec::name::{ExtraName, ProjectName};

/// The requested extras of the locked project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Extras {
    /// None of them.
    #[default]
    None,
    /// These.
    Some(Vec<ExtraName>),
    /// All of them.
    All,
}

/// The part of a lock that is installed. The default is what the tool of the lock installs without options; see
/// [`Lock::select`](crate::lock::Lock::select).
///
/// ```
/// use wheelbase::lock::LockSelection;
///
/// let production = LockSelection::default().without_group("dev".parse()?);
/// assert!(production.project);
/// # Ok::<(), wheelbase::name::InvalidName>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockSelection {
    /// The project's own dependencies; false for `--only-group`, poetry's `--only dev`.
    pub project: bool,
    /// The project itself, if the lock contains it; false for `--no-root`, `--no-install-project`.
    pub root: bool,
    /// Extras of the project.
    pub extras: Extras,
    /// The groups that the tool installs by default.
    pub default_groups: bool,
    /// All groups.
    pub all_groups: bool,
    /// Groups in addition to the default ones.
    pub with: Vec<ExtraName>,
    /// Excluded groups; also applies to default groups.
    pub without: Vec<ExtraName>,
    /// The member of a workspace; `None` for the project next to the lock.
    pub member: Option<ProjectName>,
    /// All members of the workspace.
    pub all_members: bool,
    /// Projects that are excluded by name.
    pub skip: Vec<ProjectName>,
}

impl Default for LockSelection {
    fn default() -> Self {
        Self {
            project: true,
            root: true,
            extras: Extras::None,
            default_groups: true,
            all_groups: false,
            with: Vec::new(),
            without: Vec::new(),
            member: None,
            all_members: false,
            skip: Vec::new(),
        }
    }
}

impl LockSelection {
    /// Adds an extra.
    #[must_use]
    pub fn with_extra(mut self, extra: ExtraName) -> Self {
        match &mut self.extras {
            Extras::All => {}
            Extras::Some(extras) => extras.push(extra),
            Extras::None => self.extras = Extras::Some(vec![extra]),
        }
        self
    }

    /// Adds a group.
    #[must_use]
    pub fn with_group(mut self, group: ExtraName) -> Self {
        self.with.push(group);
        self
    }

    /// Excludes a group.
    #[must_use]
    pub fn without_group(mut self, group: ExtraName) -> Self {
        self.without.push(group);
        self
    }

    /// Selects only these groups, without the dependencies of the project.
    #[must_use]
    pub fn only_groups(mut self, groups: impl IntoIterator<Item = ExtraName>) -> Self {
        self.project = false;
        self.root = false;
        self.default_groups = false;
        self.with.extend(groups);
        self
    }
}
