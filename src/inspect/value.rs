//! The result of an inspection.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};

use super::context::Context;
use crate::elf::Machine;
pub use crate::findings::Evidence;
use crate::findings::{Finding, Level};
use crate::policy::MuslRelease;
use crate::target::LibcFamily;
use crate::wheel::{Container, WheelFacts};

/// What a wheel's binaries need, and what is to be told of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspection {
    /// The facts that were judged.
    pub facts: WheelFacts,
    /// The platform tags of the file name.
    pub claimed_platforms: Vec<String>,
    /// The tags of the `WHEEL` file.
    pub wheel_tags: Vec<String>,
    /// One verdict for each machine: one in nearly every wheel, none without ELF members, several where a wheel of
    /// no platform carries programs for many.
    pub verdicts: Vec<Verdict>,
    /// What is to be told, gravest first.
    pub findings: Vec<Noted>,
}

impl Inspection {
    pub(super) fn new(context: &Context<'_>, verdicts: Vec<Verdict>) -> Self {
        let labels = context.facts.labels.iter();
        let label_tags = labels.flat_map(|label| label.tags.iter().cloned());
        Self {
            facts: context.facts.clone(),
            claimed_platforms: context.claims.platforms.iter().map(|(tag, _)| tag.clone()).collect(),
            wheel_tags: match context.facts.container {
                Container::Wheel => label_tags.collect(),
                _ => Vec::new(),
            },
            verdicts,
            findings: Vec::new(),
        }
    }

    /// The verdict, if there is exactly one machine to judge for.
    pub fn verdict(&self) -> Option<&Verdict> {
        match self.verdicts.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The gravest level among the findings.
    pub fn level(&self) -> Option<Level> {
        self.findings.iter().map(|noted| noted.level).max()
    }
}

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
    pub(super) place: usize,
    /// What sets it there; empty if the oldest policy is met.
    pub causes: Vec<Cause>,
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

/// A finding with its level here and its evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// Code, member, message and help.
    pub finding: Finding,
    /// How much it matters here: the code's default level, or another where a target or the circumstances make it
    /// graver or lighter.
    pub level: Level,
    /// What it rests on.
    pub evidence: Evidence,
}

impl Serialize for Noted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;

        let mut out = serializer.serialize_struct("Finding", 13)?;
        out.serialize_field("code", &self.finding.code)?;
        out.serialize_field("level", &self.level)?;
        out.serialize_field("member", &self.finding.member)?;
        out.serialize_field("message", &self.finding.message)?;
        out.serialize_field("help", &self.finding.help)?;
        out.serialize_field("library", &self.evidence.library)?;
        out.serialize_field("symbol", &self.evidence.symbol)?;
        out.serialize_field("more_members", &self.evidence.more_members)?;
        out.serialize_field("libraries", &self.evidence.libraries)?;
        out.serialize_field("modules", &self.evidence.modules)?;
        out.serialize_field("packages", &self.evidence.packages)?;
        out.serialize_field("install", &self.evidence.install)?;
        out.end()
    }
}
