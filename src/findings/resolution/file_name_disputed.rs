//! `file-name-disputed`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "file-name-disputed",
    level: Level::Allow,
    summary: "pip and uv disagree on whether the file name is valid",
    explanation: "The file that was chosen has a name that one of pip and uv accepts and the other refuses, such \
as upper-case tags or a doubled underscore. The target's own installer decides; another installer would not see the \
file.",
    link: "https://packaging.python.org/en/latest/specifications/binary-distribution-format/",
};
