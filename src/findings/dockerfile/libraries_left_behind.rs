//! `libraries-left-behind`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "libraries-left-behind",
    level: Level::Warn,
    summary: "a library that was linked against is missing where the result runs",
    explanation: "A source distribution was compiled while a development package (`libpq-dev`) was installed, and \
the stage that runs the result has neither that package nor the one that brings the library itself (`libpq5`): it \
was never installed there, or it was removed again after the build. The import fails with `cannot open shared object \
file`.\n\nInstall the run-time package in the stage that runs. Silent if everything came as wheels, which bring their \
libraries along, and where the base image has the library.",
    link: "https://github.com/docker-library/python/issues/750",
};
