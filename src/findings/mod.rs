//! Findings: what there is to report after the work was done.
//!
//! Every code has one file, `AREA/CODE.rs`: its [level and explanation](Code), the typed value of the rule, and how that
//! value reads. [`Code`] has one row for each. CONTRIBUTING.md shows how to add one.

pub(crate) mod affected;
mod archive;
mod code;
pub(crate) mod counts;
mod detail;
mod install_help;
mod on_image;
pub(crate) mod words;

mod build;
pub(crate) mod dockerfile;
mod elf;
pub(crate) mod image;
mod installed;
mod lock;
mod resolution;

use std::fmt;

use serde::Serialize;

use crate::name::ProjectName;
use crate::source::Origin;

pub use affected::{Affected, Certainty, Opener, OpenerKind};
pub use archive::ArchiveProblem;
pub use build::BuildRemedy;
use code::CodeInfo;
pub use code::{Code, UnknownCode};
pub(crate) use detail::Rule;
pub use detail::*;
pub use dockerfile::{LeftBehindGap, LibcCause, LibcCrossing, LinkedFrom, LinkedLibrary, NeededLibrary};
pub(crate) use elf::of_wheel;
pub use elf::{ForeignRole, LibcExpectation, LoadedBefore, MissingSymbol, PureClaim, UnstableName};
pub use image::{NeededProgram, NeededWhen, OldLibrary, RefusedStep};
pub(crate) use on_image::OnImage;
pub use resolution::{BuiltSource, LibraryVersion, UsableVersion, WheelVersion};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Said only with `--all` or in JSON.
    Allow,
    /// Said, and the run passes.
    Warn,
    /// Said, and the run fails.
    Deny,
}

impl Level {
    /// `allow`, `warn` or `deny`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The work was done, and this is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What it is.
    pub code: Code,
    /// The project it is about, if it is about one.
    pub project: Option<ProjectName>,
    /// The archive member or image file it is about, if any.
    pub member: Option<String>,
    /// One sentence without final stop.
    pub message: String,
    /// What to do, if something is known to help.
    pub help: Option<String>,
    /// The distribution file that it is about, where its rule does not name it. The message begins with it.
    pub file: Option<String>,
    /// The input line that led here.
    pub origin: Option<Origin>,
    /// Who asks for the project, where no input line does.
    pub needed_by: Option<String>,
    /// How much it matters here, where the circumstances make it graver or lighter than its code is as a rule. A
    /// level that the user sets goes before it.
    pub level: Option<Level>,
    /// What it rests on.
    pub evidence: Evidence,
    /// The typed value.
    pub detail: Option<Detail>,
}

/// What a finding rests on, besides its member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Evidence {
    /// The library; the first of [`libraries`](Self::libraries) where there are several.
    pub library: Option<String>,
    /// The symbol, version node, search path, tag or other text.
    pub symbol: Option<String>,
    /// Further members of which the same is true.
    pub more_members: Vec<String>,
    /// All libraries it is about, by SONAME.
    pub libraries: Vec<String>,
    /// The modules that cannot be imported, the programs that do not run, the files that cannot be loaded.
    pub modules: Vec<String>,
    /// Packages of the distribution that help.
    pub packages: Vec<String>,
    /// The line that installs them.
    pub install: Option<String>,
    /// Programs that are started and not there.
    pub programs: Vec<String>,
    /// Where it was read that the project does so.
    pub source: Option<String>,
}

impl Evidence {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Finding {
    /// What a rule found.
    pub(crate) fn of<R: Rule>(rule: R) -> Self {
        Self {
            code: R::CODE,
            project: None,
            member: rule.member().map(str::to_owned),
            message: rule.message(),
            help: rule.help(),
            file: None,
            origin: None,
            needed_by: None,
            level: rule.level(),
            evidence: rule.evidence(),
            detail: Some(rule.into()),
        }
    }

    /// The same about a project.
    #[must_use]
    pub(crate) fn about(mut self, project: impl Into<Option<ProjectName>>) -> Self {
        self.project = project.into();
        self
    }

    /// The same about a distribution file.
    #[must_use]
    pub(crate) fn in_file(mut self, file: &str) -> Self {
        self.message = format!("`{file}`: {}", self.message);
        self.file = Some(file.to_owned());
        self
    }

    /// The same at a place of the input.
    #[must_use]
    pub(crate) fn at(mut self, origin: impl Into<Option<Origin>>) -> Self {
        self.origin = origin.into();
        self
    }

    /// The same with the distribution that asks for the project.
    #[must_use]
    pub(crate) fn needed_by(mut self, needed_by: impl Into<Option<String>>) -> Self {
        self.needed_by = needed_by.into();
        self
    }

    /// The same finding, of which more is known.
    pub(crate) fn revise<R: Rule>(&mut self, rule: R) {
        *self =
            Self::of(rule).about(self.project.take()).at(self.origin.take()).needed_by(self.needed_by.take());
    }

    /// The same at a level that the circumstances decide.
    #[must_use]
    pub(crate) fn with_level(mut self, level: impl Into<Option<Level>>) -> Self {
        self.level = level.into();
        self
    }

    /// A finding with a message alone.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            project: None,
            member: None,
            message: message.into(),
            help: None,
            file: None,
            origin: None,
            needed_by: None,
            level: None,
            evidence: Evidence::default(),
            detail: None,
        }
    }

    /// The level unless a setting changes it.
    pub fn level(&self) -> Level {
        self.level.unwrap_or(self.code.default_level())
    }
}
