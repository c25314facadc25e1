//! The platform tag that the members of a wheel satisfy, and its causes.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::elf::Machine;
use crate::findings::counts::FEW;
use crate::findings::words::listed;
use crate::policy::MuslRelease;
use crate::target::LibcFamily;

/// The requirements of all members for one machine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MachineRequirements {
    /// The machine.
    pub machine: Machine,
    /// The C library; `None` if it is unknown.
    pub libc: Option<LibcFamily>,
    /// The oldest platform tag that is true: `manylinux_2_27_x86_64`, `musllinux_1_2_x86_64`, or `linux_x86_64` if no
    /// policy is satisfied. Policies for musl have no symbols, so it is the claimed one if the lowest release agrees,
    /// otherwise the newest; [`lowest_musl`](Self::lowest_musl) is exact.
    pub computed: String,
    /// The oldest policies that the rules allow.
    pub limits: PolicyLimits,
    /// The lowest musl release with all required symbols; `None` for glibc, or if there is none.
    pub lowest_musl: Option<MuslRelease>,
    /// The causes of the lowest release: symbols, or `DT_RELR`.
    pub lowest_musl_by: Vec<Cause>,
    /// The required symbol versions, by library.
    pub versioned_symbols: BTreeMap<String, BTreeSet<String>>,
    /// Libraries from outside the wheel that the oldest policy does not allow.
    pub external_libraries: Vec<String>,
    /// All libraries from outside the wheel.
    pub system_libraries: Vec<SystemLibrary>,
}

/// A library of the system that the wheel uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SystemLibrary {
    /// Its SONAME.
    pub library: String,
    /// The oldest policy that allows it; `None` if there is none.
    pub allowed_since: Option<String>,
    /// The members that require it.
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
    /// Symbols of a library that no wheel may use.
    Forbidden,
    /// x86-64 levels above the baseline.
    Isa,
}

/// The oldest policy that each rule allows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyLimits {
    /// Version nodes.
    pub symbols: Limit,
    /// Libraries from outside the wheel.
    pub external: Limit,
    /// Forbidden symbols.
    pub forbidden: Limit,
    /// x86-64 levels.
    pub isa: Limit,
}

impl PolicyLimits {
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

/// The policy that one rule allows, and the causes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limit {
    /// The platform tag.
    pub tag: String,
    /// Its index among the policies of the C library, oldest first; the number of policies if none applies.
    pub(crate) place: usize,
    /// The causes; empty if the oldest policy is satisfied.
    pub causes: Vec<Cause>,
}

impl Limit {
    /// The causes as a clause.
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
                format!("`{}` requires {symbol} of {library}{taken}", first.member)
            }
            LimitKind::External => {
                let names: BTreeSet<&str> =
                    self.causes.iter().filter_map(|cause| cause.library.as_deref()).collect();
                format!("{} from outside the wheel", listed(names, FEW))
            }
            LimitKind::Forbidden => {
                format!("`{}` uses {symbol}, an internal symbol of {library}", first.member)
            }
            LimitKind::Isa => format!("`{}` requires {symbol}", first.member),
        })
    }
}

/// One thing in a member that sets a limit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Cause {
    /// The member.
    pub member: String,
    /// The library.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub library: Option<String>,
    /// The version node, symbol, x86-64 level or dynamic tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// For a symbol version, some of its symbols.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
    /// The musl release, if it is about one.
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

/// The requirements of the members for a machine on musl.
#[derive(Debug, Default)]
pub(crate) struct MuslNeeds {
    /// The lowest release; `None` if no release has all required symbols.
    pub(crate) lowest: Option<MuslRelease>,
    /// The causes, if a newer release than the oldest known one is required.
    pub(crate) by: Vec<Cause>,
    /// Strong symbols that nothing defines: member, symbol, whether old releases exported it.
    pub(crate) missing: Vec<(usize, String, bool)>,
    /// Symbols newer than the oldest release: member, symbol, first release.
    pub(crate) later: Vec<(usize, String, MuslRelease)>,
    /// Members with `DT_RELR`.
    pub(crate) relr: Vec<usize>,
}
