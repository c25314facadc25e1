//! What is to be told of an image itself.

use crate::findings::{
    ArchNotPublished, ExternallyManaged, Finding, ImageEndOfLife, ImageFactsDisagree, Undetermined,
};
use crate::image::{ImageProfile, TargetOptions};
use crate::target::Target;

/// What is to be told of the image itself, with its own interpreter and installer.
pub fn findings(image: &ImageProfile) -> Vec<Finding> {
    findings_for(image, image.target(&TargetOptions::default()).ok().as_ref())
}

/// The same for a target that was made of it, whose interpreter and installer may be others.
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
