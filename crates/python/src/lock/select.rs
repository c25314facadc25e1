//! What a target and a selection leave of a lock.

use std::collections::{BTreeMap, BTreeSet};

use crate::lock::project::DefaultGroups;
use crate::lock::unknown::Fate;
use crate::lock::{Extras, Lock, LockFormat, LockProject, LockSource, LockedPackage, Selection};
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
    /// Extras of it that are wanted, sorted.
    pub extras: Vec<ExtraName>,
}

/// Why the lock's own tool would not install from it here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Refusal {
    /// The place in the lock.
    pub origin: Origin,
    /// Why, in one sentence without final stop.
    pub message: String,
}

/// What a target and a selection leave of a lock.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Selected<'l> {
    /// The packages, in the order of the lock.
    pub packages: Vec<SelectedPackage<'l>>,
    /// Why the tool would refuse; empty if it would not.
    pub refusals: Vec<Refusal>,
    /// What could not be decided, and why: `packages` holds what is installed if the answer is yes.
    pub undetermined: Vec<(Origin, String)>,
}

impl Lock {
    /// Takes what is installed on a target.
    ///
    /// What [`Selection::default`] takes is what each tool takes when nothing is said:
    ///
    /// | format | tool | by default |
    /// | --- | --- | --- |
    /// | `pylock.toml` | `pip install -r` | `default-groups`, no extras (PEP 751, "Installation") |
    /// | `uv.lock` | `uv sync` | the project, its dependencies and `tool.uv.default-groups` (`dev` if unset); no extras |
    /// | `poetry.lock` | `poetry install` | main and all groups that are not `optional`; no extras |
    /// | `pdm.lock` | `pdm install` | all groups that the lock names, extras among them |
    /// | `Pipfile.lock` | `pipenv sync` | `default`; `develop` and categories only if named |
    ///
    /// `project` is the project file beside the lock. Without it, uv's default group is `dev`, and poetry takes
    /// every group that the lock names. Locks of poetry before 2.1, and of pdm without the strategy `inherit_metadata`,
    /// do not say what the project itself needs: without the project file, what nothing else in the lock needs is
    /// taken for it, and `undetermined` says so.
    ///
    /// ```
    /// use wheelbase::lock::{Lock, Selection};
    /// use wheelbase::marker::MarkerEnvironment;
    ///
    /// let text = br#"{"_meta": {}, "default": {"six": {"version": "==1.17.0"}}, "develop": {"pytest": {"version": "==9.0.0"}}}"#;
    /// let lock = Lock::parse(text, "Pipfile.lock")?;
    /// let environment = MarkerEnvironment::default();
    /// assert_eq!(lock.select(&environment, &Selection::default(), None).packages.len(), 1);
    /// let development = Selection::default().with_group("develop".parse().expect("a name"));
    /// assert_eq!(lock.select(&environment, &development, None).packages.len(), 2);
    /// # Ok::<(), wheelbase::source::InvalidInput>(())
    /// ```
    pub fn select(
        &self,
        environment: &MarkerEnvironment,
        selection: &Selection,
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
    pub(super) selection: &'a Selection,
    pub(super) project: Option<&'a LockProject>,
    pub(super) extras: Vec<ExtraName>,
    pub(super) groups: Vec<ExtraName>,
    /// uv's names of extras and groups in force where some exclude each other.
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
            self.refuse(origin, format!("{what} is for Python {wanted}, and the target has {python}"));
        }
    }

    /// `requires-python` and `environments` of the lock itself.
    fn check_target(&mut self) {
        let lock = self.lock;
        // Poetry and pipenv warn; the others refuse.
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
                "none of the environments that the lock is made for is that of the target".to_owned(),
            );
        } else if !any {
            let names: Vec<&str> = unknown.into_iter().collect();
            self.undetermined.push((
                lock.places.environments.clone(),
                format!("whether the lock is made for the target depends on {}", names.join(", ")),
            ));
        }
    }

    /// Which extras and groups are in force.
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
            let reason = "which groups are for development, and come along, stands in the project file alone";
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
                // A group for development that is named stands for all of them.
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

    /// Whether a marker holds; an undecided one counts as holding and is told.
    pub(super) fn holds(
        &mut self,
        marker: Option<&Marker>,
        extras: &[ExtraName],
        origin: &Origin,
        what: &ProjectName,
    ) -> bool {
        marker.is_none_or(|marker| self.one_holds(&[marker], extras, origin, what))
    }

    /// Locks whose packages say themselves when they are installed.
    fn flat(&mut self) {
        let lock = self.lock;
        let extras = self.extras.clone();
        for (index, package) in lock.packages.iter().enumerate() {
            if !self.in_a_group(package) {
                continue;
            }
            // poetry 2.5.1, `TransitivePackageInfo.get_marker`: one of the groups in force is enough. What only an extra
            // brings says so in its marker, so that `optional` decides nothing (`Transaction.calculate_operations`).
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

    /// Whether one of several markers holds.
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
            // Locks of other tools may say nothing of groups; to poetry a package without any belongs to none.
            return !(self.lock.format == LockFormat::Poetry && self.lock.has_groups);
        }
        package.groups.iter().any(|group| self.is_active(group))
    }

    /// Whether a group that a package names is in force.
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
                    // PEP 751, "Installation": two entries of one name for one environment are an error.
                    let message = format!(
                        "`{}` is there twice for this target; the other entry is at {}",
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
