//! `installer-too-old`

use super::TAGS;
use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "installer-too-old",
    level: Level::Warn,
    summary: "a wheel fits the target, but its installer does not know the tag family yet",
    explanation: "Each family of platform tags is known to an installer only from some version on: musllinux to \
pip from 21.2, manylinux_2_N from 20.3. The image's own installer decides, not the newest. Upgrading it in the image \
before the installation makes the wheel usable.",
    link: TAGS,
};
