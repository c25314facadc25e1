//! `undated-files`

use crate::findings::{CodeInfo, Level, Rule};
use crate::index::ProjectPage;
use crate::resolve::Problem;
use crate::version::Version;

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

impl UndatedFiles {
    /// How many files of a page may have been excluded because they have no date: those of the version that is chosen,
    /// and of all that are newer.
    pub(crate) fn count(problem: &Problem, page: &ProjectPage, taken: Option<&Version>) -> usize {
        if problem.options().exclude_newer.is_none() {
            return 0;
        }
        let releases = page.releases().iter();
        let releases = releases.filter(|release| taken.is_none_or(|taken| release.version() >= taken));
        let files = releases.flat_map(|release| release.files().iter());
        files.filter(|file| file.upload_time.is_none()).count()
    }

    pub(crate) fn check(files: usize) -> Option<Self> {
        (files > 0).then_some(Self { files })
    }
}

impl Rule for UndatedFiles {
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
