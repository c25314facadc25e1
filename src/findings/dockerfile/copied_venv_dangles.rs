//! `copied-venv-dangles`

use crate::findings::{CodeInfo, Level};

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
