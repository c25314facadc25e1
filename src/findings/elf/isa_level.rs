//! `isa-level`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "isa-level",
    level: Level::Warn,
    summary: "a binary is marked as needing a newer x86-64 level",
    explanation: "The GNU property note of the file says that it needs x86-64-v2, -v3 or -v4. On an older CPU, or \
        in a virtual machine that hides the extensions, it ends with an illegal instruction. Platform tags cannot \
        say this, and files that choose their code at run time do not carry the mark.",
    link: "https://gitlab.com/x86-psABIs/x86-64-ABI",
};
