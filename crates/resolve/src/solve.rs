//! The solver: pubgrub over numbered versions, run again whenever new facts came in.

use std::cell::RefCell;
use std::sync::Arc;

use pubgrub::{PubGrubError, VersionSet};
use rustc_hash::{FxHashMap, FxHashSet};

use super::explain;
use super::facts::{Facts, Need};
use super::graph::{Edges, Needs, Node};
use super::problem::Problem;
use super::provider::Provider;
use super::resolution::{Conflict, Resolution};
use super::set::{Position, PositionSet};
use super::table::{FIRST_URL, Table};
use wheelbase_spec::name::ProjectName;
use wheelbase_spec::requirement::RequirementSource;
use wheelbase_spec::version::SpecifierSet;

/// What [`Solver::advance`] comes to.
#[derive(Debug)]
pub enum Step {
    /// Everything is decided.
    Done(Resolution),
    /// These facts are needed; fetch them all and call again.
    Needs(Vec<Need>),
}

/// The resolution of one target's problem, in steps.
///
/// Nothing is fetched here: [`advance`](Self::advance) looks facts up and either comes to an end or says what it
/// lacks. Each call solves again from the start with all that is known; what was computed about projects and files is
/// kept. That costs little: solving is fast beside waiting for an index, and a run asks for everything it lacks at
/// once, because projects without a page are decided last and count as satisfied meanwhile.
#[derive(Debug)]
pub struct Solver {
    pub(super) problem: Arc<Problem>,
    pub(super) lines: Vec<usize>,
    pub(super) tables: FxHashMap<ProjectName, Table>,
    pub(super) edges: FxHashMap<(Node, Position), Edges>,
    pub(super) constraints: FxHashMap<ProjectName, Vec<SpecifierSet>>,
    /// For how many versions of a project the solver had to wait: the look-ahead doubles with each.
    pub(super) asked: FxHashMap<ProjectName, u32>,
    /// Versions whose metadata was asked for because the solver wanted to go on with them.
    requested: FxHashSet<(ProjectName, Position)>,
    /// Projects of which some requirement names a pre-release (pip's rule).
    pub(super) opened: FxHashSet<ProjectName>,
    /// Projects that some requirement pins with `==`: installers decide them first, and the order shows.
    pub(super) pinned: FxHashSet<ProjectName>,
    /// Lines left out because they clash.
    pub(super) dropped: FxHashSet<usize>,
    pub(super) conflicts: Vec<Conflict>,
    /// Direct URLs that came up after requirements on the same project were read.
    pub(super) late_direct: bool,
    pub(super) order: FxHashMap<ProjectName, usize>,
    rounds: u32,
}

/// How often the lines may be reduced or pre-releases held back before the solver gives up; each time something is
/// taken away for good, so that this is a guard against a fault of ours, not a limit of the problem.
const MOST_RETRIES: usize = 10_000;

impl Solver {
    /// A solver that knows nothing yet.
    pub fn new(problem: Arc<Problem>) -> Self {
        let mut constraints: FxHashMap<ProjectName, Vec<SpecifierSet>> = FxHashMap::default();
        for constraint in &problem.constraints {
            if let RequirementSource::Specifiers(set) = &constraint.requirement.source
                && problem.applies(&constraint.requirement)
            {
                constraints.entry(constraint.requirement.name.clone()).or_default().push(set.clone());
            }
        }
        let lines = problem
            .requirements
            .iter()
            .enumerate()
            .filter(|(_, line)| problem.applies(&line.requirement))
            .map(|(index, _)| index)
            .collect();
        Self {
            problem,
            lines,
            tables: FxHashMap::default(),
            edges: FxHashMap::default(),
            constraints,
            asked: FxHashMap::default(),
            requested: FxHashSet::default(),
            opened: FxHashSet::default(),
            pinned: FxHashSet::default(),
            dropped: FxHashSet::default(),
            conflicts: Vec::new(),
            late_direct: false,
            order: FxHashMap::default(),
            rounds: 0,
        }
    }

    /// The problem that is being solved.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

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
