//! `needs-system-library`

use crate::findings::counts::SEVERAL;
use crate::findings::install_help::install_help;
use crate::findings::words::listed;
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::image::{InstallLine, PackageManager};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "needs-system-library",
    level: Level::Warn,
    summary: "a project opens a library or runs a program that its wheels do not contain",
    explanation: "Some projects open a system library with `ctypes` or `cffi`, or run a program, when they are \
imported or used. Wheels do not declare this, so it comes from a table of well-known projects (`data/dlopen.toml`). \
A project that is not in the table may have similar requirements.\n\n\
The level is deny if the import fails. It is warn if only a function requires the library, and for programs, \
because the programs of images in the catalogue are unknown. The code is silent if the image has the library, and \
for wheels that contain it.\n\n\
Install the package that the help names.",
    link: "https://docs.python.org/3/library/ctypes.html#finding-shared-libraries",
};

/// Python code opens libraries or runs programs that are missing. ELF files do not show it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NeedsSystemLibrary {
    /// The module that does.
    pub module: String,
    /// When it does.
    pub when: NeededWhen,
    /// The missing libraries, each with its alternative SONAMEs.
    pub libraries: Vec<Vec<String>>,
    /// The missing programs.
    pub programs: Vec<NeededProgram>,
    /// Whether it was verified that the project fails without them.
    pub verified: bool,
    /// The source of the fact.
    pub source: String,
    /// What installs them.
    pub install: InstallLine,
    /// The image's package manager.
    pub package_manager: PackageManager,
}

/// When Python code opens libraries or runs programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NeededWhen {
    /// When its module is imported.
    Import,
    /// When its module is used.
    Use,
}

/// A program that Python code runs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NeededProgram {
    /// Its alternative names.
    pub names: Vec<String>,
    /// Whether the image certainly does not have it.
    pub sure: bool,
}

impl Rule for NeedsSystemLibrary {
    fn message(&self) -> String {
        const OR: &str = "` or `";

        let mut parts = Vec::new();
        if !self.libraries.is_empty() {
            let names = self.libraries.iter().map(|names| names.join(OR));
            let missing = match self.libraries.as_slice() {
                [only] if only.len() > 1 => "any of these",
                [_] => "it",
                _ => "them",
            };
            parts.push(format!(
                "opens {} by name, but the image does not have {missing}",
                listed(names, SEVERAL)
            ));
        }
        if !self.programs.is_empty() {
            let names = self.programs.iter().map(|program| program.names.join(OR));
            let whose = match self.programs.iter().all(|program| program.sure) {
                true => "the image does not have",
                false => "no wheel contains",
            };
            let what = if self.programs.len() == 1 { "program" } else { "programs" };
            parts.push(format!("runs the {what} {}, which {whose}", listed(names, SEVERAL)));
        }
        let when = match self.when {
            NeededWhen::Import => format!("`import {}`", self.module),
            NeededWhen::Use => format!("using `{}`", self.module),
        };
        format!("{when} {}", parts.join(" and "))
    }

    fn help(&self) -> Option<String> {
        install_help(&self.install, self.package_manager)
    }

    fn level(&self) -> Option<Level> {
        // A program that was not searched for may exist.
        let sure = !self.libraries.is_empty() || self.programs.iter().any(|program| program.sure);
        Some(match self.when {
            NeededWhen::Import if sure && self.verified => Level::Deny,
            _ => Level::Warn,
        })
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        let programs = self.programs.iter().flat_map(|program| &program.names);
        let mut facts = vec![
            Fact::libraries(self.libraries.iter().flatten()),
            Fact::Modules(vec![&self.module]),
            Fact::Packages(&self.install.packages),
            Fact::Programs(programs.map(String::as_str).collect()),
            Fact::Source(&self.source),
        ];
        facts.extend(self.install.command.as_deref().map(Fact::Install));
        facts
    }
}
