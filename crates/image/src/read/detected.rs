//! What was found out about an image.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use wheelbase_spec::name::ProjectName;

/// The facts of one image, each with the evidence for it.
///
/// It can be written and read back (`serde`), so that a digest is looked into only once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DetectedImage {
    /// Digest of the manifest (of the configuration in a `docker save` archive); none for a folder.
    pub digest: Option<String>,
    /// The sizes of the layers in a registry or an OCI layout together, which are packed as a rule.
    #[serde(default)]
    pub packed_bytes: Option<u64>,
    /// The sizes of the files of all layers together, which is how engines count.
    #[serde(default)]
    pub unpacked_bytes: Option<u64>,
    /// The distribution, from `os-release`.
    pub os: Option<OsRelease>,
    /// The C library that the interpreter uses (or the image's programs, where there is no Python).
    pub libc: Option<DetectedLibc>,
    /// The machine as platform tags name it.
    pub machine: Option<String>,
    /// Pointer size of that machine's programs: 32 or 64.
    pub bits: Option<u8>,
    /// Whether ARM programs pass floating-point values in integer registers.
    pub soft_float: bool,
    /// Interpreters; the first is the one that `python3` or `python` on the path starts.
    pub pythons: Vec<DetectedPython>,
    /// The format of the database of the distribution's packages. Which program reads it is another matter: distroless has
    /// the database alone.
    pub package_manager: Option<PackageFormat>,
    /// The distribution's packages, by name.
    pub packages: Vec<InstalledPackage>,
    /// What the loader finds, by the name it is asked for.
    pub libraries: Vec<DetectedLibrary>,
    /// Whether [`libraries`](Self::libraries) is the whole truth: without it a library that is not listed may be
    /// there all the same.
    pub libraries_complete: bool,
    /// Names under which the loader finds a file that could not be read.
    pub unread_libraries: Vec<String>,
    /// Python distributions, of all interpreters and environments.
    pub distributions: Vec<InstalledDistribution>,
    /// `/bin/sh` after links; a distroless image has none.
    pub shell: Option<String>,
    /// Compilers, build tools and installers in the directories of the path.
    pub tools: Vec<String>,
    /// Environment of the image's configuration.
    pub env: Vec<(String, String)>,
    /// Working folder of the image's configuration, if it names one.
    #[serde(default)]
    pub workdir: Option<String>,
    /// Which file said what.
    pub evidence: Vec<Evidence>,
    /// Two sources that disagree; the first was believed.
    pub contradictions: Vec<Contradiction>,
    /// What could not be had, and why.
    pub undetermined: Vec<Undetermined>,
}

impl DetectedImage {
    /// The distributions that an interpreter finds, by its search path: of two with one name the first counts.
    pub fn distributions_of<'a>(
        &'a self,
        python: &'a DetectedPython,
    ) -> impl Iterator<Item = &'a InstalledDistribution> {
        let mut seen = HashSet::new();
        python
            .site_packages
            .iter()
            .flat_map(|site| self.distributions.iter().filter(move |one| one.site() == site))
            .filter(move |one| {
                let name = one
                    .name
                    .parse::<ProjectName>()
                    .map_or_else(|_| one.name.clone(), |name| name.to_string());
                seen.insert(name)
            })
    }

    /// The interpreter that `python3` or `python` starts.
    pub fn python(&self) -> Option<&DetectedPython> {
        self.pythons.first()
    }

    /// Whether a plain `pip install` refuses to work (PEP 668) for the first interpreter.
    pub fn externally_managed(&self) -> bool {
        self.python().is_some_and(|python| python.externally_managed.is_some())
    }

    /// The library that the loader gives for a needed name.
    pub fn library(&self, soname: &str) -> Option<&DetectedLibrary> {
        self.libraries.iter().find(|library| library.soname == soname)
    }

    /// The version of a distribution package.
    pub fn package(&self, name: &str) -> Option<&InstalledPackage> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// Names that equal the SONAME inside the file, each once: what `ldconfig -p` would list for this machine.
    pub fn sonames(&self) -> impl Iterator<Item = &str> {
        self.libraries
            .iter()
            .filter(|library| library.declared.is_none())
            .map(|library| library.soname.as_str())
    }
}

/// `etc/os-release`, as far as it is used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OsRelease {
    /// `ID`, for example `debian`.
    pub id: String,
    /// `VERSION_ID`; testing and rolling releases have none.
    pub version_id: Option<String>,
    /// `VERSION_CODENAME`
    pub codename: Option<String>,
    /// `ID_LIKE`
    pub id_like: Vec<String>,
    /// `PRETTY_NAME`
    pub pretty_name: Option<String>,
}

/// A C library with the version that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DetectedLibc {
    /// glibc, major and minor.
    Glibc(u32, u32),
    /// musl with major, minor and patch.
    Musl(u32, u32, Option<u32>),
    /// The interpreter is linked statically.
    Static,
}

impl fmt::Display for DetectedLibc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Glibc(major, minor) => write!(f, "glibc {major}.{minor}"),
            Self::Musl(major, minor, Some(patch)) => write!(f, "musl {major}.{minor}.{patch}"),
            Self::Musl(major, minor, None) => write!(f, "musl {major}.{minor}"),
            Self::Static => f.write_str("static"),
        }
    }
}

/// One interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DetectedPython {
    /// Path after links, from the root with a leading slash.
    pub path: String,
    /// `cpython`, `pypy` or `graalpy`.
    pub implementation: String,
    /// As far as it is known: `3.12` or `3.12.13`.
    pub version: String,
    /// ABI flags of the name: `t` for free-threaded builds, `d` for debug ones.
    pub abi_flags: String,
    /// The program interpreter that its ELF header names; none in a static build.
    pub loader: Option<String>,
    /// The machine it is built for.
    pub machine: String,
    /// The virtual environment through which it is started, if the path leads there.
    pub environment: Option<String>,
    /// Directories of installed distributions.
    pub site_packages: Vec<String>,
    /// Version of the pip in those directories.
    pub pip: Option<String>,
    /// Version of the pip that `ensurepip` would put into a new environment.
    pub bundled_pip: Option<String>,
    /// The marker file of PEP 668, if there is one.
    pub externally_managed: Option<String>,
    /// Whether the headers for building extension modules are there.
    pub headers: bool,
    /// An importable `_manylinux` module, which changes what pip and uv accept (PEP 600).
    pub manylinux_module: Option<String>,
    /// What that module answers, where it is simple enough to tell without running it.
    pub manylinux: Option<ManylinuxAnswers>,
}

/// A `_manylinux` module that consists of constants (PEP 513, PEP 571, PEP 599) and of a function that always gives the
/// same answer (PEP 600).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ManylinuxAnswers {
    /// `manylinux1_compatible`
    pub manylinux1: Option<bool>,
    /// `manylinux2010_compatible`
    pub manylinux2010: Option<bool>,
    /// `manylinux2014_compatible`
    pub manylinux2014: Option<bool>,
    /// `manylinux_compatible()`
    pub function: Option<bool>,
}

/// The format of the database of the distribution's packages. Which program reads it is another matter: distroless has
/// the database alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum PackageFormat {
    /// dpkg, with or without apt
    Dpkg,
    /// apk
    Apk,
    /// rpm
    Rpm,
}

impl fmt::Display for PackageFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dpkg => "dpkg",
            Self::Apk => "apk",
            Self::Rpm => "rpm",
        })
    }
}

/// A package of the distribution.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InstalledPackage {
    /// Its name.
    pub name: String,
    /// Its version as the database writes it, with epoch and release.
    pub version: String,
    /// The machine in the distribution's words, where the database says it.
    pub architecture: Option<String>,
}

/// A shared library on the loader's path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DetectedLibrary {
    /// The name under which the loader finds it.
    pub soname: String,
    /// The SONAME inside where it differs (`libbz2.so.1` leads to `libbz2.so.1.0`), so that two copies may be loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<String>,
    /// Path after links, from the root with a leading slash.
    pub path: String,
    /// Version nodes that it defines, for example `GLIBC_2.17`, `GLIBCXX_3.4.30`, `OPENSSL_3.0.0`.
    pub nodes: Vec<String>,
}

/// A Python distribution found by its metadata.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InstalledDistribution {
    /// The project's name as the metadata writes it.
    pub name: String,
    /// The version as the metadata writes it.
    pub version: String,
    /// Tags of the wheel it came from, compressed sets as in the `WHEEL` file; empty for what was built in place.
    pub tags: Vec<String>,
    /// The directory of its metadata.
    pub path: String,
    /// What installed it (`INSTALLER`), for example `pip`, `uv`, `debian`.
    pub installer: Option<String>,
    /// Where it came from when not from an index (PEP 610), the URL of `direct_url.json`.
    pub direct_url: Option<String>,
    /// Its compiled members, out of `RECORD`.
    pub compiled: Vec<String>,
    /// What it depends on: the `Requires-Dist` lines of its metadata.
    #[serde(default)]
    pub requires: Vec<String>,
    /// The Pythons it is for: `Requires-Python`.
    #[serde(default)]
    pub requires_python: Option<String>,
}

impl InstalledDistribution {
    /// The directory that its modules are imported from.
    pub fn site(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(site, _)| site)
    }
}

/// A fact and the file that states it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Evidence {
    /// The fact, for example `glibc version`.
    pub what: String,
    /// Its value.
    pub value: String,
    /// The file or the field of the configuration.
    pub source: String,
    /// How it was read there, for example `text of the library`.
    pub how: String,
}

/// Two sources that disagree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Contradiction {
    /// The fact.
    pub what: String,
    /// What was believed.
    pub believed: String,
    /// Who said so.
    pub source: String,
    /// What was not.
    pub other: String,
    /// Who said that.
    pub other_source: String,
}

/// A fact that could not be had.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Undetermined {
    /// The fact, for example `libc`.
    pub what: String,
    /// The reason.
    pub why: String,
}
