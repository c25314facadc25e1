//! `labels-disagree`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "labels-disagree",
    level: Level::Warn,
    summary: "the tags in the file name and in the WHEEL file differ",
    explanation: "A wheel says its tags twice, in its file name and in `*.dist-info/WHEEL`, and both should be \
        the same set. Installers choose by the file name; tools that look at installed projects go by `WHEEL`. \
        Mostly the file was renamed after it was built, so its claim was never checked.\n\n\
        `wheel tags` changes both.",
    link: "https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-contents",
};
