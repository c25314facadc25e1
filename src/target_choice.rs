//! The choice of Python and installer that makes a target of an image.

use crate::error::Error;
use crate::image::read::DetectedImage;
use crate::image::{ImageFamily, ImageProfile, TargetOptions};
use crate::report::ReportTarget;
use crate::target::{Arch, Installer, Python};

/// The facts of a named image.
#[derive(Clone, Debug)]
pub struct FoundImage {
    /// Its profile.
    pub profile: ImageProfile,
    /// The facts that were read from the image, if it was read.
    pub read: Option<Box<DetectedImage>>,
}

impl FoundImage {
    /// The facts with their files, one line each.
    pub fn evidence(&self) -> Vec<String> {
        self.read
            .iter()
            .flat_map(|read| &read.evidence)
            .map(|one| format!("{} {}: {} ({})", one.what, one.value, one.source, one.how))
            .collect()
    }
}

/// The settings for all targets of a run.
#[derive(Clone, Debug, Default)]
pub struct TargetChoice {
    /// The requested architectures.
    pub arches: Vec<Arch>,
    /// The Python of targets without one.
    pub python: Option<Python>,
    /// The installer that replaces the one of the image.
    pub installer: Option<Installer>,
}

impl TargetChoice {
    /// The name, with the architecture if there are several.
    pub fn id(&self, name: &str, arch: &Arch) -> String {
        if self.arches.len() > 1 { format!("{name} {}", arch.docker_name()) } else { name.to_owned() }
    }

    /// The note for a target that keeps its own Python.
    pub(crate) fn own_python_kept(&self, name: &str, own: Option<&Python>) -> Option<String> {
        let (own, wanted) = (own?, self.python.as_ref()?);
        (!own.is(wanted)).then(|| {
            format!(
                "{name}: checked with its own {own}; `--python {}` applies only to targets without a Python",
                wanted.version
            )
        })
    }

    /// The target of an image. `asked` is an interpreter that is requested by something else than the options, such as a
    /// step of a Dockerfile; the options take precedence.
    ///
    /// # Errors
    ///
    /// If the image has no interpreter and none is given, or its C library is unknown.
    pub fn target(
        &self,
        id: &str,
        name: &str,
        found: FoundImage,
        asked: Option<&Python>,
        several: bool,
    ) -> Result<ReportTarget, Error> {
        let wanted = self.python.as_ref().or(asked);
        if let Some(gap) = found.read.as_ref().and_then(|read| read.target_gap(wanted)) {
            let known = found.read.as_ref().is_some_and(|read| read.machine.is_some() && read.libc.is_some());
            return Err(match known {
                true => Error::input(format!("{gap}; use `--python` to add one")),
                false => Error::undetermined(gap.to_string()),
            });
        }
        let profile = found.profile;
        let mut options = TargetOptions::default();
        options.installer.clone_from(&self.installer);
        let own = profile.own_python().cloned();
        // The patch version of the interpreter in the image is known, and the options do not remove that interpreter. A step
        // of a Dockerfile can request another one.
        options.python = match (&own, asked) {
            (Some(own), Some(asked)) if !own.is(asked) => Some(asked.clone()),
            (Some(_), _) => None,
            (None, _) => wanted.cloned(),
        };
        let target = profile.target(&options).map_err(Error::invalid)?;
        let mut notes = notes(&profile, found.read.is_some(), several);
        notes.extend(self.own_python_kept(name, own.as_ref().filter(|_| options.python.is_none())));
        let unverified = profile.unverified.clone();
        Ok(ReportTarget::new(id, name, profile.arch.docker_name(), target)
            .with_notes(notes, unverified)
            .with_image(profile))
    }
}

fn notes(profile: &ImageProfile, read: bool, several: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if several || read || !profile.notes.is_empty() || !profile.assumptions.is_empty() {
        notes.push(profile.summary());
    }
    // The name of a target that is not an image does not show the assumptions.
    if profile.family == ImageFamily::Target {
        notes.extend(
            profile
                .assumptions
                .iter()
                .map(|one| format!("{}: {one}; use `--python` to change it", profile.name)),
        );
    }
    // The facts of an image that was read are not recorded anywhere else.
    if read {
        notes.extend(profile.notes.iter().map(|note| format!("{}: {note}", profile.name)));
    }
    notes
}
