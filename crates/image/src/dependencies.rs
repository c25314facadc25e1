//! What packages of a Debian release take along when they are installed, and which libraries they bring.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

/// One file of `data/images/dependencies/`.
#[derive(Debug, Deserialize)]
pub(crate) struct Table {
    release: &'static str,
    #[expect(dead_code, reason = "said in the file for its readers")]
    birth: serde_json::Value,
    #[expect(dead_code, reason = "said in the file for its readers")]
    fields: serde_json::Value,
    /// The upstream version of `python3-pip`.
    pip: &'static str,
    #[serde(borrow)]
    packages: BTreeMap<&'static str, Row>,
    /// Packages that bring no library and lead to none.
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

/// The version of the pip that a release packages.
pub(crate) fn packaged_pip(codename: &str) -> Option<&'static str> {
    table(codename).map(|table| table.pip)
}

/// How a package came to be installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Installed<'a> {
    /// Its name as written.
    pub package: &'a str,
    /// Whether what it recommends came along.
    pub recommends: bool,
    /// Whether it is there itself; a package that was removed alone leaves what it took along.
    pub itself: bool,
}

/// What is in an image after an installation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Closure {
    /// All packages.
    pub(crate) packages: BTreeSet<&'static str>,
    /// SONAMEs with the package that brings each.
    pub(crate) brings: BTreeMap<&'static str, &'static str>,
    /// Names that several packages provide, so that nobody knows which of them came.
    pub(crate) unclear: BTreeSet<&'static str>,
}

/// Everything that one package takes along; `None` if nobody has looked at that package.
pub(crate) fn closure(codename: &str, installed: Installed<'_>) -> Option<Closure> {
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
            out.brings.extend(row.brings.iter().map(|soname| (*soname, name)));
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

    fn bare(package: &str) -> Installed<'_> {
        Installed { package, recommends: false, itself: true }
    }

    #[test]
    fn every_row_leads_to_rows_and_every_release_reads() {
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
    fn a_package_takes_along_what_it_depends_on() {
        let libraries = closure("bookworm", bare("libgl1")).unwrap().brings;
        for soname in ["libGL.so.1", "libGLX.so.0", "libX11.so.6", "libxcb.so.1"] {
            assert!(libraries.contains_key(soname), "{soname}");
        }
        assert!(!libraries.contains_key("libgthread-2.0.so.0"));
        assert_eq!(closure("bookworm", bare("a-package-of-nobody")), None);
    }

    // Debian 13, libglib2.0-0t64: Provides: libglib2.0-0.
    #[test]
    fn a_renamed_package_answers_to_its_old_name() {
        assert!(closure("trixie", bare("libglib2.0-0")).unwrap().brings.contains_key("libgthread-2.0.so.0"));
    }

    // Debian 12, git: Recommends: less, openssh-client, ...; `libgtk-3-0`: Recommends: librsvg2-common.
    #[test]
    fn recommended_packages_come_along_unless_told_otherwise() {
        let brings = |recommends| {
            let installed = Installed { package: "libgtk-3-0", recommends, itself: true };
            closure("bookworm", installed).unwrap().packages.contains("librsvg2-common")
        };
        assert!(brings(true) && !brings(false));
    }

    #[test]
    fn what_was_removed_alone_leaves_what_it_took_along() {
        let left = Installed { package: "libpq-dev", recommends: false, itself: false };
        assert!(closure("trixie", left).unwrap().brings.contains_key("libpq.so.5"));
        let gone = Installed { package: "libpq5", recommends: false, itself: false };
        assert!(!closure("trixie", gone).unwrap().brings.contains_key("libpq.so.5"));
    }
}
