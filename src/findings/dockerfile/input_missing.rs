//! `input-missing`

use crate::findings::{CodeInfo, Level, Rule};

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

/// A file that a step reads is not in the image.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputMissing {
    /// The path as the step names it.
    pub path: String,
    /// Why it is not there.
    pub why: String,
    /// Whether the step may not run at all.
    pub conditional: bool,
}

impl Rule for InputMissing {
    fn message(&self) -> String {
        format!("`{}` is not in the image: {}", self.path, self.why)
    }

    fn help(&self) -> Option<String> {
        Some("copy it into the image before this step, to where the step looks for it".to_owned())
    }

    fn level(&self) -> Option<Level> {
        self.conditional.then_some(Level::Warn)
    }
}
