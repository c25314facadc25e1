//! The packages of a lock that are installed on a target.

use std::collections::{BTreeMap, BTreeSet};

use crate::lock::project::DefaultGroups;
use crate::lock::unknown::Fate;
use crate::lock::{Extras, Lock, LockFormat, LockProject, LockSelection, LockSource, LockedPackage};
use wheelbase_spec::marker::{Marker, MarkerAnswer, MarkerContext, MarkerEnvironment};
use wheelbase_spec::name::{ExtraName, ProjectName};
use wheelbase_spec::source::Origin;
use wheelbase_spec::version::{SpecifierSet, Version};

/// A package that is installed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SelectedPackage<'l> {
    /// The package.
    pub package: &'l LockedPackage,
    /// The extras that are required, sorted.
    pub extras: Vec<ExtraName>,
}

/// A reason why the tool of the lock does not install from it on the target.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Refusal {
    /// The position in the lock.
    pub origin: Origin,
    /// The reason, as a sentence without a period.
    pub message: String,
}

/// The result of [`Lock::select`].
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Selected<'l> {
    /// The packages, in the order of the lock.
    pub packages: Vec<SelectedPackage<'l>>,
    /// The reasons why the tool refuses the lock; empty if it accepts it.
    pub refusals: Vec<Refusal>,
    /// Unknown facts with their positions and reasons. `packages` contains what is installed if the unknown conditions are
    /// true.
    pub undetermined: Vec<(Origin, String)>,
}

impl Lock {
    /// Returns the packages that are installed on a target.
    ///
    /// [`LockSelection::default`] selects what each tool installs without options:
    ///
    /// | format | tool | by default |
    /// | --- | --- | --- |
    /// | `pylock.toml` | `pip install -r` | `default-groups`, no extras (PEP 751, "Installation") |
    /// | `uv.lock` | `uv sync` | the project, its dependencies and `tool.uv.default-groups` (`dev` if unset); no extras |
    /// | `poetry.lock` | `poetry install` | main and all groups that are not `optional`; no extras |
    /// | `pdm.lock` | `pdm install` | all groups that the lock names, extras among them |
    /// | `Pipfile.lock` | `pipenv sync` | `default`; `develop` and categories only if named |
    ///
    /// `project` is the project file next to the lock. Without it, the default group of uv is `dev`, and poetry installs
    /// every group that the lock lists. Locks of poetry before 2.1, and of pdm without the strategy `inherit_metadata`,
    /// do not list the dependencies of the project. Without the project file, the packages that no other package requires
    /// are selected, and `undetermined` contains a note.
    ///
    /// ```
    /// use wheelbase::lock::{Lock, LockSelection};
    /// use wheelbase::marker::MarkerEnvironment;
    ///
    /// let text = br#"{"_meta": {}, "default": {"six": {"version": "==1.17.0"}}, "develop": {"pytest": {"version": "==9.0.0"}}}"#;
    /// let lock = Lock::parse(text, "Pipfile.lock")?;
    /// let environment = MarkerEnvironment::default();
    /// assert_eq!(lock.select(&environment, &LockSelection::default(), None).packages.len(), 1);
    /// let development = LockSelection::default().with_group("develop".parse().expect("a name"));
    /// assert_eq!(lock.select(&environment, &development, None).packages.len(), 2);
    /// # Ok::<(), wheelbase::source::InvalidInput>(())
    /// ```
    pub fn select(
        &self,
        environment: &MarkerEnvironment,
        selection: &LockSelection,
        project: Option<&LockProject>,
    ) -> Selected<'_> {
        let mut selector = Selector {
            lock: self,
            environment,
            selection,
            project,
            extras: Vec::new(),
            groups: Vec::new(),
            conflicts: Vec::new(),
            chosen: BTreeMap::new(),
            refusals: Vec::new(),
            undetermined: Vec::new(),
        };
        selector.check_target();
        selector.choose_names();
        match self.format {
            LockFormat::Uv => selector.graph(),
            LockFormat::Poetry | LockFormat::Pdm if !self.has_groups => selector.graph(),
            _ => selector.flat(),
        }
        selector.finish()
    }
}

pub(super) struct Selector<'l, 'a> {
    pub(super) lock: &'l Lock,
    pub(super) environment: &'a MarkerEnvironment,
    pub(super) selection: &'a LockSelection,
    pub(super) project: Option<&'a LockProject>,
    pub(super) extras: Vec<ExtraName>,
    pub(super) groups: Vec<ExtraName>,
    /// The names that uv uses for the active extras and groups if some of them conflict.
    pub(super) conflicts: Vec<ExtraName>,
    pub(super) chosen: BTreeMap<usize, BTreeSet<ExtraName>>,
    pub(super) refusals: Vec<Refusal>,
    pub(super) undetermined: Vec<(Origin, String)>,
}

impl<'l> Selector<'l, '_> {
    pub(super) fn top(&self) -> Origin {
        self.lock.places.names.clone()
    }

    pub(super) fn refuse(&mut self, origin: Origin, message: String) {
        self.refusals.push(Refusal { origin, message });
    }

    fn python(&self) -> Option<Version> {
        let text =
            self.environment.python_full_version.as_ref().or(self.environment.python_version.as_ref())?;
        text.parse().ok()
    }

    fn check_python(&mut self, wanted: Option<&SpecifierSet>, what: &str, origin: Origin) {
        if let (Some(wanted), Some(python)) = (wanted, self.python())
            && !wanted.contains(&python)
        {
            self.refuse(
                origin,
                format!("{what} requires Python {wanted}, but the target has Python {python}"),
            );
        }
    }

    /// Checks `requires-python` and `environments` of the lock.
    fn check_target(&mut self) {
        let lock = self.lock;
        // pipenv only warns.
        if !matches!(lock.format, LockFormat::Pipenv) {
            self.check_python(lock.requires_python.as_ref(), "the lock", lock.places.python.clone());
        }
        let mut unknown = BTreeSet::new();
        let mut any = lock.environments.is_empty();
        for marker in &lock.environments {
            match marker.evaluate(self.environment, MarkerContext::default()) {
                MarkerAnswer::True => any = true,
                MarkerAnswer::False => {}
                MarkerAnswer::Unknown(names) => unknown.extend(names),
            }
        }
        if !any && unknown.is_empty() {
            self.refuse(
                lock.places.environments.clone(),
                "the lock does not support the target: it matches none of the locked environments".to_owned(),
            );
        } else if !any {
            let names: Vec<&str> = unknown.into_iter().collect();
            self.undetermined.push((
                lock.places.environments.clone(),
                format!("whether the lock supports the target depends on {}", names.join(", ")),
            ));
        }
    }

    /// Determines the active extras and groups.
    fn choose_names(&mut self) {
        let lock = self.lock;
        self.extras = match &self.selection.extras {
            Extras::None => Vec::new(),
            Extras::All => lock.extras.clone(),
            Extras::Some(extras) => extras.clone(),
        };
        let mut groups: Vec<ExtraName> = Vec::new();
        if self.selection.all_groups {
            groups.extend(lock.groups.iter().cloned());
            if let Some(project) = self.project {
                groups.extend(project.groups.keys().cloned());
            }
        } else if self.selection.default_groups {
            groups.extend(self.default_groups());
        }
        groups.extend(self.selection.with.iter().cloned());
        groups.retain(|group| !self.selection.without.contains(group));
        groups.sort();
        groups.dedup();
        self.groups = groups;
        if lock.format == LockFormat::Pdm
            && self.project.is_none()
            && self.selection.default_groups
            && !self.selection.all_groups
            && !self.selection.with.is_empty()
        {
            let reason = "which groups are development groups is unknown without `pyproject.toml`; pdm installs them by default";
            self.undetermined.push((self.top(), reason.to_owned()));
        }
        for unknown in lock.unknown_names(self.selection, self.project) {
            match unknown.fate {
                Fate::Refused => self.refuse(self.top(), unknown.to_string()),
                Fate::Unclear => self.undetermined.push((self.top(), unknown.to_string())),
                Fate::Ignored => {}
            }
        }
    }

    fn default_groups(&self) -> Vec<ExtraName> {
        let lock = self.lock;
        match lock.format {
            LockFormat::Pylock => lock.default_groups.clone(),
            LockFormat::Uv => match self.project.and_then(|project| project.uv_default_groups.as_ref()) {
                Some(DefaultGroups::All) => lock.groups.clone(),
                Some(DefaultGroups::These(names)) => names.clone(),
                // https://docs.astral.sh/uv/concepts/projects/dependencies/#default-groups
                None => "dev".parse().into_iter().collect(),
            },
            LockFormat::Poetry => {
                let optional = self.project.map(|project| &project.optional_groups);
                let mut groups = lock.groups.clone();
                if let Some(project) = self.project {
                    groups.extend(project.groups.keys().cloned());
                }
                groups.retain(|group| {
                    group.as_str() != "main" && !optional.is_some_and(|names| names.contains(group))
                });
                groups
            }
            // https://pdm-project.org/latest/usage/dependency/#select-a-subset-of-dependency-groups-to-install
            LockFormat::Pdm if self.selection.with.is_empty() => lock.groups.clone(),
            LockFormat::Pdm => {
                let development = self.project.map(|project| &project.development);
                let named = |group: &ExtraName| development.is_some_and(|names| names.contains(group));
                // Naming one development group replaces all of them.
                if self.selection.with.iter().any(named) {
                    Vec::new()
                } else {
                    development
                        .into_iter()
                        .flatten()
                        .filter(|group| lock.groups.contains(group))
                        .cloned()
                        .collect()
                }
            }
            LockFormat::Pipenv => Vec::new(),
        }
    }

    /// Returns whether a marker is true. An unknown marker counts as true and is recorded.
    pub(super) fn holds(
        &mut self,
        marker: Option<&Marker>,
        extras: &[ExtraName],
        origin: &Origin,
        what: &ProjectName,
    ) -> bool {
        marker.is_none_or(|marker| self.one_holds(&[marker], extras, origin, what))
    }

    /// Selects packages by their own groups and markers.
    fn flat(&mut self) {
        let lock = self.lock;
        let extras = self.extras.clone();
        for (index, package) in lock.packages.iter().enumerate() {
            if !self.in_a_group(package) {
                continue;
            }
            // poetry 2.5.1, `TransitivePackageInfo.get_marker`: one active group is enough. A package that only an extra
            // requires has a marker for it, so `optional` has no effect (`Transaction.calculate_operations`).
            let holds = if package.group_markers.is_empty() {
                self.holds(package.marker.as_ref(), &extras, &package.origin, &package.name)
            } else if package.unconditional_groups.iter().any(|group| self.is_active(group)) {
                true
            } else {
                let active = package.group_markers.iter().filter(|(group, _)| self.is_active(group));
                let markers: Vec<&Marker> = active.map(|(_, marker)| marker).collect();
                self.one_holds(&markers, &extras, &package.origin, &package.name)
            };
            if holds {
                self.chosen.entry(index).or_default().extend(package.extras.iter().cloned());
            }
        }
    }

    /// Returns whether one of several markers is true.
    fn one_holds(
        &mut self,
        markers: &[&Marker],
        extras: &[ExtraName],
        origin: &Origin,
        what: &ProjectName,
    ) -> bool {
        let context = MarkerContext { extras, dependency_groups: &self.groups };
        let mut unknown = BTreeSet::new();
        for marker in markers {
            match marker.evaluate(self.environment, context) {
                MarkerAnswer::True => return true,
                MarkerAnswer::False => {}
                MarkerAnswer::Unknown(names) => unknown.extend(names),
            }
        }
        if unknown.is_empty() {
            return false;
        }
        let names: Vec<&str> = unknown.into_iter().collect();
        self.undetermined
            .push((origin.clone(), format!("whether `{what}` is installed depends on {}", names.join(", "))));
        true
    }

    pub(super) fn in_a_group(&self, package: &LockedPackage) -> bool {
        if package.groups.is_empty() {
            // Locks of other tools may not list groups. For poetry, a package without groups belongs to none.
            return !(self.lock.format == LockFormat::Poetry && self.lock.has_groups);
        }
        package.groups.iter().any(|group| self.is_active(group))
    }

    /// Returns whether a group of a package is active.
    fn is_active(&self, group: &ExtraName) -> bool {
        let main = match self.lock.format {
            LockFormat::Poetry => group.as_str() == "main",
            LockFormat::Pdm | LockFormat::Pipenv => group.as_str() == "default",
            _ => false,
        };
        if main {
            // `poetry install --without main` is allowed.
            return self.selection.project && !self.selection.without.contains(group);
        }
        // pdm lists extras among the groups.
        self.groups.contains(group) || (self.lock.format == LockFormat::Pdm && self.extras.contains(group))
    }

    fn finish(mut self) -> Selected<'l> {
        let lock = self.lock;
        let mut packages: Vec<SelectedPackage<'l>> = Vec::new();
        let chosen = std::mem::take(&mut self.chosen);
        for (index, extras) in chosen {
            let Some(package) = lock.packages.get(index) else { continue };
            let left_out = self.selection.skip.contains(&package.name)
                || matches!(package.source, LockSource::Project { installed: false, .. })
                || (!self.selection.root
                    && matches!(&package.source, LockSource::Project { path, .. } if path == "."));
            if left_out {
                continue;
            }
            if lock.format == LockFormat::Pylock {
                let what = format!("`{}`", package.name);
                self.check_python(package.requires_python.as_ref(), &what, package.origin.clone());
            }
            match packages.iter_mut().find(|other| other.package.name == package.name) {
                // The same package under several groups or extras.
                Some(other)
                    if other.package.version == package.version && lock.format != LockFormat::Pylock =>
                {
                    other.extras.extend(extras);
                    other.extras.sort();
                    other.extras.dedup();
                }
                Some(other) => {
                    // PEP 751, "Installation": two entries with the same name for one environment are an error.
                    let message = format!(
                        "two entries for `{}` apply to this target; the other entry is at {}",
                        package.name, other.package.origin
                    );
                    self.refusals.push(Refusal { origin: package.origin.clone(), message });
                }
                None => packages.push(SelectedPackage { package, extras: extras.into_iter().collect() }),
            }
        }
        self.refusals.sort();
        self.refusals.dedup();
        self.undetermined.sort();
        self.undetermined.dedup();
        Selected { packages, refusals: self.refusals, undetermined: self.undetermined }
    }
}
