//! Resolves targets.

mod images;
mod input;

use std::path::Path;

use crate::edge::inputs::plain;
use crate::error::Error;
use crate::findings::Finding;
use crate::image::read::ImageLocation;
use crate::image::{Assumption, Date, ImageProfile, ImageRef, TargetFormat, TargetOptions, parse_target};
use crate::report::ReportTarget;
use crate::source::Fault;
use crate::target::{Arch, Installer, InstallerKind, InvalidInstaller, Libc, Python, Target};
use crate::target_choice::{FoundImage, TargetChoice};

use input::TargetForm;

pub use images::{ImageSettings, Images, read_user_images};
pub use input::TargetInput;

/// The image whose Python is assumed for targets without Python.
const LATEST_PYTHON: &str = "python:latest";

/// Targets, and the findings about their images.
#[derive(Debug, Default)]
pub struct NamedTargets {
    /// One for each name and architecture.
    pub targets: Vec<ReportTarget>,
    /// (target id, finding).
    pub findings: Vec<(String, Finding)>,
    /// The evidence for the facts about images that were read.
    pub details: Vec<String>,
}

/// The resolver of targets.
#[derive(Debug)]
pub(in crate::edge) struct Targets {
    /// The source of images.
    pub(in crate::edge) images: Images,
    /// The options for all targets.
    pub(in crate::edge) choice: TargetChoice,
}

/// Returns the current day in UTC, as the days of the catalogue.
pub fn today() -> Date {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    Date::new(now.year(), now.month(), now.day()).expect("a civil date is a day of the calendar")
}

/// Parses an installer with its version; `pip` and `uv` without a version are the newest known one.
///
/// # Errors
///
/// If the text is not a valid installer.
pub fn installer(text: &str) -> Result<Installer, InvalidInstaller> {
    match text.parse::<InstallerKind>() {
        Ok(kind) => Ok(Installer::newest(kind)),
        Err(_) => text.parse(),
    }
}

impl Targets {
    /// Resolves all targets. Each is returned once.
    ///
    /// # Errors
    ///
    /// If a target is not valid or its image is unknown. All errors are returned, each after the name of the target.
    pub(in crate::edge) async fn read(&self, inputs: &[TargetInput]) -> Result<NamedTargets, Error> {
        let mut read = NamedTargets::default();
        let mut faults = Vec::new();
        for input in inputs {
            if let Err(fault) = self.add(input, inputs.len() > 1, &mut read).await {
                faults.push(input.error(fault));
            }
        }
        Error::all(faults)?;
        Ok(read)
    }

    async fn add(&self, input: &TargetInput, several: bool, read: &mut NamedTargets) -> Result<(), Error> {
        let name = &*input.name();
        let form = match self.described(input)? {
            Described::Ready(target) => return read.add(*target),
            Described::Image(found) => {
                let id = read.free_id(name, found.profile.arch.docker_name());
                return self.add_found(&id, name, *found, several, read);
            }
            Described::Target(target) => {
                let arch = target
                    .machine
                    .parse::<Arch>()
                    .map_or_else(|_| target.machine.clone(), |arch| arch.docker_name().to_owned());
                let notes = self.choice.own_python_kept(name, Some(&target.python)).into_iter().collect();
                return read.add(ReportTarget::new(name, name, arch, *target).with_notes(notes, Vec::new()));
            }
            Described::Named(form) => form,
        };
        let python = self.choice.python.as_ref();
        if let (ImageName::Location(location), []) = (&form, self.choice.arches.as_slice()) {
            // The architecture of the image, or the first one of its index.
            let found = self.images.read(location, name, None, python).await?;
            return self.add_found(name, name, found, several, read);
        }
        let default = [Arch::x86_64()];
        let arches: &[Arch] = if self.choice.arches.is_empty() { &default } else { &self.choice.arches };
        for arch in arches {
            let id = self.choice.id(name, arch);
            let asked = (!self.choice.arches.is_empty()).then_some(arch);
            match &form {
                ImageName::Reference(image) => {
                    let found = self.images.catalogued(image, asked)?;
                    self.add_found(&id, name, found, several, read)?;
                }
                ImageName::Location(location) => {
                    let found = self.images.read(location, name, asked, python).await?;
                    self.add_found(&id, name, found, several, read)?;
                }
                ImageName::Libc(libc) => {
                    let mut notes = Vec::new();
                    let python = match python {
                        Some(python) => python.clone(),
                        None => {
                            let python = self.latest_python()?;
                            notes.push(format!(
                                "{name}: Python {} is assumed; use --python for another version",
                                python.version
                            ));
                            python
                        }
                    };
                    let installer = match &self.choice.installer {
                        Some(installer) => installer.clone(),
                        None => {
                            let newest = Installer::newest(InstallerKind::Pip);
                            notes.push(format!(
                                "{name}: {newest} is assumed; use --installer for another version"
                            ));
                            newest
                        }
                    };
                    let target = Target::new(arch.clone(), libc.clone(), python, installer);
                    let target = ReportTarget::new(id, name, arch.docker_name(), target);
                    read.add(target.with_notes(notes, Vec::new()))?;
                }
            }
        }
        Ok(())
    }

    /// Returns the image or the target that an input contains, or the name of what must be looked up. Files are read.
    fn described(&self, input: &TargetInput) -> Result<Described, Error> {
        let (described, what) = match input.form()? {
            TargetForm::Libc(libc) => return Ok(Described::Named(ImageName::Libc(libc))),
            TargetForm::Image(image) => return Ok(Described::Named(ImageName::Reference(image))),
            TargetForm::Location(location) => return Ok(Described::Named(ImageName::Location(location))),
            TargetForm::Ready(target) => return Ok(Described::Ready(target)),
            TargetForm::File(path) => (file(&path)?, "file"),
            TargetForm::Profile(profile) => {
                (Described::Image(Box::new(FoundImage { profile: *profile, read: None })), "profile")
            }
            TargetForm::Target(target) => (Described::Target(target), "target"),
        };
        match described {
            Described::Image(found) => {
                self.one_machine(&found.profile.arch, what)?;
                Ok(Described::Image(found))
            }
            Described::Target(mut target) => {
                if let Ok(arch) = target.machine.parse::<Arch>() {
                    self.one_machine(&arch, what)?;
                }
                if let Some(installer) = &self.choice.installer {
                    target.installer = installer.clone();
                }
                Ok(Described::Target(target))
            }
            other => Ok(other),
        }
    }

    /// A file, a profile or a target describes one machine.
    fn one_machine(&self, described: &Arch, what: &str) -> Result<(), Error> {
        match self.choice.arches.iter().find(|asked| *asked != described) {
            Some(asked) => Err(Error::input(format!(
                "the {what} describes {}, but --arch is {}",
                described.docker_name(),
                asked.docker_name()
            ))),
            None => Ok(()),
        }
    }

    /// Returns the image of a target for one architecture. For a C library or a described target it is an image without
    /// other facts.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read), of this target.
    pub(in crate::edge) async fn base(&self, input: &TargetInput, arch: &Arch) -> Result<FoundImage, Error> {
        let as_of = self.images.as_of;
        let name = &*input.name();
        let libc = match self.described(input)? {
            Described::Named(ImageName::Libc(libc)) => libc,
            Described::Named(ImageName::Reference(image)) => {
                return self.images.catalogued(&image, Some(arch));
            }
            Described::Named(ImageName::Location(location)) => {
                let asked = (!self.choice.arches.is_empty()).then_some(arch);
                return self.images.read(&location, name, asked, self.choice.python.as_ref()).await;
            }
            Described::Image(found) => return Ok(*found),
            Described::Target(target) => {
                let profile = ImageProfile::of_target(name, as_of, *target);
                return Ok(FoundImage { profile, read: None });
            }
            Described::Ready(target) => {
                let profile = match target.image {
                    Some(image) => (*image).clone(),
                    None => ImageProfile::of_target(name, as_of, target.target),
                };
                return Ok(FoundImage { profile, read: None });
            }
        };
        let python = self.choice.python.clone().map_or_else(|| self.latest_python(), Ok)?;
        let installer =
            self.choice.installer.clone().unwrap_or_else(|| Installer::newest(InstallerKind::Pip));
        let target = Target::new(arch.clone(), libc, python, installer);
        let python = target.python.version.clone();
        let mut profile = ImageProfile::of_target(name, as_of, target);
        if self.choice.python.is_none() {
            profile.assumptions.push(Assumption::NewestPython(python));
        }
        Ok(FoundImage { profile, read: None })
    }

    fn add_found(
        &self,
        id: &str,
        name: &str,
        found: FoundImage,
        several: bool,
        read: &mut NamedTargets,
    ) -> Result<(), Error> {
        read.details.extend(found.evidence().into_iter().map(|line| format!("{id}: {line}")));
        read.add(self.choice.target(id, name, found, None, several)?)
    }

    fn latest_python(&self) -> Result<Python, Error> {
        let image: ImageRef = LATEST_PYTHON.parse().map_err(Error::invalid)?;
        let profile =
            self.images.catalogue().profile(&image, self.images.as_of, None).map_err(Error::invalid)?;
        let target = profile.target(&TargetOptions::default()).map_err(Error::invalid)?;
        Ok(target.python)
    }
}

impl NamedTargets {
    /// Adds a target and the findings about its image, once.
    fn add(&mut self, target: ReportTarget) -> Result<(), Error> {
        if let Some(known) = self.targets.iter().find(|known| known.id == target.id) {
            return match known.target == target.target && known.image == target.image {
                true => Ok(()),
                false => Err(Error::input("another target has the same name")),
            };
        }
        let image = target.image.as_ref();
        let findings = image.map(|image| crate::rules::image::findings_for(image, Some(&target.target)));
        let findings = findings.unwrap_or_default().into_iter();
        self.findings.extend(findings.map(|finding| (target.id.clone(), finding)));
        self.targets.push(target);
        Ok(())
    }

    /// Returns the id of a profile: its name, with the architecture if the name has another one.
    fn free_id(&self, name: &str, arch: &str) -> String {
        let taken = self.targets.iter().any(|known| known.id == name && known.arch != arch);
        if taken { format!("{name} {arch}") } else { name.to_owned() }
    }
}

/// What an input contains.
enum Described {
    Image(Box<FoundImage>),
    Target(Box<Target>),
    /// A target that is not changed.
    Ready(Box<ReportTarget>),
    /// Something that must be looked up.
    Named(ImageName),
}

/// The name of a target that must be looked up.
enum ImageName {
    Libc(Libc),
    Reference(ImageRef),
    Location(ImageLocation),
}

/// Reads a file with a target, or with the output of `wheelbase image --format json`.
fn file(path: &str) -> Result<Described, Error> {
    let text = std::fs::read_to_string(Path::new(path))
        .map_err(|error| Error::input(plain(&error)).with_source(error))?;
    if let Some(found) = Images::of_json(&text, path) {
        return Ok(Described::Image(Box::new(found?)));
    }
    let target = parse_target(&text, TargetFormat::of_path(path), path).map_err(|error| {
        // The caller adds the file name.
        let line = |fault: &Fault| {
            format!("line {}, column {}: {}", fault.origin.line, fault.origin.column, fault.message)
        };
        let text = error.faults().iter().map(line).collect::<Vec<_>>().join("; ");
        Error::input(text).with_faults(error.faults().to_vec())
    })?;
    Ok(Described::Target(Box::new(target)))
}
