//! The source distributions of a resolution, with the facts of their archives.

use std::collections::HashMap;

use super::Distribution;
use crate::build::SourceDistribution;
use crate::findings::{Finding, ReadFailure, Undetermined};
use crate::index::DistributionFile;
use crate::name::ProjectName;
use crate::resolve::{Chosen, Reason, Resolution, Selection};
use crate::sdist::{Languages, SourceLanguage};

/// The languages that the file names of an archive show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArchiveFacts {
    /// The kind of language.
    pub language: Option<SourceLanguage>,
    /// The compiled languages among it.
    pub languages: Languages,
}

impl ArchiveFacts {
    /// The languages of an archive.
    pub fn new(language: Option<SourceLanguage>, languages: Languages) -> Self {
        Self { language, languages }
    }
}

/// The facts of archives, or why they could not be read.
#[derive(Clone, Debug, Default)]
pub struct Archives(HashMap<String, Result<ArchiveFacts, ReadFailure>>);

impl Archives {
    /// Adds the facts of a file.
    pub fn add(&mut self, file: &DistributionFile, facts: Result<ArchiveFacts, ReadFailure>) {
        self.0.insert(identity(file).to_owned(), facts);
    }

    /// The facts of a file, if its archive was read.
    pub(super) fn facts(&self, file: &DistributionFile) -> Option<ArchiveFacts> {
        self.get(file)?.ok().copied()
    }

    fn get(&self, file: &DistributionFile) -> Option<Result<&ArchiveFacts, &ReadFailure>> {
        self.0.get(identity(file)).map(Result::as_ref)
    }
}

fn identity(file: &DistributionFile) -> &str {
    file.sha256.as_deref().unwrap_or(&file.url)
}

/// The source distributions that a resolution chose.
pub(crate) fn sources(resolution: &Resolution) -> impl Iterator<Item = (&ProjectName, &Chosen)> {
    resolution.projects.iter().filter_map(|project| match &project.selection {
        Selection::File(chosen) if !chosen.file.is_wheel() => Some((&project.project, &**chosen)),
        _ => None,
    })
}

/// The source distributions of one resolution with their facts.
pub(super) fn of_resolution(
    resolution: &Resolution,
    rows: &[Distribution],
    known: &Archives,
) -> Vec<SourceDistribution> {
    sources(resolution)
        .map(|(project, chosen)| {
            let mut source = SourceDistribution::new(project.clone(), chosen.version.clone());
            if let Some(facts) = known.facts(&chosen.file) {
                source.language = facts.language;
                source.languages = facts.languages;
            }
            wheels(project, chosen, rows, &mut source);
            source
        })
        .collect()
}

/// Findings on requested archives that could not be read. No rule is called for them: the failure is known only to the reader
/// of the archives.
pub(super) fn unread(resolution: &Resolution, known: &Archives) -> Vec<Finding> {
    sources(resolution)
        .filter_map(|(project, chosen)| {
            let failure = known.get(&chosen.file)?.err()?;
            let file = chosen.file.filename.clone();
            let cause = Undetermined::Contents { file, failure: failure.clone() };
            Some(Finding::of(cause).about(project.clone()))
        })
        .collect()
}

/// What the wheels of the same release show of it.
fn wheels(project: &ProjectName, chosen: &Chosen, rows: &[Distribution], source: &mut SourceDistribution) {
    let mut see = |filename: &str| match filename.ends_with("-any.whl") {
        true => source.pure_wheel = true,
        false => source.compiled_wheels = true,
    };
    let releases = chosen.page.as_deref().map(|page| page.releases()).unwrap_or_default();
    let release = releases.iter().find(|release| *release.version() == chosen.version);
    for file in release.into_iter().flat_map(|release| release.files().iter()).filter(|file| file.is_wheel())
    {
        see(&file.filename);
    }
    // A lock has no page; its reasons contain one wheel.
    let row = rows.iter().find(|row| row.project == *project);
    for reason in row.into_iter().flat_map(|row| &row.reasons) {
        if let Reason::NoWheelFits { nearest, .. } = reason {
            see(nearest);
        }
    }
}
