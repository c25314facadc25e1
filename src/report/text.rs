//! The report as text: a table with the worst rows first, a line for each target, and the findings.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table, presets};

use super::style::{FEW_COLUMNS, Style, TextOptions};
use super::{Gate, Report, ReportTarget, findings};
use crate::findings::{Code, Fact, Level};
use crate::image::InstallLine;
use crate::load::Loading;
use crate::name::ProjectName;
use crate::target::{Implementation, Target};
use crate::verdict::{Distribution, InstalledSet, Kind, Outcome, TargetVerdict};

impl Report {
    /// The report as text for a terminal or a log.
    pub fn to_text(&self, options: &TextOptions) -> String {
        text(self, options)
    }
}

fn text(report: &Report, options: &TextOptions) -> String {
    let style = Style::new(options.color);
    let mut out = String::new();
    // Architectures of one image can have the same notes.
    let mut seen = Vec::new();
    for note in report.targets.iter().flat_map(|target| &target.notes) {
        if !seen.contains(&note) {
            seen.push(note);
            let _ = writeln!(out, "{} {note}", style.dim("note:"));
        }
    }
    if report.targets.iter().any(|target| !target.notes.is_empty()) {
        out.push('\n');
    }
    table(report, options, &mut out);
    summaries(report, &style, &mut out);
    sizes(report, &style, &mut out);
    findings::write(report, options, &style, &mut out);
    findings::write_unverified(report, &style, &mut out);
    if report.gate() == Gate::Undecided {
        out.push_str("\nundetermined: at least one target could not be checked\n");
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
        if report.results.iter().any(|result| result.installed.is_some()) {
            return;
        }
        // Lines without the name of a project have no row.
        if report.results.iter().all(|result| result.outcome == Outcome::Resolved) {
            out.push_str("nothing to install on any target\n\n");
        }
        return;
    }
    let worst = |row: &[Option<&Distribution>]| {
        row.iter().flatten().map(|cell| cell.kind).min().unwrap_or(Kind::Wheel)
    };
    let with_findings: BTreeSet<&ProjectName> = report
        .findings()
        .into_iter()
        .filter(|(_, level, _)| *level > Level::Allow)
        .filter_map(|(_, _, finding)| finding.project.as_ref())
        .collect();
    let plain = |name: &ProjectName, row: &[Option<&Distribution>]| {
        worst(row) == Kind::Wheel && !with_findings.contains(name)
    };
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
            // On separate lines, several targets fit next to each other on a terminal.
            let parts = described(target).join(if report.targets.len() > 1 { "\n" } else { ", " });
            Cell::new(format!("{}\n{parts}", target.id)).add_attribute(Attribute::Bold)
        }));
        table.set_header(header);
        for (name, row) in &rows {
            let mut cells = vec![Cell::new(name)];
            cells.extend(row.iter().map(|cell| match cell {
                None => Cell::new("-"),
                Some(distribution) => Cell::new(kind_and_version(distribution)).fg(match distribution.kind {
                    Kind::Wheel => Color::Green,
                    Kind::Sdist | Kind::Tree => Color::Yellow,
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

/// The width of a report that is not written to a terminal.
const WIDE: usize = 160;

/// Whether a column for each target would make the lines too long.
fn is_too_wide(report: &Report, options: &TextOptions) -> bool {
    let column = |target: &ReportTarget| {
        let parts = described(target);
        let lines = parts.iter().chain([&target.id]).map(|line| line.chars().count());
        lines.max().unwrap_or_default() + 2
    };
    let width: usize = report.targets.iter().map(column).sum();
    report.targets.len() > FEW_COLUMNS && width > options.width.map_or(WIDE, usize::from)
}

/// The rows in a section for each target; targets with the same rows share one.
fn sections(report: &Report, rows: &[(&ProjectName, Vec<Option<&Distribution>>)], out: &mut String) {
    let mut sections: Vec<(Vec<&ReportTarget>, Vec<String>)> = Vec::new();
    let width = rows.iter().map(|(name, _)| name.as_str().len()).max().unwrap_or(0);
    for (index, target) in report.targets.iter().enumerate() {
        let lines: Vec<String> = rows
            .iter()
            .filter_map(|(name, row)| Some((name, row.get(index).copied().flatten()?)))
            .map(|(name, distribution)| {
                format!("  {:width$}  {}", name.as_str(), kind_and_version(distribution))
            })
            .collect();
        let same = |known: &&mut (Vec<&ReportTarget>, Vec<String>)| {
            known.1 == lines && known.0.iter().all(|other| described(other) == described(target))
        };
        match sections.iter_mut().find(same) {
            Some((targets, _)) => targets.push(target),
            None if lines.is_empty() => {}
            None => sections.push((vec![target], lines)),
        }
    }
    for (index, (targets, lines)) in sections.into_iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        for target in &targets {
            let _ = writeln!(out, "{}", target.id);
        }
        if let Some(target) = targets.first() {
            let _ = writeln!(out, "{}", described(target).join(", "));
        }
        for line in lines {
            let _ = writeln!(out, "{line}");
        }
    }
}

/// Such as `wheel 2.1`.
fn kind_and_version(distribution: &Distribution) -> String {
    match &distribution.version {
        Some(version) => format!("{} {version}", kind_word(distribution.kind)),
        None => kind_word(distribution.kind).to_owned(),
    }
}

/// Such as `glibc 2.41`, `Python 3.12.14` and `pip 25.0.1`.
fn described(target: &ReportTarget) -> [String; 3] {
    let Target { libc, python, installer, .. } = &target.target;
    let libc = match (libc.family(), libc.version_text()) {
        (Some(family), Some(version)) => format!("{family} {version}"),
        _ => "no libc".to_owned(),
    };
    let python = match python.implementation {
        Implementation::CPython => format!("Python {}{}", python.version, python.abi_flags),
        other => format!("{} {}", other.display_name(), python.version),
    };
    let star = if target.doubts().next().is_none() { "" } else { "*" };
    [libc, python, format!("{installer}{star}")]
}

fn summaries(report: &Report, style: &Style, out: &mut String) {
    let width = report.targets.iter().map(|target| target.id.len()).max().unwrap_or(0);
    for (target, result) in report.targets.iter().zip(&report.results) {
        let _ = writeln!(out, "{:width$}  {}", target.id, summary(target, result, style));
        // The command is not repeated if a finding has it as its help.
        let is_help_of_finding = |line: &str| {
            let mut shown = result.findings.iter().filter(|one| report.levels.of_finding(one) > Level::Allow);
            shown.any(|one| one.facts().contains(&Fact::Install(line)))
        };
        let install = result.loading.as_ref().map(|loading| &loading.install);
        // Libraries without a package are listed anyway.
        let is_new = |install: &&InstallLine| {
            let whole = install.unknown.is_empty() && install.not_packaged.is_empty();
            !(whole && install.command.as_deref().is_some_and(is_help_of_finding))
        };
        if let Some(missing) = install.filter(is_new).and_then(missing) {
            let _ = writeln!(out, "{:width$}  {} {missing}", "", style.dim("to install missing libraries:"));
        }
        let build = result.building.as_ref().map(|building| &building.install);
        let build = build.filter(|_| target.build_place().is_some_and(|place| place.shell));
        if let Some((install, command)) = build.and_then(|line| Some((line, line.command.as_deref()?))) {
            let doubt = if install.verified { "" } else { " (package names not verified)" };
            let _ = writeln!(out, "{:width$}  {} {command}{doubt}", "", style.dim("to build from source:"));
        }
    }
}

/// The command that installs missing libraries, and the libraries without a known package.
fn missing(install: &InstallLine) -> Option<String> {
    let names = |all: &[String]| all.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let mut parts: Vec<String> = install.command.iter().cloned().collect();
    if !install.not_packaged.is_empty() {
        parts.push(format!("{}, which no package of the release provides", names(&install.not_packaged)));
    }
    if !install.unknown.is_empty() {
        let (package, verb) =
            if install.unknown.len() == 1 { ("package", "is") } else { ("packages", "are") };
        parts.push(format!("{} (the {package} {verb} unknown)", names(&install.unknown)));
    }
    (!parts.is_empty()).then(|| parts.join(", and "))
}

/// The reasons why files that are installed in one stage do not work in another.
const BREAK_COPIES: [Code; 4] =
    [Code::StageLibcMismatch, Code::StagePythonMismatch, Code::StageArchMismatch, Code::CopiedVenvDangles];

/// Such as `46 wheels, 2 from source: installs`.
fn summary(target: &ReportTarget, result: &TargetVerdict, style: &Style) -> String {
    let sources = result.count(Kind::Sdist);
    let loads = result.loading.as_ref().map(|loading| loads(loading, sources, style));
    let loads = |after: Clause| loads.as_ref().map_or(String::new(), |loads| loads.joined(after));
    if let Some(set) = &result.installed {
        return format!("{}{}", installed(set, result, style), loads(Clause::Plain));
    }
    let count = |kind| result.count(kind);
    let mut parts = Vec::new();
    let wheels = count(Kind::Wheel);
    parts.push(if wheels == 1 { "1 wheel".to_owned() } else { format!("{wheels} wheels") });
    for (count, words) in [
        (count(Kind::Sdist) + count(Kind::Tree), "from source"),
        (count(Kind::None), "without a usable file"),
        (count(Kind::Undetermined), "undetermined"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {words}"));
        }
    }
    let (mut outcome, mut clause) = match result.outcome {
        Outcome::Resolved => resolved(target, result, style),
        Outcome::Unresolvable => (style.red("does not install"), Clause::Plain),
        Outcome::Undetermined => (style.magenta("partly unknown"), Clause::Plain),
    };
    if result.findings.iter().any(|finding| BREAK_COPIES.contains(&finding.code())) {
        outcome.push_str(&style.red(", but does not run in the stage to which it is copied"));
        clause = Clause::Extended;
    }
    format!("{}: {outcome}{}", parts.join(", "), loads(clause))
}

/// The form of the outcome in a summary.
#[derive(Clone, Copy)]
enum Clause {
    /// Without a comma.
    Plain,
    /// With a part after a comma, so a semicolon separates the next statement.
    Extended,
}

/// What is known about the loading of the wheels: the second statement of a summary.
struct Loads {
    /// Whether `and` joins it to the outcome, because it restricts the outcome.
    and: bool,
    text: String,
}

impl Loads {
    fn joined(&self, after: Clause) -> String {
        match (self.text.is_empty(), after, self.and) {
            (true, ..) => String::new(),
            (false, Clause::Extended, _) => format!("; {}", self.text),
            (false, Clause::Plain, true) => format!(", and {}", self.text),
            (false, Clause::Plain, false) => format!(", {}", self.text),
        }
    }
}

/// The summary of installed distributions, such as `14 distributions of /usr/bin/python3: all compatible`.
fn installed(set: &InstalledSet, result: &TargetVerdict, style: &Style) -> String {
    let count = set.distributions.len();
    let noun = if count == 1 { "distribution" } else { "distributions" };
    let faulty: BTreeSet<&ProjectName> = result
        .findings
        .iter()
        .filter(|finding| {
            matches!(
                finding.code(),
                Code::InstalledDependencyConflict
                    | Code::InstalledDependencyMissing
                    | Code::InstalledWheelUnsupported
            )
        })
        .filter_map(|finding| finding.project.as_ref())
        .collect();
    let fits = match faulty.len() {
        0 => style.green("all compatible"),
        1 => style.red("1 is not compatible with the others or the image"),
        count => style.red(&format!("{count} are not compatible with the others or the image")),
    };
    format!("{count} {noun} of {}: {fits}", set.python)
}

/// The outcome of a complete resolution, with respect to the installer and the build tools of the image.
fn resolved(target: &ReportTarget, result: &TargetVerdict, style: &Style) -> (String, Clause) {
    let builds = result.count(Kind::Sdist) + result.count(Kind::Tree);
    let place = target.build_place();
    // No command runs in an image without shell and installer, so the files must be copied from another one.
    let alone = place.as_ref().is_some_and(|place| place.installer == Some(false) && !place.shell);
    let later = match place.filter(|_| !alone) {
        Some(place) if place.installer == Some(false) => " after an installer is added",
        _ => "",
    };
    let none: BTreeSet<ProjectName> = BTreeSet::new();
    let building = result.building.as_ref();
    let failing = building.map_or(&none, |building| &building.failing);
    let incomplete = building.map_or(&none, |building| &building.lacking);
    let text = match (alone, builds > 0) {
        (true, true) => {
            style.yellow("can be copied into the image after building elsewhere; the image has no installer")
        }
        (true, false) => {
            return (style.green("can be copied into the image, which has no installer"), Clause::Extended);
        }
        _ if !failing.is_empty() => style.red(&format!("cannot build {}", few(failing))),
        _ if !incomplete.is_empty() => {
            style.yellow(&format!("may fail to build {}: missing compiler or headers", few(incomplete)))
        }
        (false, true) => {
            let noun = if builds == 1 { "a source build" } else { "source builds" };
            style.yellow(&format!("installs with {noun}{later}"))
        }
        (false, false) => style.green(&format!("installs from wheels{later}")),
    };
    (text, Clause::Plain)
}

/// Up to two names, or the number of projects.
fn few(projects: &BTreeSet<ProjectName>) -> String {
    let names: Vec<&str> = projects.iter().map(ProjectName::as_str).collect();
    match names.as_slice() {
        [one] => (*one).to_owned(),
        [one, two] => format!("{one} and {two}"),
        more => format!("{} projects", more.len()),
    }
}

/// Such as `2 of 14 native wheels fail to load`. Source builds are not checked.
fn loads(loading: &Loading, sources: usize, style: &Style) -> Loads {
    let mut text = of_wheels(loading, style);
    let needing = loading.needing.len();
    let and = !loading.failing.is_empty() || text.is_empty() && needing > 0;
    if needing > 0 {
        text.push_str(match (text.is_empty(), loading.failing.is_empty()) {
            (true, _) => "",
            (false, true) => ", and ",
            (false, false) => " and ",
        });
        text.push_str(&style.red(&match needing {
            1 => "1 import has a missing dependency".to_owned(),
            more => format!("{more} imports have missing dependencies"),
        }));
    }
    if sources > 0 && !text.is_empty() {
        text.push_str(if sources == 1 {
            "; the source build was not checked"
        } else {
            "; source builds were not checked"
        });
    }
    Loads { and, text }
}

fn of_wheels(loading: &Loading, style: &Style) -> String {
    let wheels = |count: usize| match count {
        1 => "1 native wheel".to_owned(),
        count => format!("{count} native wheels"),
    };
    match (loading.native, loading.failing.len(), &loading.undetermined) {
        (native, failing @ 1.., _) => {
            let fail = if failing == 1 { "fails" } else { "fail" };
            style.red(&format!("{failing} of {} {fail} to load", wheels(native.max(failing))))
        }
        (_, 0, Some(_)) => style.magenta("loading partly unknown"),
        (0, 0, None) => String::new(),
        (native, 0, None) => {
            let load = if native == 1 { "loads" } else { "load" };
            let part = match (native, loading.doubtful.len()) {
                (_, 0) => String::new(),
                (1, _) => " partly".to_owned(),
                (_, doubtful) => format!(", {doubtful} of them partly"),
            };
            let part = if part.is_empty() { part } else { style.yellow(&part) };
            format!("{} {}{part}", wheels(native), style.green(load))
        }
    }
}

fn sizes(report: &Report, style: &Style, out: &mut String) {
    for (index, line) in super::sizes::table(report).iter().enumerate() {
        let _ = match index {
            0 => writeln!(out, "\n{}", style.dim(line)),
            _ => writeln!(out, "{line}"),
        };
    }
}

/// The word for a kind in tables and summaries.
fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Wheel => "wheel",
        Kind::Sdist | Kind::Tree => "source",
        Kind::None => "none",
        Kind::Undetermined => "unknown",
    }
}
