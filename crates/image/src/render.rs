//! Renders a profile as text.

use std::fmt::Write;

use super::catalogue::data;
use crate::arch;
use crate::distribution::proper_name;
use crate::{ImageProfile, Published};

/// The column at which values start.
const COLUMN: usize = 20;

impl ImageProfile {
    /// Returns the profile as text, in lines of at most `width` characters if the words fit. With `all` it lists all SONAMEs,
    /// otherwise only those that wheels often require in addition.
    pub fn text(&self, width: usize, all: bool) -> String {
        let mut page = Page { out: String::new(), width: width.max(60) };
        page.out.push_str(&self.summary());
        page.out.push('\n');
        let _ = writeln!(page.out, "as of {} on {}\n", self.as_of, arch::platform(&self.arch));
        page.row("system", &self.system());
        page.row(
            "C library",
            &match &self.libc {
                Some(libc) => mark(&libc.to_string(), libc.verified),
                None if self.is_libc_unknown() => "unknown".to_owned(),
                None => "none".to_owned(),
            },
        );
        page.row("Python", &self.interpreter());
        page.row(
            "pip",
            &match &self.pip {
                Some(pip) => mark(&pip.version.to_string(), pip.verified),
                None => {
                    let none = if self.has_installer() == Some(false) { "none" } else { "unknown" };
                    match self.python {
                        Some(_) => format!("{none}; {} is assumed", self.newest_pip),
                        None => none.to_owned(),
                    }
                }
            },
        );
        if let Some(uv) = &self.uv {
            page.row("uv", uv);
        }
        page.row("package manager", self.package_manager.as_str());
        page.row("compiler", &self.toolchain.to_string());
        page.row("for building", &self.building());
        page.row("shell", if self.shell { "yes" } else { "none" });
        page.row("architectures", &self.architectures());
        for size in &self.sizes {
            page.row("size", &size_text(size));
        }
        page.row("tag", &self.tag_dates());
        for end in &self.end_of_life {
            let extended =
                end.extended.map(|day| format!(", long-term support until {day}")).unwrap_or_default();
            let past = if end.on < self.as_of { "past: " } else { "" };
            // A frozen tag is in the row of the dates.
            if end.what == crate::EndOfLifeOf::Tag {
                continue;
            }
            page.row("end of life", &format!("{past}{} on {}{extended}", end.name(), end.on));
        }
        self.libraries_text(&mut page, all);
        page.list("assumed", self.assumptions.iter().map(ToString::to_string));
        page.list("not verified", self.unverified.iter().map(ToString::to_string));
        page.list("notes", self.notes.iter().map(ToString::to_string));
        page.list(
            "sources",
            self.sources.iter().map(|source| format!("{} ({})", source.source, source.date)),
        );
        page.out
    }

    fn system(&self) -> String {
        match &self.os {
            Some(os) => {
                let codename =
                    os.codename.as_ref().map(|codename| format!(" ({codename})")).unwrap_or_default();
                format!("{} {}{codename}", proper_name(&os.id), os.version)
            }
            None => "unknown".to_owned(),
        }
    }

    fn interpreter(&self) -> String {
        let Some(python) = &self.python else { return "unknown: use --python".to_owned() };
        let path = python.interpreter.as_ref().map(|path| format!(" in {path}")).unwrap_or_default();
        match python.installed {
            true => format!("{}{path}", python.python),
            false => format!("not installed; the distribution has {}{path}", python.python),
        }
    }

    /// The build tools and the number of packages with headers.
    fn building(&self) -> String {
        let known = self.development();
        let mut parts: Vec<String> = known.tools.iter().cloned().collect();
        let headers = known.packages.iter().filter(|name| name.contains("-dev")).count();
        if headers > 0 {
            let packages = if headers == 1 { "package" } else { "packages" };
            parts.push(format!("{headers} {packages} with headers"));
        }
        let all = if parts.is_empty() { "unknown".to_owned() } else { parts.join(", ") };
        match known.tools_gap.or(known.packages_gap) {
            Some(why) => format!("{all}; the rest is unknown: {why}"),
            None if known.tools.is_empty() && headers == 0 => "none".to_owned(),
            None => all,
        }
    }

    fn architectures(&self) -> String {
        let names: Vec<&str> = self.arches.known().iter().map(arch::published_name).collect();
        match &self.arches {
            Published::Only(_) => names.join(", "),
            Published::AtLeast(_) => format!("at least {}", names.join(", ")),
            Published::Unknown => "unknown".to_owned(),
        }
    }

    fn tag_dates(&self) -> String {
        let mut parts = Vec::new();
        if let Some(since) = self.dates.since {
            parts.push(format!("unchanged since {since}"));
        }
        match (self.dates.frozen, self.dates.state) {
            (Some(frozen), _) => parts.push(format!("frozen since {frozen}")),
            (None, Some(state)) => parts.push(format!("state of {state}")),
            (None, None) => {}
        }
        parts.join(", ")
    }

    fn libraries_text(&self, page: &mut Page, all: bool) {
        let set = &self.libraries;
        // Links, and files with another SONAME, are names that a loader finds but not SONAMEs.
        let others = set.iter().filter(|library| library.alias).count();
        let count = set.len() - others;
        let others = match others {
            0 => String::new(),
            1 => " and 1 other name of a file".to_owned(),
            others => format!(" and {others} other names of files"),
        };
        let sonames = if count == 1 { "SONAME" } else { "SONAMEs" };
        page.row(
            "libraries",
            &match set.gap() {
                None => format!("{count} {sonames}{others} (complete)"),
                Some(why) => format!("{count} known {sonames}{others}; the rest is unknown: {why}"),
            },
        );
        if all {
            let names: Vec<String> = set
                .iter()
                .map(|library| match library.nodes.to_string() {
                    nodes if nodes.is_empty() => library.soname.clone(),
                    nodes => format!("{} ({nodes})", library.soname),
                })
                .collect();
            page.row("", &names.join(", "));
        } else {
            // One library for each namespace of nodes.
            let homes: Vec<&str> = data::nodes().libraries.values().copied().collect();
            let nodes: Vec<String> = set
                .iter()
                .filter(|library| homes.contains(&&*library.soname))
                .map(|library| library.nodes.to_string())
                .filter(|nodes| !nodes.is_empty())
                .collect();
            if !nodes.is_empty() {
                page.row("", &format!("newest version nodes {}", nodes.join(", ")));
            }
            let (mut has, mut absent) = (Vec::new(), Vec::new());
            for soname in often_missed() {
                match set.find(soname) {
                    super::Presence::Present(_) => has.push(soname),
                    super::Presence::Absent => absent.push(soname),
                    super::Presence::Unknown(_) => {}
                }
            }
            if !has.is_empty() {
                page.row("", &format!("has {}", has.join(", ")));
            }
            if !absent.is_empty() {
                page.row("", &format!("does not have {}", absent.join(", ")));
            }
        }
        if !set.source().is_empty() {
            page.row(
                "",
                &format!("from {}{}", set.source(), if set.verified() { "" } else { " (not verified)" }),
            );
        }
    }
}

/// The libraries that wheels most often require and images do not have.
fn often_missed() -> impl Iterator<Item = &'static str> {
    data::cores().sets.iter().flat_map(|set| set.absent.iter().copied())
}

fn mark(text: &str, verified: bool) -> String {
    if verified { text.to_owned() } else { format!("{text} (not verified)") }
}

fn size_text(size: &super::Size) -> String {
    let mut parts = Vec::new();
    if let Some(bytes) = size.compressed_bytes {
        parts.push(format!("{} to download", super::sizes::bytes_text(bytes)));
    }
    if let Some(unpacked) = &size.unpacked {
        parts.push(format!("{unpacked} unpacked"));
    }
    format!("{} ({}, {})", parts.join(", "), size.image, size.seen)
}

/// Text in two columns.
struct Page {
    out: String,
    width: usize,
}

impl Page {
    fn row(&mut self, label: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let mut line = format!("  {label:<width$}", width = COLUMN - 2);
        let mut fresh = true;
        for word in text.split(' ') {
            if !fresh && line.chars().count() + 1 + word.chars().count() > self.width {
                self.push(&line);
                line = " ".repeat(COLUMN);
                fresh = true;
            }
            if !fresh {
                line.push(' ');
            }
            line.push_str(word);
            fresh = false;
        }
        self.push(&line);
    }

    fn list(&mut self, label: &str, items: impl Iterator<Item = String>) {
        for (index, item) in items.enumerate() {
            self.row(if index == 0 { label } else { "" }, &item);
        }
    }

    fn push(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }
}
