//! What packages of distributions are for building from source, from `data/packages/`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ToolchainFile {
    package: Vec<ToolchainRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ToolchainRow {
    managers: Vec<String>,
    names: Vec<String>,
    tools: Vec<String>,
    #[serde(default)]
    recommends: Vec<String>,
    #[expect(dead_code, reason = "said in the file for its readers")]
    verified: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DevelopmentFile {
    package: Vec<DevelopmentPackage>,
}

/// A package for linking, and what a program that was linked needs at run time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DevelopmentPackage {
    /// The package managers whose distributions have the package: `apt`, `apk`, `dnf`.
    pub managers: Vec<String>,
    /// Names of the package for linking.
    pub names: Vec<String>,
    /// The first part of the library's file name, up to and with `.so`.
    pub library: String,
    /// Any of these packages brings the library.
    pub runtime: Vec<String>,
    #[expect(dead_code, reason = "said in the file for its readers")]
    pub(super) verified: bool,
}

/// What a package brings for building.
#[derive(Debug)]
struct Brought {
    tools: Vec<String>,
    recommends: Vec<String>,
}

/// What packages bring for building, by manager and package.
fn toolchains() -> &'static BTreeMap<(String, String), Brought> {
    static TABLE: OnceLock<BTreeMap<(String, String), Brought>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let text = wheelbase_data::packages::TOOLCHAINS;
        let file: ToolchainFile = toml::from_str(text).expect("a test reads the table");
        let mut table = BTreeMap::new();
        for row in file.package {
            for manager in &row.managers {
                for name in &row.names {
                    let brought = Brought { tools: row.tools.clone(), recommends: row.recommends.clone() };
                    table.insert((manager.clone(), name.clone()), brought);
                }
            }
        }
        table
    })
}

/// What a package brings for building from source.
pub fn tools_of(manager: &str, package: &str) -> Vec<String> {
    if let Some(brought) = brought(manager, package) {
        return brought.tools.clone();
    }
    let headers = package.starts_with("python3") || package.starts_with("libpython3");
    if headers && (package.ends_with("-dev") || package.ends_with("-devel")) {
        return vec!["python-headers".to_owned()];
    }
    Vec::new()
}

/// The packages that apt installs along with a package unless told not to, as far as they matter for building.
pub fn recommended(manager: &str, package: &str) -> &'static [String] {
    brought(manager, package).map(|brought| brought.recommends.as_slice()).unwrap_or_default()
}

fn brought(manager: &str, package: &str) -> Option<&'static Brought> {
    let find = |package: &str| toolchains().get(&(manager.to_owned(), package.to_owned()));
    // `gcc-12`, `g++-14`, `clang-18`: the number is not in the table.
    let stem = || match package.rsplit_once('-') {
        Some((stem, number)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(stem)
        }
        _ => None,
    };
    find(package).or_else(|| find(stem()?))
}

/// All rows about packages for linking.
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
    #[expect(dead_code, reason = "said in the file for its readers")]
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

/// Whether a project that is compiled links to a library.
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
    let is = |name: &str| match name.split_once('*') {
        Some((start, end)) => {
            package.strip_prefix(start).is_some_and(|rest| rest.len() > end.len() && rest.ends_with(end))
        }
        None => name == package,
    };
    rows.iter().find(|row| row.names.iter().any(|name| is(name)))
}

/// Whether a package brings no library that a wheel would load, beyond those of [`packages_along`].
pub fn is_leaf_package(package: &str) -> bool {
    leaf(package).is_some()
}

/// Packages with libraries that come along with a package: what a package for linking is for, and what a compiler
/// needs.
pub fn packages_along(package: &str) -> Vec<String> {
    let own = leaf(package).map(|row| row.brings.clone()).unwrap_or_default();
    let linked = development_packages().iter().filter(|row| row.names.iter().any(|name| name == package));
    own.into_iter().chain(linked.flat_map(|row| row.runtime.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANAGERS: [&str; 5] = ["apt", "apk", "dnf", "zypper", "pacman"];

    #[test]
    fn tables_are_readable_and_name_known_managers() {
        assert!(toolchains().len() > 30);
        assert!(toolchains().keys().all(|(manager, _)| MANAGERS.contains(&manager.as_str())));
        assert!(!development_packages().is_empty());
        for row in development_packages() {
            assert!(row.managers.iter().all(|manager| MANAGERS.contains(&manager.as_str())));
            assert!(!row.names.is_empty() && !row.runtime.is_empty(), "{row:?}");
            assert!(row.library.starts_with("lib") && row.library.ends_with(".so"), "{row:?}");
        }
    }

    #[test]
    fn packages_that_bring_libraries_along() {
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
        assert_eq!(tools_of("apt", "gcc-12"), ["c"]);
        assert_eq!(recommended("apt", "gcc-12"), ["libc6-dev"]);
        assert_eq!(tools_of("apt", "python3.12-dev"), ["python-headers"]);
        assert_eq!(tools_of("apk", "gcc"), ["c"]);
        assert!(tools_of("apt", "libpq-dev").is_empty());
    }
}
