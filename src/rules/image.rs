//! What is to be told of an image itself.

use crate::findings::{Code, Finding};
use crate::image::{ImageProfile, Published, TargetOptions, platform, published_name};
use crate::target::{InstallerKind, Target};

/// What is to be told of the image itself, with its own interpreter and installer.
pub fn findings(image: &ImageProfile) -> Vec<Finding> {
    findings_for(image, image.target(&TargetOptions::default()).ok().as_ref())
}

/// The same for a target that was made of it, whose interpreter and installer may be others.
pub fn findings_for(image: &ImageProfile, target: Option<&Target>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(arch_not_published(image));
    findings.extend(past_its_end(image));
    findings.extend(target.and_then(|target| externally_managed_for(image, target)));
    for one in &image.contradictions {
        let mut finding = Finding::new(
            Code::ImageFactsDisagree,
            format!(
                "`{}`: of the {} it is {} by {}, and {} by {}; the first was believed",
                image.name, one.what, one.believed, one.source, one.other, one.other_source
            ),
        );
        finding.help = Some("rebuild the image so that both say the same".to_owned());
        findings.push(finding);
    }
    for one in &image.undetermined {
        findings
            .push(Finding::new(Code::Undetermined, format!("`{}`: {}: {}", image.name, one.what, one.why)));
    }
    findings
}

fn arch_not_published(image: &ImageProfile) -> Option<Finding> {
    let Published::Only(arches) = &image.arches else { return None };
    if arches.contains(&image.arch) {
        return None;
    }
    let names: Vec<&str> = arches.iter().map(published_name).collect();
    let mut finding = Finding::new(
        Code::ArchNotPublished,
        format!("`{}` is not published for {}", image.name, platform(&image.arch)),
    );
    finding.help = Some(match names.is_empty() {
        true => "take another tag".to_owned(),
        false => format!("it is published for {}", names.join(", ")),
    });
    Some(finding)
}

fn past_its_end(image: &ImageProfile) -> Option<Finding> {
    let past: Vec<String> = image
        .end_of_life
        .iter()
        .filter(|end| end.on < image.as_of)
        .map(|end| end.told(image.as_of))
        .collect();
    if past.is_empty() {
        return None;
    }
    let message = format!("`{}` is past its end: {}", image.name, past.join(", "));
    let mut finding = Finding::new(Code::ImageEndOfLife, message);
    finding.help = Some("move to a newer release, and to a tag that is still built".to_owned());
    Some(finding)
}

/// The finding for it. Nothing but the image is known here: a virtual environment in it takes everything.
fn externally_managed_for(image: &ImageProfile, target: &Target) -> Option<Finding> {
    let marker = &image.externally_managed.as_ref().filter(|_| image.refuses_installs(target))?.marker;
    // Where there is no shell nothing is installed anyway.
    if !image.shell {
        return None;
    }
    let system = match target.installer.kind {
        InstallerKind::Uv => "`uv pip install --system`",
        _ => "a plain `pip install`",
    };
    let message = format!(
        "`{}`: Python {} belongs to the distribution, and {system} refuses to change it ({marker})",
        image.name, target.python.version
    );
    let mut finding = Finding::new(Code::ExternallyManaged, message);
    finding.help = Some(externally_managed_help(target.installer.kind));
    Some(finding)
}

/// What to do where an installer refuses.
pub fn externally_managed_help(installer: InstallerKind) -> String {
    let make = match installer {
        InstallerKind::Uv => "`uv venv /opt/venv`",
        _ => "`python3 -m venv /opt/venv`",
    };
    format!(
        "install into a virtual environment ({make}), take an image of the python family, or pass \
         `--break-system-packages` where nothing else uses that Python"
    )
}
