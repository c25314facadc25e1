//! Which part of a lock is wanted.

use wheelbase_spec::name::{ExtraName, ProjectName};

/// Which extras of the locked project are wanted.
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

/// Which part of a lock is wanted. The default is what the lock's own tool installs when nothing is said; see
/// [`Lock::select`](crate::lock::Lock::select) for what that is.
///
/// ```
/// use wheelbase::lock::Selection;
///
/// let production = Selection::default().without_group("dev".parse()?);
/// assert!(production.project);
/// # Ok::<(), wheelbase::InvalidName>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The project's own dependencies; false for `--only-group`, poetry's `--only dev`.
    pub project: bool,
    /// The project itself, where the lock names it; false for `--no-root`, `--no-install-project`.
    pub root: bool,
    /// Extras of the project.
    pub extras: Extras,
    /// The groups that the tool takes by default.
    pub default_groups: bool,
    /// All groups.
    pub all_groups: bool,
    /// Groups beside the default ones.
    pub with: Vec<ExtraName>,
    /// Groups left out, also of the default ones.
    pub without: Vec<ExtraName>,
    /// The member of a workspace; `None` for the project beside the lock.
    pub member: Option<ProjectName>,
    /// All members of the workspace.
    pub all_members: bool,
    /// Projects left out by name.
    pub skip: Vec<ProjectName>,
}

impl Default for Selection {
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

impl Selection {
    /// With one extra more.
    #[must_use]
    pub fn with_extra(mut self, extra: ExtraName) -> Self {
        match &mut self.extras {
            Extras::All => {}
            Extras::Some(extras) => extras.push(extra),
            Extras::None => self.extras = Extras::Some(vec![extra]),
        }
        self
    }

    /// With one group more.
    #[must_use]
    pub fn with_group(mut self, group: ExtraName) -> Self {
        self.with.push(group);
        self
    }

    /// Without a group.
    #[must_use]
    pub fn without_group(mut self, group: ExtraName) -> Self {
        self.without.push(group);
        self
    }

    /// With only these groups, and not the project's own dependencies.
    #[must_use]
    pub fn only_groups(mut self, groups: impl IntoIterator<Item = ExtraName>) -> Self {
        self.project = false;
        self.root = false;
        self.default_groups = false;
        self.with.extend(groups);
        self
    }
}
