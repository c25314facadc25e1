//! Package databases that are text: `dpkg` and `apk`.

use super::detected::{InstalledPackage, PackageManager};

/// What one database file lists.
#[derive(Clone, Debug)]
pub(crate) struct PackageDatabase {
    pub(crate) manager: PackageManager,
    pub(crate) packages: Vec<InstalledPackage>,
    /// SONAMEs that the packages say they bring (`p:so:` of apk).
    pub(crate) sonames: Vec<String>,
}

impl PackageDatabase {
    pub(crate) fn weight(&self) -> usize {
        let packages = self.packages.iter().map(|one| 96 + one.name.len() + one.version.len());
        packages.chain(self.sonames.iter().map(|name| 24 + name.len())).sum()
    }
}

/// `var/lib/dpkg/status`, or one of the paragraphs in `status.d` that distroless images have.
///
/// A package counts when its status says that it is installed; distroless paragraphs carry no status
/// (dpkg-query(1), "package status").
pub(crate) fn dpkg(text: &str) -> PackageDatabase {
    let mut packages = Vec::new();
    for paragraph in paragraphs(text) {
        let field = |wanted: &str| {
            paragraph.iter().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
            })
        };
        let installed = field("Status").is_none_or(|status| {
            let state = status.split_whitespace().last().unwrap_or_default().to_owned();
            // Unpacked and half-configured packages have their files in place.
            !matches!(state.as_str(), "not-installed" | "config-files" | "half-installed")
        });
        if let (Some(name), Some(version), true) = (field("Package"), field("Version"), installed) {
            packages.push(InstalledPackage { name, version, architecture: field("Architecture") });
        }
    }
    PackageDatabase { manager: PackageManager::Dpkg, packages, sonames: Vec::new() }
}

/// `lib/apk/db/installed`: `P:` name, `V:` version, `A:` machine, `p:` what it provides; an empty line ends a package.
/// <https://wiki.alpinelinux.org/wiki/Apk_spec>
pub(crate) fn apk(text: &str) -> PackageDatabase {
    let mut packages = Vec::new();
    let mut sonames = Vec::new();
    for paragraph in paragraphs(text) {
        // The letters are case-sensitive: `P` is the name, `p` what is provided.
        let field = |wanted: &str| {
            paragraph.iter().find_map(|line| line.strip_prefix(wanted)?.strip_prefix(':')).map(str::to_owned)
        };
        if let (Some(name), Some(version)) = (field("P"), field("V")) {
            packages.push(InstalledPackage { name, version, architecture: field("A") });
        }
        for provided in field("p").iter().flat_map(|line| line.split_whitespace()) {
            if let Some(soname) = provided.strip_prefix("so:") {
                sonames.push(soname.split(['=', '<', '>', '~']).next().unwrap_or(soname).to_owned());
            }
        }
    }
    PackageDatabase { manager: PackageManager::Apk, packages, sonames }
}

/// Blocks of lines without the continuation lines, which begin with a space.
fn paragraphs(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let mut lines = text.lines();
    std::iter::from_fn(move || {
        let mut block = Vec::new();
        for line in lines.by_ref() {
            let line = line.trim_end_matches('\r');
            if line.is_empty() {
                if !block.is_empty() {
                    break;
                }
            } else if !line.starts_with([' ', '\t']) {
                block.push(line);
            }
        }
        (!block.is_empty()).then_some(block)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(database: &PackageDatabase) -> Vec<(&str, &str)> {
        database.packages.iter().map(|one| (one.name.as_str(), one.version.as_str())).collect()
    }

    // deb-control(5): fields in any order, continuation lines, and packages of which only settings are left.
    #[test]
    fn dpkg_lists_what_is_installed() {
        let text = "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9+deb12u10\n\
                    Description: GNU C Library\n Version: not a field\n\n\
                    Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n\n\
                    Version: 1:2-3\nPackage: late\nStatus: install ok half-configured\n";
        assert_eq!(pairs(&dpkg(text)), [("libc6", "2.36-9+deb12u10"), ("late", "1:2-3")]);
    }

    #[test]
    fn distroless_paragraph_needs_no_status() {
        assert_eq!(
            pairs(&dpkg("Package: tzdata\nVersion: 2024a-0+deb12u1\n")),
            [("tzdata", "2024a-0+deb12u1")]
        );
    }

    #[test]
    fn apk_tells_packages_and_sonames() {
        let text = "C:Q1abc=\nP:musl\nV:1.2.5-r9\nA:x86_64\np:so:libc.musl-x86_64.so.1=1\nF:lib\nR:ld-musl-x86_64.so.1\n\n\
                    P:zlib\nV:1.3.1-r2\np:so:libz.so.1=1.3.1 pc:zlib=1.3.1\n\n";
        let database = apk(text);
        assert_eq!(pairs(&database), [("musl", "1.2.5-r9"), ("zlib", "1.3.1-r2")]);
        assert_eq!(database.sonames, ["libc.musl-x86_64.so.1", "libz.so.1"]);
    }
}
