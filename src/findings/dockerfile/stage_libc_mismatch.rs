//! `stage-libc-mismatch`

use std::fmt;

use crate::dockerfile::Tool;
use crate::findings::{CodeInfo, Level, Rule};
use crate::target::Libc;

use super::{Native, Passage};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "stage-libc-mismatch",
    level: Level::Deny,
    summary: "compiled files are copied to a stage with another or an older C library",
    explanation: "What is compiled in a stage, or taken there as a wheel, is made for the C library of that stage. \
glibc and musl do not load each other's files, and a file that was linked with a newer glibc asks for symbol versions \
that an older one does not have (`GLIBC_2.38 not found`). Unversioned tags such as python:3.12 move to a new \
Debian release without notice, so this can begin without any change of the Dockerfile.\n\nBuild on the base that \
runs, or one of the same family that is no newer. Silent if nothing compiled is copied, and for wheels whose own \
demands the older version meets.",
    link: "https://github.com/GoogleContainerTools/distroless/issues/1859",
};

/// Compiled files come to a stage whose C library does not load them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StageLibcMismatch {
    /// From where to where.
    pub crossing: LibcCrossing,
    /// Why they do not load.
    pub cause: LibcCause,
}

/// What a step installs comes from a stage with one C library to a stage with another one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LibcCrossing {
    /// The tool that installs.
    pub tool: Tool,
    /// The stage that installs.
    pub built_in: String,
    /// Its C library.
    pub built: Libc,
    /// The stage that runs.
    pub runs_in: String,
    /// Its C library.
    pub runs: Libc,
}

/// Why compiled files do not load in another stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LibcCause {
    /// glibc and musl.
    Family,
    /// Something is compiled with a newer glibc.
    NewerGlibc,
    /// A wheel was taken that needs a newer glibc: this one.
    Wheel(u32, u32),
    /// A newer musl.
    NewerMusl,
}

impl StageLibcMismatch {
    /// What is wrong, or what would have to be known.
    pub(crate) fn check(passage: &Passage<'_>) -> Option<Result<Self, LibcCrossing>> {
        let native = passage.facts.native;
        let built = passage.built()?.libc.as_ref()?;
        let runs = passage.runs()?.libc.as_ref()?;
        let cause = match (built, runs) {
            _ if native == Native::Nothing => return None,
            (Libc::Glibc(..), Libc::Musl(..)) | (Libc::Musl(..), Libc::Glibc(..)) => Some(LibcCause::Family),
            (Libc::Glibc(major, minor), Libc::Glibc(run_major, run_minor)) => {
                if (major, minor) <= (run_major, run_minor) {
                    return None;
                }
                match native {
                    Native::Built => Some(LibcCause::NewerGlibc),
                    // The installer of the build stage takes wheels that its own, newer libc may load.
                    Native::Wheels(Some(needs)) if needs > (*run_major, *run_minor) => {
                        Some(LibcCause::Wheel(needs.0, needs.1))
                    }
                    Native::Wheels(Some(_)) | Native::Nothing => return None,
                    Native::Wheels(None) | Native::Unknown => None,
                }
            }
            (Libc::Musl(major, minor, _), Libc::Musl(run_major, run_minor, _))
                if (major, minor) > (run_major, run_minor) =>
            {
                Some(LibcCause::NewerMusl)
            }
            _ => return None,
        };
        let crossing = LibcCrossing {
            tool: passage.step.tool,
            built_in: passage.built_in(),
            built: built.clone(),
            runs_in: passage.runs_in(),
            runs: runs.clone(),
        };
        Some(match cause {
            Some(cause) => Ok(Self { crossing, cause }),
            None => Err(crossing),
        })
    }
}

impl Rule for StageLibcMismatch {
    fn message(&self) -> String {
        let said = &self.crossing;
        match self.cause {
            LibcCause::Family => {
                format!("{said}: compiled files of one C library do not load with the other")
            }
            LibcCause::NewerGlibc => format!("{said}: what is compiled there asks for the newer version"),
            LibcCause::Wheel(major, minor) => {
                format!("{said}: a wheel taken there asks for glibc {major}.{minor}")
            }
            LibcCause::NewerMusl => format!("{said}: the older musl does not promise to load it"),
        }
    }

    fn help(&self) -> Option<String> {
        let to = &self.crossing.runs_in;
        Some(format!(
            "build on the base of stage `{to}`, or one with the same C library and no newer version"
        ))
    }
}

impl fmt::Display for LibcCrossing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "what {} installs in stage `{}` ({}) runs in stage `{}` ({})",
            self.tool,
            self.built_in,
            libc_name(&self.built),
            self.runs_in,
            libc_name(&self.runs)
        )
    }
}

fn libc_name(libc: &Libc) -> String {
    match libc {
        Libc::Glibc(major, minor) => format!("glibc {major}.{minor}"),
        Libc::Musl(major, minor, Some(patch)) => format!("musl {major}.{minor}.{patch}"),
        Libc::Musl(major, minor, None) => format!("musl {major}.{minor}"),
        _ => "no C library of its own".to_owned(),
    }
}
