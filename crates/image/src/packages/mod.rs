//! Which package of a distribution brings a shared library, and the line that installs it.

mod building;

pub use building::{
    DevelopmentPackage, development_packages, is_leaf_package, links_to, packages_along, recommended,
    tools_of,
};

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::data::{self, PackageRow};
use crate::dependencies::{self, Installed};
use crate::{ImageProfile, Library, PackageManager, Presence};
use wheelbase_spec::version::Version;

/// The package of a SONAME on a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SonamePackage {
    /// This package brings it.
    Package {
        /// Its name.
        name: String,
        /// Others that bring it too.
        others: Vec<String>,
        /// Read from the distribution's own index.
        verified: bool,
    },
    /// The distribution is known, and no package of this release brings it.
    None,
    /// Not known.
    Unknown,
}

/// What installs a number of libraries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstallLine {
    /// The shell line; `None` if nothing can be installed.
    pub command: Option<String>,
    /// The packages in it.
    pub packages: Vec<String>,
    /// SONAMEs that no package of the release brings.
    pub not_packaged: Vec<String>,
    /// SONAMEs whose package is not known.
    pub unknown: Vec<String>,
    /// Every package name was read from the distribution's own index.
    pub verified: bool,
}

impl ImageProfile {
    /// The package that brings a SONAME on this image's distribution.
    pub fn package_of(&self, soname: &str) -> SonamePackage {
        self.release_id().map_or(SonamePackage::Unknown, |release| package_of(&release, soname))
    }

    /// The line that installs what brings these SONAMEs.
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

/// The package of a release (`debian:12`, `alpine:3.22`) that brings a SONAME.
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

/// The column of the tables that speaks for a release, and whether it is the release's own.
fn column(release: &str) -> Option<(&'static str, bool)> {
    if let Some(column) = data::packages().borrowed.get(release).copied() {
        return Some((column, false));
    }
    // Package names are known for Alpine as a whole, whichever release or point release is named.
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
    // What update-alternatives manages lies in a directory of its own, and installing the package links it.
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
        // Several versions of one package stand in the order of their numbers, so that the last is the newest.
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

/// Whether a SONAME is one of those that distributions have packages for, as far as that is known.
pub fn is_packaged(soname: &str) -> bool {
    data::packages().sonames.contains_key(soname)
}

/// The SONAMEs that a package of a release is known to bring.
pub fn sonames_of(release: &str, package: &str) -> Vec<&'static str> {
    let brings = |soname: &str| match package_of(release, soname) {
        SonamePackage::Package { name, others, .. } => {
            name == package || others.iter().any(|other| other == package)
        }
        _ => false,
    };
    data::packages().sonames.keys().copied().filter(|soname| brings(soname)).collect()
}

/// The same for all packages.
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
    /// Adds what packages of the distribution bring that were installed beside it, with all that they take along.
    ///
    /// Of releases whose package lists nobody read, `runtime` gives for a package for linking those that it takes along,
    /// and `leaf` tells packages that bring no library which anybody else would load, such as tools. After any other
    /// package the set says nothing of what it does not list, since nobody knows what came along.
    pub fn install_packages<'a>(
        &mut self,
        packages: impl IntoIterator<Item = Installed<'a>>,
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
                for (soname, package) in &closure.brings {
                    self.add_library(soname, package);
                }
                self.added.extend(closure.packages.iter().map(|name| (*name).to_owned()));
                names.extend(closure.packages.iter().map(|name| (*name).to_owned()));
            }
            if installed.itself {
                names.push(package.to_owned());
            }
            // What update-alternatives manages lies in no default folder, and other tables know it.
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
            let (them, take) = if unknown.len() == 1 { ("it", "takes") } else { ("they", "take") };
            self.libraries.doubt(format!(
                "the Dockerfile installs {}, and which further packages {them} {take} along on {} is not in the tables",
                unknown.join(", "),
                release.replace(':', " ")
            ));
        }
    }

    /// The pip that this release packages, where its own package lists were read.
    pub fn packaged_pip(&self) -> Option<Version> {
        let release = self.release_id()?;
        let (column, _) = column(&release).filter(|(_, own)| *own)?;
        dependencies::packaged_pip(column)?.parse().ok()
    }

    /// Everything that installed packages took along, by name; `None` where nobody knows of one of them.
    pub fn all_packages<'a>(
        &self,
        installed: impl IntoIterator<Item = Installed<'a>>,
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

/// The line that installs what brings these SONAMEs on a release (`debian:12`), with its package manager, for an
/// interpreter of `bits` bits.
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
            // rpm's dependency generator (elfdeps) gives every package `SONAME()(64bit)`, or the bare SONAME on a
            // 32-bit machine, and these tools resolve it.
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
    /// The line that installs these packages.
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

/// A word as a shell takes it.
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
        let installed = packages.iter().map(|package| Installed { package, recommends: false, itself: true });
        profile.install_packages(installed, packages_along, is_leaf_package);
        profile
    }

    fn with(packages: &[&str]) -> ImageProfile {
        on("python:3.12-slim-trixie", packages)
    }

    #[test]
    fn installed_packages_bring_their_libraries() {
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
    fn of_a_release_whose_lists_nobody_read_what_comes_along_is_not_known() {
        let alpine = on("python:3.12-alpine3.22", &["libpq"]);
        assert!(matches!(alpine.libraries.find("libpq.so.5"), Presence::Present(_)));
        assert!(
            matches!(alpine.libraries.find("libldap.so.2"), Presence::Unknown(why) if why.contains("`libpq`"))
        );
        let tools = on("python:3.12-alpine3.22", &["git", "make"]);
        assert_eq!(tools.libraries.find("libldap.so.2"), Presence::Absent);
    }

    #[test]
    fn after_a_package_that_nobody_knows_nothing_is_said_of_the_rest() {
        assert_eq!(with(&["curl", "git"]).libraries.find("libGL.so.1"), Presence::Absent);
        let unknown = with(&["some-vendor-suite"]);
        assert!(
            matches!(unknown.libraries.find("libGL.so.1"), Presence::Unknown(why) if why.contains("some-vendor-suite"))
        );
        assert!(matches!(unknown.libraries.find("libc.so.6"), Presence::Present(_)));
    }
}
