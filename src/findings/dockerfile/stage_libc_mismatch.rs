//! `stage-libc-mismatch`

use crate::findings::{CodeInfo, Level};

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
