//! What a wheel shows by itself, next to what its loading on an image shows.

use crate::findings::{Finding, Level, OnImage};
use crate::inspect::{Inspection, inspect};
use crate::name::ProjectName;
use crate::wheel::WheelFacts;

use super::summary::Loading;

/// What is to be reported of a wheel by itself, next to its loading, wherever it is installed.
pub fn findings_of_wheel(project: &ProjectName, facts: &WheelFacts) -> Vec<Finding> {
    let kept = without_superseded(inspect(facts, None).findings);
    kept.map(|finding| {
        let level = match finding.code().on_image() {
            OnImage::Matters => finding.level(),
            OnImage::Quality | OnImage::LoaderReports(_) => Level::Allow,
        };
        finding.with_level(level).about(project.clone()).in_file(&facts.file)
    })
    .collect()
}

/// Replaces what the loading of an inspected wheel shows better. The findings of the loading go to the inspection.
pub fn add_loading(inspection: &mut Inspection, loading: &mut Loading) {
    let kept = without_superseded(std::mem::take(&mut inspection.findings));
    inspection.findings = kept.chain(std::mem::take(&mut loading.findings)).collect();
}

/// Without the findings that the simulated loader makes with more knowledge.
fn without_superseded(findings: Vec<Finding>) -> impl Iterator<Item = Finding> {
    let superseded = |finding: &Finding| matches!(finding.code().on_image(), OnImage::LoaderReports(_));
    findings.into_iter().filter(move |finding| !superseded(finding))
}
