//! `duplicate-member`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "duplicate-member",
    level: Level::Warn,
    summary: "two members of the archive have the same name",
    explanation: "Zip archives can hold two members of one name. Tools that go by the directory and tools that \
        go through the file may take different ones, so what was checked may not be what is installed. Both are \
        judged here.\n\nRebuild the wheel; uv and PyPI refuse such archives.",
    link: "https://blog.pypi.org/posts/2025-08-07-wheel-archive-confusion-attacks/",
};
