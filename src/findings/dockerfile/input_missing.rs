//! `input-missing`

use std::fmt;

use crate::findings::{CodeInfo, Level, Rule};
use crate::source::Origin;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "input-missing",
    level: Level::Deny,
    summary: "a step reads a file that is not in the image",
    explanation: "A step reads a requirements, constraints or project file that no instruction of the Dockerfile \
copies to that path: only the file that includes it was copied (`-r base.txt`), it was copied to another directory, or \
`.dockerignore` excludes it. The build fails with `No such file or directory`.\n\n\
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
    pub file: AbsentFile,
    /// Whether the step runs only under a condition.
    pub conditional: bool,
}

impl Rule for InputMissing {
    fn message(&self) -> String {
        format!("`{}` is not in the image: {}", self.path, self.file)
    }

    fn help(&self) -> Option<String> {
        Some("copy it into the image before this step, to the path that the step reads".to_owned())
    }

    fn level(&self) -> Option<Level> {
        self.conditional.then_some(Level::Warn)
    }
}

/// A file that a step reads, and that neither the Dockerfile nor its build context has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AbsentFile {
    /// No instruction creates it.
    NotCreated {
        /// The image that may have it, because its files were not checked.
        unchecked_image: Option<String>,
        /// A file with a similar name.
        similar: Option<String>,
    },
    /// The build context does not have it.
    NotInContext {
        /// Its possible paths in the context.
        paths: Vec<String>,
        /// A file with a similar name.
        similar: Option<String>,
    },
    /// A rule of `.dockerignore` excludes it.
    Excluded {
        /// Its path in the context.
        path: String,
        /// The rule.
        rule: String,
        /// The position of the rule.
        origin: Origin,
    },
}

impl fmt::Display for AbsentFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let similar = match self {
            Self::NotCreated { unchecked_image, similar } => {
                f.write_str("the Dockerfile does not create it")?;
                if let Some(image) = unchecked_image {
                    write!(f, ", and the files of the image `{image}` were not checked")?;
                }
                similar
            }
            Self::NotInContext { paths, similar } => {
                let paths: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
                write!(f, "the build context has no {}", paths.join(" and no "))?;
                similar
            }
            Self::Excluded { path, rule, origin } => {
                write!(f, "`{path}` is excluded from the build context by `{rule}` ({origin})")?;
                &None
            }
        };
        match similar {
            Some(similar) => write!(f, "; `{similar}` exists"),
            None => Ok(()),
        }
    }
}
