//! Everything that the rules look at, worked out once.

use std::collections::{HashMap, HashSet};

use super::claims::Claims;
use crate::elf::{ElfFacts, ElfKind, Machine};
use crate::policy::{GlibcPolicies, loader_facts};
use crate::target::{LibcFamily, Target};
use crate::wheel::{Member, Need, Resolver, SearchRules, WheelFacts};

/// Facts, claims, target, and what follows from them.
pub(super) struct Context<'a> {
    pub(super) facts: &'a WheelFacts,
    pub(super) target: Option<&'a Target>,
    pub(super) claims: Claims,
    pub(super) resolver: Resolver<'a>,
    /// The machines to judge for.
    pub(super) machines: Vec<Machine>,
    /// The C library of each member, where it says one.
    pub(super) libcs: Vec<Option<LibcFamily>>,
    /// The C library of the wheel, by machine.
    pub(super) wheel_libc: HashMap<Machine, LibcFamily>,
    /// Members that start a walk, with what auditwheel's rules find for them.
    pub(super) walks: Vec<(usize, Vec<Need>)>,
}

impl<'a> Context<'a> {
    pub(super) fn new(facts: &'a WheelFacts, target: Option<&'a Target>) -> Self {
        let claims = Claims::of(facts);
        let resolver = Resolver::new(facts);
        let libcs: Vec<_> = facts.members.iter().map(libc_of).collect();
        let machines = machines(facts, &claims);
        let mut wheel_libc = HashMap::new();
        for &machine in &machines {
            let said =
                facts.members.iter().zip(&libcs).filter(|(member, _)| member.elf.machine() == Some(machine));
            // Extension modules say it best: the programs beside them may be static or for another system.
            let mut said: Vec<_> =
                said.filter_map(|(member, libc)| Some((!is_extension(member), (*libc)?))).collect();
            said.sort_by_key(|&(other, _)| other);
            let first = said.first().map(|&(_, libc)| libc);
            if let Some(libc) = claims.family().or(first) {
                wheel_libc.insert(machine, libc);
            }
        }
        let walks = roots(facts, &resolver, &machines)
            .into_iter()
            .map(|root| (root, resolver.walk(root, SearchRules::Auditwheel)))
            .collect();
        Self { facts, target, claims, resolver, machines, libcs, wheel_libc, walks }
    }

    /// The members that count for a machine.
    pub(super) fn members(&self, machine: Machine) -> impl Iterator<Item = (usize, &'a Member)> + '_ {
        self.facts.members.iter().enumerate().filter(move |&(at, _)| self.counts(machine, at))
    }

    /// Whether a member counts for a machine: it is of that machine, and of the wheel's C library or of none
    /// (auditwheel 6.8.2, `get_wheel_elfdata`, leaves the others out too).
    pub(super) fn counts(&self, machine: Machine, at: usize) -> bool {
        let Some(member) = self.facts.members.get(at) else { return false };
        let own = self.libcs.get(at).copied().flatten();
        let wheel = self.wheel_libc.get(&machine).copied();
        member.elf.machine() == Some(machine)
            && is_loaded(&member.elf)
            && own.zip(wheel).is_none_or(|(own, wheel)| own == wheel)
    }

    /// The C library that loads a member: its own, or that of the wheel if it says none.
    pub(super) fn loader(&self, at: usize) -> Option<LibcFamily> {
        let own = self.libcs.get(at).copied().flatten();
        let machine = self.facts.members.get(at).and_then(|member| member.elf.machine());
        own.or_else(|| self.wheel_libc.get(&machine?).copied())
    }

    pub(super) fn path(&self, at: usize) -> &'a str {
        self.facts.members.get(at).map_or("", |member| &member.path)
    }
}

/// Whether loaders ever look at a file.
pub(crate) fn is_loaded(elf: &ElfFacts) -> bool {
    !matches!(elf.kind, ElfKind::DebugData | ElfKind::Relocatable | ElfKind::Other)
}

/// Whether the interpreter imports a member by itself: it exports the function that its name asks for (PEP 489;
/// auditwheel 6.8.2, `elf_is_python_extension`).
pub(super) fn is_extension(member: &Member) -> bool {
    let module = member.name().split('.').next().unwrap_or_default();
    member.elf.python_modules.iter().any(|known| known == module)
}

/// Whether the file is code for an accelerator, which is data to its wheel.
pub(super) fn is_accelerator(elf: &ElfFacts) -> bool {
    loader_facts().accelerators.contains_key(&elf.raw_machine)
}

/// The claimed machine; without one, those of the members, in the order of the table.
fn machines(facts: &WheelFacts, claims: &Claims) -> Vec<Machine> {
    let present: HashSet<Machine> = facts
        .members
        .iter()
        .filter(|member| is_loaded(&member.elf))
        .filter_map(|member| member.elf.machine())
        .collect();
    let claimed: HashSet<Machine> =
        claims.machine_names().into_iter().filter_map(Machine::from_name).collect();
    let both: Vec<Machine> =
        Machine::ALL.into_iter().filter(|one| claimed.contains(one) && present.contains(one)).collect();
    if both.is_empty() {
        Machine::ALL.into_iter().filter(|one| present.contains(one)).collect()
    } else {
        both
    }
}

/// The C library that a member says it needs (auditwheel 6.8.2, `lddtree.py`, `ldd`), with two additions: a version
/// node of glibc says so too, and so does `libc.so`, the name under which toolchains other than Alpine's link musl.
pub(crate) fn libc_of(member: &Member) -> Option<LibcFamily> {
    let elf = &member.elf;
    if let Some(interpreter) = &elf.interpreter {
        let name = interpreter.rsplit('/').next().unwrap_or(interpreter);
        return Some(if name.starts_with("ld-musl-") { LibcFamily::Musl } else { LibcFamily::Glibc });
    }
    let table = GlibcPolicies::table();
    for library in &elf.needed {
        if library.starts_with("libc.musl-") || library.starts_with("ld-musl-") {
            return Some(LibcFamily::Musl);
        }
        if library == "libc.so.6" || table.is_dynamic_linker(library) {
            return Some(LibcFamily::Glibc);
        }
    }
    let nodes = elf.version_needs.iter().flat_map(|need| &need.nodes);
    if nodes.clone().any(|node| node.name.starts_with("GLIBC_")) {
        return Some(LibcFamily::Glibc);
    }
    if elf.needed.iter().any(|library| library == "libc.so") {
        return Some(LibcFamily::Musl);
    }
    let name = member.name();
    if name.ends_with("-linux-musl.so") || name.ends_with("-linux-musleabihf.so") {
        return Some(LibcFamily::Musl);
    }
    if name.ends_with("-linux-gnu.so") || name.ends_with("-linux-gnueabihf.so") {
        // Until CPython 3.10 musl builds had this suffix too.
        let soabi = name.strip_suffix(".so").and_then(|stem| stem.rsplit('.').next())?;
        let version = soabi.strip_prefix("cpython-3")?.split('-').next()?;
        let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
        return (digits.parse::<u32>().ok()? >= 11).then_some(LibcFamily::Glibc);
    }
    None
}

/// Members whose needs are walked: extension modules, and what no other member needs by its file name (auditwheel
/// 6.8.2, `get_wheel_elfdata`).
fn roots(facts: &WheelFacts, resolver: &Resolver<'_>, machines: &[Machine]) -> Vec<usize> {
    let needed: HashSet<&str> =
        facts.members.iter().flat_map(|member| member.elf.needed.iter().map(String::as_str)).collect();
    let members = facts.members.iter().enumerate();
    members
        .filter(|(_, member)| is_loaded(&member.elf))
        .filter(|(_, member)| member.elf.machine().is_some_and(|machine| machines.contains(&machine)))
        .filter(|(at, member)| is_extension(member) || !resolver.names(*at).any(|name| needed.contains(name)))
        .map(|(at, _)| at)
        .collect()
}
