//! `executable-stack`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "executable-stack",
    level: Level::Warn,
    summary: "a library asks for an executable stack, which newer glibc refuses",
    explanation: "The library's PT_GNU_STACK header asks for an executable stack, or, on x86, is missing, which \
        means the same. Until glibc 2.40 the loader made all stacks of the process executable, a gift to \
        attackers; from 2.41 on it refuses and the import fails with `cannot enable executable stack as shared \
        object requires`.\n\n\
        It is told for libraries, not for programs, and with a target only if the target's glibc refuses. It is \
        rarely meant: one assembler file without a `.note.GNU-stack` section is enough. Relink with `-z \
        noexecstack`, or clear the flag with `patchelf --clear-execstack`.",
    link: "https://github.com/pypa/auditwheel/issues/634",
};
