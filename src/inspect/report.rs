//! The result of an inspection.

use std::cmp::Reverse;

use super::context::WheelContext;
use super::verdict::MachineRequirements;
use crate::findings::{self, Finding, Level, Levels, WheelUse};
use crate::wheel::{Container, WheelFacts};

/// The requirements of the binaries of a wheel, and the findings.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspection {
    /// The checked facts.
    pub facts: WheelFacts,
    /// The platform tags of the file name.
    pub claimed_platforms: Vec<String>,
    /// The tags of the `WHEEL` file.
    pub wheel_tags: Vec<String>,
    /// One verdict for each machine: one in nearly every wheel, none without ELF members, several if a wheel for any
    /// platform contains programs for several machines.
    pub verdicts: Vec<MachineRequirements>,
    /// The findings, the most severe first.
    pub findings: Vec<Finding>,
    /// The levels in force.
    pub levels: Levels,
}

impl Inspection {
    pub(super) fn new(
        context: WheelContext<'_>,
        checked: WheelUse,
        of_loader: Vec<Finding>,
        levels: Levels,
    ) -> Self {
        let mut findings = findings::of_wheel(&context, checked);
        findings.extend(of_loader);
        let key = |finding: &Finding| (Reverse(levels.of_finding(finding)), finding.code());
        findings.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.member().cmp(&b.member())));
        let labels = context.facts.labels.iter();
        let label_tags = labels.flat_map(|label| label.tags.iter().cloned());
        Self {
            facts: context.facts.clone(),
            claimed_platforms: context.claims.platforms.iter().map(|(tag, _)| tag.clone()).collect(),
            wheel_tags: match context.facts.container {
                Container::Wheel => label_tags.collect(),
                _ => Vec::new(),
            },
            verdicts: context.verdicts,
            findings,
            levels,
        }
    }

    /// The verdict, if there is exactly one machine.
    pub fn verdict(&self) -> Option<&MachineRequirements> {
        match self.verdicts.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The most severe level in force among the findings.
    pub fn level(&self) -> Option<Level> {
        self.findings.iter().map(|finding| self.levels.of_finding(finding)).max()
    }
}
