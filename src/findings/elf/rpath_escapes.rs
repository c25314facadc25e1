//! `rpath-escapes`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "rpath-escapes",
    level: Level::Warn,
    summary: "a binary's search path leads out of the wheel",
    explanation: "An entry of DT_RPATH or DT_RUNPATH is absolute, relative to the working directory, empty (which \
        means the working directory), or climbs out of what the wheel installs. Mostly it is left from the machine \
        the wheel was built on. Whoever can put a library into such a directory has it loaded in place of the \
        wheel's or the system's.\n\nRemove it with `patchelf --remove-rpath`, or use paths that begin with \
        `$ORIGIN` and stay inside.",
    link: "https://man7.org/linux/man-pages/man8/ld.so.8.html",
};
