//! `musl-relr-unsupported`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "musl-relr-unsupported",
    level: Level::Warn,
    summary: "a binary has packed relocations that musl before 1.2.4 skips in silence",
    explanation: "The file has DT_RELR relocations. musl applies them since 1.2.4; older releases map the file \
        and leave its pointers as they are, and the first that is used crashes the process. Nothing in the file \
        marks it, so installers take such wheels on older systems too.\n\n\
        With a target the level is deny if its musl is older and the code is silent if it is not; without one it \
        is told if the tag admits older releases. Use a base image with musl 1.2.4 or newer, or have the wheel \
        built without `-z pack-relative-relocs`.",
    link: "https://github.com/gramineproject/gramine/issues/1393",
};
