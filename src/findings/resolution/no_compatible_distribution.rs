//! `no-compatible-distribution`

use super::TAGS;
use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "no-compatible-distribution",
    level: Level::Deny,
    summary: "a project has neither a wheel that fits nor a usable source distribution",
    explanation: "No version that satisfies the requirements can be installed on the target: no wheel has a tag \
that the target supports, and there is no source distribution, or it is forbidden or excluded. The installation fails. \
The message says what speaks against the newest version; the help names the newest version that would fit, if there \
is one.",
    link: TAGS,
};
