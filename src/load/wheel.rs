//! The findings on a wheel by itself, in addition to those on its loading on an image.

use crate::findings::{Finding, Level, OnImage};
use crate::inspect::{Inspection, inspect};
use crate::name::ProjectName;
use crate::wheel::WheelFacts;

use super::summary::Loading;

/// Returns the findings on a wheel by itself, in addition to those on its loading.
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

/// Replaces findings of an inspection by the more exact ones on the loading of the wheel.
pub fn add_loading(inspection: &mut Inspection, loading: &mut Loading) {
    let kept = without_superseded(std::mem::take(&mut inspection.findings));
    inspection.findings = kept.chain(std::mem::take(&mut loading.findings)).collect();
}

/// Removes the findings that the simulated loader reports with more facts.
fn without_superseded(findings: Vec<Finding>) -> impl Iterator<Item = Finding> {
    let superseded = |finding: &Finding| matches!(finding.code().on_image(), OnImage::LoaderReports(_));
    findings.into_iter().filter(move |finding| !superseded(finding))
}
