//! `input-missing`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "input-missing",
    level: Level::Deny,
    summary: "a step reads a file that is not in the image",
    explanation: "A step reads a requirements, constraints or project file that nothing in the Dockerfile puts to where \
it is looked for: its name is misspelt, only the file that includes it was copied (`-r base.txt`), it was copied to another \
folder, or `.dockerignore` keeps it out. The build ends there with `No such file or directory`.\n\nCopy the file, or name it \
as it is called in the image. Silent where the build context has no such file, since something may make it before the build, \
and where an image of your own below may hold it: that is undetermined.",
    link: "https://docs.docker.com/reference/dockerfile/#copy",
};
