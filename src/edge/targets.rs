//! From the names of targets to targets.

use std::path::Path;

use crate::gate::Finding;
use crate::image::{Catalogue, Date, ImageRef, TargetOptions};
use crate::report::ReportTarget;
use crate::target::{Arch, Installer, InstallerKind, Python, Target, TargetFormat, TargetSpec};

/// The Python of targets that name none: the newest that the catalogue's `python:latest` has.
const LATEST_PYTHON: &str = "python:latest";

/// Targets as the caller names them.
#[derive(Debug, Default)]
pub(super) struct TargetNames {
    pub(super) on: Vec<String>,
    pub(super) arches: Vec<String>,
    pub(super) python: Option<String>,
    pub(super) installer: Option<String>,
    pub(super) as_of: Option<Date>,
}

/// Targets, and what is to be told of their images, by target id.
#[derive(Debug, Default)]
pub(super) struct NamedTargets {
    pub(super) targets: Vec<ReportTarget>,
    pub(super) findings: Vec<(String, Finding)>,
}

/// The same with every part read.
struct Context {
    arches: Vec<Arch>,
    python: Option<Python>,
    installer: Option<Installer>,
    as_of: Date,
    several: bool,
}

impl TargetNames {
    /// Reads all names; every fault is told.
    pub(super) fn read(&self) -> Result<NamedTargets, Vec<String>> {
        let mut faults = Vec::new();
        let mut arches = Vec::new();
        for name in &self.arches {
            match name.parse::<Arch>() {
                Ok(arch) => arches.push(arch),
                Err(error) => faults.push(format!("architecture: {error}")),
            }
        }
        let python = self.python.as_deref().map(str::parse::<Python>).transpose().unwrap_or_else(|error| {
            faults.push(format!("python: {error}"));
            None
        });
        let installer = self.installer.as_deref().map(installer).transpose().unwrap_or_else(|fault| {
            faults.push(format!("installer: {fault}"));
            None
        });
        let as_of = self.as_of.unwrap_or_else(today);
        let context = Context { arches, python, installer, as_of, several: self.on.len() > 1 };
        let mut read = NamedTargets::default();
        for name in &self.on {
            if let Err(fault) = context.add(name, &mut read) {
                faults.push(format!("{name}: {fault}"));
            }
        }
        if faults.is_empty() { Ok(read) } else { Err(faults) }
    }
}

/// The day, in UTC as the catalogue's days are.
fn today() -> Date {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    Date::new(now.year(), now.month(), now.day()).expect("a civil date is a day of the calendar")
}

/// `pip` and `uv` alone mean the newest that the data knows.
fn installer(text: &str) -> Result<Installer, String> {
    match text.parse::<InstallerKind>() {
        Ok(kind) => Ok(Installer::newest(kind)),
        Err(_) => text.parse::<Installer>().map_err(|error| error.to_string()),
    }
}

impl Context {
    fn add(&self, name: &str, read: &mut NamedTargets) -> Result<(), String> {
        let spec: TargetSpec = name.parse().map_err(|error| format!("{error}"))?;
        if let TargetSpec::File(path) = &spec {
            return self.add_file(name, path, read);
        }
        let default = [Arch::x86_64()];
        let arches: &[Arch] = if self.arches.is_empty() { &default } else { &self.arches };
        for arch in arches {
            let id = match arches {
                [_] => name.to_owned(),
                _ => format!("{name} {}", arch.docker_name()),
            };
            match &spec {
                TargetSpec::Image(image) => self.add_image(&id, name, image, arch, read)?,
                plain => self.add_plain(&id, name, plain, arch, read)?,
            }
        }
        Ok(())
    }

    fn add_plain(
        &self,
        id: &str,
        name: &str,
        spec: &TargetSpec,
        arch: &Arch,
        read: &mut NamedTargets,
    ) -> Result<(), String> {
        let mut notes = Vec::new();
        let python = match &self.python {
            Some(python) => python.clone(),
            None => {
                let python = self.latest_python()?;
                notes.push(format!("{name}: Python {} is assumed", python.version));
                python
            }
        };
        let installer = self.installer.clone().unwrap_or_else(|| {
            let newest = Installer::newest(InstallerKind::Pip);
            notes.push(format!("{name}: {newest} is assumed"));
            newest
        });
        if let Some(target) = spec.plain(arch.clone(), python, installer) {
            let target = ReportTarget::new(id, name, arch.docker_name(), target);
            read.targets.push(target.with_notes(notes, Vec::new()));
        }
        Ok(())
    }

    fn add_file(&self, name: &str, path: &str, read: &mut NamedTargets) -> Result<(), String> {
        let text = std::fs::read_to_string(Path::new(path)).map_err(|error| error.to_string())?;
        let mut target = Target::from_text(&text, TargetFormat::of_path(path))
            .map_err(|error| error.messages().collect::<Vec<_>>().join("; "))?;
        if let Some(installer) = &self.installer {
            target.installer = installer.clone();
        }
        if let Some(python) = &self.python {
            target.python = python.clone();
        }
        let arch = target.machine.parse::<Arch>();
        let arch = arch.map_or_else(|_| target.machine.clone(), |arch| arch.docker_name().to_owned());
        read.targets.push(ReportTarget::new(name, name, arch, target));
        Ok(())
    }

    fn add_image(
        &self,
        id: &str,
        name: &str,
        image: &str,
        arch: &Arch,
        read: &mut NamedTargets,
    ) -> Result<(), String> {
        let reference: ImageRef = image.parse().map_err(|error| format!("{error}"))?;
        let asked = (!self.arches.is_empty()).then(|| arch.clone());
        let profile =
            Catalogue::default().profile(&reference, self.as_of, asked).map_err(|error| error.to_string())?;
        let mut options = TargetOptions::default();
        options.python.clone_from(&self.python);
        options.installer.clone_from(&self.installer);
        let target = profile.target(&options).map_err(|error| error.to_string())?;
        let told = self.several || !profile.notes.is_empty() || !profile.assumptions.is_empty();
        let notes = if told { vec![profile.summary()] } else { Vec::new() };
        read.findings.extend(profile.findings().into_iter().map(|finding| (id.to_owned(), finding)));
        let target = ReportTarget::new(id, name, profile.arch.docker_name(), target);
        read.targets.push(target.with_notes(notes, profile.unverified.clone()).with_image(profile));
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
