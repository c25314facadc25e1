//! From `--on`, `--arch` and the like to targets.

use crate::edge::CacheMode;
use crate::error::Error;
use crate::image::{Date, ImageProfile, ImageRef, NoTarget, TargetOptions};
use crate::report::ReportTarget;
use crate::target::{Arch, Installer, InstallerKind, Python, Target, TargetFormat, TargetSpec};

use super::args::TargetArgs;
use super::image::option;
use super::images::{Fault, Found, Images};
use crate::image::read::ImageLocation;

/// The Python of targets that name none: the newest that the catalogue's `python:latest` has.
const LATEST_PYTHON: &str = "python:latest";

/// Targets, and what is to be told of the images themselves.
#[derive(Default)]
pub(super) struct Targets {
    pub(super) targets: Vec<ReportTarget>,
    /// (target id, finding).
    pub(super) findings: Vec<(String, crate::gate::Finding)>,
    /// What `-v` tells: which file of a read image said what.
    pub(super) details: Vec<String>,
}

/// Reads all targets; every fault is told in one run.
pub(super) fn read(
    args: &TargetArgs,
    today: Date,
    cache: CacheMode,
    offline: bool,
) -> Result<Targets, Error> {
    let context = Context::new(args, today, cache, offline)?;
    let mut read = Targets::default();
    let mut faults = Vec::new();
    for name in &args.on {
        if let Err(fault) = context.add(name, &mut read) {
            faults.push(fault.after(&format!("--on {name}: ")));
        }
    }
    Fault::all(faults)?;
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

/// What the options say of every target.
pub(super) struct Context {
    pub(super) images: Images,
    pub(super) arches: Vec<Arch>,
    python: Option<Python>,
    installer: Option<Installer>,
    several: bool,
}

impl Context {
    /// Reads the options.
    ///
    /// # Errors
    ///
    /// All their faults, and those of the settings file.
    pub(super) fn new(
        args: &TargetArgs,
        today: Date,
        cache: CacheMode,
        offline: bool,
    ) -> Result<Self, Error> {
        let mut faults = Vec::new();
        let arches = args.arch.iter().filter_map(|name| option("--arch", Some(name), &mut faults)).collect();
        let python = option("--python", args.python.as_deref(), &mut faults);
        let as_of = option("--as-of", args.as_of.as_deref(), &mut faults).unwrap_or(today);
        let installer = args.installer.as_deref().and_then(|text| {
            installer(text).map_err(|error| faults.push(Fault::Input(format!("--installer: {error}")))).ok()
        });
        Fault::all(faults)?;
        let images = Images::open(&args.images, as_of, cache, offline)?;
        Ok(Self { images, arches, python, installer, several: args.on.len() > 1 })
    }

    fn add(&self, name: &str, read: &mut Targets) -> Result<(), Fault> {
        let place = ImageLocation::is_meant(name);
        let spec: TargetSpec = match place {
            true => TargetSpec::Image(name.to_owned()),
            false => name.parse().map_err(|error| Fault::Input(format!("{error}")))?,
        };
        if let TargetSpec::File(path) = &spec {
            return self.add_file(name, path, read);
        }
        if place && self.arches.is_empty() {
            // Whatever the image is for, or its index has first.
            return self.add_image(name, name, name, None, read);
        }
        let default = [Arch::x86_64()];
        let arches: &[Arch] = if self.arches.is_empty() { &default } else { &self.arches };
        for arch in arches {
            let id = self.id(name, arch);
            match &spec {
                TargetSpec::Image(image) => {
                    let asked = (!self.arches.is_empty()).then_some(arch);
                    self.add_image(&id, name, image, asked, read)?;
                }
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

    /// The name, with the architecture where there are several.
    pub(super) fn id(&self, name: &str, arch: &Arch) -> String {
        if self.arches.len() > 1 { format!("{name} {}", arch.docker_name()) } else { name.to_owned() }
    }

    fn add_file(&self, name: &str, path: &str, read: &mut Targets) -> Result<(), Fault> {
        let text = std::fs::read_to_string(path).map_err(|error| Fault::Input(error.to_string()))?;
        if let Some(found) = self.images.of_json(&text, path) {
            return self.add_found(name, name, found?, read);
        }
        let mut target = Target::from_text(&text, TargetFormat::of_path(path))
            .map_err(|error| Fault::Input(error.messages().collect::<Vec<_>>().join("; ")))?;
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
        arch: Option<&Arch>,
        read: &mut Targets,
    ) -> Result<(), Fault> {
        let found = self.images.find(image, arch, self.python.as_ref())?;
        self.add_found(id, name, found, read)
    }

    fn add_found(&self, id: &str, name: &str, found: Found, read: &mut Targets) -> Result<(), Fault> {
        read.details.extend(found.evidence().into_iter().map(|line| format!("{id}: {line}")));
        for finding in found.profile.findings() {
            read.findings.push((id.to_owned(), finding));
        }
        read.targets.push(self.target(id, name, found)?);
        Ok(())
    }

    /// The target that an image makes under the options.
    fn target(&self, id: &str, name: &str, found: Found) -> Result<ReportTarget, Fault> {
        self.target_with(id, name, found, None)
    }

    /// The same, where something else than the options asks for an interpreter; the options speak first.
    pub(super) fn target_with(
        &self,
        id: &str,
        name: &str,
        found: Found,
        asked: Option<&Python>,
    ) -> Result<ReportTarget, Fault> {
        let wanted = self.python.as_ref().or(asked);
        if let Some(gap) = found.read.as_ref().and_then(|read| read.target_gap(wanted)) {
            let known = found.read.as_ref().is_some_and(|read| read.machine.is_some() && read.libc.is_some());
            return Err(match known {
                true => Fault::Input(format!("{gap}; --python names one that would be put into it")),
                false => Fault::Undetermined(gap.to_string()),
            });
        }
        let profile = found.profile;
        let mut options = TargetOptions::default();
        options.installer.clone_from(&self.installer);
        // `--python 3.12` chooses an interpreter of a read image, which knows its patch version better.
        let chosen = found.read.as_ref().is_some_and(|read| {
            let python = read.chosen_python(wanted);
            python.is_some_and(|python| wanted.is_some_and(|wanted| python.is(wanted)))
        });
        if !chosen {
            options.python = wanted.cloned();
        }
        let target = profile.target(&options).map_err(|error: NoTarget| Fault::Input(error.to_string()))?;
        let notes = self.notes(&profile, found.read.is_some());
        let unverified = profile.unverified.clone();
        Ok(ReportTarget::new(id, name, profile.arch.docker_name(), target)
            .with_notes(notes, unverified)
            .with_image(profile))
    }

    fn notes(&self, profile: &ImageProfile, read: bool) -> Vec<String> {
        let mut notes = Vec::new();
        if self.several || read || !profile.notes.is_empty() || !profile.assumptions.is_empty() {
            notes.push(profile.summary());
        }
        // What was found in an image cannot be looked up anywhere else.
        if read {
            notes.extend(profile.notes.iter().map(|note| format!("{}: {note}", profile.name)));
        }
        notes
    }

    fn latest_python(&self) -> Result<Python, Fault> {
        let image: ImageRef = LATEST_PYTHON.parse().map_err(|error| Fault::Input(format!("{error}")))?;
        let unknown = |error: &dyn std::fmt::Display| Fault::Input(error.to_string());
        let profile = self
            .images
            .catalogue()
            .profile(&image, self.images.as_of, None)
            .map_err(|error| unknown(&error))?;
        let target = profile.target(&TargetOptions::default()).map_err(|error| unknown(&error))?;
        Ok(target.python)
    }
}
