//! `undated-files`

use crate::findings::{Code, CodeInfo, Level, Rule};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "undated-files",
    level: Level::Warn,
    summary: "files without upload time were left out because a date is in force",
    explanation: "With `--exclude-newer`, a file of which the index does not say when it was uploaded counts as \
newer, as in uv. An index that gives no times at all then offers nothing.",
    link: "https://packaging.python.org/en/latest/specifications/simple-repository-api/",
};

/// Files without upload time were left out because of a date.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UndatedFiles {
    /// How many.
    pub files: usize,
}

impl Rule for UndatedFiles {
    const CODE: Code = Code::UndatedFiles;

    fn message(&self) -> String {
        let files = self.files;
        format!("{files} files have no upload time on the index and count as newer than the date asked for")
    }
}
