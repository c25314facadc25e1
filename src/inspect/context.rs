//! The inputs of the rules, computed once.

use std::collections::HashSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::binary::{MuslVersion, is_extension, is_library, is_loaded, libc_of};
use super::claims::Claims;
use super::verdict::{MachineRequirements, MuslNeeds};
use crate::elf::Machine;
use crate::target::{LibcFamily, Target};
use crate::wheel::{Member, RequiredLibrary, Resolver, SearchRules, WheelFacts};

/// Facts, claims, target, and the values that are derived from them.
pub(crate) struct WheelContext<'a> {
    pub(crate) facts: &'a WheelFacts,
    pub(crate) target: Option<&'a Target>,
    pub(crate) claims: Claims,
    pub(crate) resolver: Resolver<'a>,
    /// The machines to check.
    pub(crate) machines: Vec<Machine>,
    /// The C library of each member, if it is known.
    pub(crate) libcs: Vec<Option<LibcFamily>>,
    /// The C library of the wheel, by machine.
    pub(crate) wheel_libc: FxHashMap<Machine, LibcFamily>,
    /// Members that start a walk, with the libraries that the rules of auditwheel find for them.
    pub(crate) walks: Vec<(usize, Vec<RequiredLibrary<'a>>)>,
    /// The requirements of all members for each machine.
    pub(crate) verdicts: Vec<MachineRequirements>,
    /// The requirements of the members for each machine on musl.
    pub(crate) musl_needs: FxHashMap<Machine, MuslNeeds>,
}

impl<'a> WheelContext<'a> {
    pub(crate) fn new(facts: &'a WheelFacts, target: Option<&'a Target>) -> Self {
        let claims = Claims::of(facts);
        let resolver = Resolver::new(facts);
        let libcs: Vec<_> = facts.members.iter().map(libc_of).collect();
        let machines = machines(facts, &claims);
        let mut wheel_libc = FxHashMap::default();
        for &machine in &machines {
            let known =
                facts.members.iter().zip(&libcs).filter(|(member, _)| member.elf.machine() == Some(machine));
            // Extension modules are the most reliable: the programs next to them may be static or for another system.
            let mut known: Vec<_> =
                known.filter_map(|(member, libc)| Some((!is_extension(member), (*libc)?))).collect();
            known.sort_by_key(|&(other, _)| other);
            let first = known.first().map(|&(_, libc)| libc);
            if let Some(libc) = claims.family().or(first) {
                wheel_libc.insert(machine, libc);
            }
        }
        let walks = roots(facts, &resolver, &machines)
            .into_iter()
            .map(|root| (root, resolver.walk(root, SearchRules::Auditwheel)))
            .collect();
        Self {
            facts,
            target,
            claims,
            resolver,
            machines,
            libcs,
            wheel_libc,
            walks,
            verdicts: Vec::new(),
            musl_needs: FxHashMap::default(),
        }
    }

    /// The members that count for a machine.
    pub(crate) fn members(&self, machine: Machine) -> impl Iterator<Item = (usize, &'a Member)> + '_ {
        self.facts.members.iter().enumerate().filter(move |&(at, _)| self.counts(machine, at))
    }

    /// Whether a member counts for a machine: it is of that machine, and of the wheel's C library or of none
    /// (auditwheel 6.8.2, `get_wheel_elfdata`, leaves the others out too).
    pub(crate) fn counts(&self, machine: Machine, at: usize) -> bool {
        let Some(member) = self.facts.members.get(at) else { return false };
        let own = self.libcs.get(at).copied().flatten();
        let wheel = self.wheel_libc.get(&machine).copied();
        member.elf.machine() == Some(machine)
            && is_loaded(&member.elf)
            && own.zip(wheel).is_none_or(|(own, wheel)| own == wheel)
    }

    /// The C library that loads a member: its own, or that of the wheel if it is unknown.
    pub(crate) fn loader(&self, at: usize) -> Option<LibcFamily> {
        let own = self.libcs.get(at).copied().flatten();
        let machine = self.facts.members.get(at).and_then(|member| member.elf.machine());
        own.or_else(|| self.wheel_libc.get(&machine?).copied())
    }

    /// The members that loaders open.
    pub(crate) fn loaded(&self) -> impl Iterator<Item = (usize, &'a Member)> {
        self.facts.members.iter().enumerate().filter(|(_, member)| is_loaded(&member.elf))
    }

    /// The members that are loaded and not run.
    pub(crate) fn libraries(&self) -> impl Iterator<Item = (usize, &'a Member)> {
        self.facts.members.iter().enumerate().filter(|(_, member)| is_library(member))
    }

    /// The musl of the target, or without one the oldest that the file name admits.
    pub(crate) fn musl(&self) -> Option<MuslVersion> {
        match self.target {
            Some(target) => MuslVersion::of_target(&target.libc),
            None => self.claims.oldest(LibcFamily::Musl).map(|(_, series)| MuslVersion::of_tag(series)),
        }
    }

    /// Whether the wheel's members for a machine are linked for musl.
    pub(crate) fn is_for_musl(&self, machine: Machine) -> bool {
        self.wheel_libc.get(&machine) == Some(&LibcFamily::Musl)
    }

    /// The path of a member.
    pub(crate) fn path(&self, at: usize) -> &'a str {
        self.facts.members.get(at).map_or("", |member| &member.path)
    }
}

/// The claimed machine; without one, those of the members, in the order of the table.
fn machines(facts: &WheelFacts, claims: &Claims) -> Vec<Machine> {
    let present: FxHashSet<Machine> = facts
        .members
        .iter()
        .filter(|member| is_loaded(&member.elf))
        .filter_map(|member| member.elf.machine())
        .collect();
    let claimed: FxHashSet<Machine> =
        claims.machine_names().into_iter().filter_map(Machine::from_name).collect();
    let both: Vec<Machine> =
        Machine::ALL.into_iter().filter(|one| claimed.contains(one) && present.contains(one)).collect();
    if both.is_empty() {
        Machine::ALL.into_iter().filter(|one| present.contains(one)).collect()
    } else {
        both
    }
}

/// Members that start a walk: extension modules, and members that no other one requires by its file name (auditwheel
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
