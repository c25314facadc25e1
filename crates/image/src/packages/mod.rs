//! The packages of distributions that provide shared libraries, and the command that installs them.

mod building;
mod opened;

pub use building::{
    BuildTool, DevelopmentPackage, build_tool, development_packages, is_leaf_package, links_to,
    packages_along, recommended, tools_of,
};
pub(crate) use opened::started_programs;
pub use opened::{OpenedBy, opened_by};

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::data::{self, PackageRow};
use crate::dependencies::{self, PackageInstallation};
use crate::{ImageProfile, Library, PackageManager, Presence};
use wheelbase_spec::version::Version;

/// The package of a SONAME on a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SonamePackage {
    /// This package provides it.
    Package {
        /// The name of the package.
        name: String,
        /// Other packages that provide it.
        others: Vec<String>,
        /// The name was read from the index of the distribution.
        verified: bool,
    },
    /// The distribution is known, and no package of this release provides it.
    None,
    /// The package is unknown.
    Unknown,
}

/// The command that installs libraries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstallLine {
    /// The shell command; `None` if nothing can be installed.
    pub command: Option<String>,
    /// The packages in it.
    pub packages: Vec<String>,
    /// SONAMEs that no package of the release provides.
    pub not_packaged: Vec<String>,
    /// SONAMEs with an unknown package.
    pub unknown: Vec<String>,
    /// All package names were read from the index of the distribution.
    pub verified: bool,
}

impl ImageProfile {
    /// Returns the package that provides a SONAME on the distribution of this image.
    pub fn package_of(&self, soname: &str) -> SonamePackage {
        self.release_id().map_or(SonamePackage::Unknown, |release| package_of(&release, soname))
    }

    /// Returns the command that installs the packages of these SONAMEs.
    ///
    /// ```
    /// use wheelbase::image::Catalogue;
    ///
    /// let image = "python:3.12-slim".parse()?;
    /// let profile = Catalogue::default().profile(&image, "2026-08-13".parse()?, None)?;
    /// let line = profile.install_line(["libGL.so.1", "libglib-2.0.so.0"]);
    /// assert_eq!(
    ///     line.command.as_deref(),
    ///     Some("apt-get update && apt-get install -y --no-install-recommends libgl1 libglib2.0-0t64"),
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn install_line<'a>(&self, sonames: impl IntoIterator<Item = &'a str>) -> InstallLine {
        let release = self.release_id().unwrap_or_default();
        install_line(&release, self.package_manager, self.arch.bits(), sonames)
    }
}

/// Returns the package of a release (`debian:12`, `alpine:3.22`) that provides a SONAME.
pub fn package_of(release: &str, soname: &str) -> SonamePackage {
    let Some((column, own)) = column(release) else { return SonamePackage::Unknown };
    let Some(row) = data::packages().sonames.get(soname) else { return SonamePackage::Unknown };
    match column {
        "bullseye" => debian(row.bullseye.as_deref(), None, soname, own),
        "bookworm" => debian(row.bookworm.as_deref(), row.bookworm_alternatives.as_deref(), soname, own),
        "trixie" => debian(row.trixie.as_deref(), row.trixie_alternatives.as_deref(), soname, own),
        "alpine" => alpine(row),
        _ => SonamePackage::Unknown,
    }
}

/// The column of the tables that applies to a release, and whether it is the column of this release.
fn column(release: &str) -> Option<(&'static str, bool)> {
    if let Some(column) = data::packages().borrowed.get(release).copied() {
        return Some((column, false));
    }
    // The package names of Alpine are the same for all releases.
    if release.starts_with("alpine:") {
        return Some(("alpine", true));
    }
    let row = data::release(release).filter(|row| row.distro() == "debian")?;
    row.codename.map(|codename| (codename, true))
}

fn debian(
    packages: Option<&[&str]>,
    alternatives: Option<&[&str]>,
    soname: &str,
    verified: bool,
) -> SonamePackage {
    let names = |packages: &[&str]| packages.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    // Libraries of update-alternatives are in their own directory. The installation of the package links them.
    if let Some(alternatives) = alternatives.filter(|_| packages.is_none_or(<[&str]>::is_empty)) {
        let stem = soname.split(".so").next().unwrap_or(soname);
        let all = alternatives.iter().filter_map(|entry| entry.split(':').next()).collect::<Vec<_>>();
        let own = || all.iter().filter(|name| name.starts_with(stem));
        let best =
            own().find(|name| name.contains("pthread")).or_else(|| own().next()).or(all.first()).copied();
        if let Some(best) = best {
            let others = names(&all.iter().filter(|name| **name != best).copied().collect::<Vec<_>>());
            return SonamePackage::Package { name: best.to_owned(), others, verified };
        }
    }
    match packages {
        None => SonamePackage::Unknown,
        Some([]) => SonamePackage::None,
        // Several versions of one package are sorted by number, so the last is the newest.
        Some([others @ .., last]) => {
            SonamePackage::Package { name: (*last).to_owned(), others: names(others), verified }
        }
    }
}

fn alpine(row: &PackageRow) -> SonamePackage {
    match row.alpine {
        Some(name) => SonamePackage::Package {
            name: name.to_owned(),
            others: Vec::new(),
            verified: row.alpine_source.is_some(),
        },
        None => SonamePackage::Unknown,
    }
}

/// Returns whether the tables contain a package for a SONAME on any distribution.
pub fn is_packaged(soname: &str) -> bool {
    data::packages().sonames.contains_key(soname)
}

/// Returns the known SONAMEs that a package of a release provides.
pub fn sonames_of(release: &str, package: &str) -> Vec<&'static str> {
    let provides = |soname: &str| match package_of(release, soname) {
        SonamePackage::Package { name, others, .. } => {
            name == package || others.iter().any(|other| other == package)
        }
        _ => false,
    };
    data::packages().sonames.keys().copied().filter(|soname| provides(soname)).collect()
}

/// The SONAMEs of all packages of a release.
fn by_package(release: &str) -> BTreeMap<String, Vec<&'static str>> {
    let mut table: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for soname in data::packages().sonames.keys() {
        if let SonamePackage::Package { name, others, .. } = package_of(release, soname) {
            for package in others.into_iter().chain([name]) {
                table.entry(package).or_default().push(soname);
            }
        }
    }
    table
}

impl ImageProfile {
    /// Adds the libraries of packages that were installed in the image, with those of their dependencies.
    ///
    /// For releases without recorded package lists, `runtime` returns the packages that a package for linking installs,
    /// and `leaf` returns whether a package provides no library that other programs load. After any other package the
    /// set of libraries is not complete, because its dependencies are unknown.
    pub fn install_packages<'a>(
        &mut self,
        packages: impl IntoIterator<Item = PackageInstallation<'a>>,
        runtime: impl Fn(&str) -> Vec<String>,
        leaf: impl Fn(&str) -> bool,
    ) {
        let Some(release) = self.release_id() else { return };
        let column = column(&release);
        let by_package = by_package(&release);
        let mut unknown = Vec::new();
        for installed in packages {
            let package = installed.package;
            self.added.push(package.to_owned());
            let closure = column.and_then(|(column, _)| dependencies::closure(column, installed));
            let own = column.is_some_and(|(_, own)| own);
            let mut known =
                leaf(package) || own && closure.as_ref().is_some_and(|found| found.unclear.is_empty());
            let mut names: Vec<String> = runtime(package);
            if let Some(closure) = closure {
                for (soname, package) in &closure.provides {
                    self.add_library(soname, package);
                }
                self.added.extend(closure.packages.iter().map(|name| (*name).to_owned()));
                names.extend(closure.packages.iter().map(|name| (*name).to_owned()));
            }
            if installed.itself {
                names.push(package.to_owned());
            }
            // Libraries of update-alternatives are not in a default directory. They are in other tables.
            for name in names {
                for soname in by_package.get(&name).into_iter().flatten() {
                    self.add_library(soname, &name);
                }
            }
            known |= !installed.itself && leaf(package);
            if !known {
                unknown.push(format!("`{package}`"));
            }
        }
        if !unknown.is_empty() {
            let install = if unknown.len() == 1 { "it installs" } else { "they install" };
            self.libraries.doubt(format!(
                "the Dockerfile installs {}; the tables do not contain the dependencies that {install} on {}",
                unknown.join(", "),
                release.replace(':', " ")
            ));
        }
    }

    /// Returns the pip that this release packages; `None` if its package lists are not recorded.
    pub fn packaged_pip(&self) -> Option<Version> {
        let release = self.release_id()?;
        let (column, _) = column(&release).filter(|(_, own)| *own)?;
        dependencies::packaged_pip(column)?.parse().ok()
    }

    /// Returns the names of all packages that were installed as dependencies; `None` if those of one package are unknown.
    pub fn all_packages<'a>(
        &self,
        installed: impl IntoIterator<Item = PackageInstallation<'a>>,
        leaf: impl Fn(&str) -> bool,
    ) -> Option<BTreeSet<String>> {
        let release = self.release_id()?;
        let (column, _) = column(&release)?;
        let mut all = BTreeSet::new();
        for one in installed {
            match dependencies::closure(column, one) {
                Some(closure) => all.extend(closure.packages.iter().map(|name| (*name).to_owned())),
                None if leaf(one.package) => {}
                None => return None,
            }
            if one.itself {
                all.insert(one.package.to_owned());
            }
        }
        Some(all)
    }

    fn add_library(&mut self, soname: &str, package: &str) {
        if !matches!(self.libraries.find(soname), Presence::Present(_)) {
            self.libraries.insert(Library::new(soname).with_package(package));
        }
    }
}

/// Returns the command that installs the packages of these SONAMEs on a release (`debian:12`) with its package manager,
/// for an interpreter of `bits` bits.
pub fn install_line<'a>(
    release: &str,
    manager: PackageManager,
    bits: u8,
    sonames: impl IntoIterator<Item = &'a str>,
) -> InstallLine {
    let mut line = InstallLine { verified: true, ..InstallLine::default() };
    for soname in sonames {
        let package = match manager {
            PackageManager::Apt | PackageManager::Apk => match package_of(release, soname) {
                SonamePackage::Package { name, verified, .. } => {
                    line.verified &= verified;
                    Some(name)
                }
                SonamePackage::None => {
                    line.not_packaged.push(soname.to_owned());
                    None
                }
                SonamePackage::Unknown => {
                    line.unknown.push(soname.to_owned());
                    None
                }
            },
            // The dependency generator of rpm (elfdeps) adds `SONAME()(64bit)` to each package, or only the SONAME on a
            // 32-bit machine. These tools resolve it.
            PackageManager::Dnf
            | PackageManager::Microdnf
            | PackageManager::Yum
            | PackageManager::Tdnf
            | PackageManager::Zypper => {
                Some(if bits == 64 { format!("{soname}()(64bit)") } else { soname.to_owned() })
            }
            _ => {
                line.unknown.push(soname.to_owned());
                None
            }
        };
        line.packages.extend(package.filter(|package| !line.packages.contains(package)));
    }
    line.command = command(manager, &line.packages);
    line
}

impl InstallLine {
    /// Returns the command that installs these packages.
    pub fn of_packages(manager: PackageManager, packages: Vec<String>) -> Self {
        Self { command: command(manager, &packages), packages, verified: true, ..Self::default() }
    }
}

fn command(manager: PackageManager, packages: &[String]) -> Option<String> {
    if packages.is_empty() {
        return None;
    }
    let words: Vec<String> = packages.iter().map(|package| quoted(package)).collect();
    let words = words.join(" ");
    match manager {
        PackageManager::Apt => {
            Some(format!("apt-get update && apt-get install -y --no-install-recommends {words}"))
        }
        PackageManager::Apk => Some(format!("apk add --no-cache {words}")),
        PackageManager::Zypper => Some(format!("zypper --non-interactive install {words}")),
        PackageManager::Dnf | PackageManager::Microdnf | PackageManager::Yum | PackageManager::Tdnf => {
            Some(format!("{manager} install -y {words}"))
        }
        _ => None,
    }
}

/// Quotes a word for a shell if necessary.
fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+' | b':');
    match word.bytes().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::Catalogue;

    fn on(image: &str, packages: &[&str]) -> ImageProfile {
        let mut profile = Catalogue::default()
            .profile(&image.parse().unwrap(), "2026-08-13".parse().unwrap(), None)
            .unwrap();
        let installed =
            packages.iter().map(|package| PackageInstallation { package, recommends: false, itself: true });
        profile.install_packages(installed, packages_along, is_leaf_package);
        profile
    }

    fn with(packages: &[&str]) -> ImageProfile {
        on("python:3.12-slim-trixie", packages)
    }

    #[test]
    fn libraries_of_installed_packages_are_present() {
        assert_eq!(with(&[]).libraries.find("libGL.so.1"), Presence::Absent);
        assert!(matches!(with(&["libgl1"]).libraries.find("libGL.so.1"), Presence::Present(_)));
        assert!(matches!(with(&["libpq-dev"]).libraries.find("libpq.so.5"), Presence::Present(_)));
        // apt-cache of trixie: libgl1 -> libglx0 -> libx11-6 -> libxcb1; libglib2.0-0t64 provides libglib2.0-0.
        let opencv = with(&["libgl1", "libglib2.0-0"]);
        for soname in ["libxcb.so.1", "libgthread-2.0.so.0"] {
            assert!(matches!(opencv.libraries.find(soname), Presence::Present(_)), "{soname}");
        }
        assert_eq!(opencv.libraries.find("libSM.so.6"), Presence::Absent);
    }

    #[test]
    fn dependencies_are_unknown_on_releases_without_package_lists() {
        let alpine = on("python:3.12-alpine3.22", &["libpq"]);
        assert!(matches!(alpine.libraries.find("libpq.so.5"), Presence::Present(_)));
        assert!(
            matches!(alpine.libraries.find("libldap.so.2"), Presence::Unknown(why) if why.contains("`libpq`"))
        );
        let tools = on("python:3.12-alpine3.22", &["git", "make"]);
        assert_eq!(tools.libraries.find("libldap.so.2"), Presence::Absent);
    }

    #[test]
    fn unknown_packages_make_the_set_incomplete() {
        assert_eq!(with(&["curl", "git"]).libraries.find("libGL.so.1"), Presence::Absent);
        let unknown = with(&["some-vendor-suite"]);
        assert!(
            matches!(unknown.libraries.find("libGL.so.1"), Presence::Unknown(why) if why.contains("some-vendor-suite"))
        );
        assert!(matches!(unknown.libraries.find("libc.so.6"), Presence::Present(_)));
    }
}
