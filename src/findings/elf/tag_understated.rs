//! `tag-understated`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "tag-understated",
    level: Level::Allow,
    summary: "the file name claims newer systems than the content needs",
    explanation: "The members meet an older policy than the oldest tag of the file name, so installers on older \
        systems pass the wheel by and build from source for nothing. Projects may do so on purpose, because they \
        test only there. For musl, whose tags name a whole series, it is never told.",
    link: "https://peps.python.org/pep-0600/",
};
