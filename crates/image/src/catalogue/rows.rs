//! The shapes of the rows of `data/images/`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Date;

#[derive(Debug, Deserialize)]
pub(crate) struct PythonTable<'a> {
    pub(crate) last_state: Date,
    #[serde(borrow)]
    pub(crate) patch_birth: Birth<'a>,
    #[serde(borrow)]
    pub(crate) eol_birth: Birth<'a>,
    #[serde(borrow)]
    pub(crate) recipe: Recipe<'a>,
    #[serde(borrow)]
    pub(crate) eol: BTreeMap<&'a str, Date>,
    #[serde(borrow)]
    pub(crate) minor: Vec<MinorRow<'a>>,
    #[serde(borrow)]
    pub(crate) moving: BTreeMap<&'a str, Vec<(Date, Option<&'a str>)>>,
    #[serde(borrow)]
    pub(crate) explicit: BTreeMap<&'a str, BTreeMap<&'a str, (Date, Option<Date>)>>,
    #[serde(borrow)]
    pub(crate) arch_sets: Vec<Vec<&'a str>>,
    #[serde(borrow)]
    pub(crate) arches: BTreeMap<&'a str, Vec<(Date, usize)>>,
    #[serde(borrow)]
    pub(crate) pip_sources: Vec<&'a str>,
    #[serde(borrow)]
    pub(crate) patch: Vec<PatchRow<'a>>,
}

/// The source of a group of rows.
#[derive(Debug, Deserialize)]
pub(crate) struct Birth<'a> {
    #[serde(borrow)]
    pub(crate) source: Cow<'a, str>,
    pub(crate) date: Date,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Recipe<'a> {
    pub(crate) interpreter: &'a str,
    #[serde(borrow)]
    pub(crate) own_libraries: Vec<&'a str>,
    #[serde(borrow)]
    pub(crate) expat: Expat<'a>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Expat<'a> {
    pub(crate) until: Date,
    #[serde(borrow)]
    pub(crate) libraries: BTreeMap<&'a str, Vec<&'a str>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct MinorRow<'a> {
    pub(crate) start: Date,
    pub(crate) python: &'a str,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PatchRow<'a> {
    pub(crate) python: &'a str,
    pub(crate) first: Date,
    pub(crate) last: Option<Date>,
    pub(crate) plain: &'a str,
    pub(crate) slim: &'a str,
    pub(crate) alpine: &'a str,
    pub(crate) pip: &'a str,
    pub(crate) pip_source: usize,
    pub(crate) pip_verified: bool,
    #[serde(borrow)]
    pub(crate) setuptools: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) explicit: Option<Vec<&'a str>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ReleaseTable<'a> {
    pub(crate) as_of: Date,
    #[serde(borrow)]
    pub(crate) releases: Vec<ReleaseRow<'a>>,
}

/// One release of a distribution.
#[derive(Debug, Deserialize)]
pub(crate) struct ReleaseRow<'a> {
    /// `debian:13`
    pub(crate) id: &'a str,
    #[serde(borrow)]
    pub(crate) codename: Option<&'a str>,
    pub(crate) libc: &'a str,
    pub(crate) libc_version: &'a str,
    #[serde(borrow)]
    pub(crate) package_manager: Option<&'a str>,
    pub(crate) released: Option<Date>,
    pub(crate) eol: Option<Date>,
    pub(crate) extended_eol: Option<Date>,
    #[serde(borrow)]
    pub(crate) system_python: Option<&'a str>,
    #[serde(default)]
    pub(crate) system_python_verified: bool,
    #[serde(borrow, default)]
    pub(crate) wheel_arches: Vec<&'a str>,
    #[serde(borrow)]
    pub(crate) docker_arches: Option<Vec<&'a str>>,
    pub(crate) docker_arches_as_of: Option<Date>,
    #[serde(default)]
    pub(crate) moving: bool,
    /// The day of the state of a moving release, if it is not the day on which it was read.
    pub(crate) state: Option<Date>,
    #[serde(borrow)]
    pub(crate) source: Cow<'a, str>,
    pub(crate) date: Date,
    pub(crate) verified: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct FamilyTable<'a> {
    #[serde(borrow)]
    pub(crate) docker_hub: Vec<&'a str>,
    #[serde(borrow)]
    pub(crate) library_mirrors: Vec<&'a str>,
    #[serde(borrow)]
    pub(crate) shared_registries: Vec<&'a str>,
    #[serde(borrow)]
    pub(crate) same_hosts: BTreeMap<&'a str, &'a str>,
    #[serde(borrow)]
    pub(crate) families: Vec<FamilyRow<'a>>,
}

/// A scheme of repositories and tags.
#[derive(Debug, Deserialize)]
pub(crate) struct FamilyRow<'a> {
    pub(crate) id: &'a str,
    #[serde(borrow)]
    pub(crate) repositories: Vec<&'a str>,
    #[serde(borrow)]
    pub(crate) default_tag: Option<&'a str>,
    #[serde(borrow, default)]
    pub(crate) alias: BTreeMap<&'a str, &'a str>,
    #[serde(borrow, default)]
    pub(crate) toolchain: BTreeMap<&'a str, bool>,
    pub(crate) shell: bool,
    #[serde(borrow)]
    pub(crate) package_manager: Option<&'a str>,
    #[serde(borrow, default)]
    pub(crate) package_manager_of: BTreeMap<&'a str, &'a str>,
    #[serde(borrow, default)]
    pub(crate) release_of: BTreeMap<&'a str, &'a str>,
    #[serde(borrow, default)]
    pub(crate) distro_of: BTreeMap<&'a str, &'a str>,
    #[serde(borrow)]
    pub(crate) default_release: Option<&'a str>,
    #[serde(borrow, default)]
    pub(crate) python_of: BTreeMap<&'a str, &'a str>,
    #[serde(borrow)]
    pub(crate) interpreter: Option<&'a str>,
    #[serde(borrow, default)]
    pub(crate) arches: BTreeMap<&'a str, Vec<&'a str>>,
    /// First days, of the family (`*`) and with each Python.
    #[serde(borrow, default)]
    pub(crate) since: BTreeMap<&'a str, Date>,
    #[serde(borrow, default)]
    pub(crate) ended: BTreeMap<&'a str, Date>,
    #[serde(borrow, default)]
    pub(crate) eol: BTreeMap<&'a str, &'a str>,
    #[serde(borrow, default)]
    pub(crate) no_longer_built: Vec<&'a str>,
    #[serde(borrow)]
    pub(crate) alpine_pin: Option<AlpinePin<'a>>,
    #[serde(borrow)]
    pub(crate) undetermined: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(crate) note: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(crate) source: Cow<'a, str>,
    pub(crate) date: Date,
    pub(crate) verified: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct AlpinePin<'a> {
    pub(crate) release: &'a str,
    pub(crate) since: Date,
}

#[derive(Debug, Deserialize)]
pub(crate) struct SizeTable<'a> {
    #[serde(borrow)]
    pub(crate) sizes: Vec<SizeRow<'a>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct SizeRow<'a> {
    pub(crate) image: &'a str,
    pub(crate) arch: &'a str,
    pub(crate) compressed_bytes: Option<u64>,
    #[serde(borrow)]
    pub(crate) unpacked: Option<&'a str>,
    pub(crate) seen: &'a str,
}

#[derive(Debug, Deserialize)]
pub(crate) struct NodeTable<'a> {
    #[serde(borrow)]
    pub(crate) libraries: BTreeMap<&'a str, &'a str>,
    #[serde(borrow)]
    pub(crate) releases: BTreeMap<&'a str, NodeRow<'a>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct NodeRow<'a> {
    #[serde(borrow)]
    pub(crate) source: Cow<'a, str>,
    pub(crate) date: Date,
    pub(crate) verified: bool,
    #[serde(borrow)]
    pub(crate) arch: BTreeMap<&'a str, BTreeMap<&'a str, NodeValue<'a>>>,
}

/// The newest version of a namespace, or the named nodes under `special`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum NodeValue<'a> {
    Newest(&'a str),
    #[serde(borrow)]
    Special(Vec<&'a str>),
}

#[derive(Debug, Deserialize)]
pub(crate) struct CoreTable<'a> {
    #[serde(borrow)]
    pub(crate) sets: Vec<CoreRow<'a>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct CoreRow<'a> {
    pub(crate) libc: &'a str,
    #[serde(borrow)]
    pub(crate) present: Vec<&'a str>,
    #[serde(borrow, default)]
    pub(crate) absent: Vec<&'a str>,
    #[serde(borrow, default)]
    pub(crate) some_machines: Vec<&'a str>,
    pub(crate) package: &'a str,
    #[serde(borrow)]
    pub(crate) source: Cow<'a, str>,
    pub(crate) date: Date,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PackageTable<'a> {
    #[serde(borrow)]
    pub(crate) borrowed: BTreeMap<&'a str, &'a str>,
    #[serde(borrow)]
    pub(crate) sonames: BTreeMap<&'a str, PackageRow<'a>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PackageRow<'a> {
    #[serde(borrow)]
    pub(crate) bullseye: Option<Vec<&'a str>>,
    #[serde(borrow)]
    pub(crate) bookworm: Option<Vec<&'a str>>,
    #[serde(borrow)]
    pub(crate) trixie: Option<Vec<&'a str>>,
    #[serde(borrow)]
    pub(crate) bookworm_alternatives: Option<Vec<&'a str>>,
    #[serde(borrow)]
    pub(crate) trixie_alternatives: Option<Vec<&'a str>>,
    #[serde(borrow)]
    pub(crate) alpine: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) alpine_source: Option<Cow<'a, str>>,
}

/// One set of libraries, a file of `data/images/libraries/`.
#[derive(Debug, Deserialize)]
pub(crate) struct LibraryFile<'a> {
    pub(crate) arch: &'a str,
    #[serde(borrow)]
    pub(crate) note: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(crate) source: Cow<'a, str>,
    pub(crate) date: Date,
    pub(crate) verified: bool,
    #[serde(default)]
    pub(crate) packages_verified: bool,
    #[serde(borrow)]
    pub(crate) libraries: BTreeMap<&'a str, &'a str>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct EnvironmentTable<'a> {
    #[serde(borrow)]
    pub(crate) rows: Vec<EnvironmentRow<'a>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct EnvironmentRow<'a> {
    #[serde(borrow)]
    pub(crate) families: Vec<&'a str>,
    /// The row is of images with an interpreter; others of the family are built on something else.
    #[serde(default)]
    pub(crate) needs_python: bool,
    #[serde(borrow)]
    pub(crate) variables: BTreeMap<&'a str, &'a str>,
    pub(crate) workdir: Option<&'a str>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ManagedTable<'a> {
    #[serde(borrow)]
    pub(crate) rows: Vec<ManagedRow<'a>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ManagedRow<'a> {
    pub(crate) release: &'a str,
    pub(crate) marker: &'a str,
    pub(crate) verified: bool,
}
