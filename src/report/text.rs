//! The report for a person: a table with the worst first, a line for each target, and what is to be told.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table, presets};

use super::{Gate, Report, ReportTarget, kind_word};
use crate::gate::{Finding, Level};
use crate::load::Loading;
use crate::name::ProjectName;
use crate::target::{Implementation, Target};
use crate::verdict::{Distribution, Kind, Outcome, TargetVerdict};

/// How a text report looks.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TextOptions {
    /// Whether to use colours.
    pub color: bool,
    /// The width of the terminal in columns; `None` for a pipe, where lines are as long as they need to be.
    pub width: Option<u16>,
    /// Whether projects that are wheels everywhere get rows, and findings of level allow are told.
    pub all: bool,
}

impl TextOptions {
    /// No colour, no width limit, the short form.
    pub fn plain() -> Self {
        Self { color: false, width: None, all: false }
    }

    /// The same with colours or without.
    pub fn with_color(mut self, color: bool) -> Self {
        self.color = color;
        self
    }

    /// The same for a terminal of a width.
    pub fn with_width(mut self, width: Option<u16>) -> Self {
        self.width = width;
        self
    }

    /// The same with every project and finding.
    pub fn with_all(mut self, all: bool) -> Self {
        self.all = all;
        self
    }
}

/// Findings of one code on one project are told at full length this often; the rest are counted.
const MOST_FINDINGS: usize = 12;

pub(super) fn report(report: &Report, options: &TextOptions) -> String {
    let style = Style { color: options.color };
    let mut out = String::new();
    // Several architectures of one image have the same to say.
    let mut said = Vec::new();
    for note in report.targets.iter().flat_map(|target| &target.notes) {
        if !said.contains(&note) {
            said.push(note);
            let _ = writeln!(out, "{} {note}", style.dim("note:"));
        }
    }
    if report.targets.iter().any(|target| !target.notes.is_empty()) {
        out.push('\n');
    }
    table(report, options, &mut out);
    summaries(report, &style, &mut out);
    findings(report, options, &style, &mut out);
    unverified(report, &style, &mut out);
    if report.gate() == Gate::Undecided {
        out.push_str("\nundecided: for at least one target nothing could be judged\n");
    }
    out
}

/// One row a project: what it is on each target.
fn rows(report: &Report) -> BTreeMap<&ProjectName, Vec<Option<&Distribution>>> {
    let mut rows: BTreeMap<&ProjectName, Vec<Option<&Distribution>>> = BTreeMap::new();
    for (index, result) in report.results.iter().enumerate() {
        for distribution in &result.distributions {
            let row = rows.entry(&distribution.project).or_insert_with(|| vec![None; report.results.len()]);
            if let Some(cell) = row.get_mut(index) {
                *cell = Some(distribution);
            }
        }
    }
    rows
}

fn table(report: &Report, options: &TextOptions, out: &mut String) {
    let mut rows: Vec<(&ProjectName, Vec<Option<&Distribution>>)> = rows(report).into_iter().collect();
    if rows.is_empty() {
        // Lines that tell no project's name have no row.
        if report.results.iter().all(|result| result.outcome == Outcome::Resolved) {
            out.push_str("nothing to install on any target\n\n");
        }
        return;
    }
    let worst = |row: &[Option<&Distribution>]| {
        row.iter().flatten().map(|cell| cell.kind).min().unwrap_or(Kind::Wheel)
    };
    let told: std::collections::BTreeSet<&ProjectName> = report
        .findings()
        .into_iter()
        .filter(|(_, level, _)| *level > Level::Allow)
        .filter_map(|(_, _, finding)| finding.project.as_ref())
        .collect();
    let plain =
        |name: &ProjectName, row: &[Option<&Distribution>]| worst(row) == Kind::Wheel && !told.contains(name);
    let folded = rows.iter().filter(|(name, row)| plain(name, row)).count();
    if !options.all {
        rows.retain(|(name, row)| !plain(name, row));
    }
    rows.sort_by(|(a_name, a), (b_name, b)| {
        let sources =
            |row: &[Option<&Distribution>]| row.iter().flatten().filter(|c| c.kind != Kind::Wheel).count();
        worst(a).cmp(&worst(b)).then(sources(b).cmp(&sources(a))).then(a_name.cmp(b_name))
    });
    if !rows.is_empty() && is_too_wide(report, options) {
        sections(report, &rows, out);
    } else if !rows.is_empty() {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        match options.width {
            Some(width) => table.set_width(width),
            None => table.set_content_arrangement(ContentArrangement::Disabled),
        };
        if options.color {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        let mut header = vec![Cell::new("project").add_attribute(Attribute::Bold)];
        header.extend(report.targets.iter().map(|target| {
            Cell::new(format!("{}\n{}", target.id, described(target))).add_attribute(Attribute::Bold)
        }));
        table.set_header(header);
        for (name, row) in &rows {
            let mut cells = vec![Cell::new(name)];
            cells.extend(row.iter().map(|cell| match cell {
                None => Cell::new("-"),
                Some(distribution) => Cell::new(said(distribution)).fg(match distribution.kind {
                    Kind::Wheel => Color::Green,
                    Kind::Sdist => Color::Yellow,
                    Kind::None => Color::Red,
                    Kind::Undetermined => Color::Magenta,
                }),
            }));
            table.add_row(cells);
        }
        for line in table.to_string().lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    if folded > 0 && !options.all {
        let others = if rows.is_empty() { "" } else { "other " };
        let noun = if folded == 1 { "project" } else { "projects" };
        let wheels = if folded == 1 { "a wheel" } else { "wheels" };
        let wherever = if report.targets.len() == 1 { "" } else { " on every target" };
        let _ = writeln!(out, "{folded} {others}{noun}: {wheels}{wherever}");
    }
    out.push('\n');
}

/// Columns that fit on a screen, whatever it is.
const FEW_COLUMNS: usize = 4;
/// The width of a report that is not written to a terminal.
const WIDE: usize = 160;

/// Whether a column for each target would make lines that nobody can read.
fn is_too_wide(report: &Report, options: &TextOptions) -> bool {
    let column = |target: &ReportTarget| target.id.chars().count().max(described(target).chars().count()) + 2;
    let width: usize = report.targets.iter().map(column).sum();
    report.targets.len() > FEW_COLUMNS && width > options.width.map_or(WIDE, usize::from)
}

/// The rows below each other, a section for each target; targets with the same to say share one.
fn sections(report: &Report, rows: &[(&ProjectName, Vec<Option<&Distribution>>)], out: &mut String) {
    let mut told: Vec<(Vec<&ReportTarget>, Vec<String>)> = Vec::new();
    let width = rows.iter().map(|(name, _)| name.as_str().len()).max().unwrap_or(0);
    for (index, target) in report.targets.iter().enumerate() {
        let lines: Vec<String> = rows
            .iter()
            .filter_map(|(name, row)| Some((name, row.get(index).copied().flatten()?)))
            .map(|(name, distribution)| format!("  {:width$}  {}", name.as_str(), said(distribution)))
            .collect();
        let same = |known: &&mut (Vec<&ReportTarget>, Vec<String>)| {
            known.1 == lines && known.0.iter().all(|other| described(other) == described(target))
        };
        match told.iter_mut().find(same) {
            Some((targets, _)) => targets.push(target),
            None if lines.is_empty() => {}
            None => told.push((vec![target], lines)),
        }
    }
    for (index, (targets, lines)) in told.into_iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        for target in &targets {
            let _ = writeln!(out, "{}", target.id);
        }
        if let Some(target) = targets.first() {
            let _ = writeln!(out, "{}", described(target));
        }
        for line in lines {
            let _ = writeln!(out, "{line}");
        }
    }
}

/// Such as `wheel 2.1`.
fn said(distribution: &Distribution) -> String {
    match &distribution.version {
        Some(version) => format!("{} {version}", kind_word(distribution.kind)),
        None => kind_word(distribution.kind).to_owned(),
    }
}

/// Such as `glibc 2.41, cp312, pip 25.0.1`.
fn described(target: &ReportTarget) -> String {
    let Target { libc, python, installer, .. } = &target.target;
    let libc = match (libc.family(), libc.version_text()) {
        (Some(family), Some(version)) => format!("{family} {version}"),
        _ => "no libc".to_owned(),
    };
    let python = match python.implementation {
        Implementation::CPython => format!("Python {}{}", python.version, python.abi_flags),
        other => format!("{} {}", other.display_name(), python.version),
    };
    let star = if target.unverified.is_empty() { "" } else { "*" };
    // The usual machine goes without saying.
    let arch = match target.arch.as_str() {
        "amd64" => String::new(),
        arch if target.id.contains(arch) => String::new(),
        arch => format!("{arch}, "),
    };
    format!("{arch}{libc}, {python}, {installer}{star}")
}

fn summaries(report: &Report, style: &Style, out: &mut String) {
    let width = report.targets.iter().map(|target| target.id.len()).max().unwrap_or(0);
    for (target, result) in report.targets.iter().zip(&report.results) {
        let _ = writeln!(out, "{:width$}  {}", target.id, summary(result, style));
        let install = result.loading.as_ref().and_then(|loading| loading.install.command.as_deref());
        if let Some(install) = install {
            let _ = writeln!(out, "{:width$}  {} {install}", "", style.dim("all that is missing:"));
        }
    }
}

/// Such as `46 wheels, 2 from source: installs`.
fn summary(result: &TargetVerdict, style: &Style) -> String {
    let count = |kind| result.count(kind);
    let mut parts = Vec::new();
    let wheels = count(Kind::Wheel);
    parts.push(if wheels == 1 { "1 wheel".to_owned() } else { format!("{wheels} wheels") });
    for (kind, words) in
        [(Kind::Sdist, "from source"), (Kind::None, "impossible"), (Kind::Undetermined, "undetermined")]
    {
        if count(kind) > 0 {
            parts.push(format!("{} {words}", count(kind)));
        }
    }
    let outcome = match result.outcome {
        Outcome::Resolved if count(Kind::Sdist) > 0 => style.yellow("installs, with builds"),
        Outcome::Resolved => style.green("installs from wheels"),
        Outcome::Unresolvable => style.red("does not install"),
        Outcome::Undetermined => style.magenta("not fully known"),
    };
    let loads = result.loading.as_ref().map_or(String::new(), |loading| loads(loading, style));
    format!("{}: {outcome}{loads}", parts.join(", "))
}

/// Such as `, 2 of 14 native wheels fail to load`.
fn loads(loading: &Loading, style: &Style) -> String {
    let wheels = |count: usize| match count {
        1 => "1 native wheel".to_owned(),
        count => format!("{count} native wheels"),
    };
    match (loading.native, loading.failing.len(), &loading.undetermined) {
        (native, failing @ 1.., _) => {
            let fail = if failing == 1 { "fails" } else { "fail" };
            format!(
                ", and {}",
                style.red(&format!("{failing} of {} {fail} to load", wheels(native.max(failing))))
            )
        }
        (_, 0, Some(_)) => format!(", {}", style.magenta("loading not fully known")),
        (0, 0, None) => String::new(),
        (native, 0, None) => {
            let load = if native == 1 { "loads" } else { "load" };
            format!(", {} {}", wheels(native), style.green(load))
        }
    }
}

fn findings(report: &Report, options: &TextOptions, style: &Style, out: &mut String) {
    // The same finding on several targets is told once, with the targets.
    let mut grouped: Vec<(Level, &Finding, Vec<&str>)> = Vec::new();
    let mut hidden = 0;
    for (target, level, finding) in report.findings() {
        if level == Level::Allow && !options.all {
            hidden += 1;
            continue;
        }
        match grouped.iter_mut().find(|(_, known, _)| {
            known.code == finding.code
                && known.project == finding.project
                && known.message == finding.message
                && known.help == finding.help
        }) {
            // Several lines of one step may ask for the same.
            Some((_, _, targets)) if targets.contains(&target.id.as_str()) => {}
            Some((_, _, targets)) => targets.push(&target.id),
            None => grouped.push((level, finding, vec![&target.id])),
        }
    }
    let shown = if options.all { grouped.len() } else { grouped.len().min(MOST_FINDINGS) };
    for (level, finding, targets) in grouped.iter().take(shown) {
        let word = match level {
            Level::Deny => style.red("deny"),
            Level::Warn => style.yellow("warn"),
            Level::Allow => style.dim("allow"),
        };
        let at = if report.targets.len() > 1 { format!(" [{}]", targets.join(", ")) } else { String::new() };
        let _ = writeln!(out, "\n{word}[{}]{at}", style.bold(finding.code.name()));
        wrap(out, "  ", "  ", &finding.message, options.width);
        if let Some(help) = &finding.help {
            wrap(out, "  help: ", "        ", help, options.width);
        }
        if let Some(origin) = &finding.origin {
            let _ = writeln!(out, "  {} {origin}", style.dim("at:"));
        }
        if let Some(parent) = &finding.needed_by {
            let _ = writeln!(out, "  {} {parent}", style.dim("needed by:"));
        }
    }
    if grouped.len() > shown {
        let _ = writeln!(out, "\n{} more findings; --all tells them", grouped.len() - shown);
    }
    if hidden > 0 {
        let _ = writeln!(out, "\n{hidden} allowed findings; --all tells them");
    }
}

fn unverified(report: &Report, style: &Style, out: &mut String) {
    let mut said: Vec<(String, Vec<&str>)> = Vec::new();
    for target in report.targets.iter().filter(|target| !target.unverified.is_empty()) {
        let parts = target.unverified.join(", ");
        match said.iter_mut().find(|(known, _)| *known == parts) {
            Some((_, targets)) => targets.push(&target.id),
            None => said.push((parts, vec![&target.id])),
        }
    }
    for (parts, targets) in said {
        let all = targets.len() > 1 && targets.len() == report.targets.len();
        let of = match targets.as_slice() {
            _ if all => "every target".to_owned(),
            [first, rest @ ..] if rest.len() >= FEW_COLUMNS => format!("{first} and {} others", rest.len()),
            _ => targets.join(", "),
        };
        let _ = writeln!(out, "\n{} not verified, of {of}: {parts}", style.dim("*"));
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

/// Colours, or none.
struct Style {
    color: bool,
}

impl Style {
    fn paint(&self, text: &str, style: anstyle::Style) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    fn colored(&self, text: &str, color: anstyle::AnsiColor) -> String {
        self.paint(text, color.on_default())
    }

    fn red(&self, text: &str) -> String {
        self.paint(text, anstyle::AnsiColor::Red.on_default().bold())
    }

    fn yellow(&self, text: &str) -> String {
        self.colored(text, anstyle::AnsiColor::Yellow)
    }

    fn green(&self, text: &str) -> String {
        self.colored(text, anstyle::AnsiColor::Green)
    }

    fn magenta(&self, text: &str) -> String {
        self.colored(text, anstyle::AnsiColor::Magenta)
    }

    fn bold(&self, text: &str) -> String {
        self.paint(text, anstyle::Style::new().bold())
    }

    fn dim(&self, text: &str) -> String {
        self.paint(text, anstyle::Style::new().dimmed())
    }
}
