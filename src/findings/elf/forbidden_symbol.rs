//! `forbidden-symbol`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "forbidden-symbol",
    level: Level::Warn,
    summary: "a binary uses a symbol that platform policies forbid to take from a library",
    explanation: "Policies allow some libraries but not all their symbols: internals of zlib, and functions \
        that some builds of glibc 2.17 have and others do not. A wheel that uses one meets no policy, or only \
        newer ones, though the library is there.\n\nLink the library statically, or bundle it.",
    link: "https://github.com/pypa/auditwheel/issues/655",
};
