//! Codes of what an installer would take.

use crate::gate::{CodeInfo, Level};

pub(super) const CODES: &[CodeInfo] = &[CodeInfo {
    name: "builds-from-source",
    level: Level::Warn,
    summary: "the installer takes a source distribution and builds it",
    explanation: "",
    link: "https://packaging.python.org/en/latest/specifications/source-distribution-format/",
}];
