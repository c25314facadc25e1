//! Converts pubgrub's solution to a [`Resolution`].

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::facts::Facts;
use super::node::{Edges, Learned, Needs, Node};
use super::reasons::{self, Reason};
use super::resolution::{Chosen, RequestedBy, Resolution, ResolvedProject, Selection, UndefinedComparisons};
use super::set::{Position, PositionSet};
use super::solver::Solver;
use super::table::{Listing, NOTHING, UNKNOWN};
use super::unknown::UnknownReason;
use wheelbase_spec::name::{ExtraName, ProjectName};
use wheelbase_spec::version::Version;

/// What the edges of a solution require of one project.
#[derive(Default)]
struct Requested {
    by: Vec<RequestedBy>,
    accepted: Option<PositionSet>,
    /// Whether a requirement applies unconditionally. If not, the result depends on unknown marker variables.
    certain: bool,
    conditional_on: Vec<&'static str>,
}

/// Builds the resolution. All facts are known at this point.
pub(super) fn build(
    solver: &mut Solver,
    solution: &FxHashMap<Node, Position>,
    facts: &dyn Facts,
) -> Resolution {
    let mut requested = collect_edges(solver, solution);
    let mut extras: FxHashMap<ProjectName, Vec<ExtraName>> = FxHashMap::default();
    for node in solution.keys() {
        if let Node::Extra(project, extra) = node {
            extras.entry(project.clone()).or_default().push(extra.clone());
        }
    }
    let mut projects = Vec::new();
    for (node, position) in solution {
        let Node::Project(project) = node else { continue };
        let Some(requested) = requested.remove(project) else { continue };
        let mut extras = extras.remove(project).unwrap_or_default();
        extras.sort();
        let (selection, unknown_extras) = select(solver, project, *position, &requested, &extras, facts);
        let passed_over = match (&selection, &requested.accepted) {
            (Selection::File(_), Some(accepted)) => passed_over(solver, project, *position, accepted),
            _ => Vec::new(),
        };
        let undefined_markers = match &selection {
            Selection::File(_) => undefined_markers(solver, project, *position, facts),
            _ => Vec::new(),
        };
        let mut by = requested.by;
        by.sort();
        by.dedup();
        projects.push(ResolvedProject {
            project: project.clone(),
            extras,
            unknown_extras,
            selection,
            requested_by: by,
            conditional_on: if requested.certain { Vec::new() } else { requested.conditional_on },
            passed_over,
            undefined_markers,
        });
    }
    projects.sort_by(|a, b| a.project.cmp(&b.project));
    Resolution { projects, conflicts: solver.conflicts.clone(), rounds: 0 }
}

/// Returns the dependencies of a chosen version with markers that an installer cannot evaluate. Installers evaluate
/// the markers of all dependencies.
fn undefined_markers(
    solver: &mut Solver,
    project: &ProjectName,
    position: Position,
    facts: &dyn Facts,
) -> Vec<UndefinedComparisons> {
    let problem = solver.problem.clone();
    if problem.options.no_deps {
        return Vec::new();
    }
    let learned = solver.learn(project, position, facts, &mut Needs::default());
    let Some(Learned::Metadata(metadata, _)) = learned else { return Vec::new() };
    let requirements = metadata.requires_dist.iter();
    requirements
        .filter_map(|requirement| UndefinedComparisons::of(requirement, &problem.environment))
        .collect()
}

/// Collects the edges of the chosen versions, starting at the root, so that only required projects are included.
fn collect_edges(solver: &Solver, solution: &FxHashMap<Node, Position>) -> FxHashMap<ProjectName, Requested> {
    let mut requested: FxHashMap<ProjectName, Requested> = FxHashMap::default();
    for (node, position) in solution {
        let Some(Edges::Known(edges)) = solver.edges.get(&(node.clone(), *position)) else { continue };
        for edge in edges.iter() {
            let Some(project) = edge.to.project() else { continue };
            let by = match node {
                Node::Root => continue,
                Node::Line(line) => match solver.problem.requirements.get(*line) {
                    Some(root) => {
                        RequestedBy::Line { requirement: edge.text.to_string(), origin: root.origin.clone() }
                    }
                    None => continue,
                },
                // An extra always requires its own project; it is not reported.
                Node::Project(parent) | Node::Extra(parent, _) if parent == project => continue,
                Node::Project(parent) | Node::Extra(parent, _) => RequestedBy::Distribution {
                    project: parent.clone(),
                    version: solver
                        .tables
                        .get(parent)
                        .and_then(|table| table.version(*position))
                        .map(ToString::to_string)
                        .unwrap_or_default(),
                    requirement: edge.text.to_string(),
                },
            };
            let entry = requested.entry(project.clone()).or_default();
            entry.by.push(by);
            let set = entry.accepted.get_or_insert_with(pubgrub::VersionSet::full);
            *set = pubgrub::VersionSet::intersection(set, &edge.accepted);
            if edge.conditional_on.is_empty() {
                entry.certain = true;
            }
            for variable in &edge.conditional_on {
                if !entry.conditional_on.contains(variable) {
                    entry.conditional_on.push(variable);
                }
            }
        }
    }
    requested
}

fn select(
    solver: &mut Solver,
    project: &ProjectName,
    position: Position,
    requested: &Requested,
    extras: &[ExtraName],
    facts: &dyn Facts,
) -> (Selection, Vec<ExtraName>) {
    let problem = solver.problem.clone();
    let rules = problem.rules();
    let mut needs = Needs::default();
    if position == UNKNOWN {
        let reason = match solver.tables.get(project).map(|table| &table.listing) {
            Some(Listing::Failed(error)) => UnknownReason::Page(error.to_string()),
            _ => UnknownReason::PageNotFetched,
        };
        return (Selection::Undetermined { reason }, Vec::new());
    }
    if position == NOTHING {
        return (nothing(solver, project, requested), Vec::new());
    }
    let learned = solver.learn(project, position, facts, &mut needs);
    let Some(table) = solver.tables.get_mut(project) else {
        return (Selection::Undetermined { reason: UnknownReason::NoFacts }, Vec::new());
    };
    if let Some(direct) = table.direct_at(position)
        && let Some(reason) = &direct.opaque
    {
        return (Selection::Undetermined { reason: reason.clone() }, Vec::new());
    }
    let Some(candidate) = table.pick(position, &rules) else {
        return (nothing(solver, project, requested), Vec::new());
    };
    let mut unknown_extras = Vec::new();
    let mut metadata_version = None;
    let (confidence, unknown_dependencies) = match learned {
        Some(Learned::Metadata(metadata, confidence)) => {
            unknown_extras
                .extend(extras.iter().filter(|extra| !metadata.provides_extra.contains(extra)).cloned());
            metadata_version = metadata.version.clone();
            (Some(confidence), None)
        }
        Some(Learned::Nowhere(why)) => (None, Some(why)),
        None if problem.options.no_deps => (None, None),
        None => (None, Some(UnknownReason::MetadataNotFetched)),
    };
    let (file, version, page) = match table.direct_at(position) {
        Some(direct) => (direct.file.clone(), direct.version.clone().or(metadata_version), None),
        None => {
            let found = table.release(position).and_then(|(_, release)| {
                let file = release.files().get(candidate.file)?;
                Some((Arc::new(file.clone()), release.version().clone()))
            });
            match found {
                Some((file, version)) => (file, Some(version), table.page().cloned()),
                None => {
                    return (Selection::Undetermined { reason: UnknownReason::FileNotListed }, Vec::new());
                }
            }
        }
    };
    let Some(version) = version else {
        let reason = UnknownReason::VersionUntilBuilt { file: file.filename.clone() };
        return (Selection::Undetermined { reason }, Vec::new());
    };
    let hashes = table.hashes.clone();
    let chosen = Chosen { version, file, candidate, hashes, page, confidence, unknown_dependencies };
    (Selection::File(Box::new(chosen)), unknown_extras)
}

/// Returns why no version of a project can be used.
fn nothing(solver: &mut Solver, project: &ProjectName, requested: &Requested) -> Selection {
    let problem = solver.problem.clone();
    let rules = problem.rules();
    let Some(table) = solver.tables.get_mut(project) else {
        return Selection::Nothing { version: None, reasons: vec![Reason::ProjectNotFound], page: None };
    };
    if matches!(table.listing, Listing::Absent) && table.direct.is_empty() {
        return Selection::Nothing { version: None, reasons: vec![Reason::ProjectNotFound], page: None };
    }
    let accepted = |position: &Position| requested.accepted.as_ref().is_none_or(|set| set.has(*position));
    // Report the newest final version if there is one, because users look for it first.
    let listed: Vec<Position> = (0..table.len()).chain(table.direct_positions()).filter(accepted).collect();
    let is_final =
        |position: &&Position| table.version(**position).is_some_and(|version| !version.any_prerelease());
    let newest = listed.iter().rev().find(is_final).or(listed.last()).copied();
    let page = table.page().cloned();
    let Some(newest) = newest else {
        return Selection::Nothing { version: None, reasons: vec![Reason::NoVersionSatisfies], page };
    };
    let version = table.version(newest).cloned();
    let reasons = reasons::why_unusable(table, newest, &rules);
    Selection::Nothing { version, reasons, page }
}

/// Returns newer versions that satisfy all requirements and have no file for the target, newest first.
///
/// Versions that require another Python are left out, because projects drop old Pythons regularly.
fn passed_over(
    solver: &mut Solver,
    project: &ProjectName,
    chosen: Position,
    accepted: &PositionSet,
) -> Vec<Version> {
    let problem = solver.problem.clone();
    let rules = problem.rules();
    let Some(table) = solver.tables.get_mut(project) else { return Vec::new() };
    let chosen_is_pre = table.version(chosen).is_some_and(Version::any_prerelease);
    let mut found = Vec::new();
    for position in (chosen.saturating_add(1)..table.len()).rev() {
        let is_pre = table.version(position).is_some_and(Version::any_prerelease);
        if !accepted.has(position) || (is_pre && !chosen_is_pre) {
            continue;
        }
        // With --exclude-newer, later releases do not exist.
        let exists = problem.options.exclude_newer.is_none_or(|cut| {
            table.release(position).is_some_and(|(_, release)| {
                release.files().iter().any(|file| file.upload_time.is_some_and(|time| time < cut))
            })
        });
        if exists && table.pick(position, &rules).is_none() {
            let unfit = reasons::why_unusable(table, position, &rules)
                .iter()
                .any(|reason| matches!(reason, Reason::NoWheelFits { .. } | Reason::NoWheel));
            let yanked = !table.candidates(position, &rules).is_empty();
            if unfit && !yanked {
                found.extend(table.version(position).cloned());
            }
        }
    }
    found
}
