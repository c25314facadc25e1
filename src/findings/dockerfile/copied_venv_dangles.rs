//! `copied-venv-dangles`

use crate::dockerfile::{CopyOrigin, path};
use crate::findings::{CodeInfo, Level, Rule};

use super::{ImagePython, Passage};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "copied-venv-dangles",
    level: Level::Deny,
    summary: "a virtual environment is copied to where its interpreter is not",
    explanation: "A virtual environment holds no interpreter: its `bin/python` is a link to the one it was made \
with, and the programs in `bin` name the environment's own path in their first line. Copied to a stage that keeps \
Python elsewhere (python:3.12 has /usr/local/bin/python, distroless has /usr/bin/python3) or has none, or copied to \
another path, it does not start.\n\nUse a build stage whose interpreter lies at the same path as that of the stage \
that runs, copy the interpreter along, keep the path of the environment, or copy its site-packages alone and set \
PYTHONPATH. Silent where only the site-packages are copied.",
    link: "https://docs.python.org/3/library/venv.html#how-venvs-work",
};

/// A virtual environment does not work in the stage it is copied to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CopiedVenvDangles {
    /// It is copied to another path.
    Moved {
        /// Its path.
        from: String,
        /// The stage that makes it.
        built_in: String,
        /// Its path in the stage that runs.
        to: String,
        /// The stage that runs.
        runs_in: String,
    },
    /// Its interpreter is not where it points to.
    Interpreter {
        /// Its path.
        venv: String,
        /// The interpreter that it points to.
        interpreter: String,
        /// The stage that makes it.
        built_in: String,
        /// The stage that runs.
        runs_in: String,
        /// The path of the Python in the stage that runs, if it has one.
        there: Option<String>,
    },
}

impl CopiedVenvDangles {
    pub(crate) fn check(passage: &Passage<'_>) -> Vec<Self> {
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
        found
    }
}

/// The path of a virtual environment that is copied, before and after.
fn moved<'a>(passage: &Passage<'a>) -> Option<(&'a str, &'a str)> {
    let Passage { stages, flow, step, .. } = passage;
    let carrier = flow.carriers.first().filter(|_| step.destination.is_venv())?;
    let from = carrier.from.as_ref()?;
    let to = flow.carriers.last()?.to.as_ref()?;
    // Only a copy of the whole venv makes it one; its site-packages alone are modules.
    let first = stages.stage(carrier.stage)?.copies.get(carrier.copy)?;
    path::below(from, first.source.trim_end_matches("/*"))?;
    Some((from, to))
}

/// The interpreter that a virtual environment points to in vain, and the path of the one that is there.
fn dangling<'a>(passage: &Passage<'a>, from: &str) -> Option<(String, Option<&'a str>)> {
    let Passage { stages, flow, step, .. } = passage;
    let runs = passage.runs().map(|image| &image.python);
    let built = passage.built().map(|image| &image.python);
    let venv = stages.stage(flow.stage).and_then(|stage| stage.venvs.iter().find(|venv| venv.path == *from));
    let named = venv.and_then(|venv| venv.python.clone()).filter(|python| python.starts_with('/'));
    let interpreter = match (named, built) {
        (Some(named), _) => named,
        (None, Some(ImagePython::Present { path, .. })) => path.clone(),
        // No interpreter in the image: uv fetched one.
        (None, Some(ImagePython::Absent)) => {
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
        ImagePython::Present { path, .. } if path::parent(path) == path::parent(&interpreter) => None,
        ImagePython::Present { path, .. } => Some((interpreter, Some(path))),
        ImagePython::Absent => Some((interpreter, None)),
        ImagePython::Unknown => None,
    }
}

impl Rule for CopiedVenvDangles {
    fn message(&self) -> String {
        match self {
            Self::Moved { from, built_in, to, runs_in } => format!(
                "the venv `{from}` of stage `{built_in}` becomes `{to}` in stage `{runs_in}`: the first lines of its programs name the old path"
            ),
            Self::Interpreter { venv, interpreter, built_in, runs_in, there } => {
                let there = match there {
                    Some(path) => format!("has its Python at `{path}`"),
                    None => "has no Python".to_owned(),
                };
                format!(
                    "the venv `{venv}` points to `{interpreter}` of stage `{built_in}`, and stage `{runs_in}` {there}: its `bin/python` leads nowhere"
                )
            }
        }
    }

    fn help(&self) -> Option<String> {
        Some(match self {
            Self::Moved { to, .. } => format!("copy it to the same path, or make it at `{to}` from the start"),
            Self::Interpreter { .. } => {
                "build on a base with the interpreter at the same path, copy the interpreter too, or copy only the \
                 site-packages and set PYTHONPATH"
                    .to_owned()
            }
        })
    }
}
