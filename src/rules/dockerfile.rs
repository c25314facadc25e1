//! Findings on copies between stages, at lines of the Dockerfile.

use std::collections::BTreeMap;

use crate::dockerfile::{Plan, Step};
use crate::findings::dockerfile::{Passage, Stages};
use crate::findings::{
    BuildArgAssumed, CopiedVenvDangles, Detail, Finding, LibrariesLeftBehind, StageArchMismatch,
    StageLibcMismatch, StagePythonMismatch, Undetermined, UnpinnedBase,
};
use crate::source::Origin;

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

/// The same with more facts of each step.
pub fn check_steps(
    plan: &Plan,
    images: &BTreeMap<usize, StageImage>,
    facts: impl Fn(usize, usize) -> StepFacts,
) -> StageFindings {
    let stages = Stages { plan, images };
    let mut found = Found::default();
    found.all(UnpinnedBase::check(&stages));
    found.all(BuildArgAssumed::check(&stages));
    for flow in plan.flows() {
        let Some(Step::Install(step)) =
            plan.stages.get(flow.stage).and_then(|stage| stage.steps.get(flow.step))
        else {
            continue;
        };
        let facts = facts(flow.stage, flow.step);
        found.passage(&Passage { stages: &stages, flow: &flow, step, facts: &facts });
    }
    found.undetermined.sort_by_cached_key(|finding| (finding.origin.clone(), finding.message()));
    found.undetermined.dedup();
    StageFindings { findings: found.findings, undetermined: found.undetermined }
}

#[derive(Default)]
struct Found {
    findings: Vec<Finding>,
    undetermined: Vec<Finding>,
}

impl Found {
    /// The rules on the files that one step installs, at the line that copies them to the stage that runs.
    fn passage(&mut self, passage: &Passage<'_>) {
        let copy = passage.last_copy().map(|copy| &copy.origin);
        self.all(at(LibrariesLeftBehind::check_base(passage), copy));
        for (found, origin) in LibrariesLeftBehind::check(passage) {
            let found = found.map_err(|(library, gap)| Undetermined::LeftBehind { library, gap });
            self.either(found, &origin);
        }
        let Some(copy) = copy else { return };
        if let Some(found) = StageLibcMismatch::check(passage) {
            self.either(found.map_err(Undetermined::NewerLibc), copy);
        }
        self.all(at(StageArchMismatch::check(passage), Some(copy)));
        self.all(at(StagePythonMismatch::check(passage), Some(copy)));
        self.all(at(CopiedVenvDangles::check(passage), Some(copy)));
    }

    /// One line may be on the way of several steps; what it leads to is reported once.
    fn all<R: Into<Detail>>(&mut self, found: impl IntoIterator<Item = (R, Origin)>) {
        for (rule, origin) in found {
            let finding = Finding::of(rule).at(origin);
            if !self.findings.contains(&finding) {
                self.findings.push(finding);
            }
        }
    }

    fn either<R: Into<Detail>>(&mut self, found: Result<R, Undetermined>, origin: &Origin) {
        match found {
            Ok(rule) => self.all([(rule, origin.clone())]),
            Err(unknown) => self.undetermined.push(Finding::of(unknown).at(origin.clone())),
        }
    }
}

/// The findings at one line.
fn at<R>(found: impl IntoIterator<Item = R>, origin: Option<&Origin>) -> Vec<(R, Origin)> {
    let Some(origin) = origin else { return Vec::new() };
    found.into_iter().map(|rule| (rule, origin.clone())).collect()
}
