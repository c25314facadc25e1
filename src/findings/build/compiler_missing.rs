//! `compiler-missing`

use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::name::ProjectName;
use crate::sdist::Languages;
use crate::version::Version;

use super::BuildRemedy;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "compiler-missing",
    level: Level::Warn,
    summary: "a source distribution contains compiled code, and the image does not have the compiler",
    explanation: "The installer finds no wheel for the target and builds the source distribution, which contains \
code in C, C++, Cython, Fortran, Rust or a similar language. The image does not have the compiler or the headers of \
the C library: slim, alpine and distroless images have none. The installation usually fails with `error: command \
'gcc' failed: No such file or directory`.\n\n\
It is a warning, because the compiled part of a project can be optional. The code is silent if the release also has \
a wheel for every platform, because the project then works without compiled code.\n\n\
The languages are detected from the file names in the archive, without tests and documentation. They are known if \
the archive was read for its metadata, and always with `--inspect`. Otherwise, wheels for single platforms show \
that the project is compiled. Rust code also requires a C compiler for linking; maturin 1.9 and newer fetch Rust \
themselves where possible.\n\n\
Install the packages that the help names before the build, and remove them after it; or build in a stage with the \
full image and copy the result; or choose a version with a wheel.",
    link: "https://packaging.python.org/en/latest/discussions/package-formats/",
};

/// A source distribution contains compiled code, and a compiler or its headers are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompilerMissing {
    /// The project.
    pub project: ProjectName,
    /// Its version.
    pub version: Version,
    /// The languages of its sources; empty if only its wheels for other platforms show that it is compiled.
    pub languages: Languages,
    /// The image or stage.
    pub place: String,
    /// What is missing, such as `C compiler`.
    pub missing: Vec<String>,
    /// What installs it.
    pub remedy: BuildRemedy,
}

impl Rule for CompilerMissing {
    fn message(&self) -> String {
        let Self { project, version, languages, place, missing, .. } = self;
        let written = match languages.is_empty() {
            false => format!("{project} {version} contains {languages} code"),
            true => format!("{project} {version} contains compiled code (it has wheels for other platforms)"),
        };
        format!("{written}, and {place} has no {}", alternatives(missing))
    }

    fn help(&self) -> Option<String> {
        let help = self.remedy.help();
        if !self.languages.is_empty() || self.remedy.line.command.is_none() {
            return Some(help);
        }
        // Without packages the code is built in another stage, whatever its language is.
        let condition = if self.remedy.installs { "if the code is C, " } else { "" };
        Some(format!("{condition}{help}; `--inspect` detects the language"))
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        let mut facts = self.remedy.facts();
        if !self.languages.is_empty() {
            facts.push(Fact::Languages(self.languages));
        }
        facts
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
