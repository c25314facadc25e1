//! `stage-python-mismatch`

use crate::dockerfile::{Base, Tool, brings_interpreter, path};
use crate::findings::{CodeInfo, Level, Placed, Rule};

use super::context::minor_of;
use super::{Passage, StagePython};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "stage-python-mismatch",
    level: Level::Deny,
    summary: "installed distributions are copied to another minor version of Python",
    explanation: "Installed distributions belong to one minor version of Python: the interpreter searches only the \
directory of its own version, and the names of compiled modules contain the version. The interpreter does not find \
them after a copy from a stage with another minor version.\n\n\
Use the same minor version in both stages, and check it when a base image changes. The code is silent if the \
interpreter is copied too.",
    link: "https://github.com/GoogleContainerTools/distroless/issues/1960",
};

/// Modules are copied to a stage with a Python that does not find them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StagePythonMismatch {
    /// They are installed for another minor version.
    Version {
        /// The tool that installs.
        tool: Tool,
        /// The stage that installs.
        built_in: String,
        /// The `X.Y` that they are for.
        built: (u64, u64),
        /// The stage that runs.
        runs_in: String,
        /// Its `X.Y`.
        runs: (u64, u64),
    },
    /// They are copied to a directory of another minor version.
    Folder {
        /// The stage that runs.
        runs_in: String,
        /// Its `X.Y`.
        runs: (u64, u64),
        /// The `X.Y` in the path of the directory.
        folder: (u64, u64),
    },
    /// They are copied to a stage without Python.
    NoPython {
        /// The tool that installs.
        tool: Tool,
        /// The stage that installs.
        built_in: String,
        /// The stage that runs.
        runs_in: String,
        /// Whether that stage is `FROM scratch`, and so may only export files.
        scratch: bool,
    },
}

impl StagePythonMismatch {
    fn of(passage: &Passage<'_>) -> Option<Self> {
        let Passage { stages, flow, step, facts } = passage;
        let copy = passage.last_copy()?;
        if brings_interpreter(copy) {
            return None;
        }
        if passage.runs().map(|image| &image.python) == Some(&StagePython::Absent) {
            return Self::no_python(passage);
        }
        let minor = |index: usize| match stages.image(index).map(|image| &image.python) {
            Some(StagePython::Present { version, .. }) => minor_of(version),
            _ => None,
        };
        // A directory named after a version belongs to that version, whatever the image is.
        let source = minor_in(&copy.source);
        let destination = minor_in(&copy.destination);
        let own = facts.python.as_ref().and_then(minor_of);
        let built = source.or(own).or_else(|| minor(flow.stage))?;
        let runs = minor(flow.runs_in).or(destination)?;
        let wrong_folder = destination.filter(|folder| *folder != runs);
        if built == runs && wrong_folder.is_none() {
            return None;
        }
        // uv installs an interpreter if it finds none.
        if step.destination.is_venv()
            && passage.built().is_some_and(|image| image.python == StagePython::Absent)
        {
            return None;
        }
        let runs_in = passage.runs_in();
        Some(match wrong_folder.filter(|_| built == runs || source.is_none()) {
            Some(folder) => Self::Folder { runs_in, runs, folder },
            None => Self::Version { tool: step.tool, built_in: passage.built_in(), built, runs_in, runs },
        })
    }

    /// `copied-venv-dangles` is for environments.
    fn no_python(passage: &Passage<'_>) -> Option<Self> {
        let Passage { stages, flow, step, .. } = passage;
        let stage = stages.stage(flow.runs_in);
        let comes = stage.is_some_and(|stage| {
            let interpreters = ["/", "/usr", "/usr/local", "/usr/local/bin", "/usr/bin"];
            stage.copies.iter().any(|copy| {
                interpreters.contains(&copy.source.as_str()) || path::name(&copy.source).starts_with("python")
            })
        });
        if comes || step.destination.is_venv() {
            return None;
        }
        Some(Self::NoPython {
            tool: step.tool,
            built_in: passage.built_in(),
            runs_in: passage.runs_in(),
            scratch: stage.is_some_and(|stage| stage.base == Base::Scratch),
        })
    }
}

impl Rule for StagePythonMismatch {
    fn on_passage(passage: &Passage<'_>) -> Vec<Placed<Self>> {
        passage.at_last_copy(Self::of(passage))
    }

    fn message(&self) -> String {
        match self {
            Self::Version { tool, built_in, built, runs_in, runs } => format!(
                "files that {tool} installs for Python {}.{} in stage `{built_in}` are copied to stage `{runs_in}`, which has {}.{}",
                built.0, built.1, runs.0, runs.1
            ),
            Self::Folder { runs_in, runs, folder } => format!(
                "stage `{runs_in}` has Python {}.{}, which does not search a directory of {}.{}",
                runs.0, runs.1, folder.0, folder.1
            ),
            Self::NoPython { tool, built_in, runs_in, .. } => format!(
                "files that {tool} installs in stage `{built_in}` are copied to stage `{runs_in}`, which has no Python"
            ),
        }
    }

    fn help(&self) -> Option<String> {
        let help = match self {
            Self::NoPython { .. } => {
                "use an image with the same minor version of Python, or copy the interpreter too"
            }
            _ => "use the same minor version of Python in both stages",
        };
        Some(help.to_owned())
    }

    fn level(&self) -> Option<Level> {
        // A stage that only exports files runs nothing.
        matches!(self, Self::NoPython { scratch: true, .. }).then_some(Level::Warn)
    }
}

/// The `3.12` of `/usr/local/lib/python3.12/site-packages`.
fn minor_in(text: &str) -> Option<(u64, u64)> {
    let component = text.split('/').find_map(|part| part.strip_prefix("python3."))?;
    let digits: String = component.chars().take_while(char::is_ascii_digit).collect();
    Some((3, digits.parse().ok()?))
}
