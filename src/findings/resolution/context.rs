//! The facts of a resolution that rules check.

use crate::index::{ProjectPage, Release};
use crate::name::ProjectName;
use crate::resolve::{
    Chosen, Problem, Reason, RequestedBy, Resolution, ResolvedProject, Selection, SourceTree, release_reasons,
};
use crate::sdist::{Languages, SourceLanguage};
use crate::source::Origin;
use crate::version::{SpecifierSet, Version};

/// A resolution as a whole.
pub(crate) struct ResolutionContext<'a> {
    /// The requirements, the target and the options.
    pub(crate) problem: &'a Problem,
    /// The selected files, and the conflicts.
    pub(crate) resolution: &'a Resolution,
}

impl ResolutionContext<'_> {
    /// The number of files without an upload time that `--exclude-newer` excluded: those of the chosen version and of all
    /// newer ones, or of all versions if none is usable.
    pub(crate) fn undated_files(&self) -> usize {
        if self.problem.options().exclude_newer.is_none() {
            return 0;
        }
        let pages = self.resolution.projects.iter().filter_map(|project| match &project.selection {
            Selection::File(chosen) => Some((chosen.page.as_deref()?, Some(&chosen.version))),
            Selection::Nothing { page, .. } => Some((page.as_deref()?, None)),
            _ => None,
        });
        pages.map(|(page, chosen)| undated(page, chosen)).sum()
    }
}

fn undated(page: &ProjectPage, chosen: Option<&Version>) -> usize {
    let releases = page.releases().iter();
    let releases = releases.filter(|release| chosen.is_none_or(|chosen| release.version() >= chosen));
    let files = releases.flat_map(|release| release.files().iter());
    files.filter(|file| file.upload_time.is_none()).count()
}

/// A file that the installer chooses for a project.
pub(crate) struct ChosenFile<'a> {
    /// The requirements, the target and the options.
    pub(crate) problem: &'a Problem,
    /// The project with its requirements.
    pub(crate) project: &'a ResolvedProject,
    /// The file and its version.
    pub(crate) chosen: &'a Chosen,
    /// The release of the file; `None` if the project page was not read.
    pub(crate) release: Option<&'a Release>,
    /// Why other files of the release are not chosen.
    pub(crate) reasons: Vec<Reason>,
    /// The language that the file names of a source distribution show; `None` if it was not read.
    pub(crate) language: Option<SourceLanguage>,
    /// The compiled languages in a source distribution, as far as they are known.
    pub(crate) languages: Languages,
}

impl<'a> ChosenFile<'a> {
    /// A file of a project, with the languages in its archive.
    pub(crate) fn new(
        problem: &'a Problem,
        project: &'a ResolvedProject,
        chosen: &'a Chosen,
        (language, languages): (Option<SourceLanguage>, Languages),
    ) -> Self {
        let releases = chosen.page.as_deref().map(ProjectPage::releases).unwrap_or_default();
        let release = releases.iter().find(|release| *release.version() == chosen.version);
        let reasons = release
            .map(|release| release_reasons(&project.project, release, &chosen.hashes, problem))
            .unwrap_or_default();
        Self { problem, project, chosen, release, reasons, language, languages }
    }

    /// The name of the project.
    pub(crate) fn name(&self) -> &'a ProjectName {
        &self.project.project
    }

    /// The chosen version.
    pub(crate) fn version(&self) -> &'a Version {
        &self.chosen.version
    }

    /// Whether the file is a wheel, and not a source distribution.
    pub(crate) fn is_wheel(&self) -> bool {
        self.chosen.candidate.is_wheel()
    }
}

/// A project without a usable file.
pub(crate) struct MissingFile<'a> {
    /// The requirements, the target and the options.
    pub(crate) problem: &'a Problem,
    /// The project with its requirements.
    pub(crate) project: &'a ResolvedProject,
    /// The newest version that satisfies the requirements, if there is one.
    pub(crate) version: Option<&'a Version>,
    /// The reasons, the most relevant first.
    pub(crate) reasons: &'a [Reason],
    /// The project page, if it was read.
    pub(crate) page: Option<&'a ProjectPage>,
}

impl MissingFile<'_> {
    /// Whether no index lists the project.
    pub(super) fn is_not_found(&self) -> bool {
        self.reasons == [Reason::ProjectNotFound]
    }
}

/// A source tree that a lock names for a project.
pub(crate) struct ChosenTree<'a> {
    /// The project.
    pub(crate) project: &'a ProjectName,
    /// Its version, if the lock has it.
    pub(crate) version: Option<&'a Version>,
    /// The source tree.
    pub(crate) tree: &'a SourceTree,
}

/// The Python of a target, and what input files require of it.
pub(crate) struct PythonContext<'a> {
    /// The target's Python.
    pub(crate) python: &'a Version,
    /// The requirements of projects and scripts, with their positions.
    pub(crate) required: &'a [(SpecifierSet, Origin)],
}

/// The position of the line that requires a project, if there is one.
pub(crate) fn origin_of(requested_by: &[RequestedBy]) -> Option<Origin> {
    requested_by.iter().find_map(|by| match by {
        RequestedBy::Line { origin, .. } => Some(origin.clone()),
        RequestedBy::Distribution { .. } => None,
    })
}
