//! Findings on an image itself.

use crate::findings::image::ImageContext;
use crate::findings::{Code, Detail, Finding};
use crate::image::{ImageProfile, TargetOptions};
use crate::target::Target;

/// Returns the findings on the image itself, with its own interpreter and installer.
pub fn findings(image: &ImageProfile) -> Vec<Finding> {
    findings_for(image, image.target(&TargetOptions::default()).ok().as_ref())
}

/// Returns the findings for a target of the image, which may have another interpreter and installer.
pub fn findings_for(image: &ImageProfile, target: Option<&Target>) -> Vec<Finding> {
    let found = Detail::on_image(&ImageContext { image, target });
    let mut findings: Vec<Finding> = found.into_iter().map(Finding::of).collect();
    // Reports of images have the tag first: whether it exists, and whether it is still built.
    findings.sort_by_key(|finding| match finding.code() {
        Code::ArchNotPublished => 0,
        Code::ImageEndOfLife => 1,
        _ => 2,
    });
    findings
}
