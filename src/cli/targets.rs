//! From `--on`, `--arch` and the like to targets.

use std::path::Path;

use crate::error::Error;
use crate::image::{Catalogue, Date, ImageRef, NoTarget, TargetOptions};
use crate::report::ReportTarget;
use crate::target::{Arch, Installer, InstallerKind, Python, Target, TargetFormat, TargetSpec};

use super::args::TargetArgs;

/// The Python of targets that name none: the newest that the catalogue's `python:latest` has.
const LATEST_PYTHON: &str = "python:latest";

/// Targets, and what is to be told of the images themselves.
pub(super) struct Targets {
    pub(super) targets: Vec<ReportTarget>,
    /// (target id, finding).
    pub(super) findings: Vec<(String, crate::gate::Finding)>,
}

/// Reads all targets; every fault is told in one run.
pub(super) fn read(args: &TargetArgs, today: Date) -> Result<Targets, Error> {
    let mut faults = Vec::new();
    let mut note = |fault: String| faults.push(fault);
    let arches: Vec<Arch> = args
        .arch
        .iter()
        .filter_map(|name| name.parse().map_err(|error| note(format!("--arch: {error}"))).ok())
        .collect();
    let python: Option<Python> = args
        .python
        .as_deref()
        .and_then(|text| text.parse().map_err(|error| note(format!("--python: {error}"))).ok());
    let installer: Option<Installer> = args
        .installer
        .as_deref()
        .and_then(|text| installer(text).map_err(|error| note(format!("--installer: {error}"))).ok());
    let as_of: Date = match args.as_of.as_deref().map(str::parse) {
        None => today,
        Some(Ok(date)) => date,
        Some(Err(error)) => {
            note(format!("--as-of: {error}"));
            today
        }
    };
    let context = Context { arches, python, installer, as_of, several: args.on.len() > 1 };
    let mut read = Targets { targets: Vec::new(), findings: Vec::new() };
    for name in &args.on {
        if let Err(error) = context.add(name, &mut read) {
            faults.push(format!("--on {name}: {error}"));
        }
    }
    if !faults.is_empty() {
        return Err(Error::input(faults.join("\n")));
    }
    let mut seen = std::collections::BTreeSet::new();
    read.targets.retain(|target| seen.insert(target.id.clone()));
    Ok(read)
}

/// `pip` and `uv` alone mean the newest that the data knows.
fn installer(text: &str) -> Result<Installer, crate::target::InvalidInstaller> {
    match text.parse::<InstallerKind>() {
        Ok(kind) => Ok(Installer::newest(kind)),
        Err(_) => text.parse(),
    }
}

struct Context {
    arches: Vec<Arch>,
    python: Option<Python>,
    installer: Option<Installer>,
    as_of: Date,
    several: bool,
}

impl Context {
    fn add(&self, name: &str, read: &mut Targets) -> Result<(), String> {
        let spec: TargetSpec = name.parse().map_err(|error| format!("{error}"))?;
        if let TargetSpec::File(path) = &spec {
            return self.add_file(name, path, read);
        }
        let default = [Arch::x86_64()];
        let arches: &[Arch] = if self.arches.is_empty() { &default } else { &self.arches };
        for arch in arches {
            let id =
                if arches.len() > 1 { format!("{name} {}", arch.docker_name()) } else { name.to_owned() };
            match &spec {
                TargetSpec::Image(image) => self.add_image(&id, name, image, arch, read)?,
                plain => {
                    let mut notes = Vec::new();
                    let python = match &self.python {
                        Some(python) => python.clone(),
                        None => {
                            let python = self.latest_python()?;
                            notes.push(format!(
                                "{name}: Python {} is assumed; --python names another",
                                python.version
                            ));
                            python
                        }
                    };
                    let installer = match &self.installer {
                        Some(installer) => installer.clone(),
                        None => {
                            let newest = Installer::newest(InstallerKind::Pip);
                            notes.push(format!("{name}: {newest} is assumed; --installer names another"));
                            newest
                        }
                    };
                    if let Some(target) = plain.plain(arch.clone(), python, installer) {
                        read.targets.push(
                            ReportTarget::new(id, name, arch.docker_name(), target)
                                .with_notes(notes, Vec::new()),
                        );
                    }
                }
            }
        }
        Ok(())
    }

    fn add_file(&self, name: &str, path: &str, read: &mut Targets) -> Result<(), String> {
        let text = std::fs::read_to_string(Path::new(path)).map_err(|error| error.to_string())?;
        let mut target = Target::from_text(&text, TargetFormat::of_path(path))
            .map_err(|error| error.messages().collect::<Vec<_>>().join("; "))?;
        if let Some(installer) = &self.installer {
            target.installer = installer.clone();
        }
        if let Some(python) = &self.python {
            target.python = python.clone();
        }
        let arch = target
            .machine
            .parse::<Arch>()
            .map_or_else(|_| target.machine.clone(), |a| a.docker_name().to_owned());
        read.targets.push(ReportTarget::new(name, name, arch, target));
        Ok(())
    }

    fn add_image(
        &self,
        id: &str,
        name: &str,
        image: &str,
        arch: &Arch,
        read: &mut Targets,
    ) -> Result<(), String> {
        let reference: ImageRef = image.parse().map_err(|error| format!("{error}"))?;
        let asked = (!self.arches.is_empty()).then(|| arch.clone());
        let profile =
            Catalogue::default().profile(&reference, self.as_of, asked).map_err(|error| error.to_string())?;
        let mut options = TargetOptions::default();
        options.python.clone_from(&self.python);
        options.installer.clone_from(&self.installer);
        let target = profile.target(&options).map_err(|error: NoTarget| error.to_string())?;
        let notes = if self.several || !profile.notes.is_empty() || !profile.assumptions.is_empty() {
            vec![profile.summary()]
        } else {
            Vec::new()
        };
        for finding in profile.findings() {
            read.findings.push((id.to_owned(), finding));
        }
        read.targets.push(
            ReportTarget::new(id, name, profile.arch.docker_name(), target)
                .with_notes(notes, profile.unverified.clone()),
        );
        Ok(())
    }

    fn latest_python(&self) -> Result<Python, String> {
        let image: ImageRef = LATEST_PYTHON.parse().map_err(|error| format!("{error}"))?;
        let profile =
            Catalogue::default().profile(&image, self.as_of, None).map_err(|error| error.to_string())?;
        let target = profile.target(&TargetOptions::default()).map_err(|error| error.to_string())?;
        Ok(target.python)
    }
}
