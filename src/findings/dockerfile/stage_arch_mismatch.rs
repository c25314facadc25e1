//! `stage-arch-mismatch`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "stage-arch-mismatch",
    level: Level::Deny,
    summary: "compiled files are copied to a stage of another machine",
    explanation: "The build stage runs on another platform than the stage that its result is copied to, as a rule \
because of `FROM --platform=$BUILDPLATFORM`. The installer took or built compiled files for the machine it ran \
on.\n\nTake the flag off the stage that installs, or install with the target's `--platform` there. Silent if nothing \
compiled is copied.",
    link: "https://docs.docker.com/build/building/multi-platform/#cross-compilation",
};
