//! `input-missing`

use crate::findings::{CodeInfo, Level, Rule};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "input-missing",
    level: Level::Deny,
    summary: "a step reads a file that is not in the image",
    explanation: "A step reads a requirements, constraints or project file that no instruction of the Dockerfile \
copies to that path: the name is misspelt, only the file that includes it was copied (`-r base.txt`), it was copied \
to another folder, or `.dockerignore` excludes it. The build fails with `No such file or directory`.\n\n\
Copy the file, or use its path in the image. The code is silent if the build context has no such file, because a \
step before the build may create it. If your own base image may contain the file, `undetermined` is reported.",
    link: "https://docs.docker.com/reference/dockerfile/#copy",
};

/// A file that a step reads is not in the image.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputMissing {
    /// The path as written in the step.
    pub path: String,
    /// Why it is missing.
    pub why: String,
    /// Whether the step runs only under a condition.
    pub conditional: bool,
}

impl Rule for InputMissing {
    fn message(&self) -> String {
        format!("`{}` is not in the image: {}", self.path, self.why)
    }

    fn help(&self) -> Option<String> {
        Some("copy it into the image before this step, to the path that the step reads".to_owned())
    }

    fn level(&self) -> Option<Level> {
        self.conditional.then_some(Level::Warn)
    }
}
