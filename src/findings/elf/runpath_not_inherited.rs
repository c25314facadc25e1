//! `runpath-not-inherited`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "runpath-not-inherited",
    level: Level::Warn,
    summary: "a bundled library is found only through a search path that is not passed on",
    explanation: "DT_RUNPATH serves the file that has it, and not the libraries that this file loads (DT_RPATH \
        does both). A library in the wheel needs another one there, has no search path of its own that leads to \
        it, and relies on that of its parent. glibc does not find it unless something loaded it before; musl \
        does.\n\nGive the library a `$ORIGIN` path of its own, as `auditwheel repair` does.",
    link: "https://man7.org/linux/man-pages/man8/ld.so.8.html",
};
