//! `musl-symbol-missing`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "musl-symbol-missing",
    level: Level::Deny,
    summary: "a binary needs a symbol that musl does not have",
    explanation: "A strong undefined symbol is exported by no musl release for the machine and by no member of \
        the wheel, or only by releases newer than the target's or than those the tag admits. The loader stops \
        with `symbol not found`. Weak symbols, names of the interpreter's API, the large-file aliases that the \
        loader still resolves, and files that also need a library of the system are left out.\n\n\
        If only some releases lack it, a newer base image helps; if all do, the wheel is broken.",
    link: "https://github.com/microsoft/rego-cpp/issues/226",
};
