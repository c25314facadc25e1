//! The interface between pubgrub and the solver: which project is decided next, and which version is tried first.

use std::cell::RefCell;
use std::convert::Infallible;

use pubgrub::{
    Dependencies, DependencyConstraints, DependencyProvider, PackageResolutionStatistics, VersionSet,
};
use rustc_hash::FxHashMap;

use super::facts::Facts;
use super::node::{Edges, Needs, Node};
use super::set::{Position, PositionSet};
use super::solver::Solver;
use super::table::{NOTHING, UNKNOWN};
use wheelbase_spec::name::ProjectName;

/// The dependency provider for pubgrub.
pub(super) struct Provider<'a> {
    pub(super) solver: RefCell<&'a mut Solver>,
    pub(super) facts: &'a dyn Facts,
    pub(super) needs: RefCell<Needs>,
    /// The last chosen version of each project, so that its extras use the same one.
    pub(super) chosen: RefCell<FxHashMap<ProjectName, Position>>,
}

/// The priority of a project. Higher priorities are decided first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// The page is missing. Such projects are decided last, so that a run requests all missing facts at once.
    Missing,
    Open,
    /// Projects with frequent conflicts. Deciding them early finds a conflict early.
    Contested,
    Pinned,
    Direct,
    /// An extra of a decided project.
    Following,
    Start,
}

/// The number of conflicts that makes a project contested. It is that of uv 0.13.8 (`CONFLICT_THRESHOLD`).
const CONTESTED: u32 = 5;

impl DependencyProvider for Provider<'_> {
    type P = Node;
    type V = Position;
    type VS = PositionSet;
    type Priority = (Class, std::cmp::Reverse<usize>);
    type M = String;
    type Err = Infallible;

    fn prioritize(
        &self,
        node: &Node,
        range: &PositionSet,
        statistics: &PackageResolutionStatistics,
    ) -> Self::Priority {
        let solver = self.solver.borrow();
        let Some(project) = node.project() else { return (Class::Start, std::cmp::Reverse(0)) };
        let order = solver.order.get(project).copied().unwrap_or(usize::MAX);
        let class = match solver.tables.get(project) {
            Some(table) if !table.direct.is_empty() => Class::Direct,
            Some(table) if table.is_unknown() => Class::Missing,
            None => Class::Missing,
            Some(_) => {
                if matches!(node, Node::Extra(..)) && self.chosen.borrow().contains_key(project) {
                    Class::Following
                } else if solver.pinned.contains(project) && range.single().is_some() {
                    Class::Pinned
                } else if statistics.conflict_count() >= CONTESTED {
                    Class::Contested
                } else {
                    Class::Open
                }
            }
        };
        (class, std::cmp::Reverse(order))
    }

    fn choose_version(&self, node: &Node, range: &PositionSet) -> Result<Option<Position>, Infallible> {
        let Some(project) = node.project() else {
            return Ok(range.has(0).then_some(0));
        };
        let mut solver = self.solver.borrow_mut();
        if matches!(node, Node::Extra(..))
            && let Some(position) = self.chosen.borrow().get(project)
            && range.has(*position)
        {
            return Ok(Some(*position));
        }
        let choice = solver.choose(project, range, self.facts, &mut self.needs.borrow_mut());
        if let Some(position) = choice {
            self.chosen.borrow_mut().insert(project.clone(), position);
        }
        Ok(choice)
    }

    fn get_dependencies(
        &self,
        node: &Node,
        position: &Position,
    ) -> Result<Dependencies<Node, PositionSet, String>, Infallible> {
        let mut solver = self.solver.borrow_mut();
        let edges = solver.edges_at(node, *position, self.facts, &mut self.needs.borrow_mut());
        Ok(match edges {
            Edges::Missing => Dependencies::Available(DependencyConstraints::default()),
            Edges::RuledOut(why) => Dependencies::Unavailable(why),
            Edges::Known(edges) => {
                let mut merged: Vec<(Node, PositionSet)> = Vec::with_capacity(edges.len());
                for edge in edges.iter() {
                    match merged.iter_mut().find(|(node, _)| *node == edge.to) {
                        Some((_, set)) => *set = set.intersection(&edge.accepted),
                        None => merged.push((edge.to.clone(), edge.accepted.clone())),
                    }
                }
                Dependencies::Available(merged.into_iter().collect())
            }
        })
    }
}

impl Solver {
    /// Returns the version that the installer tries first among the remaining ones.
    fn choose(
        &mut self,
        project: &ProjectName,
        range: &PositionSet,
        facts: &dyn Facts,
        needs: &mut Needs,
    ) -> Option<Position> {
        let problem = self.problem.clone();
        let rules = problem.rules();
        let uv = problem.is_uv();
        let all_count = problem.options.releases.allows_prereleases(project) == Some(true);
        let opened = !uv && self.opened.contains(project);
        let prefer_binary = problem.options.prefer_binary && !uv;
        let table = self.table(project, facts, needs);
        if table.is_unknown() {
            return range.has(UNKNOWN).then_some(UNKNOWN);
        }
        for position in table.direct_positions().rev() {
            if range.has(position) && table.pick(position, &rules).is_some() {
                return Some(position);
            }
        }
        // Final releases come before pre-releases, unless pre-releases are allowed; with `--prefer-binary` wheels
        // come before sdists. Within each class the newest comes first.
        let mut best: Option<((bool, bool), Position)> = None;
        for position in (0..table.len()).rev().filter(|position| range.has(*position)) {
            if table.held_back.contains(&position) {
                continue;
            }
            let is_pre = table.version(position).is_some_and(|version| version.any_prerelease());
            let after_finals = is_pre && !opened && !all_count;
            let Some(pick) = table.pick(position, &rules) else { continue };
            // pip sorts by format before it sorts by version, and removes pre-releases before both.
            let class = (after_finals, prefer_binary && !pick.is_wheel());
            if best.is_none_or(|(known, _)| class < known) {
                best = Some((class, position));
            }
            if class == (false, false) {
                break;
            }
        }
        match best {
            Some((_, position)) => Some(position),
            None => (table.may_be_nothing && range.has(NOTHING)).then_some(NOTHING),
        }
    }
}
