//! Images of distributions, also with an installed Python.

use super::super::data::{self, FamilyRow, ReleaseRow, minor_of};
use super::super::libraries;
use super::super::question::Question;
use super::super::release::{set_release, toolchain};
use super::super::unknown::{Reason, UnknownImage};
use super::shared::{
    Answer, check_published, check_state_known, dated, distribution_arches, distribution_python,
    installed_python, newest_of, numbered, plain, released,
};
use crate::{Date, PackageManager, Published, Unverified};

/// Splits `bookworm-20240110-slim` into its release, its day and its variant.
fn debian_parts(tag: &str) -> Option<(&str, Option<Date>, Option<&str>)> {
    let mut words = tag.split('-').collect::<Vec<_>>();
    // The suite of the release candidates of Debian has a dash in its name.
    let name = if words.starts_with(&["rc", "buggy"]) {
        words.drain(..2);
        "rc-buggy"
    } else if words.is_empty() {
        return None;
    } else {
        words.remove(0)
    };
    let day = words.first().and_then(|word| dated(word));
    if day.is_some() {
        words.remove(0);
    }
    let variant = words.first().copied();
    (words.len() <= 1).then_some((name, day, variant))
}

/// The Debian release that a name meant on a day.
fn debian_release(
    question: &Question<'_>,
    name: &str,
    date: Date,
) -> Result<&'static ReleaseRow, UnknownImage> {
    let out = released("debian", date);
    let nth = |index: usize| newest_of(question, out.get(index).copied());
    let row = match name {
        "latest" | "stable" => nth(0)?,
        "oldstable" => nth(1)?,
        "oldoldstable" => nth(2)?,
        "testing" => numbered(question, "debian", "testing")?,
        "unstable" | "experimental" | "rc-buggy" => numbered(question, "debian", "unstable")?,
        name if name.starts_with(|first: char| first.is_ascii_digit()) => {
            let mut numbers = name.split('.');
            let major = numbers.next().unwrap_or_default();
            let point = numbers.next();
            if point.is_some_and(|point| data::number(point).is_none()) || numbers.next().is_some() {
                return Err(question.unknown_tag(None));
            }
            numbered(question, "debian", major)?
        }
        name => data::releases()
            .releases
            .iter()
            .find(|row| row.distro() == "debian" && row.codename == Some(name))
            .ok_or_else(|| question.unknown_tag(None))?,
    };
    check_state_known(question, row, date)?;
    match row.released {
        Some(released) if released > date => Err(question.error(Reason::Undetermined(format!(
            "it was Debian testing on {date}, and the C library of that day is not in the catalogue; the release was \
             published on {released}"
        )))),
        _ => Ok(row),
    }
}

pub(super) fn debian(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let (name, day, variant) = debian_parts(question.tag).ok_or_else(|| question.unknown_tag(None))?;
    if !matches!(variant, None | Some("slim" | "backports")) {
        return Err(question.unknown_tag(None));
    }
    let date = day.unwrap_or(question.as_of);
    if date > question.as_of {
        return Err(question.error(Reason::NotYet { since: date, as_of: question.as_of }));
    }
    let row = debian_release(question, name, date)?;
    let mut profile = plain(question, family, row);
    let release = row.codename.unwrap_or(row.version());
    profile.meaning = match variant {
        Some(variant) => format!("{release}-{variant}"),
        None => release.to_owned(),
    };
    if day.is_some() {
        profile.dates.state = day;
        profile.meaning = question.tag.to_owned();
    }
    if day.is_none() && name.contains('.') {
        profile.unverified.push(Unverified::Released { release: format!("Debian {name}") });
    }
    let fresh = released("debian", date)
        .first()
        .and_then(|row| row.released)
        .is_some_and(|day| date.months_since(day) < 1);
    if fresh && matches!(name, "latest" | "stable" | "oldstable" | "oldoldstable") {
        profile.unverified.push(Unverified::TagMoved { tag: name.to_owned() });
    }
    distribution_arches(&mut profile, row);
    distribution_python(&mut profile, row);
    Ok(profile)
}

pub(super) fn buildpack_deps(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let (name, variant) = match question.tag.split_once('-') {
        Some((name, variant @ ("scm" | "curl"))) => (name, Some(variant)),
        None => match question.tag {
            variant @ ("scm" | "curl") => ("latest", Some(variant)),
            name => (name, None),
        },
        Some(_) => return Err(question.unknown_tag(None)),
    };
    let ubuntu = data::releases()
        .releases
        .iter()
        .find(|row| row.distro() == "ubuntu" && (row.codename == Some(name) || row.version() == name));
    let row = match ubuntu {
        Some(row) => {
            check_published(question, row)?;
            row
        }
        None => debian_release(question, name, question.as_of)?,
    };
    let mut profile = plain(question, family, row);
    let release = row.codename.unwrap_or(row.version());
    profile.meaning = variant.map_or_else(|| release.to_owned(), |variant| format!("{release}-{variant}"));
    profile.toolchain = toolchain(family, variant.unwrap_or("full"));
    if variant.is_none() {
        profile.libraries = libraries::of_buildpack(row, &profile.arch);
    }
    distribution_arches(&mut profile, row);
    distribution_python(&mut profile, row);
    Ok(profile)
}

pub(super) fn ubuntu(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let tag = question.tag;
    // The registry of Canonical adds a channel to the number.
    let tag =
        ["_stable", "_edge", "_beta"].iter().find_map(|channel| tag.strip_suffix(channel)).unwrap_or(tag);
    let out = released("ubuntu", question.as_of);
    let (name, day) = match tag.split_once('-') {
        Some((name, day)) => (name, Some(dated(day).ok_or_else(|| question.unknown_tag(None))?)),
        None => (tag, None),
    };
    // The April releases of even years have long-term support. `latest` is the newest of them.
    let long_term = |row: &&&ReleaseRow| {
        data::minor(&row.version().replace(".0", "."))
            .is_some_and(|(year, month)| year % 2 == 0 && month == 4)
    };
    let row = match name {
        "latest" => Some(newest_of(question, out.iter().find(long_term).copied())?),
        "rolling" => Some(newest_of(question, out.first().copied())?),
        "devel" => {
            return Err(question.error(Reason::Undetermined(
                "it is the release in development, and its C library is not in the catalogue".to_owned(),
            )));
        }
        name => data::releases()
            .releases
            .iter()
            .find(|row| row.distro() == "ubuntu" && (row.version() == name || row.codename == Some(name))),
    };
    let row = row.ok_or_else(|| question.unknown_tag(None))?;
    check_published(question, row)?;
    if let Some(since) = day.filter(|day| *day > question.as_of) {
        return Err(question.error(Reason::NotYet { since, as_of: question.as_of }));
    }
    let mut profile = plain(question, family, row);
    profile.meaning = if day.is_some() { question.tag.to_owned() } else { row.version().to_owned() };
    profile.dates.state = day.or(profile.dates.state);
    let fresh = row.released.is_some_and(|day| question.as_of.months_since(day) < 1);
    if fresh && matches!(name, "latest" | "rolling") {
        profile.unverified.push(Unverified::TagMoved { tag: name.to_owned() });
    }
    distribution_arches(&mut profile, row);
    distribution_python(&mut profile, row);
    Ok(profile)
}

pub(super) fn alpine(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let tag = question.tag;
    let out = released("alpine", question.as_of);
    let row = match tag {
        "latest" | "3" => Some(newest_of(question, out.first().copied())?),
        "edge" => data::release("alpine:edge"),
        tag if dated(tag).is_some() => data::release("alpine:edge"),
        tag => {
            let numbers: Vec<&str> = tag.split('.').collect();
            let plain = numbers.iter().all(|number| data::number(number).is_some());
            match (&*numbers, plain) {
                ([_, _] | [_, _, _], true) => data::release(&format!("alpine:{}", minor_of(tag))),
                _ => None,
            }
        }
    };
    let row = row.ok_or_else(|| question.unknown_tag(None))?;
    if let Some(since) = dated(tag).filter(|day| *day > question.as_of) {
        return Err(question.error(Reason::NotYet { since, as_of: question.as_of }));
    }
    check_published(question, row)?;
    // A dated tag has the state of its day and does not move.
    check_state_known(question, row, dated(tag).unwrap_or(question.as_of))?;
    let mut profile = plain(question, family, row);
    profile.meaning = match tag {
        "latest" | "3" => row.version().to_owned(),
        tag => tag.to_owned(),
    };
    if tag.split('.').count() == 3 && dated(tag).is_none() {
        profile.unverified.push(Unverified::Released { release: format!("Alpine {tag}") });
    }
    distribution_arches(&mut profile, row);
    // Alpine has riscv64 since 3.20.
    if row.docker_arches.is_none()
        && let Published::Only(arches) = &mut profile.arches
    {
        arches.retain(|arch| row.wheel_arches.contains(&arch.machine()));
    }
    distribution_python(&mut profile, row);
    Ok(profile)
}

pub(super) fn fedora(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let out = released("fedora", question.as_of);
    let row = match question.tag {
        "latest" => Some(newest_of(question, out.first().copied())?),
        "rawhide" => data::release("fedora:rawhide"),
        number => data::release(&format!("fedora:{number}")),
    };
    let row = row.ok_or_else(|| question.unknown_tag(None))?;
    check_published(question, row)?;
    let mut profile = plain(question, family, row);
    profile.meaning = row.version().to_owned();
    distribution_arches(&mut profile, row);
    distribution_python(&mut profile, row);
    Ok(profile)
}

pub(super) fn enterprise_linux(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let distro = family.distro_of.get(question.name).copied().unwrap_or_default();
    let tag = question.tag.strip_prefix("stream").unwrap_or(question.tag);
    let (number, variant) =
        tag.split_once('-').map_or((tag, None), |(number, variant)| (number, Some(variant)));
    if !matches!(variant, None | Some("minimal" | "slim" | "micro" | "ubi")) || number.is_empty() {
        return Err(question.unknown_tag(None));
    }
    let row = numbered(question, distro, number.split('.').next().unwrap_or(number))?;
    check_published(question, row)?;
    let mut profile = question.start(family);
    if let Some(manager) = variant.and_then(|variant| family.package_manager_of.get(variant)) {
        profile.package_manager = PackageManager::of(manager);
    }
    set_release(&mut profile, row);
    profile.libraries = libraries::of_release(row, &profile.arch);
    distribution_python(&mut profile, row);
    Ok(profile)
}

pub(super) fn suse(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let tag = question.tag;
    let last = question.name.rsplit('/').next().unwrap_or_default();
    let row = match last {
        "tumbleweed" => data::release("opensuse:tumbleweed"),
        "leap" if tag == "latest" => {
            Some(newest_of(question, released("opensuse", question.as_of).first().copied())?)
        }
        "leap" => data::release(&format!("opensuse:{tag}")),
        "bci-base" => data::release(&format!("sles:{tag}")),
        _ => None,
    };
    let python = (last == "python").then_some(minor_of(tag)).filter(|minor| data::minor(minor).is_some());
    let Some(row) = row else {
        return Err(match (last, python) {
            ("python", Some(_)) => question.error(Reason::Undetermined(format!(
                "the tag does not contain the SUSE release; read the image with `docker://{}`",
                question.image
            ))),
            _ => question.unknown_tag(None),
        });
    };
    check_published(question, row)?;
    let mut profile = plain(question, family, row);
    profile.meaning = row.version().to_owned();
    Ok(profile)
}

pub(super) fn azurelinux(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let mariner = question.name.contains("cbl-mariner");
    let python = question.name.ends_with("/python");
    let key = match (mariner, python) {
        (true, _) => "cbl-mariner",
        (false, true) => "3.0",
        (false, false) => question.tag,
    };
    let row = family.release_of.get(key).and_then(|id| data::release(id));
    let row = row.ok_or_else(|| question.unknown_tag(None))?;
    let mut profile = question.start(family);
    if question.name.contains("distroless") {
        profile.package_manager = PackageManager::None;
        profile.shell = false;
    }
    set_release(&mut profile, row);
    profile.libraries = libraries::of_release(row, &profile.arch);
    match (python, data::minor(minor_of(question.tag))) {
        (true, Some((3, minor))) if minor > 0 => installed_python(&mut profile, minor_of(question.tag), None),
        _ => distribution_python(&mut profile, row),
    }
    Ok(profile)
}

pub(super) fn amazonlinux(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let (name, minimal) = match question.tag.strip_suffix("-minimal") {
        Some(name) => (name, true),
        None => (question.tag, false),
    };
    let name = family.alias.get(name).copied().unwrap_or(name);
    let key = name.split('.').next().unwrap_or(name);
    let row = family.release_of.get(key).and_then(|id| data::release(id));
    let row = row.ok_or_else(|| question.unknown_tag(None))?;
    check_published(question, row)?;
    let mut profile = question.start(family);
    if let Some(manager) = family.package_manager_of.get("minimal").filter(|_| minimal) {
        profile.package_manager = PackageManager::of(manager);
    }
    set_release(&mut profile, row);
    profile.libraries = libraries::of_release(row, &profile.arch);
    profile.meaning = if minimal { format!("{name}-minimal") } else { name.to_owned() };
    if question.tag.starts_with("latest") {
        profile.unverified.push(Unverified::LatestSince);
    }
    // Python 2 of the older release is a tool of the system. Packages are not installed for it.
    if row.system_python.is_some_and(|python| python.starts_with('3')) {
        distribution_python(&mut profile, row);
    }
    Ok(profile)
}

/// Splits `registry.access.redhat.com/ubi9/python-312` into `ubi9` and the rest.
fn ubi_parts(name: &str) -> Option<(&str, &str)> {
    let at = name.find("ubi")?;
    let rest = name.get(at..)?;
    let end = rest.find(['/', '-']).unwrap_or(rest.len());
    let (release, rest) = rest.split_at_checked(end)?;
    Some((release, rest.trim_start_matches(['/', '-'])))
}

pub(super) fn ubi_python(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let last = question.name.rsplit('/').next().unwrap_or_default();
    let mut words = last.split('-').skip(1);
    let number = words.next().unwrap_or_default();
    let minor = match number.split_at_checked(1) {
        Some(("3", minor)) if data::number(minor).is_some() => format!("3.{minor}"),
        _ => return Err(question.unknown_tag(None)),
    };
    let suffix = words.next();
    let key = match suffix {
        Some(stream @ ("c9s" | "c10s")) => Some(stream),
        _ => ubi_parts(question.name).map(|(release, _)| release),
    };
    let row = key.and_then(|key| family.release_of.get(key)).and_then(|id| data::release(id));
    let row = row.ok_or_else(|| question.unknown_tag(None))?;
    check_published(question, row)?;
    let mut profile = plain(question, family, row);
    profile.meaning = format!("{} {last}", row.id.replace(':', " "));
    installed_python(&mut profile, &minor, family.interpreter);
    profile.unverified.push(Unverified::PatchReleaseAndPip { minor });
    Ok(profile)
}

pub(super) fn ubi(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    let (release, rest) = ubi_parts(question.name).ok_or_else(|| question.unknown_tag(None))?;
    let row = family.release_of.get(release).and_then(|id| data::release(id));
    let row = row.ok_or_else(|| question.unknown_tag(None))?;
    check_published(question, row)?;
    let kind = rest.rsplit(['/', '-']).next().unwrap_or_default();
    let mut profile = question.start(family);
    if let Some(manager) = family.package_manager_of.get(kind) {
        profile.package_manager = PackageManager::of(manager);
    }
    set_release(&mut profile, row);
    profile.libraries = libraries::of_release(row, &profile.arch);
    profile.meaning = row.id.replace(':', " ");
    if matches!(kind, "minimal" | "micro") {
        profile.meaning = format!("{} {kind}", profile.meaning);
    }
    distribution_python(&mut profile, row);
    Ok(profile)
}
