//! `wheel-not-built`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "wheel-not-built",
    level: Level::Deny,
    summary: "a step installs from a folder of wheels that lacks one",
    explanation: "A step is told to look into a folder alone (`--no-index --find-links`), or installs the files in it, \
and needs a project that no earlier `pip wheel` or `pip download` put there: it was forgotten, or the wheels were made with \
`--no-deps` and their dependencies are missing. The installer ends with `No matching distribution found`.\n\nMake the \
wheels from the same requirements, with their dependencies, or let the last step ask the index. Silent where everything \
that is needed was made.",
    link: "https://pip.pypa.io/en/stable/cli/pip_wheel/",
};
