//! `copied-venv-dangles`

use crate::dockerfile::{CopyOrigin, path};
use crate::findings::{CodeInfo, Level, Placed, Rule};

use super::{Passage, StagePython};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "copied-venv-dangles",
    level: Level::Deny,
    summary: "a virtual environment is copied to a stage without its interpreter",
    explanation: "A virtual environment does not contain an interpreter: its `bin/python` is a link to the one that \
created it, and the programs in `bin` contain the path of the environment in their first line. The environment does \
not work after a copy to another path, or to a stage that has no Python or has it at another path (python:3.12 has \
/usr/local/bin/python, distroless has /usr/bin/python3).\n\n\
Use a build stage with the interpreter at the same path as in the final stage, copy the interpreter too, keep the \
path of the environment, or copy only its site-packages and set PYTHONPATH. The code is silent if only the \
site-packages are copied.",
    link: "https://docs.python.org/3/library/venv.html#how-venvs-work",
};

/// A virtual environment does not work in the stage to which it is copied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CopiedVenvDangles {
    /// It is copied to another path.
    Moved {
        /// Its path.
        from: String,
        /// The stage that creates it.
        built_in: String,
        /// Its path in the stage that runs.
        to: String,
        /// The stage that runs.
        runs_in: String,
    },
    /// Its link to the interpreter is broken.
    Interpreter {
        /// Its path.
        venv: String,
        /// The interpreter that it points to.
        interpreter: String,
        /// The stage that creates it.
        built_in: String,
        /// The stage that runs.
        runs_in: String,
        /// The path of the Python in the stage that runs, if it has one.
        there: Option<String>,
    },
}

impl Rule for CopiedVenvDangles {
    fn on_passage(passage: &Passage<'_>) -> Vec<Placed<Self>> {
        let Some((from, to)) = moved(passage) else { return Vec::new() };
        let mut found = Vec::new();
        let stages = passage.stages;
        if from != to {
            found.push(Self::Moved {
                from: stages.shown(from),
                built_in: passage.built_in(),
                to: stages.shown(to),
                runs_in: passage.runs_in(),
            });
        }
        if let Some((interpreter, there)) = dangling(passage, from) {
            found.push(Self::Interpreter {
                venv: stages.shown(from),
                interpreter: stages.shown(&interpreter),
                built_in: passage.built_in(),
                runs_in: passage.runs_in(),
                there: there.map(|path| stages.shown(path)),
            });
        }
        passage.at_last_copy(found)
    }

    fn message(&self) -> String {
        match self {
            Self::Moved { from, built_in, to, runs_in } => format!(
                "the virtual environment `{from}` of stage `{built_in}` is copied to `{to}` in stage `{runs_in}`: the first lines of its programs contain the old path"
            ),
            Self::Interpreter { venv, interpreter, built_in, runs_in, there } => {
                let there = match there {
                    Some(path) => format!("has its Python at `{path}`"),
                    None => "has no Python".to_owned(),
                };
                format!(
                    "the virtual environment `{venv}` requires `{interpreter}` of stage `{built_in}`, but stage `{runs_in}` {there}: its `bin/python` is a broken link"
                )
            }
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::Moved { to, .. } => format!("copy it to the same path, or create it at `{to}`"),
            Self::Interpreter { .. } => {
                "use a base image with the interpreter at the same path, copy the interpreter too, or copy only the \
                 site-packages and set PYTHONPATH"
                    .to_owned()
            }
        })
    }
}

/// The path of a virtual environment that is copied, before and after.
fn moved<'a>(passage: &Passage<'a>) -> Option<(&'a str, &'a str)> {
    let Passage { stages, flow, step, .. } = passage;
    let carrier = flow.carriers.first().filter(|_| step.destination.is_venv())?;
    let from = carrier.from.as_ref()?;
    let to = flow.carriers.last()?.to.as_ref()?;
    // Without the rest of the environment, site-packages are only modules.
    let first = stages.stage(carrier.stage)?.copies.get(carrier.copy)?;
    path::below(from, first.source.trim_end_matches("/*"))?;
    Some((from, to))
}

/// The missing interpreter of a virtual environment, and the path of the one in the stage that runs.
fn dangling<'a>(passage: &Passage<'a>, from: &str) -> Option<(String, Option<&'a str>)> {
    let Passage { stages, flow, step, .. } = passage;
    let runs = passage.runs().map(|image| &image.python);
    let built = passage.built().map(|image| &image.python);
    let venv = stages.stage(flow.stage).and_then(|stage| stage.venvs.iter().find(|venv| venv.path == *from));
    let named = venv.and_then(|venv| venv.python.clone()).filter(|python| python.starts_with('/'));
    let interpreter = match (named, built) {
        (Some(named), _) => named,
        (None, Some(StagePython::Present { path, .. })) => path.clone(),
        // No interpreter in the image: uv fetched one.
        (None, Some(StagePython::Absent)) => {
            let folder = step.environment.get("UV_PYTHON_INSTALL_DIR").cloned();
            folder.unwrap_or_else(|| "/root/.local/share/uv/python".to_owned())
        }
        (None, _) => return None,
    };
    let carried = stages.stage(flow.runs_in).is_some_and(|stage| {
        stage.copies.iter().any(|copy| {
            matches!(copy.from, CopyOrigin::Stage(_))
                && copy.source == copy.destination
                && path::below(&interpreter, &copy.source).is_some()
        })
    });
    if carried {
        return None;
    }
    match runs? {
        StagePython::Present { path, .. } if path::parent(path) == path::parent(&interpreter) => None,
        StagePython::Present { path, .. } => Some((interpreter, Some(path))),
        StagePython::Absent => Some((interpreter, None)),
        StagePython::Unknown => None,
    }
}
