//! The tags and behaviour that each release of an installer supports, from `data/installers.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::installer_kind::InstallerKind;
use crate::version::Version;

/// A family of tags that installers support since some release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TagFamily {
    /// `linux_<machine>`
    Linux,
    /// `manylinux1_<machine>` ([PEP 513](https://peps.python.org/pep-0513/))
    Manylinux1,
    /// `manylinux2010_<machine>` ([PEP 571](https://peps.python.org/pep-0571/))
    Manylinux2010,
    /// `manylinux2014_<machine>` ([PEP 599](https://peps.python.org/pep-0599/))
    Manylinux2014,
    /// `manylinux_X_Y_<machine>` ([PEP 600](https://peps.python.org/pep-0600/))
    Manylinux,
    /// `musllinux_X_Y_<machine>` ([PEP 656](https://peps.python.org/pep-0656/))
    Musllinux,
    /// Any manylinux tag for riscv64.
    ManylinuxRiscv64,
    /// Any manylinux tag for loongarch64.
    ManylinuxLoongarch64,
    /// Tags for armv7l on a machine with the `uname -m` armv8l.
    Armv7lOnArmv8l,
    /// The ABI of free-threaded CPython ([PEP 703](https://peps.python.org/pep-0703/)).
    FreeThreaded,
    /// The stable ABI of free-threaded CPython ([PEP 803](https://peps.python.org/pep-0803/)).
    Abi3t,
    /// `abi3` of an older minor version ([PEP 384](https://peps.python.org/pep-0384/)).
    Abi3OfOlder,
}

/// Differences between installers other than tag families. The data file describes each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Behaviour {
    LinuxFirst,
    TagsByPackaging,
    MajorNoneAny,
    #[serde(rename = "i686-on-x86_64")]
    I686OnX8664,
    Armv7lOnAarch64,
    UnderscoredVersion,
    NewerNameBringsOlder,
    OlderNoneAny,
    InterpreterNoneAny,
    InterpreterNoneAnyForOthers,
    #[serde(rename = "pp3-none-any")]
    Pp3NoneAny,
    InterpreterNonePlatformForOthers,
    ManylinuxFunction,
    ManylinuxPolicyAskedOnce,
    ElfCheck,
    UnknownMachineIsError,
    StaticIsError,
    StrictWheelNames,
    StrictTagMembers,
    TwoSdistFormats,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    #[serde(rename = "about")]
    _about: About,
    newest: Newest,
    family: Vec<Row<TagFamily>>,
    behaviour: Vec<Row<Behaviour>>,
    machine: Vec<Machine>,
    legacy: Vec<Legacy>,
    glibc: Glibc,
    pypy: PyPy,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    #[serde(rename = "date")]
    _date: String,
    #[serde(rename = "method")]
    _method: String,
    #[serde(rename = "sources")]
    _sources: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Newest {
    pip: Version,
    uv: Version,
    packaging: Version,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row<T> {
    name: T,
    #[serde(default)]
    summary: String,
    pip: Option<Span>,
    packaging: Option<Span>,
    uv: Option<Span>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Span {
    since: Version,
    until: Option<Version>,
    /// Documents the data; used only by its test.
    #[serde(rename = "before")]
    _before: Option<Version>,
    #[serde(rename = "verified")]
    _verified: bool,
}

impl Span {
    fn contains(&self, version: &Version) -> bool {
        version >= &self.since && self.until.as_ref().is_none_or(|until| version < until)
    }
}

impl<T> Row<T> {
    fn span(&self, kind: InstallerKind) -> Option<&Span> {
        match kind {
            InstallerKind::Pip => self.pip.as_ref(),
            InstallerKind::Uv => self.uv.as_ref(),
            InstallerKind::Packaging => self.packaging.as_ref(),
        }
    }
}

/// A machine with the lowest glibc 2 minor version of its manylinux tags.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Machine {
    name: String,
    #[serde(rename = "bits")]
    _bits: u8,
    pub(super) packaging_floor: Option<u32>,
    pub(super) uv_floor: Option<u32>,
}

/// A manylinux tag from before PEP 600.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Legacy {
    pub(crate) name: String,
    pub(crate) glibc: (u32, u32),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Glibc {
    last_minor_guess: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PyPy {
    abi_suffix: String,
}

static FACTS: LazyLock<Facts> = LazyLock::new(|| {
    basic_toml::from_str(wheelbase_data::INSTALLERS).expect("a test parses the embedded facts")
});

/// Returns the newest release of an installer that the facts cover.
pub(crate) fn newest(kind: InstallerKind) -> Version {
    let newest = &FACTS.newest;
    match kind {
        InstallerKind::Pip => newest.pip.clone(),
        InstallerKind::Uv => newest.uv.clone(),
        InstallerKind::Packaging => newest.packaging.clone(),
    }
}

/// Returns the manylinux tags from before PEP 600, newest first.
pub(crate) fn legacy() -> &'static [Legacy] {
    &FACTS.legacy
}

/// Returns the highest minor version that packaging assumes for a glibc major version older than the running one.
pub(crate) fn last_glibc_minor() -> u32 {
    FACTS.glibc.last_minor_guess
}

/// Returns the end of the ABI tag of a PyPy without EXT_SUFFIX.
pub(crate) fn pypy_abi_suffix() -> &'static str {
    &FACTS.pypy.abi_suffix
}

impl TagFamily {
    fn row(self) -> Option<&'static Row<Self>> {
        FACTS.family.iter().find(|row| row.name == self)
    }

    /// Returns a short description: `musllinux (PEP 656)`.
    pub fn summary(self) -> &'static str {
        self.row().map_or("tags", |row| &row.summary)
    }

    /// Returns the first release of an installer that supports the family; `None` if no release does.
    pub fn since(self, kind: InstallerKind) -> Option<&'static Version> {
        self.row()?.span(kind).map(|span| &span.since)
    }
}

/// Returns whether a release of an installer supports a family of tags.
pub(super) fn supports(kind: InstallerKind, version: &Version, family: TagFamily) -> bool {
    family.row().and_then(|row| row.span(kind)).is_some_and(|span| span.contains(version))
}

/// Whether a release of an installer behaves in a way.
pub(super) fn does(kind: InstallerKind, version: &Version, behaviour: Behaviour) -> bool {
    let row = FACTS.behaviour.iter().find(|row| row.name == behaviour);
    row.and_then(|row| row.span(kind)).is_some_and(|span| span.contains(version))
}

/// What installers know of a machine.
pub(super) fn machine(name: &str) -> Option<&'static Machine> {
    FACTS.machine.iter().find(|row| row.name == name)
}

/// Returns whether a word is a machine that can end a platform tag.
pub(crate) fn is_machine(name: &str) -> bool {
    machine(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedded_facts_are_valid() {
        let facts: Facts = basic_toml::from_str(wheelbase_data::INSTALLERS).expect("valid facts");
        for span in facts
            .family
            .iter()
            .flat_map(|row| [&row.pip, &row.packaging, &row.uv])
            .chain(facts.behaviour.iter().flat_map(|row| [&row.pip, &row.packaging, &row.uv]))
            .flatten()
        {
            assert!(span.until.as_ref().is_none_or(|until| *until > span.since), "{span:?}");
            assert!(span._before.as_ref().is_none_or(|before| *before < span.since), "{span:?}");
        }
        assert!(facts.family.iter().all(|row| !row.summary.is_empty() && row.pip.is_some()));
        assert!(facts.machine.iter().all(|row| [32, 64].contains(&row._bits)));
        assert!(facts.legacy.is_sorted_by_key(|legacy| std::cmp::Reverse(legacy.glibc)));
    }
}
