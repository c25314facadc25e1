//! The answered install steps of a Dockerfile, and the report on all of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::dockerfile::Plan;
use crate::findings::{Detail, Finding, Redaction, Undetermined};
use crate::image::Unverified;
use crate::report::{Levels, Report, ReportTarget};
use crate::rules::dockerfile::StepFacts;
use crate::source::Origin;
use crate::verdict::VerdictDraft;

use super::built::Built;

/// A step with its verdict in progress.
pub(super) struct CheckedStep {
    pub(super) target: ReportTarget,
    pub(super) draft: VerdictDraft,
    /// Findings on its image and on the whole file that are reported on its target.
    pub(super) others: Vec<Finding>,
    pub(super) stage: usize,
    /// Its position.
    pub(super) origin: Origin,
}

/// Steps that were checked so far.
#[derive(Default)]
pub(super) struct CheckedSteps {
    pub(super) checked: Vec<CheckedStep>,
    /// The facts by the indexes of stage and step.
    pub(super) facts: BTreeMap<(usize, usize), StepFacts>,
    pub(super) built: Built,
}

impl CheckedSteps {
    /// All findings so far.
    pub(super) fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.checked.iter().flat_map(|step| step.draft.findings().iter().chain(&step.others))
    }

    /// The positions of inputs that could not be checked, and of those that are missing. The unknown facts of the plan at
    /// these positions are the cause.
    pub(super) fn unchecked_inputs(&self) -> BTreeSet<&Origin> {
        let inputs = self.findings().filter(|finding| match &finding.detail {
            Detail::InputMissing(_) => true,
            Detail::Undetermined(fact) => matches!(**fact, Undetermined::Line { .. }),
            _ => false,
        });
        inputs.filter_map(|finding| finding.origin.as_ref()).collect()
    }

    /// Adds a finding on the whole file, to the target of its position.
    pub(super) fn add(&mut self, plan: &Plan, finding: Finding) {
        let at = self.nearest(plan, finding.origin.as_ref());
        if let Some(step) = self.checked.get_mut(at) {
            step.others.push(finding);
        }
    }

    /// The report on all steps, without the secrets of the file.
    pub(super) fn report(self, plan: &Plan, levels: Levels) -> Report {
        let redaction = Redaction::of(plan.secrets());
        let steps = self.checked.into_iter().map(|step| {
            let mut target = step.target;
            target.notes.iter_mut().for_each(|text| plan.shown(text));
            for fact in &mut target.unverified {
                let text = fact.to_string();
                let mut shown = text.clone();
                plan.shown(&mut shown);
                if shown != text {
                    *fact = Unverified::from(shown.as_str());
                }
            }
            (target, step.draft.finish_with(step.others, &redaction))
        });
        let (targets, verdicts) = steps.unzip();
        Report::new(targets, verdicts, levels)
    }

    /// The target of a position in the file: the step of its line, else the next one of its stage, else the last
    /// one of that stage, else the last of all.
    fn nearest(&self, plan: &Plan, origin: Option<&Origin>) -> usize {
        let last = self.checked.len().saturating_sub(1);
        let Some(origin) = origin else { return last };
        let places = || self.checked.iter().enumerate().filter(|(_, step)| step.origin.file == origin.file);
        let on_line: Vec<usize> =
            places().filter(|(_, step)| step.origin.line == origin.line).map(|(index, _)| index).collect();
        if let Some(exact) = places().find(|(_, step)| step.origin == *origin) {
            return exact.0;
        }
        if let Some(first) = on_line.first() {
            return *first;
        }
        let stage = plan
            .stages
            .iter()
            .rfind(|stage| stage.origin.file == origin.file && stage.origin.line <= origin.line);
        let Some(stage) = stage.map(|stage| stage.index) else { return last };
        let of_stage = || places().filter(|(_, step)| step.stage == stage);
        of_stage()
            .find(|(_, step)| step.origin.line > origin.line)
            .or_else(|| of_stage().next_back())
            .map_or(last, |(index, _)| index)
    }
}
