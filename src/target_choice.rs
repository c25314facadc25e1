//! From an image to the target that it makes: which Python, which installer.

use crate::error::Error;
use crate::image::read::DetectedImage;
use crate::image::{ImageProfile, TargetOptions};
use crate::report::ReportTarget;
use crate::target::{Arch, Installer, Python};

/// What is known of an image that a name stands for.
#[derive(Clone, Debug)]
pub struct FoundImage {
    /// Its profile.
    pub profile: ImageProfile,
    /// What was read, for an image that was.
    pub read: Option<Box<DetectedImage>>,
}

impl FoundImage {
    /// Which file said what, one line each.
    pub fn evidence(&self) -> Vec<String> {
        self.read
            .iter()
            .flat_map(|read| &read.evidence)
            .map(|one| format!("{} {}: {} ({})", one.what, one.value, one.source, one.how))
            .collect()
    }
}

/// What a caller sets for all targets of a run.
#[derive(Clone, Debug, Default)]
pub struct TargetChoice {
    /// The architectures that were asked for.
    pub arches: Vec<Arch>,
    /// The Python of targets that name none.
    pub python: Option<Python>,
    /// The installer in place of the image's own.
    pub installer: Option<Installer>,
}

impl TargetChoice {
    /// The name, with the architecture where there are several.
    pub fn id(&self, name: &str, arch: &Arch) -> String {
        if self.arches.len() > 1 { format!("{name} {}", arch.docker_name()) } else { name.to_owned() }
    }

    /// What is said where a target keeps a Python of its own.
    pub(crate) fn own_python_kept(&self, name: &str, own: Option<&Python>) -> Option<String> {
        let (own, wanted) = (own?, self.python.as_ref()?);
        (!own.is(wanted)).then(|| {
            format!(
                "{name}: judged for its own {own}; --python {} is for targets that name none",
                wanted.version
            )
        })
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
        found: FoundImage,
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
        let own = profile.own_python().cloned();
        // The image's own knows its patch version better than `3.12`, and is there whatever the options say. What a
        // Dockerfile's step asks for is another matter.
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
