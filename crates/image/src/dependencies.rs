//! The dependencies of packages of Debian releases, and the libraries that they provide.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

/// One file of `data/images/dependencies/`.
#[derive(Debug, Deserialize)]
pub(crate) struct Table {
    release: &'static str,
    #[expect(dead_code, reason = "documentation in the file")]
    birth: serde_json::Value,
    #[expect(dead_code, reason = "documentation in the file")]
    fields: serde_json::Value,
    /// The upstream version of `python3-pip`.
    pip: &'static str,
    #[serde(borrow)]
    packages: BTreeMap<&'static str, Row>,
    /// Packages without libraries, also in their dependencies.
    #[serde(borrow)]
    leaves: BTreeSet<&'static str>,
    /// Names that one package provides.
    #[serde(borrow, rename = "virtual")]
    provided: BTreeMap<&'static str, &'static str>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, bound(deserialize = "'de: 'static"))]
struct Row {
    brings: Vec<&'static str>,
    needs: Vec<&'static str>,
    wants: Vec<&'static str>,
    unclear: Vec<&'static str>,
}

static TABLES: [LazyLock<Table>; 3] = [
    LazyLock::new(|| read(wheelbase_data::images::dependencies::DEBIAN_BULLSEYE)),
    LazyLock::new(|| read(wheelbase_data::images::dependencies::DEBIAN_BOOKWORM)),
    LazyLock::new(|| read(wheelbase_data::images::dependencies::DEBIAN_TRIXIE)),
];

fn read(text: &'static str) -> Table {
    serde_json::from_str(text).expect("the guard test reads every embedded table")
}

fn table(codename: &str) -> Option<&'static Table> {
    let at = ["bullseye", "bookworm", "trixie"].iter().position(|known| *known == codename)?;
    TABLES.get(at).map(|table| &**table).filter(|table| table.release == codename)
}

/// Returns the version of the pip that a release packages.
pub(crate) fn packaged_pip(codename: &str) -> Option<&'static str> {
    table(codename).map(|table| table.pip)
}

/// The installation of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackageInstallation<'a> {
    /// The name of the package as written.
    pub package: &'a str,
    /// Whether recommended packages were installed too.
    pub recommends: bool,
    /// Whether the package itself is installed. The dependencies of a removed package stay installed.
    pub itself: bool,
}

/// The packages and libraries of an installation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Closure {
    /// All packages.
    pub(crate) packages: BTreeSet<&'static str>,
    /// SONAMEs, with the package that provides each.
    pub(crate) provides: BTreeMap<&'static str, &'static str>,
    /// Names that several packages provide, so the installed one is unknown.
    pub(crate) unclear: BTreeSet<&'static str>,
}

/// Returns the dependencies of a package; `None` if the package is not in the table.
pub(crate) fn closure(codename: &str, installed: PackageInstallation<'_>) -> Option<Closure> {
    let table = table(codename)?;
    let package = table.provided.get(installed.package).copied().unwrap_or(installed.package);
    if table.leaves.contains(package) {
        return Some(Closure::default());
    }
    let (start, _) = table.packages.get_key_value(package)?;
    let mut out = Closure::default();
    let mut open = vec![*start];
    while let Some(name) = open.pop() {
        if !out.packages.insert(name) {
            continue;
        }
        let Some(row) = table.packages.get(name) else { continue };
        out.unclear.extend(&row.unclear);
        if name != *start || installed.itself {
            out.provides.extend(row.brings.iter().map(|soname| (*soname, name)));
        }
        open.extend(&row.needs);
        if installed.recommends {
            open.extend(&row.wants);
        }
    }
    if !installed.itself {
        out.packages.remove(start);
    }
    Some(out)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn bare(package: &str) -> PackageInstallation<'_> {
        PackageInstallation { package, recommends: false, itself: true }
    }

    #[test]
    fn all_dependencies_are_in_the_table() {
        for codename in ["bullseye", "bookworm", "trixie"] {
            let table = table(codename).unwrap();
            assert!(table.packages.len() > 1000);
            assert!(table.pip.parse::<wheelbase_spec::version::Version>().is_ok());
            for (name, row) in &table.packages {
                assert!(!table.leaves.contains(name), "{name}");
                for other in row.needs.iter().chain(&row.wants) {
                    assert!(table.packages.contains_key(other), "{codename}: {name} needs {other}");
                }
            }
            for (name, real) in &table.provided {
                assert!(table.packages.contains_key(real) && !table.packages.contains_key(name), "{name}");
            }
        }
    }

    // apt-cache depends --recurse of bookworm: libgl1 -> libglx0 -> libx11-6 -> libxcb1.
    #[test]
    fn dependencies_of_a_package_are_included() {
        let libraries = closure("bookworm", bare("libgl1")).unwrap().provides;
        for soname in ["libGL.so.1", "libGLX.so.0", "libX11.so.6", "libxcb.so.1"] {
            assert!(libraries.contains_key(soname), "{soname}");
        }
        assert!(!libraries.contains_key("libgthread-2.0.so.0"));
        assert_eq!(closure("bookworm", bare("an-unknown-package")), None);
    }

    // Debian 13, libglib2.0-0t64: Provides: libglib2.0-0.
    #[test]
    fn the_old_name_of_a_renamed_package_is_found() {
        assert!(
            closure("trixie", bare("libglib2.0-0")).unwrap().provides.contains_key("libgthread-2.0.so.0")
        );
    }

    // Debian 12, git: Recommends: less, openssh-client, ...; `libgtk-3-0`: Recommends: librsvg2-common.
    #[test]
    fn recommended_packages_are_optional() {
        let installs = |recommends| {
            let installed = PackageInstallation { package: "libgtk-3-0", recommends, itself: true };
            closure("bookworm", installed).unwrap().packages.contains("librsvg2-common")
        };
        assert!(installs(true) && !installs(false));
    }

    #[test]
    fn dependencies_of_a_removed_package_stay() {
        let left = PackageInstallation { package: "libpq-dev", recommends: false, itself: false };
        assert!(closure("trixie", left).unwrap().provides.contains_key("libpq.so.5"));
        let gone = PackageInstallation { package: "libpq5", recommends: false, itself: false };
        assert!(!closure("trixie", gone).unwrap().provides.contains_key("libpq.so.5"));
    }
}
