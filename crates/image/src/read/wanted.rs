//! The files of an image that detection reads, by their paths.
//!
//! The choice is made while a layer is read, before links are known and before a later layer may delete the file. So it
//! accepts many directories but only certain file names.

use std::sync::LazyLock;

use crate::packages::started_programs;

/// The part of a file that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// No part.
    No,
    /// Only that it exists.
    Presence,
    /// Its text.
    Text,
    /// Its text up to the first empty line (core metadata; the rest is a long description).
    Headers,
    /// The compiled members in an installation record.
    Record,
    /// The packages in a `dpkg` status file.
    Dpkg,
    /// The packages in an `apk` database.
    Apk,
    /// The packages in an `rpm` database.
    Rpm(RpmStore),
    /// The map of the glibc loader.
    LoaderCache,
    /// Facts of an ELF file, if it is one.
    Elf,
    /// Facts of an ELF file, or the first line of a script.
    Interpreter,
}

/// Storage formats of `rpm`, by file name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RpmStore {
    /// `rpmdb.sqlite`
    Sqlite,
    /// `Packages.db`
    Ndb,
    /// `Packages`
    BerkeleyDb,
}

/// Programs that build or install packages.
pub(crate) const TOOLS: &[&str] = &[
    "cc",
    "gcc",
    "g++",
    "c++",
    "clang",
    "gfortran",
    "make",
    "cmake",
    "ninja",
    "pkg-config",
    "pkgconf",
    "rustc",
    "cargo",
    "git",
    "pip",
    "uv",
    "poetry",
    "pdm",
    "pipenv",
    "conda",
    "mamba",
    "micromamba",
    "apt-get",
    "apk",
    "dnf",
    "microdnf",
    "yum",
    "tdnf",
    "zypper",
];

/// [`TOOLS`] and the programs that Python projects start (`data/dlopen.toml`).
pub(crate) fn tools() -> &'static [&'static str] {
    static ALL: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
        let mut all = TOOLS.to_vec();
        for name in started_programs() {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        all
    });
    &ALL
}

const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "busybox"];

/// Directories with many links and no files that detection reads.
const BARREN: &[&str] =
    &["usr/share/doc/", "usr/share/man/", "usr/share/locale/", "usr/share/zoneinfo/", "usr/share/icons/"];

/// Selects the files of one image.
#[derive(Clone, Debug, Default)]
pub struct WantedPaths {
    /// Directories of `LD_LIBRARY_PATH`, without the leading slash; they may be in `site-packages`.
    library_path: Vec<String>,
}

impl WantedPaths {
    /// Selects the files of an image with these directories in `LD_LIBRARY_PATH`.
    pub(crate) fn new(library_path: impl IntoIterator<Item = String>) -> Self {
        Self { library_path: library_path.into_iter().collect() }
    }

    /// Returns whether a link at this path is kept.
    pub(crate) fn link(path: &str) -> bool {
        !BARREN.iter().any(|prefix| path.starts_with(prefix))
    }

    /// Selects the files of an image with this environment.
    pub fn from_environment(environment: &[(String, String)]) -> Self {
        Self::new(super::search_path::library_path(environment))
    }

    /// Returns the part of a file that is kept.
    pub(crate) fn file(&self, path: &str) -> Want {
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        match path {
            "etc/os-release" | "usr/lib/os-release" => return Want::Text,
            "etc/ld.so.conf" => return Want::Text,
            "etc/ld.so.cache" => return Want::LoaderCache,
            "var/lib/dpkg/status" => return Want::Dpkg,
            "lib/apk/db/installed" | "usr/lib/apk/db/installed" => return Want::Apk,
            _ => {}
        }
        match directory {
            // distroless: one paragraph in each file; `.md5sums` files list files. images.md, section 3.
            "var/lib/dpkg/status.d" if !name.ends_with(".md5sums") => return Want::Dpkg,
            "var/lib/rpm" | "usr/lib/sysimage/rpm" | "usr/share/rpm" => match name {
                "rpmdb.sqlite" => return Want::Rpm(RpmStore::Sqlite),
                "rpmdb.sqlite-wal" => return Want::Presence,
                "Packages.db" => return Want::Rpm(RpmStore::Ndb),
                "Packages" => return Want::Rpm(RpmStore::BerkeleyDb),
                _ => return Want::No,
            },
            "etc/ld.so.conf.d" if name.ends_with(".conf") => return Want::Text,
            "etc" if name.starts_with("ld-musl-") && name.ends_with(".path") => return Want::Text,
            _ => {}
        }
        self.python_file(directory, name).unwrap_or_else(|| self.binary(directory, name))
    }

    fn python_file(&self, directory: &str, name: &str) -> Option<Want> {
        let parent = directory.rsplit('/').next().unwrap_or_default();
        Some(match name {
            "pyvenv.cfg" => Want::Text,
            "EXTERNALLY-MANAGED" => Want::Text,
            "_manylinux.py" => Want::Text,
            "patchlevel.h" if parent.starts_with("python") || parent.starts_with("pypy") => Want::Text,
            "Python.h" => Want::Presence,
            "METADATA" | "direct_url.json" | "WHEEL" | "RECORD" | "INSTALLER"
                if parent.ends_with(".dist-info") =>
            {
                match name {
                    "METADATA" => Want::Headers,
                    "RECORD" => Want::Record,
                    _ => Want::Text,
                }
            }
            "PKG-INFO" if parent.ends_with(".egg-info") => Want::Headers,
            // distutils wrote the metadata to a file with this name.
            _ if name.ends_with(".egg-info") => Want::Headers,
            _ if name.ends_with(".whl") && directory.ends_with("/ensurepip/_bundled") => Want::Presence,
            "os.py" if is_stdlib(parent) => Want::Presence,
            _ => return None,
        })
    }

    fn binary(&self, directory: &str, name: &str) -> Want {
        let parent = directory.rsplit('/').next().unwrap_or_default();
        if matches!(parent, "bin" | "sbin") {
            if is_interpreter_name(name) || SHELLS.contains(&name) {
                return Want::Interpreter;
            }
            return if tools().contains(&name) { Want::Presence } else { Want::No };
        }
        if !is_library_name(name) {
            return Want::No;
        }
        // Extension modules are loaded by their paths. Their directories contain thousands of them.
        let module = directory
            .split('/')
            .any(|part| matches!(part, "site-packages" | "dist-packages" | "lib-dynload"));
        let searched = !module || self.library_path.iter().any(|named| named == directory);
        if searched { Want::Elf } else { Want::No }
    }
}

/// `libfoo.so`, `libfoo.so.1.2`, `ld-2.31.so`, and loaders without the suffix `.so`.
fn is_library_name(name: &str) -> bool {
    name.ends_with(".so") || name.contains(".so.")
}

/// `python`, `python3`, `python3.12`, `python3.13t`, `python3.12d`, `pypy3`, `pypy3.10`, `graalpy`.
pub(crate) fn is_interpreter_name(name: &str) -> bool {
    if name == "graalpy" {
        return true;
    }
    let Some(rest) = name.strip_prefix("python").or_else(|| name.strip_prefix("pypy")) else { return false };
    let rest = rest.trim_end_matches(['t', 'd', 'm']);
    rest.is_empty()
        || rest.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

fn is_stdlib(directory: &str) -> bool {
    directory.contains('.') && is_interpreter_name(directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_kinds_of_evidence_are_selected() {
        let wanted = WantedPaths::default();
        for (path, want) in [
            ("etc/os-release", Want::Text),
            ("var/lib/dpkg/status", Want::Dpkg),
            ("var/lib/dpkg/status.d/libc6", Want::Dpkg),
            ("var/lib/dpkg/status.d/libc6.md5sums", Want::No),
            ("usr/lib/apk/db/installed", Want::Apk),
            ("usr/lib/sysimage/rpm/Packages.db", Want::Rpm(RpmStore::Ndb)),
            ("usr/local/bin/python3.13t", Want::Interpreter),
            ("var/lang/bin/python3.12", Want::Interpreter),
            ("usr/bin/python3-config", Want::No),
            ("usr/lib/x86_64-linux-gnu/libz.so.1.2.13", Want::Elf),
            ("lib/ld-musl-x86_64.so.1", Want::Elf),
            ("usr/lib/python3/dist-packages/apt_pkg.cpython-311-x86_64-linux-gnu.so", Want::No),
            ("opt/app/lib/python3.12/site-packages/pip-24.0.dist-info/METADATA", Want::Headers),
            ("usr/share/doc/libc6/copyright", Want::No),
        ] {
            assert_eq!(wanted.file(path), want, "{path}");
        }
    }

    #[test]
    fn library_path_may_contain_site_packages() {
        let directory = "usr/lib/python3.12/site-packages/nvidia/cudnn/lib";
        let path = format!("{directory}/libcudnn.so.9");
        assert_eq!(WantedPaths::default().file(&path), Want::No);
        assert_eq!(WantedPaths::new([directory.to_owned()]).file(&path), Want::Elf);
    }
}
