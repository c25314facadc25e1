//! Packages of distributions that builds from source use, from `data/packages/`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use wheelbase_formats::glob;

use crate::PackageManager;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ToolchainFile {
    tool: Vec<BuildTool>,
    package: Vec<ToolchainRow>,
}

/// A program or a set of headers that builds from source use.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct BuildTool {
    /// Its name in [`Development`](crate::Development), such as `c`.
    pub name: String,
    /// What it is in messages, such as `C compiler`.
    pub description: String,
    packages: BTreeMap<PackageManager, String>,
}

impl BuildTool {
    /// Returns the recommended package that provides it; `None` if it is unknown.
    pub fn package(&self, manager: PackageManager) -> Option<&str> {
        self.packages.get(&manager.family()).map(String::as_str)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ToolchainRow {
    managers: Vec<PackageManager>,
    names: Vec<String>,
    tools: Vec<String>,
    #[serde(default)]
    recommends: Vec<String>,
    #[expect(dead_code, reason = "documentation in the file")]
    verified: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DevelopmentFile {
    package: Vec<DevelopmentPackage>,
}

/// A package for linking, and the packages that the linked program requires at run time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DevelopmentPackage {
    /// The package managers whose distributions have the package.
    pub managers: Vec<PackageManager>,
    /// Names of the package for linking.
    pub names: Vec<String>,
    /// The start of the file name of the library, up to and including `.so`.
    pub library: String,
    /// The packages that provide the library; one of them is sufficient.
    pub runtime: Vec<String>,
    #[expect(dead_code, reason = "documentation in the file")]
    pub(super) verified: bool,
}

/// The tools that a package provides, and the packages it recommends.
#[derive(Debug)]
struct BuildPackage {
    tools: Vec<String>,
    recommends: Vec<String>,
}

/// The table of `packages/toolchains.toml`.
struct Toolchains {
    tools: Vec<BuildTool>,
    /// The tools of packages, by package manager and package.
    packages: BTreeMap<PackageManager, BTreeMap<String, BuildPackage>>,
}

fn toolchains() -> &'static Toolchains {
    static TABLE: OnceLock<Toolchains> = OnceLock::new();
    TABLE.get_or_init(|| {
        let text = wheelbase_data::packages::TOOLCHAINS;
        let file: ToolchainFile = toml::from_str(text).expect("a test reads the table");
        let mut packages: BTreeMap<PackageManager, BTreeMap<String, BuildPackage>> = BTreeMap::new();
        for row in file.package {
            for manager in &row.managers {
                let of_manager = packages.entry(*manager).or_default();
                for name in &row.names {
                    let package =
                        BuildPackage { tools: row.tools.clone(), recommends: row.recommends.clone() };
                    of_manager.insert(name.clone(), package);
                }
            }
        }
        Toolchains { tools: file.tool, packages }
    })
}

/// Returns a build tool by its name.
pub fn build_tool(name: &str) -> Option<&'static BuildTool> {
    toolchains().tools.iter().find(|tool| tool.name == name)
}

/// Returns the build tools that a package provides.
pub fn tools_of(manager: PackageManager, package: &str) -> Vec<String> {
    if let Some(row) = build_package(manager, package) {
        return row.tools.clone();
    }
    let headers = package.starts_with("python3") || package.starts_with("libpython3");
    if headers && (package.ends_with("-dev") || package.ends_with("-devel")) {
        return vec!["python-headers".to_owned()];
    }
    Vec::new()
}

/// Returns the packages that a package recommends, as far as builds use them. apt installs them unless
/// `--no-install-recommends` is set.
pub fn recommended(manager: PackageManager, package: &str) -> &'static [String] {
    build_package(manager, package).map(|row| row.recommends.as_slice()).unwrap_or_default()
}

fn build_package(manager: PackageManager, package: &str) -> Option<&'static BuildPackage> {
    let of_manager = toolchains().packages.get(&manager.family())?;
    let find = |package: &str| of_manager.get(package);
    // `gcc-12`, `g++-14`, `clang-18`: the number is not in the table.
    let stem = || match package.rsplit_once('-') {
        Some((stem, number)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(stem)
        }
        _ => None,
    };
    find(package).or_else(|| find(stem()?))
}

/// Returns all packages for linking in the table.
pub fn development_packages() -> &'static [DevelopmentPackage] {
    static TABLE: OnceLock<Vec<DevelopmentPackage>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let text = wheelbase_data::packages::DEVELOPMENT_PACKAGES;
        let file: DevelopmentFile = toml::from_str(text).expect("a test reads the table");
        file.package
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkedFile {
    project: Vec<LinkedRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkedRow {
    names: Vec<String>,
    library: String,
    #[expect(dead_code, reason = "documentation in the file")]
    verified: bool,
}

fn linked() -> &'static [LinkedRow] {
    static TABLE: OnceLock<Vec<LinkedRow>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let text = wheelbase_data::packages::LINKED_LIBRARIES;
        let file: LinkedFile = toml::from_str(text).expect("a test reads the table");
        file.project
    })
}

/// Returns whether a compiled project links to a library.
pub fn links_to(project: &str, library: &str) -> bool {
    linked().iter().any(|row| row.library == library && row.names.iter().any(|name| name == project))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LeafFile {
    package: Vec<LeafRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LeafRow {
    names: Vec<String>,
    brings: Vec<String>,
}

fn leaf(package: &str) -> Option<&'static LeafRow> {
    static TABLE: OnceLock<Vec<LeafRow>> = OnceLock::new();
    let rows = TABLE.get_or_init(|| {
        let text = wheelbase_data::packages::LEAF_PACKAGES;
        let file: LeafFile = toml::from_str(text).expect("a test reads the table");
        file.package
    });
    rows.iter().find(|row| row.names.iter().any(|name| glob::matches_text(name, package)))
}

/// Returns whether a package provides no library that wheels load, except those of [`packages_along`].
pub fn is_leaf_package(package: &str) -> bool {
    leaf(package).is_some()
}

/// Returns the packages with libraries that a package installs: the libraries of a package for linking, and those that a
/// compiler requires.
pub fn packages_along(package: &str) -> Vec<String> {
    let own = leaf(package).map(|row| row.brings.clone()).unwrap_or_default();
    let linked = development_packages().iter().filter(|row| row.names.iter().any(|name| name == package));
    own.into_iter().chain(linked.flat_map(|row| row.runtime.clone())).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    /// Rows of `dnf` apply to its family, and no distribution has the package manager `none`.
    fn is_family(manager: PackageManager) -> bool {
        manager.family() == manager && !matches!(manager, PackageManager::None | PackageManager::Unknown)
    }

    #[test]
    fn tables_are_readable_and_name_families_of_managers() {
        assert!(toolchains().packages.values().map(BTreeMap::len).sum::<usize>() > 30);
        assert!(toolchains().packages.keys().all(|manager| is_family(*manager)));
        assert!(!development_packages().is_empty());
        for row in development_packages() {
            assert!(row.managers.iter().all(|manager| is_family(*manager)));
            assert!(!row.names.is_empty() && !row.runtime.is_empty(), "{row:?}");
            assert!(row.library.starts_with("lib") && row.library.ends_with(".so"), "{row:?}");
        }
    }

    #[test]
    fn recommended_packages_provide_their_tools() {
        for tool in &toolchains().tools {
            assert!(!tool.description.is_empty() && tool.packages.len() >= 4, "{tool:?}");
            for (manager, package) in &tool.packages {
                assert!(is_family(*manager), "{tool:?}");
                assert!(tools_of(*manager, package).contains(&tool.name), "{manager} {package}");
            }
        }
        assert_eq!(build_tool("c++").unwrap().package(PackageManager::Microdnf), Some("gcc-c++"));
    }

    #[test]
    fn packages_along_have_libraries() {
        assert!(is_leaf_package("curl") && is_leaf_package("python3.12-dev") && is_leaf_package("gcc-14"));
        assert!(!is_leaf_package("ffmpeg") && !is_leaf_package("libpq-dev"));
        assert!(packages_along("libpq-dev").iter().any(|name| name == "libpq5"));
        assert!(packages_along("build-essential").iter().any(|name| name == "libgomp1"));
    }

    #[test]
    fn linked_libraries_are_those_of_packages_for_linking() {
        assert!(links_to("psycopg2", "libpq.so") && !links_to("psycopg2", "libodbc.so"));
        for row in linked() {
            assert!(row.library.starts_with("lib") && row.library.ends_with(".so"), "{row:?}");
            for name in &row.names {
                assert_eq!(
                    name.parse::<wheelbase_spec::name::ProjectName>()
                        .map(|name| name.as_str().to_owned())
                        .as_ref(),
                    Ok(name)
                );
            }
        }
    }

    #[test]
    fn numbered_packages() {
        assert_eq!(tools_of(PackageManager::Apt, "gcc-12"), ["c"]);
        assert_eq!(recommended(PackageManager::Apt, "gcc-12"), ["libc6-dev"]);
        assert_eq!(tools_of(PackageManager::Apt, "python3.12-dev"), ["python-headers"]);
        assert_eq!(tools_of(PackageManager::Apk, "gcc"), ["c"]);
        assert!(tools_of(PackageManager::Apt, "libpq-dev").is_empty());
    }
}
