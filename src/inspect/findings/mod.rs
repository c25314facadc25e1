//! What is to be told of a wheel.

mod archive;
mod labels;
mod libc;
mod loading;
mod python;

pub(super) use labels::reason;

use super::context::Context;
use super::value::{Evidence, Inspection, Noted};
use crate::findings::{Code, Finding, Level};

/// No more findings of one kind than this; the last says how many there are. A wheel can have thousands of members.
const MOST: usize = 20;

/// Runs all rules. Gravest first, then by code and member.
pub(super) fn all(context: &Context<'_>, inspection: &Inspection) -> Vec<Noted> {
    let mut out = Vec::new();
    labels::check(context, inspection, &mut out);
    libc::check(context, inspection, &mut out);
    loading::check(context, &mut out);
    python::check(context, &mut out);
    archive::check(context, &mut out);
    out.sort_by(|one: &Noted, other| {
        let key = |noted: &Noted| (std::cmp::Reverse(noted.level), noted.finding.code);
        key(one).cmp(&key(other)).then_with(|| one.finding.member.cmp(&other.finding.member))
    });
    out
}

/// A finding in the making.
struct Draft {
    noted: Noted,
}

impl Draft {
    fn new(code: Code, message: impl Into<String>) -> Self {
        let code = code;
        let noted = Noted {
            finding: Finding::new(code, message),
            level: code.default_level(),
            evidence: Evidence::default(),
        };
        Self { noted }
    }

    fn level(mut self, level: Level) -> Self {
        self.noted.level = level;
        self
    }

    fn member(mut self, path: &str) -> Self {
        self.noted.finding.member = Some(path.to_owned());
        self
    }

    /// The first of several members, the others as further evidence.
    fn members<'m>(self, mut paths: impl Iterator<Item = &'m str>) -> Self {
        match paths.next() {
            None => self,
            Some(first) => {
                let mut draft = self.member(first);
                draft.noted.evidence.more_members = paths.map(str::to_owned).collect();
                draft
            }
        }
    }

    fn library(mut self, library: &str) -> Self {
        self.noted.evidence.library = Some(library.to_owned());
        self
    }

    fn symbol(mut self, symbol: impl Into<String>) -> Self {
        self.noted.evidence.symbol = Some(symbol.into());
        self
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.noted.finding.help = Some(help.into());
        self
    }

    fn into_list(self, out: &mut Vec<Noted>) {
        out.push(self.noted);
    }
}

/// `one member` or `n members`.
fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("one {one}") } else { format!("{count} {one}s") }
}

/// Up to three, then the number of the rest.
fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let shown: Vec<String> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(3) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
