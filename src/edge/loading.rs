//! Checks whether the compiled files of the selected wheels load on the targets.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};

use super::imports::imports_of;
use super::inspect::read_remote;
use super::{IndexClient, Progress};
use crate::findings::{Finding, ReadFailure, Undetermined, UnknownCause};
use crate::imports::Imports;
use crate::index::DistributionFile;
use crate::load::{InstalledWheel, Loading, check_loading, findings_of_wheel};
use crate::name::ProjectName;
use crate::report::ReportTarget;
use crate::resolve::{RequestedBy, Resolution, Selection};
use crate::wheel::WheelFacts;

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
    let chosen: Vec<Vec<(ProjectName, Arc<DistributionFile>)>> = resolutions
        .iter()
        .map(|resolution| {
            let files = resolution.projects.iter().filter_map(|project| match &project.selection {
                Selection::File(chosen) if chosen.file.is_wheel() => {
                    Some((project.project.clone(), Arc::clone(&chosen.file)))
                }
                _ => None,
            });
            files.collect()
        })
        .collect();
    let mut wanted: HashMap<String, (ProjectName, Arc<DistributionFile>)> = HashMap::new();
    for (project, file) in chosen.iter().flatten() {
        wanted.entry(identity(file)).or_insert_with(|| (project.clone(), Arc::clone(file)));
    }
    let read = read_all(wanted, client, counts, progress).await;
    let sizes = read.iter().filter_map(|(key, one)| Some((key.clone(), one.facts.as_ref().ok()?.size)));
    let sizes = sizes.collect();
    let checked = |imports: &HashMap<String, Imports>| -> Vec<Loading> {
        let each = targets.iter().zip(resolutions).zip(&chosen);
        each.map(|((target, resolution), files)| {
            let wheels: Vec<InstalledWheel<'_>> = files
                .iter()
                .filter_map(|(project, file)| {
                    let key = identity(file);
                    let facts = read.get(&key)?.facts.as_deref().ok()?;
                    let depends = depends(resolution, project);
                    // One of its dependencies, which were not resolved, may provide a library that the wheel requires.
                    let mut installed = InstalledWheel::new(project.clone(), facts);
                    installed.alone = depends.is_none() && no_deps;
                    installed.left_out = installed.alone;
                    Some(installed.with_depends(depends).with_imports(imports.get(&key)))
                })
                .collect();
            check_loading(&wheels, &target.target, &target.loader_environment())
        })
        .collect()
    };
    let mut loadings = checked(&HashMap::new());
    // The Python files show how much a failure matters; they are read only where something fails.
    let mut unread: HashMap<String, (ProjectName, Arc<DistributionFile>)> = HashMap::new();
    for (loading, files) in loadings.iter().zip(&chosen) {
        let failing = files.iter().filter(|(project, _)| loading.unread.contains(project));
        unread.extend(failing.map(|(project, file)| (identity(file), (project.clone(), Arc::clone(file)))));
    }
    if !unread.is_empty() {
        loadings = checked(&read_imports(unread, client, counts, progress).await);
    }
    let loadings = loadings
        .into_iter()
        .zip(&chosen)
        .map(|(mut loading, files)| {
            for (project, file) in files {
                let Some(one) = read.get(&identity(file)) else { continue };
                loading.findings.extend(one.findings.iter().cloned());
                if let Err(failure) = &one.facts {
                    let (file, failure) = (file.filename.clone(), failure.clone());
                    let cause = UnknownCause::Contents { file: file.clone(), failure: failure.clone() };
                    loading.undetermined.get_or_insert(cause);
                    let finding = Finding::of(Undetermined::Contents { file, failure });
                    loading.findings.push(finding.about(project.clone()));
                }
            }
            loading
        })
        .collect();
    Loaded { loadings, sizes }
}

/// The dependencies of a project. `None` if its metadata was not read, as for a lock or with `--no-deps`.
fn depends(resolution: &Resolution, project: &ProjectName) -> Option<Vec<ProjectName>> {
    match &resolution.project(project)?.selection {
        Selection::File(chosen) if chosen.confidence.is_some() => {}
        _ => return None,
    }
    let asks = |other: &&crate::resolve::ResolvedProject| {
        other
            .requested_by
            .iter()
            .any(|by| matches!(by, RequestedBy::Distribution { project: parent, .. } if parent == project))
    };
    Some(resolution.projects.iter().filter(asks).map(|other| other.project.clone()).collect())
}

/// Reads the imports of wheels. Wheels that cannot be read are skipped.
async fn read_imports(
    wanted: HashMap<String, (ProjectName, Arc<DistributionFile>)>,
    client: &IndexClient,
    counts: &mut Progress,
    progress: &mut (impl FnMut(Progress) + Send),
) -> HashMap<String, Imports> {
    let bytes = AtomicU64::new(counts.inspected_bytes);
    let tasks = wanted.into_iter().map(|(key, (project, file))| {
        let bytes = &bytes;
        async move {
            let count = |more| {
                bytes.fetch_add(more, Ordering::Relaxed);
            };
            let imports = imports_of(client, &project, &file, &count).await;
            Some((key, imports.ok()?))
        }
    });
    let mut tasks = stream::iter(tasks).buffer_unordered(AT_ONCE);
    let mut found = HashMap::new();
    while let Some(one) = tasks.next().await {
        found.extend(one);
        counts.inspected_bytes = bytes.load(Ordering::Relaxed);
        progress(*counts);
    }
    found
}

/// A wheel that was read, and the findings that do not depend on the target.
struct ReadWheel {
    facts: Result<Arc<WheelFacts>, ReadFailure>,
    findings: Vec<Finding>,
}

/// The key of a wheel.
fn identity(file: &DistributionFile) -> String {
    file.sha256.clone().unwrap_or_else(|| file.url.clone())
}

async fn read_all(
    wanted: HashMap<String, (ProjectName, Arc<DistributionFile>)>,
    client: &IndexClient,
    counts: &mut Progress,
    progress: &mut (impl FnMut(Progress) + Send),
) -> HashMap<String, ReadWheel> {
    counts.wheels = wanted.len();
    progress(*counts);
    let bytes = Arc::new(AtomicU64::new(0));
    let done = Arc::new(AtomicUsize::new(0));
    let tasks = wanted.into_iter().map(|(key, (project, file))| {
        let (client, bytes, done) = (client.clone(), Arc::clone(&bytes), Arc::clone(&done));
        async move {
            // Decompression takes time, so each wheel is a task of its own.
            let task = tokio::spawn(async move {
                let read = read_remote(&client, &file, &|more| {
                    bytes.fetch_add(more, Ordering::Relaxed);
                })
                .await;
                done.fetch_add(1, Ordering::Relaxed);
                let facts = read
                    .map(Arc::new)
                    .map_err(|failure| ReadFailure::Unreadable { error: failure.message().to_owned() });
                let findings =
                    facts.as_deref().map(|facts| findings_of_wheel(&project, facts)).unwrap_or_default();
                ReadWheel { facts, findings }
            });
            let one = task.await.unwrap_or_else(|error| ReadWheel {
                facts: Err(ReadFailure::Stopped { error: error.to_string() }),
                findings: Vec::new(),
            });
            (key, one)
        }
    });
    let mut tasks = stream::iter(tasks).buffer_unordered(AT_ONCE);
    let mut read = HashMap::new();
    let mut tick = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            next = tasks.next() => match next {
                Some((key, one)) => { read.insert(key, one); }
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
