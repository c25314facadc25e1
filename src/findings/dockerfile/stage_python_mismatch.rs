//! `stage-python-mismatch`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "stage-python-mismatch",
    level: Level::Deny,
    summary: "installed distributions are copied to another minor version of Python",
    explanation: "Installed distributions belong to one minor version of Python: the interpreter looks only into \
the folder of its own version, and compiled modules carry the version in their names. Copied from a stage with another \
minor version, they are not found.\n\nUse the same minor version in both stages and check it whenever one of the bases \
moves. Silent where the interpreter itself is copied along.",
    link: "https://github.com/GoogleContainerTools/distroless/issues/1960",
};
