//! Findings on an image itself.

use crate::findings::{
    ArchNotPublished, ExternallyManaged, Finding, ImageEndOfLife, ImageFactsDisagree, Undetermined,
};
use crate::image::{ImageProfile, TargetOptions};
use crate::target::Target;

/// Returns the findings on the image itself, with its own interpreter and installer.
pub fn findings(image: &ImageProfile) -> Vec<Finding> {
    findings_for(image, image.target(&TargetOptions::default()).ok().as_ref())
}

/// Returns the findings for a target of the image, which may have another interpreter and installer.
pub fn findings_for(image: &ImageProfile, target: Option<&Target>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(ArchNotPublished::check(image).map(Finding::of));
    findings.extend(ImageEndOfLife::check(image).map(Finding::of));
    findings.extend(target.and_then(|target| ExternallyManaged::check(image, target)).map(Finding::of));
    findings.extend(ImageFactsDisagree::check(image).into_iter().map(Finding::of));
    findings.extend(image.undetermined.iter().map(|one| {
        Finding::of(Undetermined::ImageFact {
            image: image.name.clone(),
            fact: one.what.clone(),
            why: one.why.clone(),
        })
    }));
    findings
}
