//! The driver: fetches the facts that the solvers request.

use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};
use tokio::task::JoinSet;

use super::loading::{Loaded, load_all};
use super::progress::Progress;
use super::{FetchFailure, IndexClient, Inputs, building};
use crate::error::Error;
use crate::findings::{Finding, UnknownCause};
use crate::index::{DistributionFile, ProjectPage};
use crate::lock::Selected;
use crate::locked::{LockInput, resolve_locked};
use crate::metadata::CoreMetadata;
use crate::name::ProjectName;
use crate::report::{Levels, Report, ReportTarget};
use crate::resolve::{
    Advance, Fact, Facts, Need, Problem, Resolution, ResolveOptions, RootRequirement, Solver,
};
use crate::verdict::{BuiltWheels, LineUndetermined, TargetFacts, VerdictBuilder, VerdictDraft};

/// The requirements and targets of a check.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CheckRequest {
    /// The targets.
    pub targets: Vec<ReportTarget>,
    /// The requirements.
    pub inputs: Inputs,
    /// Findings about the images themselves, by target id.
    pub image_findings: Vec<(String, Finding)>,
    /// A lock instead of requirements; nothing is resolved.
    pub lock: Option<LockInput>,
    /// The installer's options.
    pub options: ResolveOptions,
    /// Levels that differ from the defaults.
    pub levels: Levels,
    /// Whether the compiled files of the selected wheels are checked on the targets. Nothing is run.
    pub inspect: bool,
    /// The wheels that earlier steps of a Dockerfile built, if its step installs them.
    pub built: Option<BuiltWheels>,
    /// Findings on the install step of a Dockerfile.
    pub step: Vec<Finding>,
}

impl CheckRequest {
    /// A request with default options.
    pub fn new(targets: Vec<ReportTarget>, requirements: Vec<RootRequirement>) -> Self {
        let inputs = Inputs { requirements, ..Inputs::default() };
        Self { targets, inputs, ..Self::default() }
    }
}

/// Checks requirements on targets: resolves each target and fetches the facts that the solvers request.
///
/// All targets share pages, metadata and rounds of fetching. `progress` is called after each round.
///
/// # Errors
///
/// If a solver thread panics, which is a bug.
pub async fn check(
    request: CheckRequest,
    client: &IndexClient,
    progress: impl FnMut(Progress) + Send,
) -> Result<Report, Error> {
    Ok(check_drafts(request, client, progress).await?.report())
}

/// Targets with their verdicts in progress.
pub(super) struct Drafts {
    pub(super) targets: Vec<ReportTarget>,
    pub(super) verdicts: Vec<VerdictDraft>,
    levels: Levels,
}

impl Drafts {
    /// The report with the finished verdicts.
    pub(super) fn report(self) -> Report {
        let verdicts = self.verdicts.into_iter().map(VerdictDraft::finish).collect();
        Report::new(self.targets, verdicts, self.levels)
    }
}

/// The same before the verdicts are finished, for the steps of a Dockerfile.
pub(super) async fn check_drafts(
    mut request: CheckRequest,
    client: &IndexClient,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Drafts, Error> {
    if request.lock.is_some() {
        // `--exclude-newer` does not apply to the files that a lock pins.
        request.options.exclude_newer = None;
    }
    let problems: Vec<Arc<Problem>> = request
        .targets
        .iter()
        .map(|target| {
            let problem = Problem::new(
                target.target.clone(),
                request.inputs.requirements.clone(),
                request.inputs.constraints.clone(),
                request.options.clone(),
            );
            Arc::new(problem.with_overrides(request.inputs.overrides.clone()))
        })
        .collect();
    if let Some(input) = request.lock.take() {
        return check_lock(request, &input, &problems, client, progress).await;
    }
    let mut last = Progress::default();
    let mut remember = |counts: Progress| {
        last = counts;
        progress(counts);
    };
    let resolutions = resolve_all(&problems, client, &mut remember).await?;
    Ok(finish(request, &problems, &resolutions, &[], client, last, &mut progress).await)
}

/// Reads the contents of files as requested, and checks all facts.
async fn finish(
    request: CheckRequest,
    problems: &[Arc<Problem>],
    resolutions: &[Resolution],
    selected: &[Selected<'_>],
    client: &IndexClient,
    mut counts: Progress,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Drafts {
    let CheckRequest { targets, inputs, image_findings, options, levels, inspect, built, step, .. } = request;
    let mut loaded = Loaded::default();
    if inspect {
        loaded = load_all(&targets, resolutions, options.no_deps, client, &mut counts, progress).await;
    }
    let archives = building::read_all(resolutions, client, inspect).await;
    let mut loadings = loaded.loadings.into_iter();
    let each = problems.iter().zip(resolutions).zip(&targets).enumerate();
    let verdicts = each.map(|(number, ((problem, resolution), target))| {
        let selected = selected.get(number);
        let of_image = image_findings.iter().filter(|(id, _)| *id == target.id);
        let mut facts = TargetFacts::of_lines(&inputs.undetermined);
        if let Some(selected) = selected {
            facts.lines.extend(selected.undetermined.iter().map(|(origin, reason)| {
                let cause = UnknownCause::Lock { reason: reason.clone() };
                LineUndetermined::new(None, origin.file.to_string(), origin.clone(), cause)
            }));
            facts.refusals = &selected.refusals;
        }
        facts.requires_python = &inputs.requires_python;
        facts.archives = Some(&archives);
        facts.archives_wanted = inspect;
        facts.build_place = target.build_place();
        facts.image = of_image.map(|(_, finding)| finding.clone()).collect();
        facts.loading = loadings.next();
        facts.sizes = inspect.then_some(&loaded.sizes);
        facts.built.clone_from(&built);
        facts.step.clone_from(&step);
        VerdictBuilder::draft(problem, resolution, facts)
    });
    let verdicts = verdicts.collect();
    Drafts { targets, verdicts, levels }
}

/// Checks the pins of a lock on each target, with the markers of the target.
async fn check_lock(
    request: CheckRequest,
    input: &LockInput,
    problems: &[Arc<Problem>],
    client: &IndexClient,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Drafts, Error> {
    let facts = ClientFacts::new(client.clone());
    let mut counts = Progress::default();
    let selected: Vec<Selected<'_>> = problems
        .iter()
        .map(|problem| input.lock.select(&problem.environment, &input.selection, input.project.as_ref()))
        .collect();
    let check = || -> Vec<Result<Resolution, Vec<Need>>> {
        problems
            .iter()
            .zip(&selected)
            .map(|(problem, selected)| resolve_locked(problem, selected, &facts))
            .collect()
    };
    // All required pages are known at the start, so one round of requests is enough.
    let mut asked: FxHashSet<String> = FxHashSet::default();
    let mut under_way: JoinSet<FetchedFact> = JoinSet::new();
    for need in check().into_iter().filter_map(Result::err).flatten() {
        if asked.insert(need.key().to_owned()) {
            counts.asked += 1;
            under_way.spawn(fetch(client.clone(), need));
        }
    }
    progress(counts);
    while let Some(answer) = under_way.join_next().await {
        facts.add(answer.map_err(|error| Error::internal("a request was lost").with_source(error))?);
        counts.answered += 1;
        progress(counts);
    }
    let resolutions: Vec<Resolution> = check()
        .into_iter()
        .collect::<Result<_, _>>()
        .map_err(|_| Error::internal("a lock requests the same facts again"))?;
    Ok(finish(request, problems, &resolutions, &selected, client, counts, &mut progress).await)
}

/// Resolves several problems with one set of facts.
///
/// The solvers run again as soon as a response arrives, and treat facts that are still being fetched as missing. So
/// requests do not wait for each other, and a chain of dependencies costs only its own latency.
///
/// # Errors
///
/// When a solving thread fails, or a solver requests the same facts again.
pub async fn resolve_all(
    problems: &[Arc<Problem>],
    client: &IndexClient,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Result<Vec<Resolution>, Error> {
    let facts = Arc::new(ClientFacts::new(client.clone()));
    let mut states: Vec<SolverState> =
        problems.iter().map(|problem| SolverState::Open(Box::new(Solver::new(problem.clone())))).collect();
    let mut asked: FxHashSet<String> = FxHashSet::default();
    let mut under_way: JoinSet<FetchedFact> = JoinSet::new();
    let mut counts = Progress::default();
    loop {
        let needs;
        (states, needs) = advance_all(states, facts.clone()).await?;
        counts.rounds += 1;
        for need in needs {
            if asked.insert(need.key().to_owned()) {
                counts.asked += 1;
                under_way.spawn(fetch(client.clone(), need));
            }
        }
        counts.decided = states.iter().filter(|state| matches!(state, SolverState::Done(_))).count();
        progress(counts);
        if counts.decided == states.len() {
            break;
        }
        let Some(first) = under_way.join_next().await else {
            return Err(Error::internal("a solver requests the same facts again"));
        };
        let mut arrived = vec![first];
        while let Some(next) = under_way.try_join_next() {
            arrived.push(next);
        }
        for answer in arrived {
            counts.answered += 1;
            let answer = answer.map_err(|error| Error::internal("a request was lost").with_source(error))?;
            facts.add(answer);
        }
    }
    let done = states.into_iter().filter_map(|state| match state {
        SolverState::Done(resolution) => Some(resolution),
        SolverState::Open(_) => None,
    });
    Ok(done.collect())
}

/// The solver of one target, or its result.
enum SolverState {
    Open(Box<Solver>),
    Done(Resolution),
}

/// Runs all unfinished solvers on threads that do not serve the network.
async fn advance_all(
    states: Vec<SolverState>,
    facts: Arc<ClientFacts>,
) -> Result<(Vec<SolverState>, Vec<Need>), Error> {
    tokio::task::spawn_blocking(move || {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let mut slots: Vec<(SolverState, Vec<Need>)> =
            states.into_iter().map(|state| (state, Vec::new())).collect();
        let share = slots.len().div_ceil(threads).max(1);
        let advance = |slots: &mut [(SolverState, Vec<Need>)]| {
            for (state, needs) in slots {
                if let SolverState::Open(solver) = state {
                    match solver.advance(&*facts) {
                        Advance::Done(resolution) => *state = SolverState::Done(resolution),
                        Advance::Needs(lacking) => *needs = lacking,
                    }
                }
            }
        };
        if slots.len() <= 1 {
            advance(&mut slots);
        } else {
            std::thread::scope(|scope| {
                for chunk in slots.chunks_mut(share) {
                    scope.spawn(|| advance(chunk));
                }
            });
        }
        let (states, needs): (Vec<SolverState>, Vec<Vec<Need>>) = slots.into_iter().unzip();
        (states, needs.into_iter().flatten().collect())
    })
    .await
    .map_err(|error| Error::internal("a solver failed").with_source(error))
}

/// The result of a request.
enum FetchedFact {
    Page(ProjectName, Fact<Arc<ProjectPage>>),
    Metadata(Arc<DistributionFile>, Fact<Arc<CoreMetadata>>),
}

async fn fetch(client: IndexClient, need: Need) -> FetchedFact {
    match need {
        Need::Page(project) => {
            let fact = fact_of(client.page(&project).await);
            FetchedFact::Page(project, fact)
        }
        Need::Metadata(file) => {
            let fact = fact_of(client.metadata(&file).await);
            FetchedFact::Metadata(file, fact)
        }
    }
}

fn fact_of<T>(answer: Result<T, FetchFailure>) -> Fact<T> {
    match answer {
        Ok(value) => Fact::Known(value),
        Err(failure) if failure.is_not_found() => Fact::Absent,
        Err(failure) => Fact::Failed(failure.to_string().into()),
    }
}

/// Facts in memory or in the cache; all others are missing.
struct ClientFacts {
    client: IndexClient,
    pages: Mutex<FxHashMap<ProjectName, Fact<Arc<ProjectPage>>>>,
    metadata: Mutex<FxHashMap<Box<str>, Fact<Arc<CoreMetadata>>>>,
}

impl ClientFacts {
    fn new(client: IndexClient) -> Self {
        Self { client, pages: Mutex::default(), metadata: Mutex::default() }
    }

    fn add(&self, answer: FetchedFact) {
        match answer {
            FetchedFact::Page(project, fact) => {
                self.pages.lock().unwrap_or_else(PoisonError::into_inner).insert(project, fact);
            }
            FetchedFact::Metadata(file, fact) => {
                let mut metadata = self.metadata.lock().unwrap_or_else(PoisonError::into_inner);
                metadata.insert(file.url.as_str().into(), fact);
            }
        }
    }
}

impl Facts for ClientFacts {
    fn page(&self, project: &ProjectName) -> Fact<Arc<ProjectPage>> {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = pages.get(project) {
            return known.clone();
        }
        // The cache is read once per fact; later the fact is fetched from the network.
        let fact = self.client.cached_page(project).map_or(Fact::Missing, fact_of);
        pages.insert(project.clone(), fact.clone());
        fact
    }

    fn metadata(&self, file: &DistributionFile) -> Fact<Arc<CoreMetadata>> {
        let mut metadata = self.metadata.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = metadata.get(file.url.as_str()) {
            return known.clone();
        }
        let fact = self.client.cached_metadata(file).map_or(Fact::Missing, fact_of);
        metadata.insert(file.url.as_str().into(), fact.clone());
        fact
    }
}
