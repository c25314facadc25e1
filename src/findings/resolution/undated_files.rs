//! `undated-files`

use crate::findings::{CodeInfo, Level, Placed, Rule};

use super::ResolutionContext;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "undated-files",
    level: Level::Warn,
    summary: "files without an upload time are excluded by --exclude-newer or --as-of",
    explanation: "With `--exclude-newer`, a file without an upload time on the index counts as newer, as in uv. If \
an index provides no upload times, all its files are excluded.",
    link: "https://packaging.python.org/en/latest/specifications/simple-repository-api/",
};

/// Files without an upload time were excluded because of `--exclude-newer`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UndatedFiles {
    /// The number of files.
    pub files: usize,
}

impl Rule for UndatedFiles {
    fn on_resolution(cx: &ResolutionContext<'_>) -> Vec<Placed<Self>> {
        match cx.undated_files() {
            0 => Vec::new(),
            files => vec![Placed::new(Self { files })],
        }
    }

    fn message(&self) -> String {
        let (files, verb) = match self.files {
            1 => ("1 file has".to_owned(), "counts"),
            files => (format!("{files} files have"), "count"),
        };
        format!(
            "{files} no upload time on the index and {verb} as newer than the date of --exclude-newer or --as-of"
        )
    }
}
