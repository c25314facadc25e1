//! Problems of an archive. Several rules report one kind each.

use std::collections::HashMap;

use super::counts::MOST;
use crate::wheel::{ProblemKind, WheelFacts};

/// Something wrong with an archive or one of its members.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArchiveProblem {
    /// The kind.
    pub kind: ProblemKind,
    /// The member. Its name is untrusted and written to terminals, so control characters are escaped.
    pub member: String,
    /// The detail from the archive reader.
    pub detail: String,
}

impl ArchiveProblem {
    /// The first problems of each of these kinds.
    pub(super) fn of(facts: &WheelFacts, kinds: &[ProblemKind]) -> impl Iterator<Item = Self> {
        let mut counts: HashMap<ProblemKind, usize> = HashMap::new();
        facts.problems.iter().filter(|problem| kinds.contains(&problem.kind)).filter_map(move |problem| {
            let count = counts.entry(problem.kind).or_default();
            *count += 1;
            (*count <= MOST).then(|| Self {
                kind: problem.kind,
                member: problem.member.escape_debug().collect(),
                detail: problem.detail.clone(),
            })
        })
    }
}
