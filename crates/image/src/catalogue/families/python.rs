//! Images that contain the python image or a similar one.

use super::super::data::{self, FamilyRow, PYTHON};
use super::super::libraries;
use super::super::python::{self, Variant};
use super::super::question::Question;
use super::super::release::{set_release, toolchain};
use super::super::unknown::{Reason, UnknownImage};
use super::shared::{Answer, check_published, distribution_python, newest_since, python_tag};
use crate::{
    Assumption, CompilerPresence, EndOfLife, EndOfLifeOf, ImagePip, ImageProfile, ImagePython, LibrarySet,
    Note, PackageManager, Published, Source, Unverified,
};
use wheelbase_spec::target::{Implementation, Python};

pub(super) fn official_python(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let named = python_tag(question, question.tag, question.as_of)?;
    let mut profile = question.start(family);
    profile.meaning = named.canonical.clone();
    set_python(question, &mut profile, &named)?;
    profile.toolchain = toolchain(family, named.variant.key());
    Ok(profile)
}

/// Sets the facts of a state of the python image, also for images that are built on it.
fn set_python(
    question: &Question<'_>,
    profile: &mut ImageProfile,
    named: &python::Named,
) -> Result<(), UnknownImage> {
    let table = data::python();
    let release = data::release_of_suffix(named.release).ok_or_else(|| {
        question.error(Reason::Undetermined(format!(
            "it is built on {}, and its C library is not in the catalogue",
            named.release
        )))
    })?;
    set_release(profile, release);
    let minor = format!("{}.{}", named.minor.0, named.minor.1);
    profile.python = Some(ImagePython {
        python: Python::new(Implementation::CPython, data::version(&named.version)),
        interpreter: Some(table.recipe.interpreter.replace("{minor}", &minor)),
        installed: true,
    });
    if let Some(row) = named.row {
        profile.pip = Some(ImagePip {
            version: data::version(row.pip),
            verified: row.pip_verified && named.by_rule.is_none(),
        });
        let source = table.pip_sources.get(row.pip_source).copied().unwrap_or_default();
        if !row.pip_verified || named.by_rule.is_some() {
            profile.unverified.push(Unverified::PipOfPython {
                pip: data::version(row.pip),
                python: row.python.to_owned(),
                source: source.to_owned(),
            });
        }
        if let Some(setuptools) = row.setuptools {
            profile.notes.push(Note::Setuptools(setuptools.to_owned()));
        }
    }
    if let Some(rule) = &named.by_rule {
        profile.assumptions.push(Assumption::ByRule(rule.clone()));
        profile.unverified.push(Unverified::ImageExists { rule: rule.clone() });
    }
    if let Some(end) = table.eol.get(&*minor) {
        profile.end_of_life.push(EndOfLife::new(EndOfLifeOf::Python(minor), *end, None));
        profile.sources.push(Source::new(&*table.eol_birth.source, table.eol_birth.date));
    }
    profile.dates.since = named.since;
    profile.dates.state = Some(named.built);
    profile.dates.frozen = named.frozen;
    if let Some(since) = named.frozen {
        profile.notes.push(Note::Frozen { since, superseded: named.superseded });
        if !named.superseded {
            profile.end_of_life.push(EndOfLife::new(EndOfLifeOf::Tag, since, None));
        }
    }
    if named.is_patch && !question.tag.contains(named.release) && profile.family.as_str() == PYTHON {
        profile.notes.push(Note::PatchTagIsNoPin { pin: named.canonical.clone() });
    }
    profile.arches = match python::arches(named) {
        Some((_, names)) => Published::Only(names.iter().filter_map(|name| name.parse().ok()).collect()),
        None => Published::Unknown,
    };
    profile.sources.push(Source::new(&*table.patch_birth.source, table.patch_birth.date));
    profile.libraries = libraries::of_python(named, release, &profile.arch);
    Ok(())
}

pub(super) fn pypy(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let unknown = || question.unknown_tag(None);
    if question.tag.contains("windowsservercore") || question.tag.contains("nanoserver") {
        return Err(question.error(Reason::Windows));
    }
    let mut words = question.tag.split('-').peekable();
    let newest = newest_since(family, question.as_of);
    let latest = || {
        newest.ok_or_else(|| {
            question.error(Reason::Undetermined(format!(
                "the Python that it implemented on {} is not in the catalogue",
                question.as_of
            )))
        })
    };
    let minor = match words.next_if(|word| word.starts_with(['2', '3'])) {
        None => {
            words.next_if_eq(&"latest");
            latest()?
        }
        Some("3") => latest()?,
        Some("2") => "2.7",
        Some(word) if data::minor(word).is_some() => word,
        Some(_) => return Err(unknown()),
    };
    if let Some(since) = python::first_release(minor).filter(|since| *since > question.as_of) {
        return Err(question.error(Reason::NotYet { since, as_of: question.as_of }));
    }
    if !family.since.contains_key(minor) {
        return Err(unknown());
    }
    let own = words.next_if(|word| word.starts_with('7'));
    if own.is_some_and(|own| !own.split('.').all(|part| data::number(part).is_some())) {
        return Err(unknown());
    }
    let slim = words.next_if_eq(&"slim").is_some();
    let release = words.next();
    if words.next().is_some() {
        return Err(unknown());
    }
    // The tags without a release change to a new Debian on the same days as those of the python image.
    let release = match release {
        Some(release) => release.to_owned(),
        None if newest.is_some_and(|newest| data::minor(minor) < data::minor(newest)) && minor != "2.7" => {
            return Err(question.error(Reason::Undetermined(format!(
                "PyPy {minor} is no longer built, and the Debian release of its tags is not in the catalogue: write the \
                 release, for example `{minor}-bookworm`"
            ))));
        }
        None => python_tag(question, "latest", question.as_of)?.release.to_owned(),
    };
    let row = data::release_of_suffix(&release).filter(|row| row.distro() == "debian").ok_or_else(unknown)?;
    check_published(question, row)?;
    let mut profile = question.start(family);
    set_release(&mut profile, row);
    let version = data::version(minor);
    profile.python = Some(ImagePython {
        python: Python::new(Implementation::PyPy, version),
        interpreter: family.interpreter.map(str::to_owned),
        installed: true,
    });
    profile.meaning = {
        let own = own.map(|own| format!("-{own}")).unwrap_or_default();
        format!("{minor}{own}{}-{release}", if slim { "-slim" } else { "" })
    };
    profile.toolchain = toolchain(family, if slim { "slim" } else { "full" });
    profile.libraries = match slim {
        true => libraries::of_debian_slim(row, &profile.arch),
        false => libraries::of_buildpack(row, &profile.arch),
    };
    profile.unverified.push(Unverified::PyPyAndPip);
    profile.unverified.push(Unverified::LatestMoved);
    Ok(profile)
}

pub(super) fn uv(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let unknown = || question.unknown_tag(None);
    let mut words = question.tag.split('-').peekable();
    let own = words.next_if(|word| word.starts_with(|first: char| first.is_ascii_digit()));
    if own.is_some_and(|own| {
        let numbers: Vec<&str> = own.split('.').collect();
        !matches!(numbers.len(), 2 | 3) || !numbers.iter().all(|part| data::number(part).is_some())
    }) {
        return Err(unknown());
    }
    words.next_if_eq(&"latest");
    let minor = words.next_if(|word| word.starts_with("python")).map(|word| &word["python".len()..]);
    let release = words.next();
    let variant = words.next();
    if words.next().is_some() || minor.is_some_and(|minor| data::minor(minor).is_none()) {
        return Err(unknown());
    }
    let mut profile = question.start(family);
    profile.uv = own.map(str::to_owned);
    let Some(release) = release else {
        if minor.is_some() {
            return Err(unknown());
        }
        // Only the two programs, for `COPY --from`.
        profile.package_manager = PackageManager::None;
        profile.toolchain = CompilerPresence::Absent;
        profile.shell = false;
        profile.libraries = LibrarySet::complete(&*family.source, family.verified);
        profile.meaning = format!("{} (only the uv and uvx programs)", own.unwrap_or("latest"));
        return Ok(profile);
    };
    let slim = match variant {
        None => false,
        Some("slim") if !release.starts_with("alpine") => true,
        Some("dhi") => {
            return Err(question.error(Reason::Undetermined(
                "it is built on a hardened image that is not in the catalogue".to_owned(),
            )));
        }
        Some(_) => return Err(unknown()),
    };
    let suffix = match release {
        "debian" => python_tag(question, "latest", question.as_of)?.release.to_owned(),
        "alpine" => match &family.alpine_pin {
            Some(pin) if pin.since <= question.as_of => pin.release.replace(':', ""),
            _ => python_tag(question, "alpine", question.as_of)?.release.to_owned(),
        },
        release => release.to_owned(),
    };
    let row = data::release_of_suffix(&suffix).filter(|row| matches!(row.distro(), "debian" | "alpine"));
    let row = row.ok_or_else(unknown)?;
    let short = if slim { format!("slim-{suffix}") } else { suffix.clone() };
    profile.meaning = format!("{suffix}{}", if slim { "-slim" } else { "" });
    match minor {
        Some(minor) => {
            let named = python_tag(question, &format!("{minor}-{short}"), question.as_of)?;
            profile.meaning =
                format!("python{minor}-{}, built on python:{}", profile.meaning, named.canonical);
            set_python(question, &mut profile, &named)?;
            profile.arches = family.arches.get("*").map_or(Published::Unknown, |names| {
                Published::Only(names.iter().filter_map(|name| name.parse().ok()).collect())
            });
            profile.unverified.push(Unverified::BuiltOn { tag: named.canonical });
        }
        None => {
            check_published(question, row)?;
            set_release(&mut profile, row);
            profile.libraries = match (row.distro(), slim) {
                ("debian", false) => libraries::of_buildpack(row, &profile.arch),
                _ => libraries::of_release(row, &profile.arch),
            };
            distribution_python(&mut profile, row);
        }
    }
    let variant = match (row.distro(), slim) {
        ("alpine", _) => Variant::Alpine,
        (_, true) => Variant::Slim,
        (_, false) => Variant::Plain,
    };
    profile.toolchain = toolchain(family, variant.key());
    let written = if slim { format!("{release}-slim") } else { release.to_owned() };
    if family.no_longer_built.contains(&&*written) && question.as_of >= family.date {
        profile.notes.push(Note::Text(format!(
            "`{written}` tags are no longer built; their last builds can still be pulled"
        )));
        profile.unverified.push(Unverified::FrozenState { tags: written });
    }
    Ok(profile)
}

pub(super) fn devcontainers(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    // `1-3.12-bookworm`: the version of the template, the Python and the release.
    let mut words: Vec<&str> = question.tag.split('-').collect();
    if matches!(words.get(1), Some(second) if second.starts_with('3')) {
        words.remove(0);
    }
    let tag = words.join("-");
    let named = python_tag(question, &tag, question.as_of)?;
    let mut profile = question.start(family);
    profile.meaning = format!("{}, built on python:{}", question.tag, named.canonical);
    let arches = profile.arches.clone();
    set_python(question, &mut profile, &named)?;
    profile.arches = arches;
    profile.libraries =
        libraries::at_least_set(profile.libraries, "the image adds packages to the one it is built on");
    Ok(profile)
}
