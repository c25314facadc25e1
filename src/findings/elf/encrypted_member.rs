//! `encrypted-member`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "encrypted-member",
    level: Level::Deny,
    summary: "a member of the archive is encrypted",
    explanation: "Installers cannot unpack encrypted members, and nothing can be said of what they hold.",
    link: "https://packaging.python.org/en/latest/specifications/binary-distribution-format/",
};
