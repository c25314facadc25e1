//! `unknown-extra`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "unknown-extra",
    level: Level::Warn,
    summary: "an extra is asked for that the distribution does not provide",
    explanation: "Installers warn and go on without the extra, so that what it would have brought is missing.",
    link: "https://peps.python.org/pep-0508/#extras",
};
