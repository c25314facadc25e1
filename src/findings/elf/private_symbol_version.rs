//! `private-symbol-version`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "private-symbol-version",
    level: Level::Warn,
    summary: "a binary needs a private version node of a system library",
    explanation: "Nodes such as `GLIBC_PRIVATE` hold the internals of one build of a library. They change without \
        notice, so the binary loads with the build it was linked against and perhaps with no other. Mostly a part \
        of glibc itself was bundled.",
    link: "https://github.com/pypa/auditwheel/issues/229",
};
