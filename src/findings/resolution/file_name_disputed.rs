//! `file-name-disputed`

use crate::filename::{FileKind, NameRules};
use crate::findings::{CodeInfo, Level, Rule};
use crate::name::ProjectName;
use crate::target::InstallerKind;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "file-name-disputed",
    level: Level::Allow,
    summary: "pip and uv disagree on whether the file name is valid",
    explanation: "The file that was chosen has a name that one of pip and uv accepts and the other refuses, such \
as upper-case tags or a doubled underscore. The target's own installer decides; another installer would not see the \
file.",
    link: "https://packaging.python.org/en/latest/specifications/binary-distribution-format/",
};

/// One installer takes a file name that the other refuses: the same requirements may be installed by both.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileNameDisputed {
    /// The file name.
    pub file: String,
    /// The installer that refuses it.
    pub refused_by: InstallerKind,
    /// Why.
    pub why: String,
}

impl FileNameDisputed {
    pub(crate) fn check(project: &ProjectName, file: &str) -> Vec<Self> {
        let by = [(InstallerKind::Pip, NameRules::Packaging), (InstallerKind::Uv, NameRules::Uv)];
        let refused = by.into_iter().filter_map(|(refused_by, rules)| {
            let FileKind::Invalid(why) = FileKind::of(file, project, rules) else { return None };
            Some(Self { file: file.to_owned(), refused_by, why })
        });
        refused.collect()
    }
}

impl Rule for FileNameDisputed {
    fn message(&self) -> String {
        let Self { file, refused_by, why } = self;
        format!("`{file}` is a file name that {refused_by} refuses: {why}")
    }
}
