//! `foreign-machine`

use std::collections::BTreeMap;

use crate::findings::counts::{FEW, binaries};
use crate::findings::words::listed;
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::binary::{is_accelerator, is_extension, machine_name};
use crate::inspect::context::WheelContext;
use crate::wheel::Member;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "foreign-machine",
    level: Level::Warn,
    summary: "a binary is for another machine than the file name or the target",
    explanation: "The ELF header has another machine (or operating system) than the platform tag or the target. An \
extension module for another machine cannot be imported, and the level is deny. Other binaries may be selected at \
run time. Code for accelerators is data of the wheel and is reported only with `--all`.",
    link: "https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/",
};

/// Members are for another machine than the file name or the target.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForeignMachine {
    /// The members.
    pub members: Vec<String>,
    /// Their machine, with the OS ABI if that differs too.
    pub machine: String,
    /// The machines of the target, or without one of the file name.
    pub expected: Vec<String>,
    /// Whether a target expects them.
    pub on_target: bool,
    /// The role of the members.
    pub role: ForeignRole,
}

/// The role of members for another machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ForeignRole {
    /// Code for accelerators.
    Data,
    /// Files that something else may use elsewhere.
    Extra,
    /// Extension modules, or all that a target could load.
    Needed,
}

impl Rule for ForeignMachine {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let on_target = cx.target.is_some();
        let expected = match cx.target {
            Some(target) => vec![machine_name(target)],
            None => cx.claims.machine_names(),
        };
        if expected.is_empty() {
            return Vec::new();
        }
        let mut fitting = false;
        let mut others: BTreeMap<String, Vec<&Member>> = BTreeMap::new();
        for (_, member) in cx.loaded() {
            // System V and GNU are what Linux loaders take (gABI, EI_OSABI).
            let foreign_system = !matches!(member.elf.os_abi, 0 | 3);
            let name = member.elf.machine_name();
            if expected.contains(&name.as_str()) && !foreign_system {
                fitting = true;
            } else if foreign_system && !is_accelerator(&member.elf) {
                others.entry(format!("{name}, OS ABI {}", member.elf.os_abi)).or_default().push(member);
            } else {
                others.entry(name).or_default().push(member);
            }
        }
        let mut out = Vec::new();
        for (machine, members) in others {
            let role = if members.iter().all(|member| is_accelerator(&member.elf)) {
                ForeignRole::Data
            } else if members.iter().any(|member| is_extension(member)) || (on_target && !fitting) {
                ForeignRole::Needed
            } else {
                ForeignRole::Extra
            };
            out.push(Self {
                members: members.iter().map(|member| member.path.clone()).collect(),
                machine,
                expected: expected.iter().map(|&name| name.to_owned()).collect(),
                on_target,
                role,
            });
        }
        out
    }

    fn message(&self) -> String {
        // If only the OS ABI differs, the name of the machine is the same.
        let is_expected = |name: &str| self.expected.iter().any(|one| one == name);
        let linux = match self.machine.split_once(", OS ABI ") {
            Some((name, _)) if is_expected(name) => " Linux",
            _ => "",
        };
        format!(
            "{} for {}, but {} {}{linux}",
            binaries(self.members.len(), "is", "are"),
            self.machine,
            if self.on_target { "the target is" } else { "the file name claims" },
            listed(&self.expected, FEW)
        )
    }

    fn member(&self) -> Option<&str> {
        self.members.first().map(String::as_str)
    }

    fn level(&self) -> Option<Level> {
        Some(match self.role {
            ForeignRole::Data => Level::Allow,
            ForeignRole::Extra => Level::Warn,
            ForeignRole::Needed => Level::Deny,
        })
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        vec![Fact::Machine(&self.machine), Fact::other_members(&self.members)]
    }
}
