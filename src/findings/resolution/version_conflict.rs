//! `version-conflict`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "version-conflict",
    level: Level::Deny,
    summary: "requirements cannot be met together",
    explanation: "No choice of versions satisfies all requirements. The message names the lines that clash and \
what leads from one to the other. The projects outside the conflict are judged all the same.",
    link: "https://pip.pypa.io/en/stable/topics/dependency-resolution/",
};
