//! The solver and the state that it keeps between two runs.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::node::{Edges, Node};
use super::problem::Problem;
use super::resolution::Conflict;
use super::set::Position;
use super::table::VersionTable;
use wheelbase_spec::name::ProjectName;
use wheelbase_spec::requirement::RequirementSource;
use wheelbase_spec::version::SpecifierSet;

/// The resolution of one target's problem, in steps.
///
/// The solver does not fetch anything: [`advance`](Self::advance) looks up facts and returns either the resolution or
/// the missing facts. Each call solves from the start with all known facts and keeps what was computed about projects
/// and files. That is cheap: solving is fast compared with waiting for an index, and a run requests all missing facts
/// at once, because projects without a page are decided last and count as satisfied until then.
#[derive(Debug)]
pub struct Solver {
    pub(super) problem: Arc<Problem>,
    pub(super) lines: Vec<usize>,
    pub(super) tables: FxHashMap<ProjectName, VersionTable>,
    pub(super) edges: FxHashMap<(Node, Position), Edges>,
    pub(super) constraints: FxHashMap<ProjectName, Vec<SpecifierSet>>,
    /// The number of versions of a project whose metadata the solver waited for. The look-ahead doubles with each.
    pub(super) waits: FxHashMap<ProjectName, u32>,
    /// The versions that the solver chose and whose metadata it requested.
    pub(super) requested: FxHashSet<(ProjectName, Position)>,
    /// Projects with a requirement that names a pre-release (pip's rule).
    pub(super) opened: FxHashSet<ProjectName>,
    /// Projects that a requirement pins with `==`. Installers decide them first, and the order affects the result.
    pub(super) pinned: FxHashSet<ProjectName>,
    /// Lines that were removed because they conflict.
    pub(super) dropped: FxHashSet<usize>,
    pub(super) conflicts: Vec<Conflict>,
    /// Whether a direct URL was found after requirements on the same project were read.
    pub(super) late_direct: bool,
    pub(super) order: FxHashMap<ProjectName, usize>,
    pub(super) rounds: u32,
}

impl Solver {
    /// Returns a solver without any facts.
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

    /// Returns the problem.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}
