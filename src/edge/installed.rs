//! What is installed in an image, as it stands.

use std::fs;
use std::path::Path;

use super::inspect::read_directory;
use crate::error::Error;
use crate::gate::{Code, Finding, Level};
use crate::image::read::{DetectedImage, DetectedPython, ImageLocation, InstalledDistribution};
use crate::load::{Installed, Loading, judge};
use crate::name::ProjectName;
use crate::report::ReportTarget;
use crate::verdict::TargetVerdict;
use crate::wheel::{Container, WheelFacts};

/// Judges what is installed for an interpreter of an image that was read: whether it fits together, and, where the
/// image lies in a folder, whether its native parts load.
///
/// # Errors
///
/// If the folder cannot be read.
pub(crate) fn judge_installed(
    location: &ImageLocation,
    image: &DetectedImage,
    python: &DetectedPython,
    target: &ReportTarget,
) -> Result<TargetVerdict, Error> {
    let mut verdict = TargetVerdict::of_installed(image, python, &target.target);
    let distributions = verdict.installed.as_ref().map(|set| set.distributions.clone()).unwrap_or_default();
    let loading = match location {
        ImageLocation::Directory(root) => loading(root, &distributions, python, target)?,
        _ if distributions.iter().all(|one| one.compiled.is_empty()) => Loading::default(),
        _ => {
            let why = "compiled files of what is installed are looked into in folders only; unpack the image and name \
                       it as `dir:ROOT`";
            let mut loading = Loading { undetermined: Some(why.to_owned()), ..Loading::default() };
            let mut finding =
                Finding::new(Code::named("undetermined"), format!("whether native modules load: {why}"));
            finding.level = Some(Level::Warn);
            loading.findings.push(finding);
            loading
        }
    };
    verdict.add_loading(loading);
    Ok(verdict)
}

fn loading(
    root: &Path,
    distributions: &[InstalledDistribution],
    python: &DetectedPython,
    target: &ReportTarget,
) -> Result<Loading, Error> {
    let base = fs::canonicalize(root).map_err(|error| Error::io(root, error))?;
    let mut wheels: Vec<(ProjectName, WheelFacts)> = Vec::new();
    for site in &python.site_packages {
        let folder = base.join(site.trim_start_matches('/'));
        // A link of the tree may lead to this machine's own files; nothing of those is read.
        let real = fs::canonicalize(&folder).map_err(|error| Error::io(&folder, error))?;
        if !real.starts_with(&base) {
            continue;
        }
        let mut facts = read_directory(&real)?;
        for one in distributions.iter().filter(|one| one.site() == site) {
            let Ok(project) = one.name.parse::<ProjectName>() else { continue };
            let mut own = WheelFacts::new(Container::Wheel, format!("{} {}", one.name, one.version), 0);
            let (taken, left): (Vec<_>, Vec<_>) =
                facts.members.into_iter().partition(|member| one.compiled.contains(&member.path));
            facts.members = left;
            own.members = taken;
            wheels.push((project, own));
        }
        // Distributions of the image's own package manager have no record of their files.
        if !facts.members.is_empty() {
            let mut rest = WheelFacts::new(Container::Wheel, format!("{site} without record"), 0);
            rest.members = facts.members;
            if let Ok(project) = "files-without-record".parse() {
                wheels.push((project, rest));
            }
        }
    }
    let installed: Vec<Installed<'_>> =
        wheels.iter().map(|(project, facts)| Installed::new(project.clone(), facts)).collect();
    Ok(judge(&installed, &target.target, &target.place()))
}
