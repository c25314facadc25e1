//! `foreign-machine`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "foreign-machine",
    level: Level::Warn,
    summary: "a binary is for another machine than the file name or the target",
    explanation: "The ELF header names a machine (or an operating system) that is not the one the platform tag \
        names, or not the target's. An extension module for another machine cannot be imported, and the level \
        is deny then; other binaries may be meant for a choice at run time. Code for accelerators is data to \
        the wheel and is told only with all findings.",
    link: "https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/",
};
