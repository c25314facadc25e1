//! The table of `data/building.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::image::PackageManager;
use crate::version::SpecifierSet;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    project: Vec<Project>,
}

/// A project that requires more than a compiler.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Project {
    pub(super) name: String,
    versions: Option<String>,
    pub(super) languages: Vec<String>,
    pub(super) needs: Vec<Need>,
    pub(super) instead: Option<String>,
    pub(super) note: Option<String>,
    pub(super) source: String,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the date of a row is for its readers and for the test of the table")
    )]
    date: String,
    pub(super) verified: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Need {
    pub(super) what: String,
    pub(super) tool: Option<String>,
    #[serde(default)]
    apt: Vec<String>,
    #[serde(default)]
    apk: Vec<String>,
    #[serde(default)]
    dnf: Vec<String>,
    #[serde(default)]
    pub(super) soft: bool,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(wheelbase_data::BUILDING).expect("a test reads the embedded table"));

/// The row of a project, if it applies to the version.
pub(super) fn project(name: &str, version: &crate::version::Version) -> Option<&'static Project> {
    TABLE.project.iter().find(|row| row.name == name && row.holds(version))
}

impl Project {
    fn holds(&self, version: &crate::version::Version) -> bool {
        let Some(versions) = &self.versions else { return true };
        versions.parse::<SpecifierSet>().is_ok_and(|set| set.contains(version))
    }
}

impl Need {
    /// The alternative packages for a package manager.
    pub(super) fn packages(&self, manager: PackageManager) -> &[String] {
        match manager.family() {
            PackageManager::Apt => &self.apt,
            PackageManager::Apk => &self.apk,
            PackageManager::Dnf => &self.dnf,
            _ => &[],
        }
    }

    /// The names for all distributions.
    pub(super) fn all_packages(&self) -> impl Iterator<Item = &str> {
        self.apt.iter().chain(&self.apk).chain(&self.dnf).map(String::as_str)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::ProjectName;
    use crate::image::build_tool;

    #[test]
    fn rows_of_the_table_are_valid() {
        let mut names: Vec<&str> = TABLE.project.iter().map(|row| row.name.as_str()).collect();
        assert!((10..=30).contains(&names.len()));
        for row in &TABLE.project {
            assert_eq!(row.name.parse::<ProjectName>().unwrap().as_str(), row.name, "normalised");
            assert!(
                row.versions.as_ref().is_none_or(|set| set.parse::<SpecifierSet>().is_ok()),
                "{}",
                row.name
            );
            assert!(!row.languages.is_empty() && row.source.contains(' '), "{}", row.name);
            assert!(row.date.parse::<crate::image::Date>().is_ok(), "{}", row.name);
            assert!(row.needs.iter().any(|need| !need.soft), "{}", row.name);
            for need in &row.needs {
                match &need.tool {
                    Some(name) => assert!(build_tool(name).is_some() && need.all_packages().count() == 0),
                    None => assert!(!need.apk.is_empty() && !need.dnf.is_empty(), "{}", row.name),
                }
            }
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TABLE.project.len());
    }
}
