//! From the names of targets to targets. The library, every command and the Dockerfile reader take this one step.

mod images;

use std::path::Path;

use crate::error::Error;
use crate::findings::Finding;
use crate::image::read::ImageLocation;
use crate::image::{
    Assumption, Date, ImageProfile, ImageRef, NoTarget, TargetFormat, TargetOptions, parse_target,
};
use crate::report::ReportTarget;
use crate::target::{Arch, Installer, InstallerKind, InvalidInstaller, Python, Target, TargetSpec};

pub use images::{Found, ImageSettings, Images, read_user_images};

/// The Python of targets that name none: the newest that the catalogue's `python:latest` has.
const LATEST_PYTHON: &str = "python:latest";

/// Targets, and what is to be told of the images themselves.
#[derive(Debug, Default)]
pub struct NamedTargets {
    pub targets: Vec<ReportTarget>,
    /// (target id, finding).
    pub findings: Vec<(String, Finding)>,
    /// For those who look closely: which file of a read image said what.
    pub details: Vec<String>,
}

/// What is said of all targets beside their names.
pub struct Targets {
    pub images: Images,
    /// The architectures that were asked for.
    pub arches: Vec<Arch>,
    pub python: Option<Python>,
    pub installer: Option<Installer>,
}

/// The day, in UTC as the catalogue's days are.
pub fn today() -> Date {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    Date::new(now.year(), now.month(), now.day()).expect("a civil date is a day of the calendar")
}

/// An installer by name and version; `pip` and `uv` alone mean the newest that the data knows.
///
/// # Errors
///
/// If the text names none.
pub fn installer(text: &str) -> Result<Installer, InvalidInstaller> {
    match text.parse::<InstallerKind>() {
        Ok(kind) => Ok(Installer::newest(kind)),
        Err(_) => text.parse(),
    }
}

impl Targets {
    /// Reads all names; a target that two of them make stands there once.
    ///
    /// # Errors
    ///
    /// Every fault, each behind `lead` and the name it belongs to.
    pub async fn read(&self, names: &[String], lead: &str) -> Result<NamedTargets, Error> {
        let mut read = NamedTargets::default();
        let mut faults = Vec::new();
        for name in names {
            if let Err(fault) = self.add(name, names.len() > 1, &mut read).await {
                faults.push(fault.after(&format!("{lead}{name}: ")));
            }
        }
        Error::all(faults)?;
        let mut seen = std::collections::BTreeSet::new();
        read.targets.retain(|target| seen.insert(target.id.clone()));
        Ok(read)
    }

    async fn add(&self, name: &str, several: bool, read: &mut NamedTargets) -> Result<(), Error> {
        let spec = spec(name)?;
        if let TargetSpec::File(path) = &spec {
            return match self.file(path)? {
                InFile::Image(found) => self.add_found(name, name, *found, several, read),
                InFile::Target(target) => {
                    let arch = target
                        .machine
                        .parse::<Arch>()
                        .map_or_else(|_| target.machine.clone(), |arch| arch.docker_name().to_owned());
                    let notes = self.own_python_kept(name, Some(&target.python)).into_iter().collect();
                    read.targets
                        .push(ReportTarget::new(name, name, arch, *target).with_notes(notes, Vec::new()));
                    Ok(())
                }
            };
        }
        if ImageLocation::is_meant(name) && self.arches.is_empty() {
            // Whatever the image is for, or its index has first.
            let found = self.images.find(name, None, self.python.as_ref()).await?;
            return self.add_found(name, name, found, several, read);
        }
        let default = [Arch::x86_64()];
        let arches: &[Arch] = if self.arches.is_empty() { &default } else { &self.arches };
        for arch in arches {
            let id = self.id(name, arch);
            match &spec {
                TargetSpec::Image(image) => {
                    let asked = (!self.arches.is_empty()).then_some(arch);
                    let found = self.images.find(image, asked, self.python.as_ref()).await?;
                    self.add_found(&id, name, found, several, read)?;
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
    pub fn id(&self, name: &str, arch: &Arch) -> String {
        if self.arches.len() > 1 { format!("{name} {}", arch.docker_name()) } else { name.to_owned() }
    }

    fn file(&self, path: &str) -> Result<InFile, Error> {
        let text =
            std::fs::read_to_string(Path::new(path)).map_err(|error| Error::input(error.to_string()))?;
        if let Some(found) = Images::of_json(&text, path) {
            let found = found?;
            self.one_machine(&found.profile.arch)?;
            return Ok(InFile::Image(Box::new(found)));
        }
        let mut target = parse_target(&text, TargetFormat::of_path(path))
            .map_err(|error| Error::input(error.messages().collect::<Vec<_>>().join("; ")))?;
        if let Ok(arch) = target.machine.parse::<Arch>() {
            self.one_machine(&arch)?;
        }
        if let Some(installer) = &self.installer {
            target.installer = installer.clone();
        }
        Ok(InFile::Target(Box::new(target)))
    }

    /// A file describes one machine.
    fn one_machine(&self, described: &Arch) -> Result<(), Error> {
        match self.arches.iter().find(|asked| *asked != described) {
            Some(asked) => Err(Error::input(format!(
                "the file describes {}, and {} is asked for",
                described.docker_name(),
                asked.docker_name()
            ))),
            None => Ok(()),
        }
    }

    /// `--python` is for targets that name no Python; what is said where it is left aside.
    fn own_python_kept(&self, name: &str, own: Option<&Python>) -> Option<String> {
        let (own, wanted) = (own?, self.python.as_ref()?);
        (!own.is(wanted)).then(|| {
            format!(
                "{name}: judged for its own {own}; --python {} is for targets that name none",
                wanted.version
            )
        })
    }

    /// What a name stands for where an image is wanted, on one machine. A C library and a target file are images of
    /// which nothing else is known.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read), of this name.
    pub async fn base(&self, name: &str, arch: &Arch) -> Result<Found, Error> {
        let as_of = self.images.as_of;
        let target = match spec(name)? {
            TargetSpec::Image(image) => {
                let asked = (!self.arches.is_empty() || !ImageLocation::is_meant(name)).then_some(arch);
                return self.images.find(&image, asked, self.python.as_ref()).await;
            }
            TargetSpec::File(path) => match self.file(&path)? {
                InFile::Image(found) => return Ok(*found),
                InFile::Target(target) => {
                    let profile = ImageProfile::of_target(name, as_of, *target);
                    return Ok(Found { profile, read: None });
                }
            },
            plain => {
                let python = self.python.clone().map_or_else(|| self.latest_python(), Ok)?;
                let installer =
                    self.installer.clone().unwrap_or_else(|| Installer::newest(InstallerKind::Pip));
                plain.plain(arch.clone(), python, installer)
            }
        };
        let target = target.ok_or_else(|| Error::input(format!("`{name}` names no C library")))?;
        let python = target.python.version.clone();
        let mut profile = ImageProfile::of_target(name, as_of, target);
        if self.python.is_none() {
            profile.assumptions.push(Assumption::NewestPython(python));
        }
        Ok(Found { profile, read: None })
    }

    fn add_found(
        &self,
        id: &str,
        name: &str,
        found: Found,
        several: bool,
        read: &mut NamedTargets,
    ) -> Result<(), Error> {
        read.details.extend(found.evidence().into_iter().map(|line| format!("{id}: {line}")));
        let target = self.target(id, name, found, None, several)?;
        let findings = target
            .image
            .as_ref()
            .map(|image| crate::rules::image::findings_for(image, Some(&target.target)))
            .unwrap_or_default();
        read.findings.extend(findings.into_iter().map(|finding| (id.to_owned(), finding)));
        read.targets.push(target);
        Ok(())
    }

    /// The target that an image makes. Something else than the options may ask for an interpreter (`asked`); the
    /// options speak first.
    ///
    /// # Errors
    ///
    /// If the image has no interpreter and none is named, or nobody knows its C library.
    pub fn target(
        &self,
        id: &str,
        name: &str,
        found: Found,
        asked: Option<&Python>,
        several: bool,
    ) -> Result<ReportTarget, Error> {
        let wanted = self.python.as_ref().or(asked);
        if let Some(gap) = found.read.as_ref().and_then(|read| read.target_gap(wanted)) {
            let known = found.read.as_ref().is_some_and(|read| read.machine.is_some() && read.libc.is_some());
            return Err(match known {
                true => Error::input(format!("{gap}; --python names one that would be put into it")),
                false => Error::undetermined(gap.to_string()),
            });
        }
        let profile = found.profile;
        let mut options = TargetOptions::default();
        options.installer.clone_from(&self.installer);
        let installed = profile.python.as_ref().filter(|own| own.installed).map(|own| own.python.clone());
        let own = profile.given.as_ref().map(|target| target.python.clone()).or(installed);
        // The image's own knows its patch version better than `3.12`, and is there whatever the options say. What a
        // Dockerfile's step asks for is another matter.
        options.python = match (&own, asked) {
            (Some(own), Some(asked)) if !own.is(asked) => Some(asked.clone()),
            (Some(_), _) => None,
            (None, _) => wanted.cloned(),
        };
        let target = profile.target(&options).map_err(|error: NoTarget| Error::input(error.to_string()))?;
        let mut notes = notes(&profile, found.read.is_some(), several);
        notes.extend(self.own_python_kept(name, own.as_ref().filter(|_| options.python.is_none())));
        let unverified = profile.unverified.clone();
        Ok(ReportTarget::new(id, name, profile.arch.docker_name(), target)
            .with_notes(notes, unverified)
            .with_image(profile))
    }

    fn latest_python(&self) -> Result<Python, Error> {
        let image: ImageRef = LATEST_PYTHON.parse().map_err(|error| Error::input(format!("{error}")))?;
        let unknown = |error: &dyn std::fmt::Display| Error::input(error.to_string());
        let profile = self
            .images
            .catalogue()
            .profile(&image, self.images.as_of, None)
            .map_err(|error| unknown(&error))?;
        let target = profile.target(&TargetOptions::default()).map_err(|error| unknown(&error))?;
        Ok(target.python)
    }
}

/// What a file describes.
enum InFile {
    Image(Box<Found>),
    Target(Box<Target>),
}

/// A name that leads to an image's bytes is one of an image, whatever it ends with.
fn spec(name: &str) -> Result<TargetSpec, Error> {
    if ImageLocation::is_meant(name) {
        return Ok(TargetSpec::Image(name.to_owned()));
    }
    name.parse().map_err(|error| Error::input(format!("{error}")))
}

fn notes(profile: &ImageProfile, read: bool, several: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if several || read || !profile.notes.is_empty() || !profile.assumptions.is_empty() {
        notes.push(profile.summary());
    }
    // Nor does a name that is no image's tell what was taken for granted.
    if profile.family == ImageProfile::OF_TARGET {
        notes.extend(
            profile.assumptions.iter().map(|one| format!("{}: {one}; --python names another", profile.name)),
        );
    }
    // What was found in an image cannot be looked up anywhere else.
    if read {
        notes.extend(profile.notes.iter().map(|note| format!("{}: {note}", profile.name)));
    }
    notes
}
