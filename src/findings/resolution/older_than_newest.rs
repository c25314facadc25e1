//! `older-than-newest`

use super::TAGS;
use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "older-than-newest",
    level: Level::Warn,
    summary: "a newer version satisfies the requirements, but nothing of it fits the target",
    explanation: "The installer takes an older version without a word, because the newer ones have no file for \
this target. What runs there is then not what runs elsewhere. Versions that merely want another Python are not counted: \
that is how a project retires a Python.",
    link: TAGS,
};
