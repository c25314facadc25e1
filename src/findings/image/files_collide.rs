//! `files-collide`

use crate::findings::counts::{counted, members};
use crate::findings::{CodeInfo, Evidence, Level, Rule};
use crate::name::ProjectName;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "files-collide",
    level: Level::Warn,
    summary: "two wheels bring the same path with different content",
    explanation: "Installers unpack one wheel after another and overwrite what is there. Two variants of one \
                  project, such as opencv-python and opencv-python-headless, share their paths, so that what is \
                  imported is the content of the wheel that came last, and a mixture of both where one has files \
                  that the other lacks. pip installs dependencies first and otherwise backwards by name; uv \
                  unpacks several wheels at a time, in no fixed order. Uninstalling either breaks the other.\n\n\
                  Only compiled files are compared. Where it is known which wheel comes last, loading is judged by \
                  its files; else by both, and what fails is told as a warning.\n\n\
                  Require one of the two. Where a dependency asks for the other, ask its maintainers to leave the \
                  choice to you.",
    link: "https://github.com/pypa/pip/issues/4625",
};

/// Two wheels have files at the same paths with different content.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FilesCollide {
    /// The projects of the wheels.
    pub projects: [ProjectName; 2],
    /// The paths.
    pub paths: Vec<String>,
    /// The project that is installed last, where that is known.
    pub last: Option<ProjectName>,
}

impl Rule for FilesCollide {
    fn message(&self) -> String {
        let [first, second] = &self.projects;
        let path = self.paths.first().map_or("", String::as_str);
        let more = match self.paths.len().saturating_sub(1) {
            0 => String::new(),
            more => format!(" and {}", counted(more, "other file")),
        };
        let stays = match &self.last {
            Some(last) => format!("pip installs `{last}` last, so that its files stay"),
            None => "which of them is there in the end depends on the order of installation".to_owned(),
        };
        format!("`{first}` and `{second}` both bring `{path}`{more}, with different content: {stays}")
    }

    fn help(&self) -> Option<String> {
        Some("require one of the two; they are variants of the same project".to_owned())
    }

    fn member(&self) -> Option<&str> {
        self.paths.first().map(String::as_str)
    }

    fn evidence(&self) -> Evidence {
        members(&self.paths)
    }
}
