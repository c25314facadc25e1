//! Libraries and programs that well-known projects open by name, from `data/dlopen.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::PackageManager;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    project: Vec<OpenedBy>,
}

/// What a project opens or starts without a declaration in its wheels.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct OpenedBy {
    name: String,
    at: At,
    /// The module that opens it.
    pub module: String,
    /// SONAMEs, all of them required; `a|b` means one of several.
    #[serde(default)]
    pub libraries: Vec<String>,
    /// Names that are looked up on `PATH`; `a|b` means one of several.
    #[serde(default)]
    pub programs: Vec<String>,
    #[serde(default)]
    packages: BTreeMap<PackageManager, Vec<String>>,
    #[serde(default)]
    wheels: Wheels,
    /// Projects in the same resolution that replace the library.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Images of the catalogue with a compiler have the program too.
    #[serde(default)]
    pub with_toolchain: bool,
    /// Where it was read.
    pub source: String,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the date of a row is for its readers and for the test of the table")
    )]
    date: String,
    /// Whether it was read in the wheel of the project.
    pub verified: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum At {
    Import,
    Use,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Wheels {
    #[default]
    Any,
    Pure,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(wheelbase_data::DLOPEN).expect("a test reads the embedded table"));

/// Returns what a project opens by name, if the table has it. `project` is its normalized name.
pub fn opened_by(project: &str) -> Option<&'static OpenedBy> {
    TABLE.project.iter().find(|row| row.name == project)
}

/// Returns the names of all programs in the table.
pub(crate) fn started_programs() -> impl Iterator<Item = &'static str> {
    TABLE.project.iter().flat_map(|row| &row.programs).flat_map(|names| names.split('|'))
}

impl OpenedBy {
    /// Returns whether the import of the module fails without it. Otherwise, only a function requires it.
    pub fn at_import(&self) -> bool {
        self.at == At::Import
    }

    /// Returns whether it applies only to wheels without ELF files. Other wheels of the project contain the library.
    pub fn only_pure_wheels(&self) -> bool {
        self.wheels == Wheels::Pure
    }

    /// Returns the packages of the programs, and of libraries that the table of SONAMEs does not have.
    pub fn packages(&self, manager: PackageManager) -> &[String] {
        self.packages.get(&manager.family()).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the packages of all package managers.
    pub fn all_packages(&self) -> impl Iterator<Item = &str> {
        self.packages.values().flatten().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wheelbase_spec::name::ProjectName;

    #[test]
    fn rows_of_the_table_are_valid() {
        let mut names: Vec<&str> = TABLE.project.iter().map(|row| row.name.as_str()).collect();
        assert!(names.len() >= 20);
        for row in &TABLE.project {
            let name: ProjectName = row.name.parse().expect("a project's name");
            assert_eq!(name.as_str(), row.name, "normalised");
            assert!(!row.libraries.is_empty() || !row.programs.is_empty(), "{}", row.name);
            assert!(row.programs.is_empty() || !row.packages(PackageManager::Apt).is_empty(), "{}", row.name);
            assert!(!row.source.is_empty() && !row.module.is_empty(), "{}", row.name);
            assert!(row.date.parse::<crate::Date>().is_ok(), "{}", row.name);
            for library in row.libraries.iter().flat_map(|one| one.split('|')) {
                assert!(library.contains(".so"), "{library}");
            }
            for manager in row.packages.keys() {
                use PackageManager::{Apk, Apt, Dnf, Zypper};
                assert!([Apt, Apk, Dnf, Zypper].contains(manager), "{manager}");
            }
            assert!(row.unless.iter().all(|name| name.parse::<ProjectName>().is_ok()));
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TABLE.project.len());
    }
}
