//! `glibc-too-old`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "glibc-too-old",
    level: Level::Deny,
    summary: "a binary needs version nodes that the target's glibc does not have",
    explanation: "The binary was linked against a newer glibc than the target has and needs a version node that \
        came with it, so the import fails with `version 'GLIBC_...' not found`. It happens where a wheel's tag \
        claims less than its content needs.\n\n\
        Take an older release of the project, a base image with a newer glibc, or build from source on the \
        target.",
    link: "https://peps.python.org/pep-0600/",
};
