//! Resolves the names of targets.

mod images;

use std::path::Path;

use crate::edge::inputs::plain;
use crate::error::Error;
use crate::findings::Finding;
use crate::image::read::ImageLocation;
use crate::image::{Assumption, Date, ImageProfile, ImageRef, TargetFormat, TargetOptions, parse_target};
use crate::report::ReportTarget;
use crate::source::Fault;
use crate::target::{Arch, Installer, InstallerKind, InvalidInstaller, Python, Target, TargetSpec};
use crate::target_choice::{FoundImage, TargetChoice};

pub use images::{ImageSettings, Images, read_user_images};

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

/// The resolver of target names.
#[derive(Debug)]
pub struct Targets {
    /// The source of images.
    pub images: Images,
    /// The options for all targets.
    pub choice: TargetChoice,
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
    /// Resolves all names. Each target is returned once.
    ///
    /// # Errors
    ///
    /// If a name is not valid or its image is unknown. All errors are returned, each after `lead` and the name.
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
                    let notes = self.choice.own_python_kept(name, Some(&target.python)).into_iter().collect();
                    read.targets
                        .push(ReportTarget::new(name, name, arch, *target).with_notes(notes, Vec::new()));
                    Ok(())
                }
            };
        }
        if ImageLocation::is_meant(name) && self.choice.arches.is_empty() {
            // The architecture of the image, or the first one of its index.
            let found = self.images.find(name, None, self.choice.python.as_ref()).await?;
            return self.add_found(name, name, found, several, read);
        }
        let default = [Arch::x86_64()];
        let arches: &[Arch] = if self.choice.arches.is_empty() { &default } else { &self.choice.arches };
        for arch in arches {
            let id = self.choice.id(name, arch);
            match &spec {
                TargetSpec::Image(image) => {
                    let asked = (!self.choice.arches.is_empty()).then_some(arch);
                    let found = self.images.find(image, asked, self.choice.python.as_ref()).await?;
                    self.add_found(&id, name, found, several, read)?;
                }
                plain => {
                    let mut notes = Vec::new();
                    let python = match &self.choice.python {
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

    fn file(&self, path: &str) -> Result<InFile, Error> {
        let text = std::fs::read_to_string(Path::new(path))
            .map_err(|error| Error::input(plain(&error)).with_source(error))?;
        if let Some(found) = Images::of_json(&text, path) {
            let found = found?;
            self.one_machine(&found.profile.arch)?;
            return Ok(InFile::Image(Box::new(found)));
        }
        let mut target = parse_target(&text, TargetFormat::of_path(path), path).map_err(|error| {
            // The caller adds the file name.
            let line = |fault: &Fault| {
                format!("line {}, column {}: {}", fault.origin.line, fault.origin.column, fault.message)
            };
            let text = error.faults().iter().map(line).collect::<Vec<_>>().join("; ");
            Error::input(text).with_faults(error.faults().to_vec())
        })?;
        if let Ok(arch) = target.machine.parse::<Arch>() {
            self.one_machine(&arch)?;
        }
        if let Some(installer) = &self.choice.installer {
            target.installer = installer.clone();
        }
        Ok(InFile::Target(Box::new(target)))
    }

    /// A file describes one machine.
    fn one_machine(&self, described: &Arch) -> Result<(), Error> {
        match self.choice.arches.iter().find(|asked| *asked != described) {
            Some(asked) => Err(Error::input(format!(
                "the file describes {}, but --arch is {}",
                described.docker_name(),
                asked.docker_name()
            ))),
            None => Ok(()),
        }
    }

    /// Returns the image of a name for one architecture. For a C library or a target file it is an image without other
    /// facts.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read), of this name.
    pub async fn base(&self, name: &str, arch: &Arch) -> Result<FoundImage, Error> {
        let as_of = self.images.as_of;
        let target = match spec(name)? {
            TargetSpec::Image(image) => {
                let asked =
                    (!self.choice.arches.is_empty() || !ImageLocation::is_meant(name)).then_some(arch);
                return self.images.find(&image, asked, self.choice.python.as_ref()).await;
            }
            TargetSpec::File(path) => match self.file(&path)? {
                InFile::Image(found) => return Ok(*found),
                InFile::Target(target) => {
                    let profile = ImageProfile::of_target(name, as_of, *target);
                    return Ok(FoundImage { profile, read: None });
                }
            },
            plain => {
                let python = self.choice.python.clone().map_or_else(|| self.latest_python(), Ok)?;
                let installer =
                    self.choice.installer.clone().unwrap_or_else(|| Installer::newest(InstallerKind::Pip));
                plain.plain(arch.clone(), python, installer)
            }
        };
        let target = target.ok_or_else(|| Error::input(format!("`{name}` is not a valid C library")))?;
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
        let target = self.choice.target(id, name, found, None, several)?;
        let findings = target
            .image
            .as_ref()
            .map(|image| crate::rules::image::findings_for(image, Some(&target.target)))
            .unwrap_or_default();
        read.findings.extend(findings.into_iter().map(|finding| (id.to_owned(), finding)));
        read.targets.push(target);
        Ok(())
    }

    fn latest_python(&self) -> Result<Python, Error> {
        let image: ImageRef = LATEST_PYTHON.parse().map_err(Error::invalid)?;
        let profile =
            self.images.catalogue().profile(&image, self.images.as_of, None).map_err(Error::invalid)?;
        let target = profile.target(&TargetOptions::default()).map_err(Error::invalid)?;
        Ok(target.python)
    }
}

/// The content of a file.
enum InFile {
    Image(Box<FoundImage>),
    Target(Box<Target>),
}

/// Parses a target. A location such as `dir:ROOT` is an image even if it ends with `.toml`.
fn spec(name: &str) -> Result<TargetSpec, Error> {
    if ImageLocation::is_meant(name) {
        return Ok(TargetSpec::Image(name.to_owned()));
    }
    name.parse().map_err(Error::invalid)
}
