//! Why requirements conflict, from pubgrub's derivation tree.

use std::sync::Arc;

use pubgrub::{DerivationTree, External};
use rustc_hash::FxHashSet;

use super::node::{Edges, Node};
use super::reasons;
use super::resolution::Conflict;
use super::set::{Position, PositionSet};
use super::solver::Solver;
use super::table::Listing;
use wheelbase_spec::name::ProjectName;
use wheelbase_spec::requirement::{Requirement, RequirementSource};
use wheelbase_spec::source::url_without_credentials;

pub(super) type Tree = DerivationTree<Node, PositionSet, String>;
type Leaf = External<Node, PositionSet, String>;

/// The maximum number of statements in an explanation.
const MOST_STEPS: usize = 12;

/// Returns a requirement as users write it, without its marker.
pub(super) fn requirement_text(requirement: &Requirement) -> String {
    use std::fmt::Write as _;

    let mut text = requirement.name.to_string();
    if !requirement.extras.is_empty() {
        let extras: Vec<&str> =
            requirement.extras.iter().map(wheelbase_spec::name::ExtraName::as_str).collect();
        // Writing to a `String` cannot fail.
        let _ = write!(text, "[{}]", extras.join(","));
    }
    match &requirement.source {
        RequirementSource::Specifiers(specifiers) => {
            let _ = write!(text, "{specifiers}");
        }
        RequirementSource::Url(url) => {
            let _ = write!(text, " @ {}", url_without_credentials(url));
        }
    }
    text
}

/// Calls a function once on each leaf, in the order of the derivation.
///
/// Shared subtrees are visited once, because the expanded tree can be exponentially large.
pub(super) fn for_each_external(tree: &Tree, visit: &mut impl FnMut(&Leaf)) {
    let mut seen: FxHashSet<*const Tree> = FxHashSet::default();
    let mut stack: Vec<&Tree> = vec![tree];
    while let Some(node) = stack.pop() {
        match node {
            DerivationTree::External(external) => visit(external),
            DerivationTree::Derived(derived) => {
                for cause in [&derived.cause2, &derived.cause1] {
                    if seen.insert(Arc::as_ptr(cause)) {
                        stack.push(cause);
                    }
                }
            }
        }
    }
}

/// Returns the conflict that a tree proves, and the lines that are part of it.
pub(super) fn conflict(solver: &mut Solver, tree: &Tree) -> (Conflict, Vec<usize>) {
    let mut lines: Vec<usize> = Vec::new();
    // (dependent node, its dependency) with the versions that have the dependency.
    let mut dependencies: Vec<(Node, Node, PositionSet)> = Vec::new();
    let mut gaps: Vec<(ProjectName, PositionSet)> = Vec::new();
    for_each_external(tree, &mut |leaf| match leaf {
        External::FromDependencyOf(Node::Line(line), _, to, _) => {
            if !lines.contains(line) {
                lines.push(*line);
            }
            let _ = to;
        }
        External::FromDependencyOf(from, set, to, _)
            if from.project().is_some() && from.project() != to.project() =>
        {
            match dependencies
                .iter_mut()
                .find(|(known_from, known_to, _)| known_from == from && known_to == to)
            {
                Some((_, _, known)) => *known = pubgrub::VersionSet::union(known, set),
                None => dependencies.push((from.clone(), to.clone(), set.clone())),
            }
        }
        External::NoVersions(node, set) => {
            if let Some(project) = node.project() {
                gaps.push((project.clone(), set.clone()));
            }
        }
        External::FromDependencyOf(..) | External::NotRoot(..) | External::Custom(..) => {}
    });
    lines.sort_unstable();

    let problem = solver.problem.clone();
    let mut steps = Vec::new();
    let mut projects = Vec::new();
    let mut named = Vec::new();
    for line in &lines {
        if let Some(root) = problem.requirements.get(*line) {
            let text = requirement_text(&root.requirement);
            steps.push(format!("{} requires {text}", root.origin));
            named.push((text, root.origin.clone()));
            if !projects.contains(&root.requirement.name) {
                projects.push(root.requirement.name.clone());
            }
        }
    }
    for (from, to, set) in &dependencies {
        steps.push(dependency_step(solver, from, to, set));
    }
    for (project, set) in &gaps {
        if let Some(step) = gap_step(solver, project, set)
            && !steps.contains(&step)
        {
            steps.push(step);
        }
    }
    if steps.len() > MOST_STEPS {
        let left_out = steps.len() - MOST_STEPS;
        steps.truncate(MOST_STEPS);
        let noun = if left_out == 1 { "statement" } else { "statements" };
        steps.push(format!("{left_out} more {noun} omitted"));
    }
    projects.sort();
    (Conflict { lines: named, projects, steps }, lines)
}

/// Returns the statement `a 2.0 requires c<2`, with the requirement of the newest version.
fn dependency_step(solver: &Solver, from: &Node, to: &Node, set: &PositionSet) -> String {
    let Some(project) = from.project() else { return String::new() };
    let positions = positions_in(solver, project, set);
    let mut texts: Vec<Arc<str>> = Vec::new();
    for position in positions.iter().rev() {
        if let Some(Edges::Known(edges)) = solver.edges.get(&(from.clone(), *position)) {
            for edge in edges.iter().filter(|edge| edge.to == *to) {
                if !texts.contains(&edge.text) {
                    texts.push(edge.text.clone());
                }
            }
        }
    }
    let who = labelled(solver, project, &positions);
    match texts.as_slice() {
        [] => format!("{who} requires {to}"),
        [one] => format!("{who} requires {one}"),
        [first, .., last] => format!("{who} requires ranges from {first} to {last}"),
    }
}

/// Returns why none of the versions of a set can be used; `None` if the set has no version, which follows from the
/// other statements.
fn gap_step(solver: &mut Solver, project: &ProjectName, set: &PositionSet) -> Option<String> {
    let problem = solver.problem.clone();
    let rules = problem.rules();
    let positions = positions_in(solver, project, set);
    let table = solver.tables.get_mut(project)?;
    if let Listing::Absent = table.listing
        && table.direct.is_empty()
    {
        return Some(format!("{project} was not found on any index"));
    }
    let newest = *positions.iter().rev().find(|position| table.pick(**position, &rules).is_none())?;
    let why = reasons::why_unusable(table, newest, &rules).into_iter().next()?;
    let version = table.version(newest).map(ToString::to_string).unwrap_or_default();
    Some(format!("{project} {version} cannot be used ({why})"))
}

fn positions_in(solver: &Solver, project: &ProjectName, set: &PositionSet) -> Vec<Position> {
    let Some(table) = solver.tables.get(project) else { return Vec::new() };
    (0..table.len()).chain(table.direct_positions()).filter(|position| set.has(*position)).collect()
}

/// Returns a project with its versions: all, one, or a range.
fn labelled(solver: &Solver, project: &ProjectName, positions: &[Position]) -> String {
    let Some(table) = solver.tables.get(project) else { return project.to_string() };
    let version = |position: &Position| table.version(*position).map(ToString::to_string).unwrap_or_default();
    match positions {
        [] => project.to_string(),
        [one] => format!("{project} {}", version(one)),
        [first, .., last] if positions.len() as Position == table.len() => {
            format!("every version of {project} ({} to {})", version(first), version(last))
        }
        [first, .., last] => format!("{project} {} to {}", version(first), version(last)),
    }
}
