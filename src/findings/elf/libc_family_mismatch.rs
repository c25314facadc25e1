//! `libc-family-mismatch`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "libc-family-mismatch",
    level: Level::Deny,
    summary: "a binary is for glibc where musl is, or the reverse",
    explanation: "A binary that was linked against one C library cannot be loaded by the other's loader. It is \
        told if the file name claims the other family, if the members disagree among themselves, or if the \
        target has the other.\n\nTake the wheel of the right family (`manylinux` for glibc, `musllinux` for \
        musl), or another base image.",
    link: "https://peps.python.org/pep-0656/",
};
