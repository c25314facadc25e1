//! Checks the distributions that are installed in an image.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::imports::imports_of_installed;
use super::inspect::read_directory;
use super::request::{Check, Event, Tell};
use super::targets::{TargetInput, Targets};
use crate::error::Error;
use crate::image::read::{DetectedImage, DetectedPython, ImageLocation};
use crate::load::{InstalledFiles, Loading};
use crate::report::{Report, ReportTarget};
use crate::target::Arch;
use crate::verdict::{InstalledSet, TargetVerdict};

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
/// image is in a directory, whether their compiled files load.
///
/// # Errors
///
/// If the directory cannot be read.
pub fn check_installed(
    location: &ImageLocation,
    image: &DetectedImage,
    python: &DetectedPython,
    target: &ReportTarget,
) -> Result<TargetVerdict, Error> {
    let installed = InstalledSet::of(image, python);
    let loading = match location {
        ImageLocation::Directory(root) => loading(root, &installed, target)?,
        _ => Loading::not_in_folder(&installed.distributions),
    };
    Ok(TargetVerdict::of_installed(installed, &target.target, loading))
}

/// Reads the compiled files of distributions, and the Python files of those that do not load.
fn loading(root: &Path, installed: &InstalledSet, target: &ReportTarget) -> Result<Loading, Error> {
    let base = fs::canonicalize(root).map_err(|error| Error::io(root, error))?;
    let mut files = InstalledFiles::default();
    let mut folders: HashMap<&str, PathBuf> = HashMap::new();
    for site in &installed.site_packages {
        let folder = base.join(site.trim_start_matches('/'));
        // A link of the tree may point to files of this machine, which must not be read.
        let real = fs::canonicalize(&folder).map_err(|error| Error::io(&folder, error))?;
        if real.starts_with(&base) {
            files.add(site, read_directory(&real)?, &installed.distributions);
            folders.insert(site, real);
        }
    }
    let environment = target.loader_environment();
    let first = files.check(&target.target, &environment);
    // The Python files show how much a failure matters. They are read only if something fails to load.
    let mut imports = Vec::new();
    for (at, part) in files.unread(&first) {
        let paths = part.facts.members.iter().map(|member| member.path.as_str());
        if let Some(folder) = folders.get(part.site.as_str())
            && let Ok(found) = imports_of_installed(folder, &part.project, paths)
        {
            imports.push((at, found));
        }
    }
    if imports.is_empty() {
        return Ok(first);
    }
    for (at, found) in imports {
        files.add_imports(at, found);
    }
    Ok(files.check(&target.target, &environment))
}
