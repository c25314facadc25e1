//! `files-collide`

use crate::findings::counts::counted;
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::name::ProjectName;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "files-collide",
    level: Level::Warn,
    summary: "two wheels contain the same path with different content",
    explanation: "Installers unpack the wheels one after another and overwrite existing files. Two variants of one \
project, such as opencv-python and opencv-python-headless, share their paths. The import uses the content of the \
wheel that was installed last, or a mixture if only one of them has some of the files. pip installs dependencies \
first and otherwise in reverse order of the names; uv unpacks several wheels at a time in no fixed order. \
Uninstalling one of the projects breaks the other.\n\n\
Only compiled files are compared. If the last wheel is known, loading is checked with its files. Otherwise it is \
checked with both, and failures are warnings.\n\n\
Require only one of the two. If a dependency requires the other one, ask its maintainers to make it optional.",
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
            Some(last) => format!("pip installs `{last}` last, which overwrites them"),
            None => "the result depends on the order of installation".to_owned(),
        };
        format!("`{first}` and `{second}` both contain `{path}`{more} with different content: {stays}")
    }

    fn help(&self) -> Option<String> {
        Some("require only one of them: they are variants of the same project".to_owned())
    }

    fn member(&self) -> Option<&str> {
        self.paths.first().map(String::as_str)
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        vec![Fact::other_members(&self.paths)]
    }
}
