//! The tables of `data/images/`, each parsed on its first use.
//!
//! A profile requires two or three small files. The sets of libraries are split by image, so only the required one is
//! parsed.

use std::sync::LazyLock;

use serde::Deserialize;
use wheelbase_spec::version::Version;

use super::rows;

/// Parses an embedded table.
fn table<T: Deserialize<'static>>(text: &'static str) -> T {
    serde_json::from_str(text).expect("the guard test reads every embedded table")
}

macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $file:ident;)*) => {
        $(
            $(#[$doc])*
            pub(crate) fn $name() -> &'static $type {
                static TABLE: LazyLock<$type> =
                    LazyLock::new(|| table(wheelbase_data::images::$file));
                &TABLE
            }
        )*
    };
}

tables! {
    /// The tags of the python image.
    python: PythonTable = PYTHON;
    /// Distribution releases.
    releases: ReleaseTable = RELEASES;
    /// Repositories.
    families: FamilyTable = FAMILIES;
    /// Sizes.
    sizes: SizeTable = SIZES;
    /// Newest version nodes.
    nodes: NodeTable = NODES;
    /// SONAME to distribution package.
    packages: PackageTable = PACKAGES;
    /// Libraries of images without a recorded set.
    cores: CoreTable = CORES;
    /// The environment that images set.
    environments: EnvironmentTable = ENVIRONMENT;
    /// Releases that mark their Python (PEP 668).
    externally_managed: ManagedTable = EXTERNALLY_MANAGED;
}

pub(crate) type PythonTable = rows::PythonTable<'static>;
pub(crate) type PatchRow = rows::PatchRow<'static>;
pub(crate) type ReleaseTable = rows::ReleaseTable<'static>;
pub(crate) type ReleaseRow = rows::ReleaseRow<'static>;
pub(crate) type FamilyTable = rows::FamilyTable<'static>;
pub(crate) type FamilyRow = rows::FamilyRow<'static>;
pub(crate) type SizeTable = rows::SizeTable<'static>;
pub(crate) type NodeTable = rows::NodeTable<'static>;
pub(crate) type NodeValue = rows::NodeValue<'static>;
pub(crate) type CoreTable = rows::CoreTable<'static>;
pub(crate) type EnvironmentTable = rows::EnvironmentTable<'static>;
pub(crate) type ManagedTable = rows::ManagedTable<'static>;
pub(crate) type PackageTable = rows::PackageTable<'static>;
pub(crate) type PackageRow = rows::PackageRow<'static>;
pub(crate) type LibraryFile = rows::LibraryFile<'static>;

/// The family of the Docker official image `python`.
pub(crate) const PYTHON: &str = "python-official";
/// The family of the distroless images without an interpreter.
pub(crate) const DISTROLESS_BASE: &str = "distroless-base";

/// Returns whether a registry is a name of Docker Hub.
pub(crate) fn is_docker_hub(registry: &str) -> bool {
    families().docker_hub.contains(&registry)
}

/// A minor release of Python.
pub(crate) type Minor = (u32, u32);

/// Parses `3.12`.
pub(crate) fn minor(text: &str) -> Option<Minor> {
    let (major, minor) = text.split_once('.')?;
    Some((number(major)?, number(minor)?))
}

/// Returns `3.12` of `3.12.13`.
pub(crate) fn minor_of(version: &str) -> &str {
    version.match_indices('.').nth(1).map_or(version, |(at, _)| version.get(..at).unwrap_or(version))
}

/// Parses a version of the tables.
pub(crate) fn version(text: &str) -> Version {
    text.parse().unwrap_or_else(|_| Version::new([0]))
}

/// Parses a number without sign and leading zeros.
pub(crate) fn number(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    (plain && (text == "0" || !text.starts_with('0'))).then(|| text.parse().ok())?
}

impl PatchRow {
    /// Returns the three numbers of the version.
    pub(crate) fn numbers(&self) -> (Minor, u32) {
        let mut parts = self.python.splitn(3, '.').map(|part| number(part).unwrap_or(0));
        let mut next = || parts.next().unwrap_or(0);
        ((next(), next()), next())
    }
}

impl ReleaseRow {
    /// `debian`
    pub(crate) fn distro(&self) -> &'static str {
        self.id.split_once(':').map_or(self.id, |(distro, _)| distro)
    }

    /// `13`
    pub(crate) fn version(&self) -> &'static str {
        self.id.split_once(':').map_or("", |(_, version)| version)
    }
}

/// Returns the row of an ID such as `debian:13`.
pub(crate) fn release(id: &str) -> Option<&'static ReleaseRow> {
    releases().releases.iter().find(|row| row.id == id)
}

/// Returns the row of a release in tags of the python image: `trixie`, `alpine3.24`.
pub(crate) fn release_of_suffix(suffix: &str) -> Option<&'static ReleaseRow> {
    match suffix.strip_prefix("alpine") {
        Some(version) => release(&format!("alpine:{version}")),
        None => releases()
            .releases
            .iter()
            .find(|row| row.codename == Some(suffix) && matches!(row.distro(), "debian" | "ubuntu")),
    }
}

/// Returns the set of libraries with an ID.
pub(crate) fn libraries(id: &str) -> Option<LibraryFile> {
    let (_, text) = wheelbase_data::images::LIBRARIES.iter().find(|(name, _)| *name == id)?;
    Some(table(text))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn all_embedded_tables_are_valid() {
        let _ = (python(), releases(), families(), sizes(), nodes(), packages(), cores());
        for (id, _) in wheelbase_data::images::LIBRARIES {
            assert!(!libraries(id).unwrap().libraries.is_empty(), "{id}");
        }
        assert!(libraries("python-slim-nowhere").is_none());
    }
}
