//! The solver: pubgrub over numbered versions, run again whenever new facts came in.

use std::cell::RefCell;

use pubgrub::{PubGrubError, VersionSet};
use rustc_hash::{FxHashMap, FxHashSet};

use super::explain;
use super::facts::{Facts, Need};
use super::node::{Edges, Needs, Node};
use super::provider::Provider;
use super::resolution::Resolution;
use super::set::{Position, PositionSet};
use super::solver::Solver;
use super::table::{FIRST_URL, Table};
use wheelbase_spec::name::ProjectName;

/// What [`Solver::advance`] comes to.
#[derive(Debug)]
pub enum Step {
    /// Everything is decided.
    Done(Resolution),
    /// These facts are needed; fetch them all and call again.
    Needs(Vec<Need>),
}

/// How often the lines may be reduced or pre-releases held back before the solver gives up; each time something is
/// taken away for good, so that this is a guard against a fault of ours, not a limit of the problem.
const MOST_RETRIES: usize = 10_000;

impl Solver {
    /// Goes as far as the facts lead.
    pub fn advance(&mut self, facts: &dyn Facts) -> Step {
        for _ in 0..MOST_RETRIES {
            self.rounds += 1;
            self.late_direct = false;
            let (solved, needs) = self.run(facts);
            if !needs.list.is_empty() {
                // What was read while a page was missing accepts other sets once the page is there.
                self.forget_edges();
                for (project, position) in needs.blind {
                    // What is still under way is no new question.
                    if self.requested.insert((project.clone(), position)) {
                        *self.asked.entry(project).or_default() += 1;
                    }
                }
                return Step::Needs(needs.list);
            }
            if self.late_direct {
                self.forget_edges();
                continue;
            }
            match solved {
                Ok(solution) => {
                    if self.hold_back_pre_releases(&solution) {
                        continue;
                    }
                    let mut resolution = super::outcome::build(self, &solution, facts);
                    resolution.rounds = self.rounds;
                    return Step::Done(resolution);
                }
                Err(tree) => self.relax(&tree),
            }
        }
        // Not reached by construction: every retry removes a line, a version or a project.
        Step::Done(Resolution { rounds: self.rounds, ..Resolution::default() })
    }

    /// Forgets what was read of requirements, and all that follows from what was read first: what a run comes to
    /// must not depend on what earlier runs saw, since those saw the facts in the order in which they came in.
    fn forget_edges(&mut self) {
        self.edges.clear();
        self.order.clear();
        self.opened.clear();
        self.pinned.clear();
    }

    /// One run of pubgrub over what is known, and what it lacked.
    fn run(&mut self, facts: &dyn Facts) -> (Result<FxHashMap<Node, Position>, explain::Tree>, Needs) {
        let provider = Provider {
            solver: RefCell::new(self),
            facts,
            needs: RefCell::new(Needs::default()),
            chosen: RefCell::default(),
        };
        let solved = match pubgrub::resolve(&provider, Node::Root, 0u32) {
            Ok(solution) => Ok(solution.into_iter().collect()),
            Err(PubGrubError::NoSolution(tree)) => Err(tree),
            Err(
                PubGrubError::ErrorChoosingVersion { source, .. }
                | PubGrubError::ErrorRetrievingDependencies { source, .. }
                | PubGrubError::ErrorInShouldCancel(source),
            ) => match source {},
        };
        (solved, provider.needs.into_inner())
    }

    /// Removes what makes the problem impossible, and keeps why.
    ///
    /// First choice: a project of which nothing that is asked for can be taken becomes "nothing", and the rest is
    /// solved. Otherwise requirements clash: their lines are left out.
    fn relax(&mut self, tree: &explain::Tree) {
        let mut hopeless = FxHashSet::default();
        explain::for_each_external(tree, &mut |external| {
            if let pubgrub::External::FromDependencyOf(_, _, node, accepted) = external
                && let Some(project) = node.project()
                && !self.any_usable(project, accepted)
            {
                hopeless.insert(project.clone());
            }
        });
        let mut grew = false;
        for project in hopeless {
            if let Some(table) = self.tables.get_mut(&project) {
                grew |= !std::mem::replace(&mut table.may_be_nothing, true);
            }
        }
        if !grew {
            let (conflict, lines) = explain::conflict(self, tree);
            self.conflicts.push(conflict);
            if lines.is_empty() {
                self.dropped.extend(self.lines.iter().copied());
            } else {
                self.dropped.extend(lines);
            }
        }
        self.forget_edges();
    }

    /// Whether any version of a set can be taken.
    fn any_usable(&mut self, project: &ProjectName, accepted: &PositionSet) -> bool {
        let problem = self.problem.clone();
        let rules = problem.rules();
        let Some(table) = self.tables.get_mut(project) else { return true };
        (0..table.len())
            .chain(table.direct_positions())
            .any(|position| accepted.has(position) && table.pick(position, &rules).is_some())
    }

    /// pip looks at pre-releases only where no final release meets all requirements in force, whatever later
    /// conflicts leave of them (pip 26.3, `CandidateEvaluator`); the solver sees one narrowed set and may have gone on
    /// to a pre-release. Such versions are held back, and the problem is solved again.
    fn hold_back_pre_releases(&mut self, solution: &FxHashMap<Node, Position>) -> bool {
        if self.problem.is_uv() {
            return false;
        }
        let pre =
            |table: &Table, position| table.version(position).is_some_and(|version| version.any_prerelease());
        let any_pre = solution.iter().any(|(node, position)| {
            *position < FIRST_URL
                && node
                    .project()
                    .and_then(|project| self.tables.get(project))
                    .is_some_and(|table| pre(table, *position))
        });
        if !any_pre {
            return false;
        }
        let mut in_force: FxHashMap<ProjectName, PositionSet> = FxHashMap::default();
        let mut named: FxHashSet<ProjectName> = FxHashSet::default();
        for (node, position) in solution {
            let Some(Edges::Known(edges)) = self.edges.get(&(node.clone(), *position)) else { continue };
            for edge in edges.iter() {
                // An extra asks for its own project at the version it has; that is no requirement.
                if let Node::Project(project) = &edge.to
                    && node.project() != Some(project)
                {
                    let set = in_force.entry(project.clone()).or_insert_with(PositionSet::full);
                    *set = set.intersection(&edge.accepted);
                    if edge.names_pre_release {
                        named.insert(project.clone());
                    }
                }
            }
        }
        let problem = self.problem.clone();
        let rules = problem.rules();
        let mut changed = false;
        for (project, accepted) in in_force {
            let Some(position) = solution.get(&Node::Project(project.clone())).copied() else { continue };
            let Some(table) = self.tables.get_mut(&project) else { continue };
            // `--pre` and the like stand above the rule.
            let told = problem.options.releases.allows_prereleases(&project).is_some();
            if position >= FIRST_URL || told || !pre(table, position) || named.contains(&project) {
                continue;
            }
            let final_exists = (0..table.len()).any(|other| {
                accepted.has(other) && !pre(table, other) && table.pick(other, &rules).is_some()
            });
            if final_exists {
                table.held_back.push(position);
                changed = true;
            }
            // The line that named a pre-release was given up on the way.
            self.opened.remove(&project);
        }
        if changed {
            self.forget_edges();
        }
        changed
    }
}
