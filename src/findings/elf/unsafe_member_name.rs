//! `unsafe-member-name`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "unsafe-member-name",
    level: Level::Deny,
    summary: "a member's name leads out of the directory the wheel is unpacked into",
    explanation: "The name is absolute, has a `..` part, a backslash or a NUL byte. Unpacked without care it \
        writes elsewhere on the disk. Installers refuse such members or change their names, each in its way.\n\n\
        Do not install the file.",
    link: "https://docs.python.org/3/library/zipfile.html#zipfile.ZipFile.extract",
};
