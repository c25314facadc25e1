//! What is known of one problem between two runs.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::node::{Edges, Node};
use super::problem::Problem;
use super::resolution::Conflict;
use super::set::Position;
use super::table::Table;
use wheelbase_spec::name::ProjectName;
use wheelbase_spec::requirement::RequirementSource;
use wheelbase_spec::version::SpecifierSet;

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
    pub(super) waits: FxHashMap<ProjectName, u32>,
    /// Versions whose metadata was asked for because the solver wanted to go on with them.
    pub(super) requested: FxHashSet<(ProjectName, Position)>,
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
    pub(super) rounds: u32,
}

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
            waits: FxHashMap::default(),
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
}
