//! Packages of the system in a stage, and the tools that they provide.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::SystemStep;
use wheelbase_formats::glob;
use wheelbase_image::{PackageManager, recommended, tools_of};

/// The installed packages that the Dockerfile installed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Packages {
    pub(crate) installed: BTreeSet<String>,
    /// Packages that were installed without recommended packages.
    pub(crate) bare: BTreeSet<String>,
    /// Packages that were removed without their dependencies.
    pub(crate) left: BTreeSet<String>,
    /// The package manager of each package, for the table of tools.
    managers: BTreeMap<String, PackageManager>,
    /// `apk add --virtual NAME`.
    virtuals: BTreeMap<String, Vec<String>>,
    /// Tools that no package provides.
    pub(crate) other_tools: BTreeMap<String, String>,
}

impl Packages {
    /// Returns the tools that the installed packages and other installers provide.
    pub(crate) fn toolchain(&self) -> BTreeMap<String, String> {
        let mut tools = self.other_tools.clone();
        for package in &self.installed {
            let Some(manager) = self.managers.get(package) else { continue };
            for tool in tools_of(*manager, package) {
                tools.entry(tool).or_insert_with(|| package.clone());
            }
        }
        tools
    }

    /// Applies a step of a package manager.
    pub(crate) fn change(&mut self, step: &SystemStep, group: Option<&str>) {
        if !step.removes {
            let manager = step.manager;
            for package in &step.packages {
                // A later installation adds the recommended packages that an earlier one excluded.
                if step.recommends {
                    self.bare.remove(package);
                } else if !self.installed.contains(package) {
                    self.bare.insert(package.clone());
                }
            }
            let along = step.packages.iter().filter(|_| step.recommends);
            let along = along.flat_map(|package| recommended(manager, package));
            for package in step.packages.iter().chain(along) {
                self.left.remove(package);
                self.installed.insert(package.clone());
                self.managers.insert(package.clone(), manager);
            }
            if let Some(group) = group {
                self.virtuals.entry(group.to_owned()).or_default().extend(step.packages.iter().cloned());
            }
            return;
        }
        // `--auto-remove` removes all packages that no package requires, including those of earlier steps.
        if step.autoremove {
            self.left.clear();
        }
        for package in &step.packages {
            match self.virtuals.remove(package) {
                Some(members) => {
                    for member in members {
                        // A package of another group is kept.
                        if !self.virtuals.values().any(|others| others.contains(&member)) {
                            self.installed.remove(&member);
                        }
                    }
                }
                None if !glob::is_pattern(package) => {
                    if self.installed.remove(package) && !step.autoremove {
                        self.left.insert(package.clone());
                    }
                }
                None => {
                    let goes = |name: &String| name == package || glob::matches_text(package, name);
                    let gone: Vec<String> =
                        self.installed.iter().filter(|name| goes(name)).cloned().collect();
                    self.installed.retain(|name| !goes(name));
                    if !step.autoremove {
                        self.left.extend(gone);
                    }
                }
            }
        }
    }
}
