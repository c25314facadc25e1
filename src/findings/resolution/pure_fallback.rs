//! `pure-fallback`

use super::TAGS;
use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "pure-fallback",
    level: Level::Warn,
    summary: "only a pure wheel fits, while other Linux targets get a native one",
    explanation: "The release has wheels with compiled code for other Linux targets, and a wheel for any platform. \
Here the latter is taken: it installs, but may be much slower, or lack a library that the native wheels bring along.",
    link: TAGS,
};
