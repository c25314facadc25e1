//! Reads the archives of source distributions that would be built.

use std::sync::Arc;

use futures_util::stream::{self, StreamExt as _};

use super::IndexClient;
use crate::findings::ReadFailure;
use crate::index::DistributionFile;
use crate::resolve::Resolution;
use crate::sdist::Search;
use crate::verdict::{ArchiveFacts, Archives, sources};

/// The number of archives that are read at the same time. They are streamed and not kept in memory.
const AT_ONCE: usize = 4;

/// Reads the archives of all selected source distributions, each once. Without `whole` only cached facts are returned:
/// the archive may have been read for its metadata.
pub(super) async fn read_all(resolutions: &[Resolution], client: &IndexClient, whole: bool) -> Archives {
    let mut wanted: Vec<Arc<DistributionFile>> = Vec::new();
    for (_, chosen) in resolutions.iter().flat_map(sources) {
        if !wanted.iter().any(|known| (&known.sha256, &known.url) == (&chosen.file.sha256, &chosen.file.url))
        {
            wanted.push(Arc::clone(&chosen.file));
        }
    }
    let tasks = wanted.into_iter().map(|file| async move {
        let known = match whole {
            true => Some(client.file_facts(&file, Search::Whole).await),
            false => client.cached_file_facts(&file, Search::Any),
        };
        let facts = known?.map(|facts| ArchiveFacts::new(facts.language, facts.languages));
        Some((file, facts.map_err(|failure| ReadFailure::Unreadable { error: failure.to_string() })))
    });
    let mut archives = Archives::default();
    let mut read = stream::iter(tasks).buffer_unordered(AT_ONCE);
    while let Some(one) = read.next().await {
        if let Some((file, facts)) = one {
            archives.add(&file, facts);
        }
    }
    archives
}
