//! `file-name-disputed`

use crate::filename::{FileKind, NameRules};
use crate::findings::{CodeInfo, Level, Rule};
use crate::target::InstallerKind;

use super::ChosenFile;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "file-name-disputed",
    level: Level::Allow,
    summary: "only one of pip and uv accepts the file name",
    explanation: "The name of the chosen file is accepted by one of pip and uv and rejected by the other, for \
example because of two underscores in sequence. The installer of the target decides. The other \
installer ignores the file.",
    link: "https://packaging.python.org/en/latest/specifications/binary-distribution-format/",
};

/// One installer accepts a file name that the other one rejects; both may install the same requirements.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileNameDisputed {
    /// The file name.
    pub file: String,
    /// The installer that rejects it.
    pub refused_by: InstallerKind,
    /// The error of the parser of file names.
    pub error: String,
}

impl Rule for FileNameDisputed {
    fn on_chosen(cx: &ChosenFile<'_>) -> Vec<Self> {
        let (project, file) = (cx.name(), &cx.chosen.file.filename);
        let by = [(InstallerKind::Pip, NameRules::Packaging), (InstallerKind::Uv, NameRules::Uv)];
        let refused = by.into_iter().filter_map(|(refused_by, rules)| {
            let FileKind::Invalid(error) = FileKind::of(file, project, rules) else { return None };
            Some(Self { file: file.clone(), refused_by, error })
        });
        refused.collect()
    }

    fn message(&self) -> String {
        let Self { file, refused_by, error } = self;
        format!("{refused_by} does not accept the file name `{file}`: {error}")
    }
}
