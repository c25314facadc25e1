//! `elf-in-pure-wheel`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "elf-in-pure-wheel",
    level: Level::Warn,
    summary: "a wheel that says it is pure has binaries",
    explanation: "The file name has the platform `any`, or the binary lies in a `purelib` directory, or `WHEEL` \
        says `Root-Is-Purelib: true`. Installers take the wheel for every system, and it works only on those its \
        binaries are for, or where the project does without them.\n\n\
        Give the wheel a platform tag and `Root-Is-Purelib: false`; where it is not yours, look whether the \
        project needs the binary at all.",
    link: "https://packaging.python.org/en/latest/specifications/binary-distribution-format/#the-data-directory",
};
