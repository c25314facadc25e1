//! `builds-local-folder`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "builds-local-folder",
    level: Level::Allow,
    summary: "a lock names a folder, which is built where it stands",
    explanation: "A dependency of the lock is a folder beside it: a member of the workspace, or a path that the \
project names. Its build runs on the target, so that its build requirements are needed there, and a compiler if it \
holds compiled code. In an image build the folder has to be copied before the installation.\n\n\
Allowed by default, because the code is your own. To be told, pass `--warn builds-local-folder`; to keep builds out of \
an image, make its wheel in a stage of its own and install that.",
    link: "https://packaging.python.org/en/latest/specifications/direct-url/#local-directories",
};
