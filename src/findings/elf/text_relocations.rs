//! `text-relocations`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "text-relocations",
    level: Level::Warn,
    summary: "the loader must write into a binary's code",
    explanation: "The file has DT_TEXTREL: its code was not compiled to be position-independent, so the loader \
        must change it in memory. Hardened systems (SELinux without `execmod`) refuse, and the pages cannot be \
        shared.\n\nCompile everything with `-fPIC`; hand-written assembler is the usual cause.",
    link: "https://docs.oracle.com/cd/E26502_01/html/E26507/chapter2-88783.html",
};
