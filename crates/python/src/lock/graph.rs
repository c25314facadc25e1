//! Selection from locks that list the dependencies of each package: follows them from the project.

use std::collections::BTreeSet;

use crate::lock::select::Selector;
use crate::lock::{Extras, LockFormat, LockProject, LockSource, LockedDependency, LockedPackage};
use wheelbase_spec::name::{ExtraName, ProjectName};
use wheelbase_spec::source::Origin;

/// A dependency to follow, its position, and the extra that requires it.
pub(super) struct Edge {
    dependency: LockedDependency,
    origin: Origin,
    through: Option<ExtraName>,
}

impl Selector<'_, '_> {
    /// Selects the packages that are reachable from the project.
    pub(super) fn graph(&mut self) {
        let lock = self.lock;
        let mut open: Vec<Edge> = Vec::new();
        match (lock.format, self.project) {
            (LockFormat::Uv, _) => self.uv_roots(&mut open),
            (_, Some(project)) => self.project_roots(project, &mut open),
            (_, None) => self.implied_roots(&mut open),
        }
        let mut seen: BTreeSet<(usize, Option<ExtraName>)> = BTreeSet::new();
        while let Some(Edge { dependency, origin, through }) = open.pop() {
            let mut extras = self.conflicts.clone();
            extras.extend(through);
            if !self.holds(dependency.marker.as_ref(), &extras, &origin, &dependency.name) {
                continue;
            }
            for index in self.candidates(&dependency, &origin) {
                let Some(package) = lock.packages.get(index) else { continue };
                self.chosen.entry(index).or_default().extend(dependency.extras.iter().cloned());
                let names = std::iter::once(None).chain(dependency.extras.iter().cloned().map(Some));
                for extra in names {
                    if !seen.insert((index, extra.clone())) {
                        continue;
                    }
                    let next = match &extra {
                        None => Some(&package.dependencies),
                        Some(extra) => package.extra_dependencies.get(extra),
                    };
                    open.extend(next.into_iter().flatten().map(|dependency| Edge {
                        dependency: dependency.clone(),
                        origin: package.origin.clone(),
                        through: extra.clone(),
                    }));
                }
            }
        }
    }

    /// Adds the dependencies in the project file.
    pub(super) fn project_roots(&self, project: &LockProject, open: &mut Vec<Edge>) {
        let mut wanted: Vec<(&LockedDependency, Option<ExtraName>)> = Vec::new();
        if self.selection.project {
            wanted.extend(project.dependencies.iter().map(|dependency| (dependency, None)));
            let extras = match self.selection.extras {
                Extras::All => project.extras.keys().cloned().collect(),
                _ => self.extras.clone(),
            };
            for extra in extras {
                let dependencies = project.extras.get(&extra).into_iter().flatten();
                wanted.extend(dependencies.map(|dependency| (dependency, Some(extra.clone()))));
            }
        }
        for group in &self.groups {
            let dependencies = project.groups.get(group).into_iter().flatten();
            wanted.extend(dependencies.map(|dependency| (dependency, None)));
            // pdm lists extras among the groups.
            if self.lock.format == LockFormat::Pdm {
                let dependencies = project.extras.get(group).into_iter().flatten();
                wanted.extend(dependencies.map(|dependency| (dependency, Some(group.clone()))));
            }
        }
        let origin = self.top();
        open.extend(wanted.into_iter().map(|(dependency, through)| Edge {
            dependency: dependency.clone(),
            origin: origin.clone(),
            through,
        }));
    }

    /// Adds the packages that no other package of the lock requires. They replace the project file if it is missing.
    pub(super) fn implied_roots(&mut self, open: &mut Vec<Edge>) {
        let lock = self.lock;
        let reason = "the lock does not list the dependencies of the project, and `pyproject.toml` was not found; \
                      the packages that no other package requires are used instead, in all groups";
        self.undetermined.push((self.top(), reason.to_owned()));
        let needed: BTreeSet<&ProjectName> = lock
            .packages
            .iter()
            .flat_map(|package| {
                let own = package.dependencies.iter().chain(package.extra_dependencies.values().flatten());
                own.map(|dependency| &dependency.name).filter(|name| **name != package.name)
            })
            .collect();
        let reachable = self.optional_closure();
        for package in &lock.packages {
            let root = !needed.contains(&package.name) || !package.extras.is_empty();
            let wanted = if package.optional { reachable.contains(&package.name) } else { root };
            if wanted && self.in_a_group(package) {
                // Its locked extras are those that a package requires.
                let extras = package.extra_dependencies.iter().filter(|(_, dependencies)| {
                    let locked = |name: &ProjectName| lock.packages.iter().any(|other| other.name == *name);
                    !dependencies.is_empty() && dependencies.iter().all(|dependency| locked(&dependency.name))
                });
                let mut extras: Vec<ExtraName> = extras.map(|(extra, _)| extra.clone()).collect();
                extras.extend(package.extras.iter().cloned());
                open.push(Edge {
                    dependency: LockedDependency {
                        name: package.name.clone(),
                        version: package.version.clone(),
                        specifiers: None,
                        source: None,
                        extras,
                        marker: package.marker.clone(),
                    },
                    origin: package.origin.clone(),
                    through: None,
                });
            }
        }
    }

    /// Returns the indices of the locked packages that satisfy a dependency.
    pub(super) fn candidates(&mut self, dependency: &LockedDependency, origin: &Origin) -> Vec<usize> {
        let named: Vec<(usize, &LockedPackage)> = self
            .lock
            .packages
            .iter()
            .enumerate()
            .filter(|(_, package)| package.name == dependency.name)
            .collect();
        let version = |package: &LockedPackage| match (&dependency.version, &package.version) {
            (Some(wanted), Some(version)) => wanted == version,
            _ => true,
        };
        let source = |package: &LockedPackage| {
            dependency.source.as_ref().is_none_or(|source| *source == package.source)
        };
        let specifiers = |package: &LockedPackage| match (&dependency.specifiers, &package.version) {
            (Some(specifiers), Some(version)) => specifiers.contains(version),
            _ => true,
        };
        let mut left: Vec<usize> = named
            .iter()
            .filter(|(_, package)| version(package) && source(package) && specifiers(package))
            .map(|(index, _)| *index)
            .collect();
        if left.len() > 1 {
            // Forks: the markers of the packages decide, if they have any.
            let kept: Vec<usize> = left
                .iter()
                .copied()
                .filter(|index| {
                    let marker = self.lock.packages.get(*index).and_then(|package| package.marker.clone());
                    self.holds(marker.as_ref(), &[], origin, &dependency.name)
                })
                .collect();
            left = kept;
        }
        // pdm writes an entry for each combination of extras; the entry without extras is always selected.
        if self.lock.format == LockFormat::Pdm {
            let wanted = &dependency.extras;
            left.retain(|index| {
                self.lock
                    .packages
                    .get(*index)
                    .is_some_and(|package| package.extras.iter().all(|extra| wanted.contains(extra)))
            });
        } else if left.len() > 1 {
            let versions: Vec<String> = left
                .iter()
                .filter_map(|index| self.lock.packages.get(*index)?.version.as_ref().map(ToString::to_string))
                .collect();
            let reason = format!(
                "several locked versions of `{}` satisfy the dependency: {}",
                dependency.name,
                versions.join(", ")
            );
            self.undetermined.push((origin.clone(), reason));
            left.truncate(1);
        }
        if left.is_empty() {
            let message = if named.is_empty() {
                format!("`{}` is required but not in the lock; lock the project again", dependency.name)
            } else {
                format!(
                    "no locked version of `{}` satisfies the dependency; lock the project again",
                    dependency.name
                )
            };
            // The tools refuse a project file that is newer than the lock, too.
            self.refuse(origin.clone(), message);
        }
        left
    }

    /// Adds the dependencies of the projects that `uv sync` installs.
    pub(super) fn uv_roots(&mut self, open: &mut Vec<Edge>) {
        let lock = self.lock;
        let projects: Vec<(usize, &LockedPackage)> = lock
            .packages
            .iter()
            .enumerate()
            .filter(|(_, package)| match &package.source {
                LockSource::Project { path, .. } if path == "." => true,
                // Any other directory is a dependency by path.
                LockSource::Project { .. } | LockSource::Path { .. } => lock.members.contains(&package.name),
                _ => false,
            })
            .collect();
        let path_of = |package: &LockedPackage| match &package.source {
            LockSource::Project { path, .. } | LockSource::Path { path, .. } => path.clone(),
            _ => String::new(),
        };
        let roots: Vec<(usize, &LockedPackage)> = match &self.selection.member {
            Some(member) => projects.iter().filter(|(_, package)| package.name == *member).copied().collect(),
            None if self.selection.all_members => projects.clone(),
            None => {
                let own: Vec<_> =
                    projects.iter().filter(|(_, package)| path_of(package) == ".").copied().collect();
                // A workspace without a project of its own installs its members.
                let members =
                    projects.iter().filter(|(_, package)| lock.members.contains(&package.name)).copied();
                if own.is_empty() { members.collect() } else { own }
            }
        };
        if let (Some(member), true) = (&self.selection.member, roots.is_empty()) {
            let member = member.clone();
            self.refuse(self.top(), format!("the workspace member `{member}` was not found in the lock"));
        }
        for (_, package) in &roots {
            let length = package.name.as_str().len();
            let encoded = |kind: &str, name: &ExtraName| {
                format!("{kind}-{length}-{}-{name}", package.name).parse().ok()
            };
            let extras = self.extras.iter().filter(|extra| package.extra_dependencies.contains_key(extra));
            let groups = self.groups.iter().filter(|group| package.group_dependencies.contains_key(group));
            let extras: Vec<ExtraName> = extras.filter_map(|extra| encoded("extra", extra)).collect();
            let groups: Vec<ExtraName> = groups.filter_map(|group| encoded("group", group)).collect();
            self.conflicts.extend(extras);
            self.conflicts.extend(groups);
        }
        let top = self.top();
        let edge = |dependency: &LockedDependency, origin: &Origin| Edge {
            dependency: dependency.clone(),
            origin: origin.clone(),
            through: None,
        };
        if self.selection.member.is_none() {
            if self.selection.project {
                open.extend(lock.roots.iter().map(|dependency| edge(dependency, &top)));
            }
            for dependencies in self.groups.iter().filter_map(|group| lock.root_groups.get(group)) {
                open.extend(dependencies.iter().map(|dependency| edge(dependency, &top)));
            }
        }
        for (index, package) in roots {
            let mut wanted: Vec<&LockedDependency> = Vec::new();
            if self.selection.project {
                wanted.extend(&package.dependencies);
                let names: Vec<&ExtraName> = match self.selection.extras {
                    Extras::All => package.extra_dependencies.keys().collect(),
                    _ => self.extras.iter().collect(),
                };
                wanted.extend(
                    names.into_iter().filter_map(|extra| package.extra_dependencies.get(extra)).flatten(),
                );
            }
            wanted.extend(
                self.groups.iter().filter_map(|group| package.group_dependencies.get(group)).flatten(),
            );
            open.extend(wanted.into_iter().map(|dependency| edge(dependency, &package.origin)));
            let installed = matches!(
                &package.source,
                LockSource::Project { installed: true, .. } | LockSource::Path { .. }
            );
            // uv 0.13.9: `--no-install-project` excludes only the project that is synced, no other member.
            let synced = self.selection.member.is_some() || path_of(package) == ".";
            if installed && (self.selection.root || !synced) {
                self.chosen.entry(index).or_default();
            }
        }
    }

    /// Returns the projects that the chosen extras of a `poetry.lock` require, directly or indirectly.
    pub(super) fn optional_closure(&self) -> BTreeSet<ProjectName> {
        let mut reached = BTreeSet::new();
        let roots = self.extras.iter().filter_map(|extra| self.lock.extra_roots.get(extra)).flatten();
        let mut open: Vec<ProjectName> = roots.cloned().collect();
        while let Some(name) = open.pop() {
            if !reached.insert(name.clone()) {
                continue;
            }
            for package in self.lock.packages.iter().filter(|package| package.name == name) {
                open.extend(package.dependencies.iter().map(|dependency| dependency.name.clone()));
                // The lock does not record which of its extras are required; only locked packages can be.
                let optional = package.extra_dependencies.values().flatten();
                open.extend(optional.map(|dependency| dependency.name.clone()));
            }
        }
        reached
    }
}
