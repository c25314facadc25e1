//! Checks whether the compiled files of the selected wheels load on the targets.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};

use super::imports::imports_of;
use super::inspect::read_remote;
use super::{IndexClient, Progress};
use crate::findings::ReadFailure;
use crate::index::DistributionFile;
use crate::load::{Loading, ReadWheel, ReadWheels, chosen_wheels};
use crate::name::ProjectName;
use crate::report::ReportTarget;
use crate::resolve::Resolution;

/// The number of wheels that are read at the same time. The large members of each are in memory.
const AT_ONCE: usize = 6;
/// The interval of progress events.
const TICK: Duration = Duration::from_millis(150);

/// The results for the wheels.
#[derive(Default)]
pub(super) struct Loaded {
    /// One for each target.
    pub(super) loadings: Vec<Loading>,
    /// The sizes of the files that were read, by hash or else by URL. Not every index provides them.
    pub(super) sizes: HashMap<String, u64>,
}

/// Reads the wheels of all resolutions, each once, and checks them on each target.
pub(super) async fn load_all(
    targets: &[ReportTarget],
    resolutions: &[Resolution],
    no_deps: bool,
    client: &IndexClient,
    counts: &mut Progress,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Loaded {
    let mut wheels =
        read_all(each_once(resolutions.iter().flat_map(chosen_wheels)), client, counts, progress).await;
    let checked = |wheels: &ReadWheels| -> Vec<Loading> {
        let each = targets.iter().zip(resolutions);
        each.map(|(target, resolution)| {
            wheels.check(resolution, no_deps, &target.target, &target.loader_environment())
        })
        .collect()
    };
    let mut loadings = checked(&wheels);
    // The Python files show how much a failure matters; they are read only where something fails.
    let unread = resolutions.iter().zip(&loadings);
    let unread = each_once(unread.flat_map(|(resolution, loading)| wheels.unread(resolution, loading)));
    if !unread.is_empty() {
        read_imports(unread, &mut wheels, client, counts, progress).await;
        loadings = checked(&wheels);
    }
    Loaded { loadings, sizes: wheels.sizes() }
}

/// A wheel of a project.
type ProjectWheel = (ProjectName, Arc<DistributionFile>);

/// The wheels without repetitions: each is read once.
fn each_once<'r>(
    wheels: impl Iterator<Item = (&'r ProjectName, &'r Arc<DistributionFile>)>,
) -> Vec<ProjectWheel> {
    let mut seen = HashSet::new();
    let once = wheels.filter(|(_, file)| seen.insert(file.sha256.as_ref().unwrap_or(&file.url)));
    once.map(|(project, file)| (project.clone(), Arc::clone(file))).collect()
}

/// Reads the imports of wheels. Wheels that cannot be read are skipped.
async fn read_imports(
    wanted: Vec<ProjectWheel>,
    wheels: &mut ReadWheels,
    client: &IndexClient,
    counts: &mut Progress,
    progress: &mut (impl FnMut(Progress) + Send),
) {
    let bytes = AtomicU64::new(counts.inspected_bytes);
    let tasks = wanted.into_iter().map(|(project, file)| {
        let bytes = &bytes;
        async move {
            let count = |more| {
                bytes.fetch_add(more, Ordering::Relaxed);
            };
            let imports = imports_of(client, &project, &file, &count).await;
            Some((file, imports.ok()?))
        }
    });
    let mut tasks = stream::iter(tasks).buffer_unordered(AT_ONCE);
    while let Some(one) = tasks.next().await {
        if let Some((file, imports)) = one {
            wheels.add_imports(&file, imports);
        }
        counts.inspected_bytes = bytes.load(Ordering::Relaxed);
        progress(*counts);
    }
}

async fn read_all(
    wanted: Vec<ProjectWheel>,
    client: &IndexClient,
    counts: &mut Progress,
    progress: &mut (impl FnMut(Progress) + Send),
) -> ReadWheels {
    counts.wheels = wanted.len();
    progress(*counts);
    let bytes = Arc::new(AtomicU64::new(0));
    let done = Arc::new(AtomicUsize::new(0));
    let tasks = wanted.into_iter().map(|(project, file)| {
        let (client, bytes, done) = (client.clone(), Arc::clone(&bytes), Arc::clone(&done));
        async move {
            // Decompression takes time, so each wheel is a task of its own.
            let wheel = (project.clone(), Arc::clone(&file));
            let task = tokio::spawn(async move {
                let (project, file) = wheel;
                let read = read_remote(&client, &file, &|more| {
                    bytes.fetch_add(more, Ordering::Relaxed);
                })
                .await;
                done.fetch_add(1, Ordering::Relaxed);
                let facts = read.map_err(|failure| {
                    let error = failure.message().to_owned();
                    ReadFailure::Unreadable { error }
                });
                ReadWheel::new(&project, &file.filename, facts)
            });
            let one = task.await.unwrap_or_else(|error| {
                let failure = ReadFailure::Stopped { error: error.to_string() };
                ReadWheel::new(&project, &file.filename, Err(failure))
            });
            (file, one)
        }
    });
    let mut tasks = stream::iter(tasks).buffer_unordered(AT_ONCE);
    let mut read = ReadWheels::default();
    let mut tick = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            next = tasks.next() => match next {
                Some((file, one)) => read.add(&file, one),
                None => break,
            },
            _ = tick.tick() => {}
        }
        counts.inspected = done.load(Ordering::Relaxed);
        counts.inspected_bytes = bytes.load(Ordering::Relaxed);
        progress(*counts);
    }
    counts.inspected = done.load(Ordering::Relaxed);
    counts.inspected_bytes = bytes.load(Ordering::Relaxed);
    progress(*counts);
    read
}
