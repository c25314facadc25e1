//! The lowest musl release that has everything a wheel needs. No other tool says it.

use std::collections::HashSet;

use super::context::Context;
use super::limits::is_library;
use super::value::Cause;
use crate::elf::Machine;
use crate::policy::{MuslRelease, MuslSymbols};
use crate::wheel::SearchRules;

/// What the members for a machine need of musl.
#[derive(Debug, Default)]
pub(super) struct MuslNeeds {
    /// The lowest release; `None` if no release has everything.
    pub(super) lowest: Option<MuslRelease>,
    /// What sets it, if more than the oldest known release is needed.
    pub(super) by: Vec<Cause>,
    /// Strong symbols that nothing gives: member, symbol, whether old releases leaked it.
    pub(super) missing: Vec<(usize, String, bool)>,
    /// Symbols newer than the oldest release: member, symbol, first release.
    pub(super) later: Vec<(usize, String, MuslRelease)>,
    /// Members with `DT_RELR`.
    pub(super) relr: Vec<usize>,
}

/// Works it out: the newest among the first releases of all undefined strong symbols. A weak one may stay undefined;
/// one that another member exports is not libc's.
pub(super) fn needs(context: &Context<'_>, machine: Machine) -> MuslNeeds {
    let table = MuslSymbols::table();
    let mut all = MuslNeeds::default();
    let inside: HashSet<&str> =
        context.members(machine).flat_map(|(_, member)| member.elf.exports.iter()).collect();
    for (at, member) in context.members(machine) {
        if member.elf.relr {
            all.relr.push(at);
        }
        // A library of the system could give what libc does not; then nothing can be said to be missing.
        let walk = context.resolver.walk(at, SearchRules::Musl);
        let open = walk.iter().any(|need| need.found.is_none() && !table.is_libc(&need.library));
        for symbol in member.elf.imports.strong().filter(|symbol| !inside.contains(symbol)) {
            // The interpreter gives its own API to everything that is loaded into it.
            if is_library(member) && is_python_name(symbol) {
                continue;
            }
            match table.first(machine, symbol) {
                Some(release) if release > table.floor() => all.later.push((at, symbol.to_owned(), release)),
                Some(_) => {}
                None if open => {}
                None => all.missing.push((at, symbol.to_owned(), table.is_hidden(symbol))),
            }
        }
    }
    let relr = (!all.relr.is_empty()).then(|| table.relr_since());
    let symbols = all.later.iter().map(|(_, _, release)| *release).max();
    let lowest = symbols.max(relr).unwrap_or(table.floor()).max(table.port(machine));
    if lowest > table.floor() {
        for (at, symbol, release) in all.later.iter().filter(|(_, _, release)| *release == lowest) {
            let mut cause = Cause::new(context.path(*at), None, Some(symbol));
            cause.release = Some(*release);
            all.by.push(cause);
        }
        if relr == Some(lowest) {
            for &at in &all.relr {
                let mut cause = Cause::new(context.path(at), None, Some("DT_RELR"));
                cause.release = relr;
                all.by.push(cause);
            }
        }
    }
    all.lowest = all.missing.is_empty().then_some(lowest);
    all
}

/// CPython's naming rule: public names begin with `Py`, private ones with `_Py` (PEP 7, "Naming Conventions").
pub(super) fn is_python_name(symbol: &str) -> bool {
    symbol.starts_with("Py") || symbol.starts_with("_Py")
}
