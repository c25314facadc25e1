//! `project-not-found`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "project-not-found",
    level: Level::Deny,
    summary: "no index lists a project of this name",
    explanation: "Every index and find-links location that is in force answered, and none has the project. Either \
the name is misspelt, or the project lives on an index that was not named.",
    link: "https://packaging.python.org/en/latest/specifications/simple-repository-api/",
};
