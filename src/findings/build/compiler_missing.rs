//! `compiler-missing`

use crate::findings::{CodeInfo, Evidence, Level, Rule};
use crate::name::ProjectName;
use crate::sdist::Languages;
use crate::version::Version;

use super::BuildRemedy;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "compiler-missing",
    level: Level::Warn,
    summary: "a source distribution holds compiled code, and the image has no compiler for it",
    explanation: "An installer that finds no wheel for the target builds the source distribution, and this one \
holds code in C, C++, Cython, Fortran, Rust or the like. The image is known to lack the compiler or the headers of the C \
library: slim, alpine and distroless images have none. Installing fails with `error: command 'gcc' failed: No such file \
or directory` as a rule.\n\nIt is a warning, because the compiled part of a project can be optional: some fall back to \
Python. Where a release has a wheel for every platform too, that is so, and nothing is told. The languages are those of \
the archive's file names outside of tests and documentation; they are known if the archive was read for its metadata, \
and always with `--inspect`. Otherwise wheels for single platforms show that something is compiled. Rust needs a C \
compiler for linking; a build with maturin 1.9 or newer fetches Rust itself where it may.\n\nInstall what the help names \
before, and remove it after; or build in a stage of the full image and copy the result; or take a version with a wheel.",
    link: "https://packaging.python.org/en/latest/discussions/package-formats/",
};

/// A source distribution is compiled where a compiler or its headers are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompilerMissing {
    /// The project.
    pub project: ProjectName,
    /// Its version.
    pub version: Version,
    /// The languages of its sources; none where only its wheels for other platforms show that it is compiled.
    pub languages: Languages,
    /// The image or stage.
    pub place: String,
    /// What is missing there, such as `C compiler`.
    pub missing: Vec<String>,
    /// What installs it.
    pub remedy: BuildRemedy,
}

impl Rule for CompilerMissing {
    fn message(&self) -> String {
        let Self { project, version, languages, place, missing, .. } = self;
        let written = match languages.is_empty() {
            false => format!("{project} {version} holds {languages} code"),
            true => format!("{project} {version} is compiled, as its wheels for other platforms show"),
        };
        format!("{written}, and {place} has no {}", alternatives(missing))
    }

    fn help(&self) -> Option<String> {
        let mut help = self.remedy.help();
        if self.languages.is_empty() && self.remedy.line.command.is_some() {
            help.push_str(", if it is C; --inspect reads the archive and tells the language");
        }
        Some(help)
    }

    fn evidence(&self) -> Evidence {
        let symbol = (!self.languages.is_empty()).then(|| self.languages.to_string());
        Evidence { symbol, ..self.remedy.evidence() }
    }
}

/// `C or C++ compiler and no Rust compiler`, after "no".
fn alternatives(names: &[String]) -> String {
    let both = ["C compiler", "C++ compiler"];
    if both.iter().all(|one| names.iter().any(|name| name == one)) {
        let others = names.iter().map(String::as_str).filter(|name| !both.contains(name));
        return std::iter::once("C or C++ compiler").chain(others).collect::<Vec<_>>().join(" and no ");
    }
    names.join(" and no ")
}
