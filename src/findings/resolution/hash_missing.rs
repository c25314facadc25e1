//! `hash-missing`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "hash-missing",
    level: Level::Deny,
    summary: "hashes are required, and a project that is needed has none",
    explanation: "With `--require-hashes`, or as soon as one line has `--hash`, pip wants a hash for every \
project, also for those that others depend on. The installation would stop here.",
    link: "https://pip.pypa.io/en/stable/topics/secure-installs/",
};
