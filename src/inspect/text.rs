//! Inspections as text.

use std::fmt::Write as _;

use super::report::Inspection;
use super::verdict::{LimitKind, MachineRequirements};
use crate::findings::{Fact, Finding, Level};
use crate::wheel::{Container, Member};

/// The parts to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InspectionTextOptions {
    /// Lists the members (`-v`).
    pub members: bool,
    /// Writes findings at level allow too (`--all`).
    pub all: bool,
    /// One line for each file and a summary, for a directory of wheels.
    pub brief: bool,
}

impl InspectionTextOptions {
    /// With the members listed.
    #[must_use]
    pub fn with_members(mut self, members: bool) -> Self {
        self.members = members;
        self
    }

    /// With findings at level allow.
    #[must_use]
    pub fn with_all(mut self, all: bool) -> Self {
        self.all = all;
        self
    }

    /// One line for each file and a summary.
    #[must_use]
    pub fn with_brief(mut self, brief: bool) -> Self {
        self.brief = brief;
        self
    }
}

/// Returns inspections as text: the verdict first, then its limits, then the findings.
pub fn text(inspections: &[Inspection], options: InspectionTextOptions) -> String {
    let mut out = String::new();
    if options.brief {
        brief(&mut out, inspections);
    } else {
        for (number, one) in inspections.iter().enumerate() {
            if number > 0 {
                out.push('\n');
            }
            full(&mut out, one, options);
        }
    }
    out
}

/// Names of members and symbols are untrusted: control characters must not be written to a terminal.
fn clean(text: &str) -> String {
    text.chars()
        .flat_map(|one| if one.is_control() { one.escape_default().collect::<Vec<_>>() } else { vec![one] })
        .collect()
}

fn line(out: &mut String, indent: usize, text: &str) {
    let _ = writeln!(out, "{:indent$}{}", "", clean(text));
}

fn full(out: &mut String, one: &Inspection, options: InspectionTextOptions) {
    line(out, 0, &one.facts.file);
    line(out, 2, &format!("claimed   {}", claimed(one)));
    match one.verdicts.as_slice() {
        [] if one.facts.members.is_empty() => {
            line(out, 2, "computed  no binaries: runs on every platform");
        }
        [] => line(out, 2, "computed  none: no binary is for a machine with platform tags"),
        [verdict] => {
            line(out, 2, &format!("computed  {}", computed(verdict)));
            if let Some(why) = why(verdict) {
                line(out, 2, &format!("because   {why}"));
            }
        }
        several => {
            for verdict in several {
                line(
                    out,
                    2,
                    &format!("computed  {} for its {} binaries", computed(verdict), verdict.machine),
                );
            }
        }
    }
    for verdict in &one.verdicts {
        limits(out, verdict, one.verdicts.len() > 1);
    }
    findings(out, one, options);
    if options.members && !one.facts.members.is_empty() {
        line(out, 2, "members");
        for member in &one.facts.members {
            describe(out, member);
        }
    }
}

fn claimed(one: &Inspection) -> String {
    match (one.facts.container, one.claimed_platforms.is_empty()) {
        (Container::Directory, _) => "none (directory)".to_owned(),
        (Container::File, _) => "none (single file)".to_owned(),
        (Container::Wheel, true) => "none (not a valid wheel name)".to_owned(),
        (Container::Wheel, false) => one.claimed_platforms.join(", "),
    }
}

fn computed(verdict: &MachineRequirements) -> String {
    let musl = match verdict.lowest_musl {
        Some(release) => format!(", loads with musl {release} or newer"),
        None if verdict.computed.starts_with("musllinux_") => ", no musl can load it".to_owned(),
        None => String::new(),
    };
    format!("{}{musl}", verdict.computed)
}

/// The cause of the highest limit.
fn why(verdict: &MachineRequirements) -> Option<String> {
    let top = verdict.limits.iter().map(|(_, limit)| limit.place).max()?;
    let reasons: Vec<String> = verdict
        .limits
        .iter()
        .filter(|(_, limit)| limit.place == top)
        .filter_map(|(kind, limit)| limit.reason(kind))
        .collect();
    if !reasons.is_empty() {
        return Some(reasons.join("; "));
    }
    let cause = verdict.lowest_musl_by.first()?;
    let symbol = cause.symbol.as_deref().unwrap_or_default();
    Some(format!("`{}` requires {symbol}, which is new in musl {}", cause.member, verdict.lowest_musl?))
}

fn limits(out: &mut String, verdict: &MachineRequirements, named: bool) {
    if named {
        line(out, 2, &format!("limits of the {} binaries", verdict.machine));
    } else {
        line(out, 2, "limits");
    }
    for (kind, limit) in verdict.limits.iter() {
        let name = match kind {
            LimitKind::Symbols => "version nodes",
            LimitKind::External => "libraries",
            LimitKind::Forbidden => "forbidden symbols",
            LimitKind::Isa => "CPU level",
        };
        line(out, 4, &format!("{name:<18}{}", limit.tag));
        if limit.place < top(verdict) {
            continue;
        }
        for cause in limit.causes.iter().take(5) {
            let mut text = cause.member.clone();
            for part in [&cause.symbol, &cause.library].into_iter().flatten() {
                let _ = write!(text, "  {part}");
            }
            if !cause.examples.is_empty() {
                let _ = write!(text, "  ({})", cause.examples.join(", "));
            }
            line(out, 6, &text);
        }
        if let Some(more @ 1..) = limit.causes.len().checked_sub(5) {
            line(out, 6, &format!("and {more} more"));
        }
    }
    if !verdict.system_libraries.is_empty() {
        let names: Vec<&str> = verdict.system_libraries.iter().map(|one| one.library.as_str()).collect();
        line(out, 4, &format!("{:<18}{}", "from the system", names.join(", ")));
    }
}

fn top(verdict: &MachineRequirements) -> usize {
    verdict.limits.iter().map(|(_, limit)| limit.place).max().unwrap_or_default()
}

fn findings(out: &mut String, inspection: &Inspection, options: InspectionTextOptions) {
    let level = |finding: &Finding| inspection.levels.of_finding(finding);
    let findings = inspection.findings.iter();
    let shown: Vec<&Finding> =
        findings.filter(|finding| options.all || level(finding) > Level::Allow).collect();
    if shown.is_empty() {
        return;
    }
    line(out, 2, "findings");
    for finding in shown {
        let member = finding.member().map_or(String::new(), |member| format!("{member}: "));
        line(out, 4, &format!("{} {}: {member}{}", level(finding), finding.code(), finding.message()));
        let mut facts = finding.facts().into_iter();
        let more = facts.find_map(|fact| match fact {
            Fact::OtherMembers(members) => Some(members),
            _ => None,
        });
        let more = more.unwrap_or_default();
        if !more.is_empty() {
            let shown: Vec<&str> = more.iter().take(3).map(String::as_str).collect();
            let rest = match more.len().saturating_sub(3) {
                0 => String::new(),
                rest => format!(" and {rest} more"),
            };
            line(out, 6, &format!("also {}{rest}", shown.join(", ")));
        }
        if let Some(help) = finding.help() {
            line(out, 6, &format!("help: {help}"));
        }
    }
}

fn describe(out: &mut String, member: &Member) {
    let elf = &member.elf;
    let kind = serde_json::to_value(elf.kind).ok();
    let kind = kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or("other");
    line(out, 4, &format!("{}  {} {kind}, {} bytes", member.path, elf.machine_name(), member.size));
    let lists: [(&str, &[String]); 3] =
        [("needs", &elf.needed), ("rpath", &elf.rpath), ("runpath", &elf.runpath)];
    for (name, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        line(out, 6, &format!("{name:<8}{}", list.join(", ")));
    }
    for need in &elf.version_needs {
        let nodes: Vec<&str> = need.nodes.iter().map(|node| node.name.as_str()).collect();
        line(out, 6, &format!("{}: {}", need.library, nodes.join(", ")));
    }
}

fn brief(out: &mut String, inspections: &[Inspection]) {
    let width =
        inspections.iter().map(|one| one.facts.file.chars().count()).max().unwrap_or_default().min(90);
    let mut counts = [0_usize; 3];
    for one in inspections {
        let computed = match one.verdicts.as_slice() {
            [] => "no binaries".to_owned(),
            several => several.iter().map(computed).collect::<Vec<_>>().join(" + "),
        };
        let mut codes: Vec<&str> = one
            .findings
            .iter()
            .filter(|finding| one.levels.of_finding(finding) > Level::Allow)
            .map(|finding| finding.code().name())
            .collect();
        codes.dedup();
        let level = one.level().filter(|level| *level > Level::Allow);
        match level {
            Some(Level::Deny) => counts[2] += 1,
            Some(_) => counts[1] += 1,
            None => counts[0] += 1,
        }
        let level = level.map_or("ok", Level::as_str);
        line(
            out,
            0,
            format!("{level:<5}{:<width$}  {computed}  {}", one.facts.file, codes.join(" ")).trim_end(),
        );
    }
    let files = if inspections.len() == 1 { "file" } else { "files" };
    line(
        out,
        0,
        &format!(
            "{} {files}: {} without findings, {} with warnings, {} denied",
            inspections.len(),
            counts[0],
            counts[1],
            counts[2]
        ),
    );
}
