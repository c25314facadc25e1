//! What is known of the source distributions that would be built.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt as _};

use super::{FetchFailure, FileFacts, IndexClient};
use crate::build::SourceDistribution;
use crate::findings::{Finding, Undetermined};
use crate::index::DistributionFile;
use crate::name::ProjectName;
use crate::resolve::{Chosen, Reason, Resolution, Selection};
use crate::sdist::Search;
use crate::verdict::TargetVerdict;

/// Archives that are read at a time; each is streamed, and none is kept in memory.
const AT_ONCE: usize = 4;

type Known = HashMap<String, Result<Arc<FileFacts>, FetchFailure>>;

/// What the archives of all chosen source distributions tell, each read once. Without `whole`, only what is known
/// already: the archive may have been read for its metadata.
pub(super) async fn read_all(resolutions: &[Resolution], client: &IndexClient, whole: bool) -> Known {
    let mut wanted: HashMap<String, Arc<DistributionFile>> = HashMap::new();
    for (_, chosen) in resolutions.iter().flat_map(sources) {
        wanted.entry(identity(&chosen.file)).or_insert_with(|| Arc::clone(&chosen.file));
    }
    let tasks = wanted.into_iter().map(|(key, file)| async move {
        let known = match whole {
            true => Some(client.file_facts(&file, Search::Whole).await),
            false => client.cached_file_facts(&file, Search::Any),
        };
        known.map(|known| (key, known))
    });
    stream::iter(tasks).buffer_unordered(AT_ONCE).filter_map(async |one| one).collect().await
}

/// The source distributions of one resolution with what is known of them.
pub(super) fn of_resolution(
    resolution: &Resolution,
    verdict: &TargetVerdict,
    known: &Known,
) -> Vec<SourceDistribution> {
    sources(resolution)
        .map(|(project, chosen)| {
            let mut source = SourceDistribution::new(project.clone(), chosen.version.clone());
            if let Some(Ok(facts)) = known.get(&identity(&chosen.file)) {
                source.language = facts.language;
                source.languages = facts.languages;
            }
            wheels(project, chosen, verdict, &mut source);
            source
        })
        .collect()
}

/// Findings on archives that were asked for and could not be read.
pub(super) fn unread(resolution: &Resolution, known: &Known) -> Vec<Finding> {
    sources(resolution)
        .filter_map(|(project, chosen)| {
            let failure = known.get(&identity(&chosen.file))?.as_ref().err()?;
            let file = chosen.file.filename.clone();
            let cause = Undetermined::Contents { file, why: failure.to_string() };
            Some(Finding::of(cause).about(project.clone()))
        })
        .collect()
}

fn sources(resolution: &Resolution) -> impl Iterator<Item = (&ProjectName, &Chosen)> {
    resolution.projects.iter().filter_map(|project| match &project.selection {
        Selection::File(chosen) if !chosen.file.is_wheel() => Some((&project.project, &**chosen)),
        _ => None,
    })
}

/// What the wheels of the same release show of it.
fn wheels(project: &ProjectName, chosen: &Chosen, verdict: &TargetVerdict, source: &mut SourceDistribution) {
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
    // A lock has no page, and its reasons name one wheel.
    let row = verdict.distributions.iter().find(|row| row.project == *project);
    for reason in row.into_iter().flat_map(|row| &row.reasons) {
        if let Reason::NoWheelFits { nearest, .. } = reason {
            see(nearest);
        }
    }
}

fn identity(file: &DistributionFile) -> String {
    file.sha256.clone().unwrap_or_else(|| file.url.clone())
}
