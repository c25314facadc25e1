//! `stage-libc-mismatch`

use std::fmt;

use crate::dockerfile::Tool;
use crate::findings::{CodeInfo, Level, Placed, Rule};
use crate::target::Libc;

use super::{Native, Passage};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "stage-libc-mismatch",
    level: Level::Deny,
    summary: "compiled files are copied to a stage with another or an older C library",
    explanation: "Files that are compiled in a stage, and wheels that are chosen there, match the C library of that \
stage. glibc cannot load files for musl, and vice versa. A file that was linked with a newer glibc requires symbol \
versions that an older one does not have (`GLIBC_2.38 not found`). Tags without a release of the distribution, such \
as python:3.12, move to a new Debian release without notice, so the failure can start without a change of the \
Dockerfile.\n\n\
Build on the base image of the final stage, or on one with the same C library in the same or an older version. The \
code is silent if no compiled files are copied, and for wheels that the older version supports.",
    link: "https://github.com/GoogleContainerTools/distroless/issues/1859",
};

/// Compiled files are copied to a stage with a C library that cannot load them.
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
    /// A wheel was chosen that requires a newer glibc: this one.
    Wheel(u32, u32),
    /// A newer musl.
    NewerMusl,
}

impl StageLibcMismatch {
    /// The mismatch, or the missing fact.
    pub(in crate::findings) fn check(passage: &Passage<'_>) -> Option<Result<Self, LibcCrossing>> {
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
                    // The installer of the build stage chooses wheels for its own, newer C library.
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
    fn on_passage(passage: &Passage<'_>) -> Vec<Placed<Self>> {
        passage.at_last_copy(Self::check(passage).and_then(Result::ok))
    }

    fn message(&self) -> String {
        let crossing = &self.crossing;
        match self.cause {
            LibcCause::Family => {
                format!("{crossing}: files that are built for one C library cannot be loaded by the other")
            }
            LibcCause::NewerGlibc => {
                format!("{crossing}: files that are compiled there require the newer version")
            }
            LibcCause::Wheel(major, minor) => {
                let LibcCrossing { tool, built_in, runs_in, runs, .. } = crossing;
                format!(
                    "{tool} selects a wheel for glibc {major}.{minor} in stage `{built_in}`, but it runs in stage \
                     `{runs_in}`, which has {}",
                    libc_name(runs)
                )
            }
            LibcCause::NewerMusl => format!("{crossing}: an older musl is not guaranteed to load it"),
        }
    }

    fn help(&self) -> Option<String> {
        let to = &self.crossing.runs_in;
        Some(format!(
            "build on the base image of stage `{to}`, or on one with the same C library in the same or an older version"
        ))
    }
}

impl fmt::Display for LibcCrossing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "files that {} installs in stage `{}` ({}) run in stage `{}` ({})",
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
        _ => "no C library".to_owned(),
    }
}
