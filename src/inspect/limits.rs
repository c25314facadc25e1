//! The oldest policy that the members of a wheel satisfy.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::binary::examples;
use super::context::WheelContext;
use super::verdict::{Cause, Limit, MachineRequirements, MuslNeeds, PolicyLimits, SystemLibrary};
use crate::elf::{ElfFacts, Machine};
use crate::policy::{GlibcPolicies, MuslPolicies, NodeRule};
use crate::target::LibcFamily;
use crate::wheel::RequiredLibrary;

/// Checks the members for one machine.
pub(super) fn verdict(context: &WheelContext<'_>, machine: Machine) -> MachineRequirements {
    let libc = context.wheel_libc.get(&machine).copied();
    // Files without a known C library satisfy the oldest policy of both; they are checked as files for glibc.
    match libc {
        Some(LibcFamily::Musl) => of_musl(context, machine),
        _ => of_glibc(context, machine, libc),
    }
}

/// Collects the causes of the highest index.
struct Highest {
    oldest: usize,
    place: usize,
    causes: Vec<Cause>,
}

impl Highest {
    fn new(oldest: usize) -> Self {
        Self { oldest, place: oldest, causes: Vec::new() }
    }

    fn add(&mut self, place: usize, cause: impl FnOnce() -> Cause) {
        if place < self.place || place <= self.oldest {
            return;
        }
        if place > self.place {
            self.place = place;
            self.causes.clear();
        }
        self.causes.push(cause());
    }

    fn limit(mut self, tag: impl Fn(usize) -> String) -> Limit {
        self.causes
            .sort_by(|one, other| newest_first(one).cmp(&newest_first(other)).then_with(|| one.cmp(other)));
        self.causes.dedup();
        Limit { tag: tag(self.place), place: self.place, causes: self.causes }
    }
}

/// Symbol versions of glibc before others, newest first: the first cause is the one that is shown.
fn newest_first(cause: &Cause) -> (bool, Reverse<Vec<u32>>) {
    let symbol = cause.symbol.as_deref().unwrap_or_default();
    let version = symbol.strip_prefix("GLIBC_");
    let numbers = version.unwrap_or_default().split('.').map_while(|part| part.parse().ok()).collect();
    (version.is_none(), Reverse(numbers))
}

fn of_glibc(context: &WheelContext<'_>, machine: Machine, libc: Option<LibcFamily>) -> MachineRequirements {
    let table = GlibcPolicies::table();
    let oldest = table.oldest(machine);
    let tag = |place| table.tag(place, machine);

    let mut symbols = Highest::new(oldest);
    let mut isa = Highest::new(oldest);
    for (_, member) in context.members(machine) {
        for (library, need) in counted_needs(&member.elf) {
            for (number, node) in need.nodes.iter().enumerate() {
                let place = match table.node(machine, &node.name) {
                    NodeRule::NotListed => continue,
                    NodeRule::From(place) => table.at_least(machine, place),
                    NodeRule::Nowhere => table.none(),
                };
                symbols.add(place, || {
                    let mut cause = Cause::new(&member.path, Some(&need.library), Some(&node.name));
                    cause.examples = examples(&member.elf, (library, number));
                    cause
                });
            }
        }
    }

    let mut forbidden = Highest::new(oldest);
    for (root, _) in walks(context, machine) {
        let Some(member) = context.facts.members.get(root) else { continue };
        if let Some(level) = member.elf.isa {
            isa.add(table.none(), || Cause::new(&member.path, None, Some(level.as_str())));
        }
        for library in &member.elf.needed {
            let Some(refused) = table.forbidden(library) else { continue };
            for symbol in member.elf.imports.strong() {
                if let Some(&through) = refused.get(symbol) {
                    let place = table.at_least(machine, through + 1);
                    forbidden.add(place, || Cause::new(&member.path, Some(library), Some(symbol)));
                }
            }
        }
    }

    // Which libraries count as inside depends on the policy, since what a policy allows is not walked into.
    let mut steps = table.library_steps();
    steps.retain(|&step| step > oldest);
    steps.insert(0, oldest);
    let mut external = Limit { tag: tag(table.none()), place: table.none(), causes: Vec::new() };
    let mut first = Vec::new();
    for (number, &step) in steps.iter().enumerate() {
        let outside = outside(context, machine, |library| {
            table.library(library) <= step || table.is_dynamic_linker(library)
        });
        if number == 0 {
            first = names(&outside);
        }
        if outside.is_empty() {
            external.place = table.at_least(machine, step);
            external.tag = tag(external.place);
            break;
        }
        external.causes = outside;
    }

    let limits = PolicyLimits {
        symbols: symbols.limit(tag),
        external,
        forbidden: forbidden.limit(tag),
        isa: isa.limit(tag),
    };
    let place = limits.iter().map(|(_, limit)| limit.place).max().unwrap_or(oldest);
    MachineRequirements {
        machine,
        libc,
        computed: tag(place),
        limits,
        lowest_musl: None,
        lowest_musl_by: Vec::new(),
        versioned_symbols: versioned_symbols(context, machine),
        external_libraries: first,
        system_libraries: system_libraries(context, machine, |library| {
            let place = table.library(library);
            (place < table.none()).then(|| tag(table.at_least(machine, place.max(oldest))))
        }),
    }
}

fn of_musl(context: &WheelContext<'_>, machine: Machine) -> MachineRequirements {
    let table = MuslPolicies::table();
    let versions: Vec<(u32, u32)> = table.versions(machine).collect();
    let none = versions.len();
    let tag = |place: usize| match versions.get(place) {
        Some((major, minor)) => format!("musllinux_{major}_{minor}_{machine}"),
        None => format!("linux_{machine}"),
    };
    let none_known = MuslNeeds::default();
    let needs = context.musl_needs.get(&machine).unwrap_or(&none_known);
    // The policies have the same rules, so auditwheel uses the newest; an older claim is accepted if
    // every symbol is in that series.
    let newest = none.saturating_sub(1);
    let claimed = context.claims.oldest(LibcFamily::Musl).and_then(|(_, claim)| {
        let place = versions.iter().position(|&version| version == claim)?;
        let lowest = needs.lowest?;
        ((lowest.major, lowest.minor) <= claim).then_some(place)
    });
    let best = claimed.unwrap_or(newest);

    let outside = outside(context, machine, |library| table.allows(library));
    let mut external = Highest::new(best);
    for cause in &outside {
        external.add(none, || cause.clone());
    }
    let mut forbidden = Highest::new(best);
    let mut isa = Highest::new(best);
    for (root, _) in walks(context, machine) {
        let Some(member) = context.facts.members.get(root) else { continue };
        for library in &member.elf.needed {
            let Some(refused) = table.forbidden(library) else { continue };
            for symbol in member.elf.imports.strong().filter(|symbol| refused.contains(*symbol)) {
                forbidden.add(none, || Cause::new(&member.path, Some(library), Some(symbol)));
            }
        }
        if let Some(level) = member.elf.isa {
            isa.add(none, || Cause::new(&member.path, None, Some(level.as_str())));
        }
    }
    let symbols = Highest::new(best);
    let limits = PolicyLimits {
        symbols: symbols.limit(tag),
        external: external.limit(tag),
        forbidden: forbidden.limit(tag),
        isa: isa.limit(tag),
    };
    let place = limits.iter().map(|(_, limit)| limit.place).max().unwrap_or(best);
    MachineRequirements {
        machine,
        libc: Some(LibcFamily::Musl),
        computed: tag(place),
        limits,
        lowest_musl: needs.lowest,
        lowest_musl_by: needs.by.clone(),
        versioned_symbols: versioned_symbols(context, machine),
        external_libraries: names(&outside),
        system_libraries: system_libraries(context, machine, |library| table.allows(library).then(|| tag(0))),
    }
}

/// The requirements of a file except those of the dynamic linker, with their places (auditwheel 6.8.2,
/// `elf_find_versioned_symbols`).
fn counted_needs(elf: &ElfFacts) -> impl Iterator<Item = (usize, &crate::elf::VersionNeed)> {
    let table = GlibcPolicies::table();
    elf.version_needs.iter().enumerate().filter(|(_, need)| !table.is_dynamic_linker(&need.library))
}

fn versioned_symbols(context: &WheelContext<'_>, machine: Machine) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, member) in context.members(machine) {
        for (_, need) in counted_needs(&member.elf) {
            let nodes = need.nodes.iter().map(|node| node.name.clone());
            all.entry(need.library.clone()).or_default().extend(nodes);
        }
    }
    all
}

/// The walks of the members that count for a machine.
fn walks<'c>(
    context: &'c WheelContext<'_>,
    machine: Machine,
) -> impl Iterator<Item = (usize, &'c [RequiredLibrary<'c>])> {
    let walks = context.walks.iter().filter(move |(root, _)| context.counts(machine, *root));
    walks.map(|(root, needs)| (*root, needs.as_slice()))
}

/// The libraries that a walk finds outside the wheel and that are not allowed. Allowed libraries are those of the system
/// and are not followed, even if the wheel has a file of that name (auditwheel 6.8.2, `get_req_external`).
fn outside(context: &WheelContext<'_>, machine: Machine, allowed: impl Fn(&str) -> bool) -> Vec<Cause> {
    let mut all = Vec::new();
    for (root, needs) in walks(context, machine) {
        let mut by: FxHashMap<usize, Vec<&RequiredLibrary<'_>>> = FxHashMap::default();
        for need in needs {
            by.entry(need.by).or_default().push(need);
        }
        let mut reached = vec![root];
        let mut next = 0;
        while let Some(&at) = reached.get(next) {
            next += 1;
            for need in by.get(&at).into_iter().flatten().filter(|need| !allowed(need.library)) {
                match need.file() {
                    Some(found) if !reached.contains(&found) => reached.push(found),
                    Some(_) => {}
                    None => all.push(Cause::new(context.path(at), Some(need.library), None)),
                }
            }
        }
    }
    all.sort();
    all.dedup();
    all
}

fn names(causes: &[Cause]) -> Vec<String> {
    let names: BTreeSet<&String> = causes.iter().filter_map(|cause| cause.library.as_ref()).collect();
    names.into_iter().cloned().collect()
}

/// All libraries that the walks do not find inside.
fn system_libraries(
    context: &WheelContext<'_>,
    machine: Machine,
    since: impl Fn(&str) -> Option<String>,
) -> Vec<SystemLibrary> {
    let mut by: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (_, needs) in walks(context, machine) {
        for need in needs.iter().filter(|need| need.file().is_none()) {
            by.entry(need.library).or_default().insert(context.path(need.by));
        }
    }
    by.into_iter()
        .map(|(library, members)| SystemLibrary {
            library: library.to_owned(),
            allowed_since: since(library),
            members: members.into_iter().map(str::to_owned).collect(),
        })
        .collect()
}
