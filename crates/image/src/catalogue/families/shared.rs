//! Parts of profiles that several families have.

use super::super::data::{self, FamilyRow, ReleaseRow, minor_of};
use super::super::libraries;
use super::super::python::{self, NoTag};
use super::super::question::Question;
use super::super::release::set_release;
use super::super::unknown::{Reason, UnknownImage};
use crate::{Assumption, Date, ImageProfile, ImagePython, Note, Published, Unverified};
use wheelbase_spec::target::{Arch, Implementation, Python};

pub(super) type Answer = Result<ImageProfile, UnknownImage>;

/// A profile with only the facts of a release.
pub(super) fn plain(
    question: &Question<'_>,
    family: &'static FamilyRow,
    row: &'static ReleaseRow,
) -> ImageProfile {
    let mut profile = question.start(family);
    set_release(&mut profile, row);
    profile.libraries = libraries::of_release(row, &profile.arch);
    profile
}

/// Sets the interpreter of the distribution, which is not installed.
pub(super) fn distribution_python(profile: &mut ImageProfile, row: &ReleaseRow) {
    let Some(minor) = row.system_python else { return };
    let version = data::version(minor);
    profile.python = Some(ImagePython {
        python: Python::new(Implementation::CPython, version.clone()),
        interpreter: Some(format!("/usr/bin/python{minor}")),
        installed: false,
    });
    profile.assumptions.push(Assumption::DistributionPython(version));
    if !row.system_python_verified {
        let (release, minor) = (row.id.to_owned(), minor.to_owned());
        profile.unverified.push(Unverified::PackagedPython { release, minor });
    }
    profile.notes.push(Note::NoPip);
}

/// Sets an interpreter that is installed in the image.
pub(super) fn installed_python(profile: &mut ImageProfile, minor: &str, interpreter: Option<&str>) {
    let version = data::version(minor);
    let short = minor_of(minor);
    let python = Python::new(Implementation::CPython, version);
    let flags = &python.abi_flags;
    let tag = format!("cp{}", short.replace('.', ""));
    profile.python = Some(ImagePython {
        interpreter: interpreter.map(|path| {
            path.replace("{minor}", short).replace("{cp}", &tag).replace("{abi}", &format!("{tag}{flags}"))
        }),
        python,
        installed: true,
    });
}

/// Sets the architectures of an official image of a distribution. The row has those of one day.
pub(super) fn distribution_arches(profile: &mut ImageProfile, row: &ReleaseRow) {
    let Some(docker) = &row.docker_arches else {
        return;
    };
    let arches: Vec<Arch> = docker.iter().filter_map(|name| name.parse().ok()).collect();
    // Old releases lose architectures, so there may have been more before the day of the list.
    profile.arches = match row.docker_arches_as_of {
        Some(day) if profile.as_of < day => Published::AtLeast(arches),
        _ => Published::Only(arches),
    };
}

/// Returns the numbered releases of a distribution on a day, the newest first.
pub(super) fn released(distro: &str, date: Date) -> Vec<&'static ReleaseRow> {
    let rows = data::releases().releases.iter();
    let mut rows: Vec<&ReleaseRow> = rows
        .filter(|row| row.distro() == distro && row.released.is_some_and(|released| released <= date))
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.released));
    rows
}

/// Returns the row of a version of a distribution.
pub(super) fn numbered(
    question: &Question<'_>,
    distro: &str,
    number: &str,
) -> Result<&'static ReleaseRow, UnknownImage> {
    data::release(&format!("{distro}:{number}")).ok_or_else(|| question.unknown_tag(None))
}

/// Checks that a release was published on the day, and that the state of a moving release on that day is known.
pub(super) fn check_published(question: &Question<'_>, row: &ReleaseRow) -> Result<(), UnknownImage> {
    check_state_known(question, row, question.as_of)?;
    match row.released {
        Some(since) if since > question.as_of => {
            Err(question.error(Reason::NotYet { since, as_of: question.as_of }))
        }
        _ => Ok(()),
    }
}

/// Checks that the state of a moving release on that day is known.
pub(super) fn check_state_known(
    question: &Question<'_>,
    row: &ReleaseRow,
    date: Date,
) -> Result<(), UnknownImage> {
    let state = row.state.unwrap_or(row.date);
    if !row.moving || state <= date {
        return Ok(());
    }
    Err(question.error(Reason::Undetermined(format!(
        "{} is a moving release; the catalogue contains its state of {state}, not that of {date}",
        row.id.replace(':', " ")
    ))))
}

/// Returns the release that a moving name meant. Before the first release of the table it is unknown.
pub(super) fn newest_of(
    question: &Question<'_>,
    row: Option<&'static ReleaseRow>,
) -> Result<&'static ReleaseRow, UnknownImage> {
    row.ok_or_else(|| {
        question
            .error(Reason::Undetermined(format!("the release of {} is not in the catalogue", question.as_of)))
    })
}

/// Parses the day of a dated tag: `20240110` or `20240110.1`.
pub(super) fn dated(text: &str) -> Option<Date> {
    let (day, serial) = text.split_once('.').map_or((text, None), |(day, serial)| (day, Some(serial)));
    if day.len() != 8 || serial.is_some_and(|serial| data::number(serial).is_none()) {
        return None;
    }
    format!("{}-{}-{}", day.get(..4)?, day.get(4..6)?, day.get(6..)?).parse().ok()
}

/// Returns a release that is written as one word: `ubuntu22.04`, `ubi8`, `rockylinux9`.
pub(super) fn one_word(word: &str) -> Option<&'static ReleaseRow> {
    let at = word.find(|c: char| c.is_ascii_digit())?;
    let (name, number) = word.split_at_checked(at)?;
    let distro = match name {
        "ubi" => "rhel",
        "rockylinux" => "rocky",
        name => name,
    };
    data::release(&format!("{distro}:{number}"))
}

/// Returns the newest Python of a family on a day.
pub(super) fn newest_since(family: &'static FamilyRow, date: Date) -> Option<&'static str> {
    let out = family.since.iter().filter(|(_, since)| **since <= date);
    let numbered = out.filter_map(|(minor, _)| Some((data::minor(minor)?, *minor)));
    numbered.max().map(|(_, minor)| minor)
}

/// Returns the meaning of a tag of the python image.
pub(super) fn python_tag(
    question: &Question<'_>,
    tag: &str,
    as_of: Date,
) -> Result<python::Named, UnknownImage> {
    python::named(tag, as_of).map_err(|error| match error {
        NoTag::Unknown(why) => question.unknown_tag(why),
        NoTag::NotYet(since) => question.error(Reason::NotYet { since, as_of }),
        NoTag::Windows => question.error(Reason::Windows),
    })
}
