//! The dependencies among wheels, and the order of their installation.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::name::ProjectName;
use crate::target::{InstallerKind, Target};

use super::environment::InstalledWheel;

/// The dependencies among the wheels of one resolution.
pub(super) struct Order {
    /// For each wheel its direct and indirect dependencies; `None` if they are unknown.
    closure: Vec<Option<HashSet<usize>>>,
    /// The index of each wheel in the order of installation, if the installer has a fixed order.
    rank: Option<Vec<usize>>,
}

impl Order {
    pub(super) fn new(wheels: &[InstalledWheel<'_>], target: &Target) -> Self {
        let at: BTreeMap<&ProjectName, usize> =
            wheels.iter().enumerate().map(|(at, one)| (&one.project, at)).collect();
        let direct: Vec<Option<Vec<usize>>> = wheels
            .iter()
            .map(|one| {
                let depends = one.depends.as_ref()?;
                Some(depends.iter().filter_map(|project| at.get(project).copied()).collect())
            })
            .collect();
        let closure = (0..wheels.len()).map(|start| reach(&direct, start)).collect();
        let rank = match target.installer.kind {
            InstallerKind::Pip if target.installer.version.release() >= SINCE => pip(wheels, &direct),
            // uv installs several wheels at a time, so the order is not fixed.
            _ => None,
        };
        Self { closure, rank }
    }

    /// Whether one wheel is, or may be, the same as another or a dependency of it.
    pub(super) fn serves(&self, wheel: usize, other: usize) -> bool {
        wheel == other
            || self.closure.get(wheel).is_some_and(|all| all.as_ref().is_none_or(|all| all.contains(&other)))
    }

    /// Whether the dependencies of a wheel are known.
    pub(super) fn knows(&self, wheel: usize) -> bool {
        self.closure.get(wheel).is_some_and(Option::is_some)
    }

    /// The one of two wheels that is installed last, so its files remain.
    pub(super) fn last(&self, one: usize, other: usize) -> Option<usize> {
        let rank = self.rank.as_ref()?;
        Some(if rank.get(one)? > rank.get(other)? { one } else { other })
    }
}

/// pip orders by weight since its resolver of this release (`resolver.py`, `get_installation_order`).
const SINCE: &[u64] = &[20, 3];

fn reach(direct: &[Option<Vec<usize>>], start: usize) -> Option<HashSet<usize>> {
    let mut all = HashSet::new();
    let mut open = vec![start];
    while let Some(next) = open.pop() {
        for &one in direct.get(next)?.as_ref()? {
            if all.insert(one) {
                open.push(one);
            }
        }
    }
    Some(all)
}

/// The order of pip: leaves of the graph first, then projects with only leaves below them, and so on; within one step
/// by name in reverse order (`get_topological_weights` and `_req_set_item_sorter` of pip 25.3). `None` where projects depend on each
/// other in a circle, which makes the weights depend on the order in which they were found.
fn pip(wheels: &[InstalledWheel<'_>], direct: &[Option<Vec<usize>>]) -> Option<Vec<usize>> {
    let mut left: HashMap<usize, HashSet<usize>> = HashMap::new();
    for (at, depends) in direct.iter().enumerate() {
        left.insert(at, depends.as_ref()?.iter().copied().filter(|&other| other != at).collect());
    }
    let mut rank = vec![0; wheels.len()];
    let mut next = 0;
    while !left.is_empty() {
        let mut leaves: Vec<usize> =
            left.iter().filter(|(_, depends)| depends.is_empty()).map(|(&at, _)| at).collect();
        if leaves.is_empty() {
            return None;
        }
        leaves.sort_by_key(|&at| std::cmp::Reverse(wheels.get(at).map(|one| one.project.as_str())));
        for leaf in leaves {
            left.remove(&leaf);
            left.values_mut().for_each(|depends| {
                depends.remove(&leaf);
            });
            if let Some(place) = rank.get_mut(leaf) {
                *place = next;
            }
            next += 1;
        }
    }
    Some(rank)
}
