//! Verdicts in progress.

use super::built::BuiltUse;
use super::{Distribution, Outcome, TargetVerdict};
use crate::findings::{Finding, Redaction};
use crate::resolve::Reason;

/// The findings of a verdict in progress: those that its facts exclude are not added.
#[derive(Debug)]
pub(super) struct FindingList {
    built: Option<BuiltUse>,
    findings: Vec<Finding>,
}

impl FindingList {
    pub(super) fn new(built: Option<BuiltUse>) -> Self {
        Self { built, findings: Vec::new() }
    }

    pub(super) fn push(&mut self, finding: Finding) {
        if self.built.as_ref().is_none_or(|built| built.reports(&finding)) {
            self.findings.push(finding);
        }
    }

    pub(super) fn sort(&mut self) {
        self.findings.sort_by(|a, b| {
            let key = |one: &Finding| one.code().default_level();
            key(b).cmp(&key(a)).then_with(|| (a.code(), &a.project).cmp(&(b.code(), &b.project)))
        });
    }

    /// All findings, and how built wheels affect the verdict.
    pub(super) fn finish(self) -> (Vec<Finding>, Option<BuiltUse>) {
        (self.findings, self.built)
    }
}

impl Extend<Finding> for FindingList {
    fn extend<T: IntoIterator<Item = Finding>>(&mut self, findings: T) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }
}

/// The verdict on one install step of a Dockerfile, before the findings on the whole file are known.
#[derive(Clone, Debug)]
pub struct VerdictDraft(TargetVerdict);

impl VerdictDraft {
    pub(super) fn new(verdict: TargetVerdict) -> Self {
        Self(verdict)
    }

    /// A draft without any installation.
    pub(crate) fn without_rows(outcome: Outcome, findings: Vec<Finding>) -> Self {
        Self(TargetVerdict {
            outcome,
            distributions: Vec::new(),
            conflicts: Vec::new(),
            findings,
            undated_files: 0,
            loading: None,
            building: None,
            installed: None,
        })
    }

    /// The outcome.
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// All projects, by name.
    pub fn distributions(&self) -> &[Distribution] {
        &self.0.distributions
    }

    /// The findings on the step.
    pub fn findings(&self) -> &[Finding] {
        &self.0.findings
    }

    /// The verdict without further findings.
    pub fn finish(self) -> TargetVerdict {
        self.0
    }

    /// The verdict with the findings on the whole file; equal ones are reported once. `redaction` applies to all findings.
    pub(crate) fn finish_with(self, others: Vec<Finding>, redaction: &Redaction) -> TargetVerdict {
        let mut findings = self.0.findings;
        for other in others {
            if !findings.contains(&other) {
                findings.push(other);
            }
        }
        let findings = findings.into_iter().map(|finding| finding.redacted(redaction)).collect();
        let mut distributions = self.0.distributions;
        for reason in distributions.iter_mut().flat_map(|row| &mut row.reasons) {
            if let Reason::NotInFolder { folder } = reason {
                *folder = redaction.apply(std::mem::take(folder));
            }
        }
        TargetVerdict { findings, distributions, ..self.0 }
    }
}
