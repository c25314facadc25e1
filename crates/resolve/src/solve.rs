//! The solver: pubgrub over numbered versions, run again when new facts arrive.

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
use super::table::{FIRST_URL, VersionTable};
use wheelbase_spec::name::ProjectName;

/// The result of [`Solver::advance`].
#[derive(Debug)]
pub enum Advance {
    /// The resolution is complete.
    Done(Resolution),
    /// These facts are missing. Fetch all of them and call again.
    Needs(Vec<Need>),
}

/// The maximum number of retries after the solver removed lines or held back pre-releases. Each retry removes something
/// permanently, so only a bug in this crate can reach the limit.
const MOST_RETRIES: usize = 10_000;

impl Solver {
    /// Solves as far as the facts allow.
    pub fn advance(&mut self, facts: &dyn Facts) -> Advance {
        for _ in 0..MOST_RETRIES {
            self.rounds += 1;
            self.late_direct = false;
            let (solved, needs) = self.run(facts);
            if !needs.list.is_empty() {
                // Edges that were read without a page accept other sets once the page is known.
                self.forget_edges();
                for (project, position) in needs.blind {
                    // Count a version only when it is requested for the first time.
                    if self.requested.insert((project.clone(), position)) {
                        *self.waits.entry(project).or_default() += 1;
                    }
                }
                return Advance::Needs(needs.list);
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
                    return Advance::Done(resolution);
                }
                Err(tree) => self.relax(&tree),
            }
        }
        // Unreachable: every retry removes a line, a version or a project.
        Advance::Done(Resolution { rounds: self.rounds, ..Resolution::default() })
    }

    /// Drops everything that was read from requirements. The result of a run must not depend on earlier runs, because
    /// they saw the facts in the order of their arrival.
    fn forget_edges(&mut self) {
        self.edges.clear();
        self.order.clear();
        self.opened.clear();
        self.pinned.clear();
    }

    /// Runs pubgrub once with the known facts. Returns the result and the missing facts.
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

    /// Removes what makes the problem unsolvable, and records the conflict.
    ///
    /// If no accepted version of a project can be used, the project becomes "nothing" and the rest is solved. Otherwise
    /// requirements conflict, and their lines are removed.
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

    /// Returns whether a version of a set can be used.
    fn any_usable(&mut self, project: &ProjectName, accepted: &PositionSet) -> bool {
        let problem = self.problem.clone();
        let rules = problem.rules();
        let Some(table) = self.tables.get_mut(project) else { return true };
        (0..table.len())
            .chain(table.direct_positions())
            .any(|position| accepted.has(position) && table.pick(position, &rules).is_some())
    }

    /// Holds back pre-releases that pip does not consider; returns whether the problem must be solved again.
    ///
    /// pip considers pre-releases only if no final release meets all active requirements, even if conflicts later
    /// exclude those releases (pip 26.3, `CandidateEvaluator`). The solver sees only the remaining set and may have
    /// chosen a pre-release.
    fn hold_back_pre_releases(&mut self, solution: &FxHashMap<Node, Position>) -> bool {
        if self.problem.is_uv() {
            return false;
        }
        let pre = |table: &VersionTable, position| {
            table.version(position).is_some_and(|version| version.any_prerelease())
        };
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
                // An extra requires its own project at the same version, which is not a requirement of the user.
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
            // `--pre` and similar options take precedence over the rule.
            let explicit = problem.options.releases.allows_prereleases(&project).is_some();
            if position >= FIRST_URL || explicit || !pre(table, position) || named.contains(&project) {
                continue;
            }
            let final_exists = (0..table.len()).any(|other| {
                accepted.has(other) && !pre(table, other) && table.pick(other, &rules).is_some()
            });
            if final_exists {
                table.held_back.push(position);
                changed = true;
            }
            // The line that named a pre-release was removed.
            self.opened.remove(&project);
        }
        if changed {
            self.forget_edges();
        }
        changed
    }
}
