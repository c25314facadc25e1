//! The facts that were read from an image.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::unknown_fact::UnknownImageFact;
use wheelbase_spec::name::ProjectName;

/// The facts of one image, each with the evidence for it.
///
/// It supports `serde`, so the facts of a digest can be stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DetectedImage {
    /// The digest of the manifest, or of the configuration in a `docker save` archive; `None` for a directory.
    pub digest: Option<String>,
    /// The total size of the layers in a registry or an OCI layout in bytes. They are usually compressed.
    #[serde(default)]
    pub packed_bytes: Option<u64>,
    /// The total size of the files of all layers in bytes, as engines count it.
    #[serde(default)]
    pub unpacked_bytes: Option<u64>,
    /// The distribution, from `os-release`.
    pub os: Option<OsRelease>,
    /// The C library of the interpreter, or of the shell if there is no interpreter.
    pub libc: Option<DetectedLibc>,
    /// The machine in platform tags.
    pub machine: Option<String>,
    /// The size of pointers on that machine: 32 or 64.
    pub bits: Option<u8>,
    /// Whether ARM programs pass floating-point values in integer registers.
    pub soft_float: bool,
    /// The interpreters. The first is the one that `python3` or `python` in `PATH` starts.
    pub pythons: Vec<DetectedPython>,
    /// The format of the package database of the distribution. Distroless images have the database without a package
    /// manager.
    pub package_manager: Option<PackageFormat>,
    /// The packages of the distribution, sorted by name.
    pub packages: Vec<InstalledPackage>,
    /// The libraries that the loader finds, by name.
    pub libraries: Vec<DetectedLibrary>,
    /// Whether [`libraries`](Self::libraries) is complete. Otherwise a library that is not listed may be present.
    pub libraries_complete: bool,
    /// The names of libraries that could not be read.
    pub unread_libraries: Vec<String>,
    /// The Python distributions of all interpreters and environments.
    pub distributions: Vec<InstalledDistribution>,
    /// `/bin/sh` after links; `None` if there is none, for example in distroless images.
    pub shell: Option<String>,
    /// The compilers, build tools and installers in the directories of `PATH`.
    pub tools: Vec<String>,
    /// The environment in the configuration of the image.
    pub env: Vec<(String, String)>,
    /// The working directory in the configuration of the image, if it is set.
    #[serde(default)]
    pub workdir: Option<String>,
    /// The sources of the facts.
    pub evidence: Vec<Evidence>,
    /// Sources that contradict each other. The first one is used.
    pub contradictions: Vec<Contradiction>,
    /// Unknown facts with the cause.
    pub undetermined: Vec<UnknownImageFact>,
}

impl DetectedImage {
    /// Returns the distributions that an interpreter finds. Of two with the same name it finds the first in its search path.
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

    /// Returns the interpreter that `python3` or `python` starts.
    pub fn python(&self) -> Option<&DetectedPython> {
        self.pythons.first()
    }

    /// Returns whether `pip install` refuses to install for the first interpreter (PEP 668).
    pub fn externally_managed(&self) -> bool {
        self.python().is_some_and(|python| python.externally_managed.is_some())
    }

    /// Returns the library that the loader finds for a SONAME.
    pub fn library(&self, soname: &str) -> Option<&DetectedLibrary> {
        self.libraries.iter().find(|library| library.soname == soname)
    }

    /// Returns a package of the distribution.
    pub fn package(&self, name: &str) -> Option<&InstalledPackage> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// Returns the names that are equal to the SONAME of the file, like `ldconfig -p` for this machine.
    pub fn sonames(&self) -> impl Iterator<Item = &str> {
        self.libraries
            .iter()
            .filter(|library| library.declared.is_none())
            .map(|library| library.soname.as_str())
    }
}

/// The used fields of `etc/os-release`.
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

/// A C library with its version.
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
    /// The path after links, starting with a slash.
    pub path: String,
    /// `cpython`, `pypy` or `graalpy`.
    pub implementation: String,
    /// The known version: `3.12` or `3.12.13`.
    pub version: String,
    /// ABI flags of the name: `t` for free-threaded builds, `d` for debug ones.
    pub abi_flags: String,
    /// The loader in its ELF header; `None` for a static build.
    pub loader: Option<String>,
    /// The machine it is built for.
    pub machine: String,
    /// The virtual environment in which it was found, if any.
    pub environment: Option<String>,
    /// Directories of installed distributions.
    pub site_packages: Vec<String>,
    /// The version of the pip in those directories.
    pub pip: Option<String>,
    /// The version of the pip that `ensurepip` installs into a new environment.
    pub bundled_pip: Option<String>,
    /// The marker file of PEP 668, if there is one.
    pub externally_managed: Option<String>,
    /// Whether the headers for building extension modules are installed.
    pub headers: bool,
    /// An importable `_manylinux` module, which changes what pip and uv accept (PEP 600).
    pub manylinux_module: Option<String>,
    /// The results of that module, if they are constants.
    pub manylinux: Option<ManylinuxAnswers>,
}

/// The results of a `_manylinux` module of constants (PEP 513, PEP 571, PEP 599) and a function with a constant result
/// (PEP 600).
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

/// The format of the package database of the distribution. Distroless images have the database without a package manager.
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
    /// The version in the database, with epoch and release.
    pub version: String,
    /// The machine with the name of the distribution, if the database contains it.
    pub architecture: Option<String>,
}

/// A shared library that the loader finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DetectedLibrary {
    /// The name under which the loader finds it.
    pub soname: String,
    /// The SONAME in the file if it is another one (`libbz2.so.1` is a link to `libbz2.so.1.0`). Then two copies may be loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<String>,
    /// The path after links, starting with a slash.
    pub path: String,
    /// The version nodes that it defines, for example `GLIBC_2.17`, `GLIBCXX_3.4.30`, `OPENSSL_3.0.0`.
    pub nodes: Vec<String>,
}

/// A Python distribution found by its metadata.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InstalledDistribution {
    /// The name of the project in the metadata.
    pub name: String,
    /// The version in the metadata.
    pub version: String,
    /// The tag sets of its wheel, as in the `WHEEL` file; empty if it was not installed from a wheel.
    pub tags: Vec<String>,
    /// The directory of its metadata.
    pub path: String,
    /// The installer (`INSTALLER`), for example `pip`, `uv`, `debian`.
    pub installer: Option<String>,
    /// The URL of `direct_url.json`, if it was not installed from an index (PEP 610).
    pub direct_url: Option<String>,
    /// Its compiled members in `RECORD`.
    pub compiled: Vec<String>,
    /// Its dependencies: the `Requires-Dist` fields of its metadata.
    #[serde(default)]
    pub requires: Vec<String>,
    /// The accepted Pythons: `Requires-Python`.
    #[serde(default)]
    pub requires_python: Option<String>,
}

impl InstalledDistribution {
    /// Returns the directory of its modules.
    pub fn site(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(site, _)| site)
    }
}

/// A fact with its source.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Evidence {
    /// The fact, for example `glibc version`.
    pub what: String,
    /// Its value.
    pub value: String,
    /// The file or the field of the configuration.
    pub source: String,
    /// The method, for example `text of the library`.
    pub how: String,
}

/// Two sources that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Contradiction {
    /// The fact.
    pub what: String,
    /// The used value.
    pub believed: String,
    /// The source of the used value.
    pub source: String,
    /// The other value.
    pub other: String,
    /// The source of the other value.
    pub other_source: String,
}
