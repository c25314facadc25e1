//! The findings of a report as text. A finding on several targets is written once.

use std::fmt::Write as _;

use super::style::{FEW_COLUMNS, Style, TextOptions};
use super::{Report, ReportTarget, sizes};
use crate::findings::{Finding, Level};
use crate::image::Unverified;

/// The most findings that are written, unless more have the level deny; the rest are counted.
const MOST_FINDINGS: usize = 12;

/// A finding with the targets that have it.
struct Group<'a> {
    level: Level,
    finding: &'a Finding,
    targets: Vec<&'a str>,
    message: String,
    /// The message without the name of a target, which is in the list of targets.
    without_name: String,
    help: Option<String>,
}

impl<'a> Group<'a> {
    fn is_of(&self, finding: &Finding, without_name: &str, help: Option<&str>) -> bool {
        self.finding.code() == finding.code()
            && self.finding.project == finding.project
            && self.help.as_deref() == help
            && self.finding.origin == finding.origin
            && self.without_name == without_name
    }

    fn message(&self) -> &str {
        if self.targets.len() > 1 { &self.without_name } else { &self.message }
    }
}

pub(super) fn write(report: &Report, options: &TextOptions, style: &Style, out: &mut String) {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut hidden = 0;
    for (target, level, finding) in report.findings() {
        if level == Level::Allow && !options.all {
            hidden += 1;
            continue;
        }
        let (message, help) = (finding.message(), finding.help());
        let without_name = without_name(&message, target);
        match groups.iter_mut().find(|group| group.is_of(finding, &without_name, help.as_deref())) {
            // Several lines of one step may have the same requirement.
            Some(group) if group.targets.contains(&target.id.as_str()) => {}
            Some(group) => group.targets.push(&target.id),
            None => {
                groups.push(Group { level, finding, targets: vec![&target.id], message, without_name, help });
            }
        }
    }
    // Findings that make the run fail are always written; the most severe are first.
    let denied = groups.iter().filter(|group| group.level == Level::Deny).count();
    let shown = if options.all { groups.len() } else { groups.len().min(MOST_FINDINGS.max(denied)) };
    for group in groups.iter().take(shown) {
        let word = match group.level {
            Level::Deny => style.red("deny"),
            Level::Warn => style.yellow("warn"),
            Level::Allow => style.dim("allow"),
        };
        let on = match report.targets.len() {
            0 | 1 => String::new(),
            _ => format!(" [{}]", group.targets.join(", ")),
        };
        let Finding { origin, needed_by, .. } = group.finding;
        let _ = writeln!(out, "\n{word}[{}]{on}", style.bold(group.finding.code().name()));
        wrap(out, "  ", "  ", group.message(), options.width);
        if let Some(help) = &group.help {
            wrap(out, "  help: ", "        ", help, options.width);
        }
        if let Some(origin) = origin {
            let _ = writeln!(out, "  {} {origin}", style.dim("at:"));
        }
        if let Some(parent) = needed_by {
            let _ = writeln!(out, "  {} {parent}", style.dim("required by:"));
        }
    }
    for (count, level) in [(groups.len() - shown, ""), (hidden, " of level allow")] {
        let (findings, them) = if count == 1 { ("finding", "it") } else { ("findings", "them") };
        if count > 0 {
            let _ = writeln!(out, "\n{count} more {findings}{level}; use `--all` to show {them}");
        }
    }
}

/// The message with `the image` or `the target` instead of its name. The name `python:3.12` must not be replaced in
/// `python:3.12-slim`.
fn without_name(message: &str, target: &ReportTarget) -> String {
    let noun = if target.image.is_some() { "the image" } else { "the target" };
    let words = message.split(' ').map(|word| {
        let bare = word.trim_end_matches([',', ';', ':']);
        let is_name =
            bare.strip_prefix('`').and_then(|bare| bare.strip_suffix('`')).unwrap_or(bare) == target.name;
        if is_name { word.replacen(bare, noun, 1) } else { word.to_owned() }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The explanation of the marks in the report, once for all targets with the same explanation.
pub(super) fn write_unverified(report: &Report, style: &Style, out: &mut String) {
    let mut parts: Vec<(&Unverified, Vec<&str>)> = Vec::new();
    for target in &report.targets {
        for part in target.doubts() {
            match parts.iter_mut().find(|(known, _)| *known == part) {
                Some((_, targets)) => targets.push(&target.id),
                None => parts.push((part, vec![&target.id])),
            }
        }
    }
    let doubts = parts.iter().map(|(part, targets)| {
        let of = match targets.as_slice() {
            all if all.len() > FEW_COLUMNS && all.len() == report.targets.len() => "every target".to_owned(),
            [first, rest @ ..] if rest.len() >= FEW_COLUMNS => format!("{first} and {} others", rest.len()),
            _ => targets.join(", "),
        };
        format!("not verified for {of}: {part}")
    });
    for (index, line) in doubts.chain(sizes::remark(report).map(str::to_owned)).enumerate() {
        let gap = if index == 0 { "\n" } else { "" };
        let _ = writeln!(out, "{gap}{} {line}", style.dim("*"));
    }
}

/// Breaks a paragraph at spaces for a terminal; file names are never broken.
fn wrap(out: &mut String, first: &str, rest: &str, text: &str, width: Option<u16>) {
    let width = width.map_or(usize::MAX, usize::from).max(40);
    let mut line = first.to_owned();
    let mut used = first.chars().count();
    let mut fresh = true;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if !fresh && used + 1 + length > width {
            out.push_str(line.trim_end());
            out.push('\n');
            rest.clone_into(&mut line);
            used = rest.chars().count();
            fresh = true;
        }
        if !fresh {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += length;
        fresh = false;
    }
    out.push_str(line.trim_end());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{Date, ImageProfile};
    use crate::target::{Installer, InstallerKind, Python, TargetSpec};

    /// Findings that differ only in the name of their target are one; a name inside another name does not count.
    #[test]
    fn only_whole_names_are_replaced() {
        let spec: TargetSpec = "glibc:2.36".parse().expect("a target");
        let python: Python = "3.12".parse().expect("a Python");
        let plain = spec
            .plain(crate::target::Arch::x86_64(), python, Installer::newest(InstallerKind::Pip))
            .expect("a target");
        let target = ReportTarget::new("python:3.12", "python:3.12", "amd64", plain);
        let day: Date = "2026-11-21".parse().expect("a day");
        let image = target.clone().with_image(ImageProfile::new("python:3.12", day, None));
        for (message, expected) in [
            ("`python:3.12` has reached end of life: x", "the image has reached end of life: x"),
            ("a is missing in python:3.12, b too", "a is missing in the image, b too"),
            ("python:3.12-slim and python:3.12.1 stay", "python:3.12-slim and python:3.12.1 stay"),
        ] {
            assert_eq!(without_name(message, &image), expected);
        }
        assert_eq!(without_name("in python:3.12", &target), "in the target");
    }
}
