//! Checks the distributions that are installed in an image.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::imports::imports_of_installed;
use super::inspect::read_directory;
use super::request::{Check, Event, Tell};
use super::targets::{TargetInput, Targets};
use crate::error::Error;
use crate::findings::{Finding, Undetermined, UnknownCause};
use crate::image::read::{DetectedImage, DetectedPython, ImageLocation, InstalledDistribution};
use crate::imports::Imports;
use crate::load::{InstalledWheel, Loading, check_loading};
use crate::name::ProjectName;
use crate::report::{Report, ReportTarget};
use crate::target::Arch;
use crate::verdict::{InstalledSet, TargetVerdict};
use crate::wheel::{Container, WheelFacts};

/// Checks the installed distributions of each image.
pub(super) async fn run(mut check: Check, tell: &mut Tell<'_>) -> Result<Report, Error> {
    Error::all(std::mem::take(&mut check.faults))?;
    let targets = check.take_targets()?;
    let arches: Vec<Option<&Arch>> = match targets.choice.arches.as_slice() {
        [] => vec![None],
        several => several.iter().map(Some).collect(),
    };
    if check.on.is_empty() {
        return Err(Error::input("no image to check"));
    }
    let mut report = Report::new(Vec::new(), Vec::new(), check.request.levels);
    let mut faults = Vec::new();
    for input in &check.on {
        for arch in &arches {
            match one(&targets, input, *arch, tell).await {
                Ok((target, verdict)) => {
                    report.targets.push(target);
                    report.results.push(verdict);
                }
                Err(error) => faults.push(input.error(error)),
            }
        }
    }
    Error::all(faults)?;
    Ok(report)
}

async fn one(
    targets: &Targets,
    input: &TargetInput,
    arch: Option<&Arch>,
    tell: &mut Tell<'_>,
) -> Result<(ReportTarget, TargetVerdict), Error> {
    let location = input.location()?.ok_or_else(|| {
        Error::input(
            "--installed requires an image that is read: expected dir:, oci:, oci-archive:, docker-archive: or \
             docker://",
        )
    })?;
    let name = &*input.name();
    let wanted = targets.choice.python.as_ref();
    let found = targets.images.read(&location, name, arch, wanted).await?;
    let image = found.read.clone().ok_or_else(|| Error::input("the image was not read"))?;
    let chosen = image.chosen_python(wanted).filter(|own| wanted.is_none_or(|wanted| own.is(wanted)));
    let chosen = chosen.ok_or_else(|| match wanted {
        Some(wanted) => Error::input(format!("the image does not have the interpreter {wanted}")),
        None => Error::input("no interpreter was found in the image"),
    })?;
    let id = targets.choice.id(name, &found.profile.arch);
    for line in found.evidence() {
        tell(Event::Note(format!("{id}: {line}")));
    }
    let target = targets.choice.target(&id, name, found, wanted, arch.is_some())?;
    let verdict = check_installed(&location, &image, chosen, &target)?;
    Ok((target, verdict))
}

/// Checks the distributions that are installed for an interpreter of an image: their dependencies and tags and, if the
/// image is in a folder, whether their compiled files load.
///
/// # Errors
///
/// If the folder cannot be read.
pub fn check_installed(
    location: &ImageLocation,
    image: &DetectedImage,
    python: &DetectedPython,
    target: &ReportTarget,
) -> Result<TargetVerdict, Error> {
    let installed = InstalledSet::of(image, python);
    let distributions = &installed.distributions;
    let loading = match location {
        ImageLocation::Directory(root) => loading(root, distributions, python, target)?,
        _ if distributions.iter().all(|one| one.compiled.is_empty()) => Loading::default(),
        _ => {
            let cause = UnknownCause::NotInFolder;
            let mut loading = Loading::default();
            loading.undetermined = Some(cause.clone());
            loading.findings.push(Finding::of(Undetermined::NativeModules { cause }));
            loading
        }
    };
    Ok(TargetVerdict::of_installed(installed, &target.target, loading))
}

fn loading(
    root: &Path,
    distributions: &[InstalledDistribution],
    python: &DetectedPython,
    target: &ReportTarget,
) -> Result<Loading, Error> {
    let base = fs::canonicalize(root).map_err(|error| Error::io(root, error))?;
    let mut wheels: Vec<(ProjectName, WheelFacts, PathBuf)> = Vec::new();
    for site in &python.site_packages {
        let folder = base.join(site.trim_start_matches('/'));
        // A link of the tree may point to files of this machine, which must not be read.
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
            wheels.push((project, own, real.clone()));
        }
        // Distributions of the image's own package manager have no record of their files.
        if !facts.members.is_empty() {
            let mut rest = WheelFacts::new(Container::Wheel, format!("{site} without record"), 0);
            rest.members = facts.members;
            if let Ok(project) = "files-without-record".parse() {
                wheels.push((project, rest, real.clone()));
            }
        }
    }
    let checked = |imports: &BTreeMap<usize, Imports>| {
        let installed: Vec<InstalledWheel<'_>> = wheels
            .iter()
            .enumerate()
            .map(|(at, (project, facts, _))| {
                InstalledWheel::new(project.clone(), facts).with_imports(imports.get(&at))
            })
            .collect();
        check_loading(&installed, &target.target, &target.loader_environment())
    };
    let first = checked(&BTreeMap::new());
    // The Python files show how much a failure matters. They are read only if something fails to load.
    let mut imports = BTreeMap::new();
    for (at, (project, facts, site)) in wheels.iter().enumerate() {
        let files = facts.members.iter().map(|member| member.path.as_str());
        if first.unread.contains(project)
            && let Ok(found) = imports_of_installed(site, project, files)
        {
            imports.insert(at, found);
        }
    }
    Ok(if imports.is_empty() { first } else { checked(&imports) })
}
