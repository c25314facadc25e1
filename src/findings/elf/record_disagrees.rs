//! `record-disagrees`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "record-disagrees",
    level: Level::Warn,
    summary: "RECORD does not list a binary, or gives it another size",
    explanation: "`RECORD` lists every file of a wheel with hash and size. A binary that is missing there, or has \
        another size, came in or was changed after the wheel was built. It is not removed on uninstall, and \
        installers that check hashes refuse the wheel.",
    link: "https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file",
};
