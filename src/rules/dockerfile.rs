//! Findings on copies between stages, at lines of the Dockerfile.

use std::collections::BTreeMap;

use crate::dockerfile::{Plan, Step};
use crate::findings::dockerfile::{Passage, Stages};
use crate::findings::{Code, Detail, Finding, Placed};

pub use crate::findings::dockerfile::{Native, StageImage, StagePython, StepFacts};

/// Findings, and unknown facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StageFindings {
    /// The findings.
    pub findings: Vec<Finding>,
    /// What could not be known, and why.
    pub undetermined: Vec<Finding>,
}

/// Checks the copies between stages.
///
/// `images` contains the facts of the image below each stage, by the index of the stage; `native` returns the compiled
/// files of an install step, by the indexes of stage and step as in [`Flow`](crate::dockerfile::Flow).
///
/// ```
/// use std::collections::BTreeMap;
/// use wheelbase::dockerfile::{Context, Dockerfile, PlanOptions};
/// use wheelbase::findings::Code;
/// use wheelbase::rules::dockerfile::{Native, StageImage, check};
/// use wheelbase::target::Libc;
///
/// let text = b"FROM python:3.12 AS build\nRUN pip install --target /lib psycopg2\n\
///              FROM python:3.12-alpine\nCOPY --from=build /lib /lib\n";
/// let plan = Dockerfile::parse(text, "Dockerfile")?.plan(&PlanOptions::default(), &Context::new())?;
/// let images = BTreeMap::from([
///     (0, StageImage { libc: Some(Libc::Glibc(2, 41)), ..StageImage::default() }),
///     (1, StageImage { libc: Some(Libc::Musl(1, 2, Some(5))), ..StageImage::default() }),
/// ]);
/// let checked = check(&plan, &images, |_, _| Native::Built);
/// assert!(checked.findings.iter().any(|finding| finding.code() == Code::StageLibcMismatch));
/// # Ok::<(), wheelbase::dockerfile::DockerfileError>(())
/// ```
pub fn check(
    plan: &Plan,
    images: &BTreeMap<usize, StageImage>,
    native: impl Fn(usize, usize) -> Native,
) -> StageFindings {
    check_steps(plan, images, |stage, step| StepFacts { native: native(stage, step), ..StepFacts::default() })
}

/// Checks the copies between stages with more facts of each step than [`check`].
pub fn check_steps(
    plan: &Plan,
    images: &BTreeMap<usize, StageImage>,
    facts: impl Fn(usize, usize) -> StepFacts,
) -> StageFindings {
    let stages = Stages { plan, images };
    let mut found = Found::default();
    found.all(Detail::on_stages(&stages));
    for flow in plan.flows() {
        let Some(Step::Install(step)) =
            plan.stages.get(flow.stage).and_then(|stage| stage.steps.get(flow.step))
        else {
            continue;
        };
        let facts = facts(flow.stage, flow.step);
        found.all(Detail::on_passage(&Passage { stages: &stages, flow: &flow, step, facts: &facts }));
    }
    found.undetermined.sort_by_cached_key(|finding| (finding.origin.clone(), finding.message()));
    found.undetermined.dedup();
    StageFindings { findings: found.findings, undetermined: found.undetermined }
}

/// The order of the findings on one part of a Dockerfile; those with other codes are last.
const ORDER: [Code; 7] = [
    Code::UnpinnedBase,
    Code::BuildArgAssumed,
    Code::LibrariesLeftBehind,
    Code::StageLibcMismatch,
    Code::StageArchMismatch,
    Code::StagePythonMismatch,
    Code::CopiedVenvDangles,
];

#[derive(Default)]
struct Found {
    findings: Vec<Finding>,
    undetermined: Vec<Finding>,
}

impl Found {
    /// Adds findings. One line may be on the path of several steps; its finding is reported once.
    fn all(&mut self, mut found: Vec<Placed<Detail>>) {
        let rank = |one: &Placed<Detail>| ORDER.iter().position(|code| *code == one.rule.code());
        found.sort_by_key(|one| rank(one).unwrap_or(ORDER.len()));
        for finding in found.into_iter().map(Finding::placed) {
            if finding.code() == Code::Undetermined {
                self.undetermined.push(finding);
            } else if !self.findings.contains(&finding) {
                self.findings.push(finding);
            }
        }
    }
}
