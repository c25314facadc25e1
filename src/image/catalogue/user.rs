//! Profiles of the images of a settings file.

use super::{Catalogue, Kind, UnknownImage, libraries};
use crate::image::user::UserImage;
use crate::image::{
    Assumption, Date, ImageLibc, ImagePip, ImageProfile, ImagePython, ImageRef, Library, Note, Presence,
};
use crate::target::Arch;

/// The family of such images.
const FAMILY: &str = "user";

/// The profile of an entry: that of the image it is built on, with what the entry says.
pub(super) fn profile(
    catalogue: &Catalogue,
    image: &ImageRef,
    entry: &UserImage,
    as_of: Date,
    arch: Option<Arch>,
) -> Result<ImageProfile, UnknownImage> {
    let mut profile = match &entry.from {
        // Entries that are built on each other in a ring were refused when the file was read.
        Some(from) => {
            let base = catalogue.profile(from, as_of, arch).map_err(|base| {
                UnknownImage::new(image, Kind::Base(Box::new(base), entry.origin.to_string()))
            })?;
            let meaning = if base.family == FAMILY {
                base.meaning.clone()
            } else {
                format!("{from} ({})", base.meaning)
            };
            ImageProfile {
                development: Some(base.development()),
                name: image.to_string(),
                family: FAMILY.to_owned(),
                meaning,
                sizes: Vec::new(),
                ..base
            }
        }
        None => bare(image, as_of, arch),
    };
    profile
        .assumptions
        .insert(0, Assumption::Settings(format!("`{}` is what {} says", entry.name, entry.origin)));
    change(&mut profile, entry);
    if let Some(digest) = image.digest() {
        profile.notes.insert(0, Note::Digest(digest.to_owned()));
    }
    Ok(profile)
}

/// An image that is built on none.
fn bare(image: &ImageRef, as_of: Date, arch: Option<Arch>) -> ImageProfile {
    let mut profile = ImageProfile::new(image.to_string(), as_of, arch);
    profile.family = FAMILY.to_owned();
    profile.meaning = "an image of the settings file".to_owned();
    profile
}

fn change(profile: &mut ImageProfile, entry: &UserImage) {
    if let Some(libc) = &entry.libc {
        let libc = ImageLibc { libc: libc.clone(), lower_bound: false, verified: true };
        let same = profile.libc.as_ref().is_some_and(|old| old.libc.family() == libc.libc.family());
        // Another version changes the nodes, another family changes everything.
        match same {
            true => libraries::renew(&mut profile.libraries, &libc),
            false => profile.libraries = libraries::of_libc(Some(&libc), &profile.arch),
        }
        profile.libc = Some(libc);
    }
    if let Some(python) = &entry.python {
        let interpreter = entry.interpreter.clone();
        profile.python = Some(ImagePython { python: python.clone(), interpreter, installed: true });
        profile.assumptions.retain(|assumption| !matches!(assumption, Assumption::DistributionPython(_)));
        // Whoever names an interpreter has put it there, and what the image below says of its own is past.
        profile.externally_managed = None;
        profile.environment.variables.remove("PYTHON_VERSION");
    } else if let (Some(python), Some(interpreter)) = (&mut profile.python, &entry.interpreter) {
        python.interpreter = Some(interpreter.clone());
    }
    if let Some(version) = &entry.pip {
        profile.pip = Some(ImagePip { version: version.clone(), verified: true });
        profile.assumptions.retain(|assumption| !matches!(assumption, Assumption::NewestPip(_)));
        profile.notes.retain(|note| *note != Note::NoPip);
    }
    if let Some(manager) = entry.package_manager {
        profile.package_manager = manager;
    }
    if let Some(toolchain) = entry.toolchain {
        profile.toolchain = toolchain;
        // What the image below has for building says nothing any more.
        profile.development = None;
    }
    if let Some(shell) = entry.shell {
        profile.shell = shell;
        profile.notes.retain(|note| !shell || *note != Note::NoShell);
    }
    for soname in &entry.libraries {
        if !matches!(profile.libraries.find(soname), Presence::Present(_)) {
            profile.libraries.insert(Library::new(soname));
        }
    }
    for soname in &entry.without {
        profile.libraries.remove(soname);
    }
}
