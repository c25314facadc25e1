//! `load-alignment`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "load-alignment",
    level: Level::Warn,
    summary: "a binary cannot be loaded on kernels with pages of 64 KiB",
    explanation: "On aarch64 and POWER kernels may use pages of 64 KiB, and segments that are aligned to less \
        cannot be mapped there: `ELF load command alignment not page-aligned`. Ordinary linkers align to 64 KiB on \
        these machines; some tools that rewrite binaries do not.\n\nRelink with `-z max-page-size=65536`.",
    link: "https://github.com/pypa/manylinux/issues/735",
};
