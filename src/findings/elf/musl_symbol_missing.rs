//! `musl-symbol-missing`

use std::collections::BTreeMap;

use crate::elf::Machine;
use crate::findings::affected::{Affected, Verb};
use crate::findings::counts::{MOST, SEVERAL, left_out, like_it};
use crate::findings::words::listed;
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::binary::MuslVersion;
use crate::inspect::context::WheelContext;
use crate::policy::MuslRelease;
use crate::target::Libc;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "musl-symbol-missing",
    level: Level::Deny,
    summary: "a binary requires a symbol that musl does not have",
    explanation: "No musl release for the machine and no member of the wheel defines a strong undefined symbol, or \
only releases that are newer than the musl of the target or of the tag. The loader stops with `symbol not found`. \
Weak symbols, the API of the interpreter, the large-file aliases that the loader still resolves, and files that \
also require a library of the system are ignored.\n\n\
Use a newer base image if only older releases do not have the symbol. If no release has it, the wheel is broken.",
    link: "https://github.com/microsoft/rego-cpp/issues/226",
};

/// Files require symbols that musl, or this release of it, does not have. musl has no symbol versions, so the loader
/// searches for each symbol by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MuslSymbolMissing {
    /// No musl release and no member of the wheel has one.
    Nowhere {
        /// The members that need it.
        members: Vec<String>,
        /// The symbol.
        symbol: String,
        /// The machine.
        machine: Machine,
        /// Whether releases before 1.1.24 export it.
        was_visible: bool,
        /// The number of further symbols with the same problem, which are not reported.
        more: usize,
    },
    /// A later release than that of the target or the file name has one.
    Later {
        /// The members that need it.
        members: Vec<String>,
        /// The symbol.
        symbol: String,
        /// The first release with it.
        since: MuslRelease,
        /// The musl of the target or the tag.
        musl: MuslVersion,
        /// Whether that certainly does not have it.
        sure: bool,
    },
    /// The loader of an image does not find some.
    OnImage {
        /// The files, and what does not work.
        affected: Affected,
        /// The symbols, in the order in which the loader meets them.
        symbols: Vec<MissingSymbol>,
        /// The image's C library.
        libc: Libc,
    },
}

/// A symbol that musl, or this release of it, does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MissingSymbol {
    /// Its name.
    pub name: String,
    /// The first musl release with it; `None` if no release has it.
    pub since: Option<MuslRelease>,
    /// Whether it is certainly missing.
    pub sure: bool,
}

impl Rule for MuslSymbolMissing {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let mut out = Vec::new();
        for &machine in &cx.machines {
            nowhere(cx, machine, &mut out);
            out.extend(later(cx, machine));
        }
        out
    }

    fn message(&self) -> String {
        match self {
            Self::Nowhere { symbol, was_visible: true, more, .. } => format!(
                "{symbol} is undefined: it is an internal symbol that only musl before 1.1.24 exports{}",
                like_it(*more, "symbols")
            ),
            Self::Nowhere { symbol, machine, more, .. } => format!(
                "{symbol} is undefined: no musl release for {machine} and no member of the wheel has it{}",
                like_it(*more, "symbols")
            ),
            Self::Later { symbol, since, musl, sure, .. } => {
                format!("{symbol} is new in musl {since}; {}", musl.sentence(*sure))
            }
            Self::OnImage { affected, symbols, libc } => {
                let why = format!("{} (required by {})", not_defined(symbols, libc), affected.needed_by());
                affected.sentence(Verb::Fails, &why)
            }
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::Nowhere { .. } => {
                "build from source on musl: the wheel was probably built against headers or objects of another \
                                     C library"
                    .to_owned()
            }
            Self::Later { since, .. } => format!("use a base image with musl {since} or newer"),
            Self::OnImage { symbols, .. } => {
                let all: Option<Vec<MuslRelease>> = symbols.iter().map(|symbol| symbol.since).collect();
                match all.and_then(|all| all.into_iter().max()) {
                    Some(release) => format!("use a base image with musl {release} or newer"),
                    None => "no musl can load the wheel: use another release of the project, build from source, or \
                             use a base image with glibc"
                        .to_owned(),
                }
            }
        })
    }

    fn member(&self) -> Option<&str> {
        match self {
            Self::Nowhere { members, .. } | Self::Later { members, .. } => {
                members.first().map(String::as_str)
            }
            Self::OnImage { affected, .. } => affected.member(),
        }
    }

    fn level(&self) -> Option<Level> {
        match self {
            Self::Nowhere { .. } => None,
            Self::Later { sure, .. } => Some(if *sure { Level::Deny } else { Level::Warn }),
            Self::OnImage { affected, symbols, .. } => {
                Some(affected.level(symbols.iter().any(|symbol| symbol.sure)))
            }
        }
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        match self {
            Self::Nowhere { members, symbol, .. } | Self::Later { members, symbol, .. } => {
                vec![Fact::Symbol(symbol), Fact::other_members(members)]
            }
            Self::OnImage { affected, symbols, .. } => {
                let symbol = symbols.first().map(|symbol| Fact::Symbol(&symbol.name));
                symbol.into_iter().chain(affected.facts()).collect()
            }
        }
    }
}

/// The symbols that the musl of the image does not have.
fn not_defined(symbols: &[MissingSymbol], libc: &Libc) -> String {
    let mut never: Vec<&str> = Vec::new();
    let mut later: Vec<(String, &str)> = Vec::new();
    for symbol in symbols {
        match symbol.since {
            Some(since) => later.push((since.to_string(), &symbol.name)),
            None if !never.contains(&symbol.name.as_str()) => never.push(&symbol.name),
            None => {}
        }
    }
    let mut parts = Vec::new();
    if !never.is_empty() {
        parts.push(format!("no musl release and no loaded file defines {}", listed(never, SEVERAL)));
    }
    later.sort();
    later.dedup();
    if let (Some((oldest, _)), Some((newest, _))) = (later.first(), later.last()) {
        parts.push(format!(
            "{} came with musl {newest}{}, but the image has {libc}",
            listed(later.iter().map(|(_, symbol)| symbol), SEVERAL),
            if oldest == newest { "" } else { " or before" }
        ));
    }
    parts.join("; ")
}

fn nowhere(cx: &WheelContext<'_>, machine: Machine, out: &mut Vec<MuslSymbolMissing>) {
    let Some(needs) = cx.musl_needs.get(&machine) else { return };
    let mut missing: BTreeMap<&str, (Vec<String>, bool)> = BTreeMap::new();
    for (at, symbol, was_visible) in &needs.missing {
        let (members, visible) = missing.entry(symbol).or_default();
        members.push(cx.path(*at).to_owned());
        *visible |= was_visible;
    }
    let total = missing.len();
    for (number, (symbol, (members, was_visible))) in missing.into_iter().enumerate().take(MOST) {
        out.push(MuslSymbolMissing::Nowhere {
            members,
            symbol: symbol.to_owned(),
            machine,
            was_visible,
            more: left_out(number, total),
        });
    }
}

/// The newest of the symbols that the musl does not have.
fn later(cx: &WheelContext<'_>, machine: Machine) -> Option<MuslSymbolMissing> {
    let musl = cx.musl()?;
    let needs = cx.musl_needs.get(&machine)?;
    // Without a target, a release series that is too old is a fault of the tag, and another rule reports it.
    let late: Vec<_> = needs
        .later
        .iter()
        .filter(|(_, _, since)| {
            musl.misses(*since).is_some() && (musl.on_target || musl.is_series_of(*since))
        })
        .collect();
    let (at, symbol, since) = late.iter().max_by_key(|(_, _, since)| *since)?;
    let others = late.iter().map(|(other, ..)| other).filter(|other| *other != at);
    Some(MuslSymbolMissing::Later {
        members: std::iter::once(at).chain(others).map(|&at| cx.path(at).to_owned()).collect(),
        symbol: symbol.clone(),
        since: *since,
        musl,
        sure: musl.misses(*since)?,
    })
}
