//! The lowest musl release with all symbols that a wheel requires.

use std::collections::HashSet;

use super::binary::{is_library, undefined_symbols};
use super::context::WheelContext;
use super::verdict::{Cause, MuslNeeds};
use crate::elf::Machine;
use crate::policy::MuslSymbols;
use crate::wheel::SearchRules;

/// Computes it: the newest among the first releases of all undefined strong symbols. A weak symbol may stay undefined,
/// and a symbol that another member exports is not from musl.
pub(super) fn needs(context: &WheelContext<'_>, machine: Machine) -> MuslNeeds {
    let table = MuslSymbols::table();
    let mut all = MuslNeeds::default();
    let inside: HashSet<&str> =
        context.members(machine).flat_map(|(_, member)| member.elf.exports.iter()).collect();
    for (at, member) in context.members(machine) {
        if member.elf.relr {
            all.relr.push(at);
        }
        // A library of the system could define the symbol, so it is not certainly missing.
        let walk = context.resolver.walk(at, SearchRules::Musl);
        let open = walk.iter().any(|need| need.file().is_none() && !table.is_libc(need.library));
        for (symbol, first) in undefined_symbols(&member.elf, machine, &inside, is_library(member)) {
            match first {
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
