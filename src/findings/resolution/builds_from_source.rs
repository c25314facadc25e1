//! `builds-from-source`

use super::SDIST;
use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "builds-from-source",
    level: Level::Warn,
    summary: "the installer takes a source distribution and builds it",
    explanation: "The newest version that satisfies every requirement has no wheel that fits the target, so the \
installer downloads the source distribution and runs its build. That takes time, and where compiled code is involved it \
needs a compiler and headers, which slim and alpine images do not have.\n\n\
The message names the wheel that comes nearest and every part in which it fails. What helps: a base image for which \
wheels exist, another version that has one, newer or older (named as help where there is one), building the wheel once in a stage of \
its own, or asking the project for wheels.\n\n\
A checkout that a lock names is built too, and needs its version control tool on the target.\n\n\
Silent for wheels, and for projects that `--only-binary` keeps from being built: those are \
`no-compatible-distribution` or `older-than-newest`.",
    link: SDIST,
};
