//! Images with their own schemes of tags.

use super::super::data::{self, FamilyRow, minor_of};
use super::super::libraries;
use super::super::question::Question;
use super::super::release::{libc_of, set_release, toolchain};
use super::super::unknown::Reason;
use super::shared::{
    Answer, check_published, distribution_python, installed_python, newest_since, one_word, plain, python_tag,
};
use crate::{
    Assumption, CompilerPresence, EndOfLife, EndOfLifeOf, ImageLibc, LibrarySet, Note, PackageManager,
    Published, Unverified,
};
use wheelbase_spec::target::Arch;

pub(super) fn distroless(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let Some((kind, release)) = question.name.rsplit('/').next().and_then(|last| last.rsplit_once("-debian"))
    else {
        let with_release =
            family.release_of.keys().rev().map(|release| format!("{}-{release}", question.name)).collect();
        let why = "a distroless name without a release is deprecated, and its meaning is not documented: write the \
                   release";
        return Err(question.error(Reason::Undetermined(why.to_owned())).with_near(with_release));
    };
    let release = format!("debian{release}");
    let mut words = question.tag.split('-').peekable();
    let debug = match words.next() {
        Some("latest" | "nonroot") => false,
        Some("debug") => {
            words.next_if_eq(&"nonroot");
            true
        }
        _ => return Err(question.unknown_tag(None)),
    };
    let arch = match words.next() {
        Some(arch) => Some(arch.parse::<Arch>().map_err(|_| question.unknown_tag(None))?),
        None => None,
    };
    if words.next().is_some() {
        return Err(question.unknown_tag(None));
    }
    let row = family.release_of.get(&*release).and_then(|id| data::release(id));
    let row = row.ok_or_else(|| question.unknown_tag(None))?;
    check_published(question, row)?;
    let mut profile = question.start(family);
    if let (None, Some(arch)) = (&question.requested_arch, &arch) {
        profile.arch = arch.clone();
    }
    set_release(&mut profile, row);
    profile.meaning = format!("{kind}-{release}");
    profile.shell = debug;
    let arches = family.arches.get(&*release);
    profile.arches = match (arch, arches) {
        (Some(arch), _) => Published::Only(vec![arch]),
        (None, Some(names)) => Published::Only(names.iter().filter_map(|name| name.parse().ok()).collect()),
        (None, None) => Published::Unknown,
    };
    if let Some(since) = family.ended.get(&*release).filter(|ended| **ended <= question.as_of) {
        profile.dates.frozen = Some(*since);
        profile.dates.state = Some(*since);
        profile.notes.push(Note::Frozen { since: *since, superseded: false });
        profile.end_of_life.push(EndOfLife::new(EndOfLifeOf::Tag, *since, None));
    }
    if let Some(end) = family.eol.get(&*release).and_then(|end| end.parse().ok()) {
        let image = EndOfLifeOf::Image(format!("{kind}-{release}"));
        profile.end_of_life.push(EndOfLife::new(image, end, None));
    }
    if kind == "static" {
        profile.libc = None;
        profile.libraries = LibrarySet::complete(&*family.source, true);
        return Ok(profile);
    }
    profile.libraries = libraries::of_distroless(kind, &release, row, &profile.arch);
    if let Some(python) = family.python_of.get(&*release) {
        installed_python(&mut profile, python, family.interpreter);
        profile.notes.push(Note::NoPip);
    }
    Ok(profile)
}

pub(super) fn wolfi(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let dev = match question.tag {
        "latest" => false,
        tag => tag == "dev" || tag.ends_with("-dev"),
    };
    let base = question.tag.strip_suffix("-dev").unwrap_or(question.tag);
    let row = family.release_of.get("*").and_then(|id| data::release(id));
    let row = row.ok_or_else(|| question.unknown_tag(None))?;
    check_published(question, row)?;
    let mut profile = question.start(family);
    if dev {
        profile.package_manager = family
            .package_manager_of
            .get("dev")
            .map_or(PackageManager::Unknown, |name| PackageManager::of(name));
        profile.shell = true;
        profile.toolchain = CompilerPresence::Unknown;
    }
    set_release(&mut profile, row);
    if let Some(libc) = &mut profile.libc {
        libc.lower_bound = true;
        profile.assumptions.push(Assumption::LibcAtLeast(libc.libc.to_string()));
    }
    profile.libraries = libraries::of_release(row, &profile.arch);
    if family.id != "chainguard-python" {
        if base != "latest" {
            return Err(question.unknown_tag(None));
        }
        return Ok(profile);
    }
    match base {
        "latest" => {
            let newest = python_tag(question, "latest", question.as_of)?;
            let minor = format!("{}.{}", newest.minor.0, newest.minor.1);
            installed_python(&mut profile, &minor, family.interpreter);
            profile.assumptions.push(Assumption::NewestPython(data::version(&minor)));
        }
        pinned if data::minor(minor_of(pinned)).is_some_and(|(major, _)| major == 3) => {
            installed_python(&mut profile, pinned, family.interpreter);
            profile.unverified.push(Unverified::PublicTag);
        }
        _ => return Err(question.unknown_tag(None)),
    }
    Ok(profile)
}

pub(super) fn lambda(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let (base, arch) = match question.tag.rsplit_once('-') {
        Some((base, arch @ ("x86_64" | "arm64"))) => (base, arch.parse::<Arch>().ok()),
        Some(_) => return Err(question.unknown_tag(None)),
        None => (question.tag, None),
    };
    let minor = match base {
        // The meaning of `latest` is inferred. The first day of each Python is known.
        "latest" => newest_since(family, question.as_of).ok_or_else(|| {
            question.error(Reason::Undetermined(format!(
                "the Python of {} is not in the catalogue",
                question.as_of
            )))
        })?,
        base => {
            let short = minor_of(base);
            let build = base.strip_prefix(short).unwrap_or_default();
            let numbers = || build.split('.').skip(1);
            let dated =
                numbers().count() == 4 && numbers().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
            if !(build.is_empty() || dated) {
                return Err(question.unknown_tag(None));
            }
            short
        }
    };
    let newest = data::python().minor.last().and_then(|row| data::minor(row.python)).unwrap_or((3, 0));
    let numbers = data::minor(minor).filter(|numbers| *numbers <= newest);
    let numbers = numbers.ok_or_else(|| question.unknown_tag(None))?;
    // The base changed from Amazon Linux 2 to 2023 with one Python: the row with the newest older version applies.
    let row = family
        .release_of
        .iter()
        .filter_map(|(from, id)| {
            Some((data::minor(from).filter(|from| *from <= numbers)?, data::release(id)?))
        })
        .max_by_key(|(from, _)| *from)
        .map(|(_, row)| row)
        .ok_or_else(|| question.unknown_tag(None))?;
    let mut profile = question.start(family);
    if let (None, Some(arch)) = (&question.requested_arch, &arch) {
        profile.arch = arch.clone();
    }
    if let Some(arch) = arch {
        profile.arches = Published::Only(vec![arch]);
    }
    if let Some(manager) = family.package_manager_of.get(row.id) {
        profile.package_manager = PackageManager::of(manager);
    }
    set_release(&mut profile, row);
    profile.libraries = libraries::of_release(row, &profile.arch);
    profile.meaning = minor.to_owned();
    installed_python(&mut profile, minor, family.interpreter);
    profile.unverified.push(Unverified::PatchReleaseAndPip { minor: minor.to_owned() });
    if let Some(end) = family.eol.get(minor).and_then(|end| end.parse().ok()) {
        let runtime = EndOfLifeOf::LambdaRuntime(minor.to_owned());
        profile.end_of_life.push(EndOfLife::new(runtime, end, None));
    }
    Ok(profile)
}

pub(super) fn build_image(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let last = question.name.rsplit('/').next().unwrap_or_default();
    // The policy is the longest known start of the name. The rest is the machine.
    let policy =
        family.release_of.keys().filter(|policy| last.starts_with(**policy)).max_by_key(|key| key.len());
    let policy = *policy.ok_or_else(|| question.unknown_tag(None))?;
    let machine = last.strip_prefix(policy).map(|rest| rest.trim_start_matches('_')).unwrap_or_default();
    let arch = match machine {
        "" => None,
        machine => Some(machine.parse::<Arch>().map_err(|_| question.unknown_tag(None))?),
    };
    let mut profile = question.start(family);
    if let (None, Some(arch)) = (&question.requested_arch, &arch) {
        profile.arch = arch.clone();
    }
    if let Some(arch) = arch {
        profile.arches = Published::Only(vec![arch]);
    }
    if let Some(manager) = family.package_manager_of.get(policy) {
        profile.package_manager = PackageManager::of(manager);
    }
    let musl = family.id == "musllinux-build";
    let number = family.release_of.get(policy).copied().unwrap_or_default();
    let libc = libc_of(if musl { "musl" } else { "glibc" }, number);
    profile.libc = libc.map(|libc| ImageLibc { libc, lower_bound: false, verified: family.verified });
    profile.libraries = libraries::of_libc(profile.libc.as_ref().map(|libc| &libc.libc), &profile.arch);
    profile.meaning = policy.to_owned();
    Ok(profile)
}

pub(super) fn scratch(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    if !question.tag.is_empty() {
        return Err(question.unknown_tag(Some("`scratch` is a reserved name without tags".to_owned())));
    }
    let mut profile = question.start(family);
    profile.meaning = "scratch (empty)".to_owned();
    profile.libraries = LibrarySet::complete(&*family.source, family.verified);
    Ok(profile)
}

pub(super) fn busybox(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let libc = question.tag.rsplit('-').next().unwrap_or_default();
    let version = question.tag.split('-').next().unwrap_or_default();
    let plain = version.split('.').all(|part| data::number(part).is_some());
    if !(plain || matches!(version, "latest" | "stable" | "unstable" | "glibc" | "musl" | "uclibc")) {
        return Err(question.unknown_tag(None));
    }
    if libc == "uclibc" {
        return Err(question.error(Reason::Undetermined("no wheel is built for uClibc".to_owned())));
    }
    // One static program and no loader, so no extension module can be loaded.
    let mut profile = question.start(family);
    profile.libraries = LibrarySet::complete(&*family.source, family.verified);
    Ok(profile)
}

pub(super) fn cuda(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let words: Vec<&str> = question.tag.split('-').collect();
    let flavor = words.iter().find(|word| matches!(**word, "base" | "runtime" | "devel"));
    let (Some(flavor), Some(row)) = (flavor, words.last().and_then(|word| one_word(word))) else {
        return Err(question.unknown_tag(None));
    };
    check_published(question, row)?;
    let mut profile = plain(question, family, row);
    profile.toolchain = toolchain(family, flavor);
    // NVIDIA adds libraries to those of the distribution.
    profile.libraries =
        libraries::at_least(row, &profile.arch, "NVIDIA adds libraries that are not in the catalogue");
    distribution_python(&mut profile, row);
    Ok(profile)
}

pub(super) fn dhi(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let (base, dev) = match question.tag.strip_suffix("-dev") {
        Some(base) => (base, true),
        None => (question.tag, false),
    };
    let python = question.name.ends_with("/python");
    let (minor, release) = match (python, base.split_once('-')) {
        (true, Some((minor, release))) => (Some(minor), one_word(release)),
        (true, None) => (Some(base), family.default_release.and_then(data::release)),
        (false, _) => (None, one_word(base).or_else(|| data::release_of_suffix(base))),
    };
    let row = release.ok_or_else(|| question.unknown_tag(None))?;
    if minor.is_some_and(|minor| !matches!(data::minor(minor_of(minor)), Some((3, _)))) {
        return Err(question.unknown_tag(None));
    }
    let mut profile = question.start(family);
    profile.shell = dev;
    profile.toolchain = toolchain(family, if dev { "dev" } else { "*" });
    if dev {
        profile.package_manager = PackageManager::Unknown;
    }
    set_release(&mut profile, row);
    profile.libraries = libraries::of_libc(profile.libc.as_ref().map(|libc| &libc.libc), &profile.arch);
    match minor {
        Some(minor) => installed_python(&mut profile, minor, None),
        None => distribution_python(&mut profile, row),
    }
    Ok(profile)
}

pub(super) fn bitnami(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let mut words = question.tag.split('-');
    let python = words.next().unwrap_or_default();
    let release = match (words.next(), words.next()) {
        (Some("debian"), Some(number)) => data::release(&format!("debian:{number}")),
        _ => None,
    };
    if !matches!(data::minor(minor_of(python)), Some((3, _))) {
        return Err(question.unknown_tag(None));
    }
    let Some(row) = release else {
        return Err(question.error(Reason::Undetermined(
            "the tag does not contain the Debian release: write it, for example `3.12-debian-12`".to_owned(),
        )));
    };
    let mut profile = plain(question, family, row);
    profile.libraries =
        libraries::at_least(row, &profile.arch, "the image adds packages that are not in the catalogue");
    installed_python(&mut profile, python, None);
    Ok(profile)
}

pub(super) fn ci_images(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let python = question.tag.split('-').next().unwrap_or_default();
    if !matches!(data::minor(minor_of(python)), Some((3, _))) {
        return Err(question.unknown_tag(None));
    }
    let row = family.default_release.and_then(data::release).ok_or_else(|| question.unknown_tag(None))?;
    let mut profile = plain(question, family, row);
    if let Some(libc) = &mut profile.libc {
        libc.lower_bound = true;
        libc.verified = false;
        profile.assumptions.push(Assumption::LibcAtLeast(libc.libc.to_string()));
    }
    profile.libraries =
        libraries::at_least(row, &profile.arch, "the image adds packages that are not in the catalogue");
    installed_python(&mut profile, python, None);
    Ok(profile)
}
