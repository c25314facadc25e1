//! The platform tag that a wheel's members meet, and what sets it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::elf::Machine;
use crate::findings::counts::FEW;
use crate::findings::words::listed;
use crate::policy::MuslRelease;
use crate::target::LibcFamily;

/// What the members for one machine need together.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// The machine.
    pub machine: Machine,
    /// The C library; `None` if no member says which.
    pub libc: Option<LibcFamily>,
    /// The oldest platform tag that is true: `manylinux_2_27_x86_64`, `musllinux_1_2_x86_64`, or `linux_x86_64` if no
    /// policy is met. For musl, whose policies do not speak of symbols, it is the claimed one if the lowest release
    /// bears it out, else the newest; [`lowest_musl`](Self::lowest_musl) says it exactly.
    pub computed: String,
    /// What each rule allows.
    pub limits: Limits,
    /// The lowest musl release that has everything; `None` for glibc, or if no release has.
    pub lowest_musl: Option<MuslRelease>,
    /// What makes the lowest release so high: symbols, or `DT_RELR`.
    pub lowest_musl_by: Vec<Cause>,
    /// The version nodes needed, by library.
    pub versioned_symbols: BTreeMap<String, BTreeSet<String>>,
    /// Libraries from outside the wheel that the oldest policy does not allow.
    pub external_libraries: Vec<String>,
    /// All libraries from outside the wheel.
    pub system_libraries: Vec<SystemLibrary>,
}

/// A library that the wheel takes from the system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SystemLibrary {
    /// Its soname.
    pub library: String,
    /// The oldest policy that lets a wheel take it; `None` if no policy does.
    pub allowed_since: Option<String>,
    /// The members that need it.
    pub members: Vec<String>,
}

/// The rules that set a platform tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LimitKind {
    /// Version nodes.
    Symbols,
    /// Libraries from outside the wheel.
    External,
    /// Symbols that no wheel may take from a library.
    Forbidden,
    /// x86-64 levels above the baseline.
    Isa,
}

/// The oldest policy that each rule allows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Version nodes.
    pub symbols: Limit,
    /// Libraries from outside the wheel.
    pub external: Limit,
    /// Forbidden symbols.
    pub forbidden: Limit,
    /// x86-64 levels.
    pub isa: Limit,
}

impl Limits {
    /// All four, with their kinds.
    pub fn iter(&self) -> impl Iterator<Item = (LimitKind, &Limit)> {
        [
            (LimitKind::Symbols, &self.symbols),
            (LimitKind::External, &self.external),
            (LimitKind::Forbidden, &self.forbidden),
            (LimitKind::Isa, &self.isa),
        ]
        .into_iter()
    }
}

/// What one rule allows, and why not more.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limit {
    /// The platform tag.
    pub tag: String,
    /// Its place among the policies of the C library, oldest first; the number of policies for none.
    pub(crate) place: usize,
    /// What sets it there; empty if the oldest policy is met.
    pub causes: Vec<Cause>,
}

impl Limit {
    /// Why it is where it is, as a clause.
    pub(crate) fn reason(&self, kind: LimitKind) -> Option<String> {
        let first: &Cause = self.causes.first()?;
        let symbol = first.symbol.as_deref().unwrap_or_default();
        let library = first.library.as_deref().unwrap_or_default();
        Some(match kind {
            LimitKind::Symbols => {
                let taken = match first.examples.as_slice() {
                    [] => String::new(),
                    some => format!(" ({})", some.join(", ")),
                };
                format!("`{}` needs {symbol} of {library}{taken}", first.member)
            }
            LimitKind::External => {
                let names: BTreeSet<&str> =
                    self.causes.iter().filter_map(|cause| cause.library.as_deref()).collect();
                format!("{} from outside the wheel", listed(names, FEW))
            }
            LimitKind::Forbidden => {
                format!("`{}` uses {symbol}, an internal symbol of {library}", first.member)
            }
            LimitKind::Isa => format!("`{}` needs {symbol}", first.member),
        })
    }
}

/// One thing in a member that sets a limit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Cause {
    /// The member.
    pub member: String,
    /// The library it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub library: Option<String>,
    /// The version node, symbol, x86-64 level or dynamic tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// For a version node, some of the symbols that are taken with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
    /// The musl release, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<MuslRelease>,
}

impl Cause {
    pub(super) fn new(member: &str, library: Option<&str>, symbol: Option<&str>) -> Self {
        Self {
            member: member.to_owned(),
            library: library.map(str::to_owned),
            symbol: symbol.map(str::to_owned),
            examples: Vec::new(),
            release: None,
        }
    }
}

/// What the members for a machine need of musl.
#[derive(Debug, Default)]
pub(crate) struct MuslNeeds {
    /// The lowest release; `None` if no release has everything.
    pub(crate) lowest: Option<MuslRelease>,
    /// What sets it, if more than the oldest known release is needed.
    pub(crate) by: Vec<Cause>,
    /// Strong symbols that nothing gives: member, symbol, whether old releases leaked it.
    pub(crate) missing: Vec<(usize, String, bool)>,
    /// Symbols newer than the oldest release: member, symbol, first release.
    pub(crate) later: Vec<(usize, String, MuslRelease)>,
    /// Members with `DT_RELR`.
    pub(crate) relr: Vec<usize>,
}
