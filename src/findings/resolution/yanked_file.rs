//! `yanked-file`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "yanked-file",
    level: Level::Warn,
    summary: "the file that is taken has been yanked",
    explanation: "The project withdrew the file, and it is taken only because a pin asks for exactly this \
version.",
    link: "https://peps.python.org/pep-0592/",
};
