//! Profiles of the images of a settings file.

use super::{data, libraries};
use crate::user::UserImage;
use crate::{
    Assumption, Date, EndOfLife, EndOfLifeOf, ImageFamily, ImageLibc, ImagePip, ImageProfile, ImagePython,
    ImageRef, Library, Note, PackageManager, Presence, Published, Unverified,
};
use wheelbase_spec::target::{Arch, Implementation, Python};

/// The profile of an entry: the one of the image it is built on, with the changes of the entry.
pub(super) fn profile(
    image: &ImageRef,
    entry: &UserImage,
    base: Option<ImageProfile>,
    as_of: Date,
    arch: Option<Arch>,
) -> ImageProfile {
    let mut profile = match base {
        Some(base) => {
            let meaning = match &entry.from {
                Some(from) if base.family != ImageFamily::User => format!("{from} ({})", base.meaning),
                _ => base.meaning.clone(),
            };
            ImageProfile {
                development: Some(base.development()),
                name: image.to_string(),
                family: ImageFamily::User,
                meaning,
                sizes: Vec::new(),
                ..base
            }
        }
        None => bare(image, as_of, arch),
    };
    profile
        .assumptions
        .insert(0, Assumption::Settings(format!("`{}` is defined in {}", entry.name, entry.origin)));
    change(&mut profile, entry);
    if let Some(digest) = image.digest() {
        profile.notes.insert(0, Note::Digest(digest.to_owned()));
    }
    profile
}

/// An image that is not built on another one.
fn bare(image: &ImageRef, as_of: Date, arch: Option<Arch>) -> ImageProfile {
    let mut profile = ImageProfile::new(image.to_string(), as_of, arch);
    profile.family = ImageFamily::User;
    profile.meaning = "an image of the settings file".to_owned();
    profile
}

/// Removes facts about the distribution. Another C library means another distribution or another release, so the facts of
/// the base image do not apply.
fn forget_system(profile: &mut ImageProfile) {
    if let Some(os) = profile.os.take() {
        let system = EndOfLifeOf::release(&os.id, &os.version);
        profile.end_of_life.retain(|end| end.what != system);
        let release = format!("{}:{}", os.id, os.version);
        profile.unverified.retain(|fact| !fact.is_about_libc_of(&release));
    }
    profile.assumptions.retain(|assumption| {
        !matches!(
            assumption,
            Assumption::LibcAtLeast(_) | Assumption::LastState(_) | Assumption::DistributionPython(_)
        )
    });
    if profile.python.as_ref().is_some_and(|python| !python.installed) {
        profile.python = None;
    }
    profile.arches = Published::Unknown;
}

/// Removes facts about the Python of the base image, if the Python of the entry is another one.
fn forget_python(profile: &mut ImageProfile, python: &Python) {
    let old = profile.python.as_ref().map(|old| &old.python);
    if old.is_some_and(|old| old.version == python.version && old.implementation == python.implementation) {
        return;
    }
    let minor = |python: &Python| python.language_version();
    let same_minor =
        old.is_some_and(|old| old.implementation == python.implementation && minor(old) == minor(python));
    profile.unverified.retain(|fact| !fact.is_about_python_patch());
    profile.notes.retain(|note| !matches!(note, Note::PatchTagIsNoPin { .. }));
    profile.assumptions.retain(|assumption| {
        !matches!(assumption, Assumption::NewestPython(_) | Assumption::DistributionPython(_))
    });
    if same_minor {
        return;
    }
    let (major, own) = python.language_version();
    let own = format!("{major}.{own}");
    profile
        .end_of_life
        .retain(|end| !matches!(end.what, EndOfLifeOf::Python(_) | EndOfLifeOf::LambdaRuntime(_)));
    if let (Implementation::CPython, Some(end)) = (python.implementation, data::python().eol.get(&*own)) {
        profile.end_of_life.push(EndOfLife::new(EndOfLifeOf::Python(own), *end, None));
    }
    profile.unverified.retain(|fact| !fact.is_about_python_minor());
    profile.notes.retain(|note| !matches!(note, Note::Setuptools(_)));
    if profile.pip.take().is_some() {
        profile.assumptions.push(Assumption::NewestPip(profile.newest_pip.clone()));
    }
}

fn change(profile: &mut ImageProfile, entry: &UserImage) {
    if let Some(libc) = &entry.libc {
        let libc = ImageLibc { libc: libc.clone(), lower_bound: false, verified: true };
        let same = profile.libc.as_ref().is_some_and(|old| old.libc.family() == libc.libc.family());
        // The facts of the base do not apply to another C library.
        if profile.libc.as_ref().is_none_or(|old| old.libc != libc.libc) {
            forget_system(profile);
        }
        // Another version has other nodes. Another family has other libraries.
        match same {
            true => libraries::renew(&mut profile.libraries, &libc.libc),
            false => {
                profile.libraries = libraries::of_libc(Some(&libc.libc), &profile.arch);
                profile.package_manager = PackageManager::Unknown;
            }
        }
        profile.libc = Some(libc);
    }
    if let Some(python) = &entry.python {
        let interpreter = entry.interpreter.clone();
        forget_python(profile, python);
        profile.python = Some(ImagePython { python: python.clone(), interpreter, installed: true });
        profile.assumptions.retain(|assumption| !matches!(assumption, Assumption::DistributionPython(_)));
        // The interpreter of the entry was installed later, so the facts of the base image do not apply.
        profile.externally_managed = None;
        profile.environment.variables.remove("PYTHON_VERSION");
    } else if let (Some(python), Some(interpreter)) = (&mut profile.python, &entry.interpreter) {
        python.interpreter = Some(interpreter.clone());
    }
    if let Some(version) = &entry.pip {
        profile.pip = Some(ImagePip { version: version.clone(), verified: true });
        profile.assumptions.retain(|assumption| !matches!(assumption, Assumption::NewestPip(_)));
        profile.notes.retain(|note| *note != Note::NoPip);
        profile.unverified.retain(|fact| !matches!(fact, Unverified::PipOfPython { .. }));
    }
    if let Some(manager) = entry.package_manager {
        profile.package_manager = manager;
    }
    if let Some(toolchain) = entry.toolchain {
        profile.toolchain = toolchain;
        // The build tools of the base image do not apply.
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
