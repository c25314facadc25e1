//! `undated-files`

use crate::findings::{CodeInfo, Level, Rule};
use crate::index::ProjectPage;
use crate::resolve::Problem;
use crate::version::Version;

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

impl UndatedFiles {
    /// How many files of a page may have been left out because they have no date: those of the version that is taken,
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
        format!("{files} no upload time on the index and {verb} as newer than the --exclude-newer date")
    }
}
