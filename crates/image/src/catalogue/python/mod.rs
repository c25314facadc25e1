//! The meaning of a tag of the Docker official image `python` on a day.
//!
//! The scheme was read from 402 published states of the tag list (see `data/images/python.json`). A tag has a version of
//! any length, a variant and a release. Each of them may be missing, and a missing part moves.

mod by_rule;
mod known;
mod tag;

pub(crate) use known::Named;
pub(crate) use tag::{NoTag, Variant};

use super::data::{self, Minor, PatchRow, PythonTable};
use crate::Date;
use known::{
    before, canonical, known_release, last_release, minor_periods, never, of_known_minor, patches, state_at,
    text, window,
};
use tag::{TagParts, VersionPart};

/// Returns the day of the first release of a minor release, if it is in the table.
pub(crate) fn first_release(minor: &str) -> Option<Date> {
    let minor = data::minor(minor)?;
    patches(data::python(), minor).map(|row| row.first).min()
}

/// Returns the meaning of `tag` on `date`.
pub(crate) fn named(tag: &str, date: Date) -> Result<Named, NoTag> {
    if ["windowsservercore", "nanoserver"].iter().any(|windows| tag.contains(windows)) {
        return Err(NoTag::Windows);
    }
    let parts = tag::parse(tag)?;
    let table = data::python();
    match &parts.version {
        VersionPart::Newest => newest(table, &parts, date),
        VersionPart::Minor(minor) => of_minor(table, *minor, &parts, date),
        VersionPart::Patch(minor, patch) => of_patch(table, *minor, *patch, &parts, date),
        VersionPart::PreRelease(minor, version) => {
            by_rule::of_pre_release(table, *minor, version, &parts, date)
        }
    }
}

fn of_minor(table: &'static PythonTable, minor: Minor, parts: &TagParts, date: Date) -> Result<Named, NoTag> {
    match table.moving.contains_key(&*format!("{}{}", text(minor), parts.variant.suffix())) {
        true => of_known_minor(table, minor, parts, date),
        false => by_rule::next_minor(table, minor, parts, date),
    }
}

fn newest(table: &'static PythonTable, parts: &TagParts, date: Date) -> Result<Named, NoTag> {
    match &parts.release {
        None => {
            let key = match parts.variant {
                Variant::Plain => "latest",
                Variant::Slim => "slim",
                Variant::Alpine => "alpine",
            };
            let begins = table.moving.get(key).and_then(|rows| rows.first()).map(|(first, _)| *first);
            match begins {
                Some(begins) if date < begins => {
                    return Err(NoTag::Unknown(Some(format!(
                        "the catalogue contains `{key}` from {begins} on"
                    ))));
                }
                _ => {}
            }
            let (_, _, minor) =
                minor_periods(table).rfind(|(start, _, _)| *start <= date).ok_or(NoTag::Unknown(None))?;
            of_minor(table, minor, parts, date)
        }
        // A release without version means the newest minor that has this release. When the newest minor no longer has
        // it, the tag stays at the last minor that had it.
        Some(release) => {
            let mut first = None;
            for (start, end, minor) in minor_periods(table).rev() {
                let Some((from, until)) = window(table, minor, release) else { continue };
                let from = from.max(start);
                if end.is_some_and(|end| end <= from) || until.is_some_and(|until| until <= from) {
                    continue;
                }
                if from > date {
                    first = Some(from);
                    continue;
                }
                let stop = match (until, end) {
                    (Some(until), Some(end)) => Some(until.min(end)),
                    (until, end) => until.or(end),
                };
                let mut named =
                    of_minor(table, minor, parts, stop.map_or(date, |stop| date.min(before(stop))))?;
                // Newer periods come first, so no newer minor has the tag.
                named.since = Some(from);
                if let Some(stop) = stop.filter(|stop| *stop <= date) {
                    named.frozen = Some(stop);
                    named.built = before(stop);
                }
                return Ok(named);
            }
            Err(first.map_or(NoTag::Unknown(None), NoTag::NotYet))
        }
    }
}

fn of_patch(
    table: &'static PythonTable,
    minor: Minor,
    patch: u32,
    parts: &TagParts,
    date: Date,
) -> Result<Named, NoTag> {
    let Some(row) = patches(table, minor).find(|row| row.numbers().1 == patch) else {
        return by_rule::next_patch(table, minor, patch, parts, date);
    };
    if date < row.first {
        return Err(NoTag::NotYet(row.first));
    }
    let version = row.python;
    // While a patch release is the newest of its minor, its tags move like those of the minor. Then they keep the
    // state of their last day.
    let state = row.last.map_or(date, |last| date.min(last));
    let (release, since, stop) = match &parts.release {
        None => {
            let key = format!("{}{}", text(minor), parts.variant.suffix());
            let at = table.moving.get(&*key).and_then(|rows| state_at(rows, state));
            match at {
                Some((since, Some(release))) if row.last.is_none_or(|last| date <= last) => {
                    (release, since.max(row.first), None)
                }
                Some((since, Some(release))) if release == last_release(row, parts.variant) => {
                    (release, since.max(row.first), None)
                }
                _ => (last_release(row, parts.variant), row.first, None),
            }
        }
        Some(release) => {
            let listed = row.explicit.as_ref().map(|releases| releases.contains(&&**release));
            let window = window(table, minor, release);
            let (from, until) = match (listed, window) {
                (Some(true), window) => window.unwrap_or((row.first, row.last)),
                (None, Some((from, until))) if until.is_none_or(|until| until > row.first) => (from, until),
                _ => {
                    return Err(NoTag::Unknown(Some(never(version, release))));
                }
            };
            let from = from.max(row.first);
            if date < from {
                return Err(NoTag::NotYet(from));
            }
            let known = known_release(release).ok_or(NoTag::Unknown(None))?;
            (known, from, until.filter(|until| *until <= date))
        }
    };
    let superseded = row.last.filter(|last| *last < date);
    let frozen = match (stop, superseded) {
        (Some(stop), Some(last)) => Some(stop.min(last)),
        (stop, last) => stop.or(last),
    };
    Ok(Named {
        minor,
        version: version.to_owned(),
        variant: parts.variant,
        release,
        canonical: canonical(version, parts.variant, release),
        row: Some(row),
        since: Some(since),
        frozen,
        superseded: superseded.is_some(),
        built: stop.map_or(state, |stop| state.min(before(stop))),
        is_patch: true,
        by_rule: None,
    })
}

/// Returns the architectures for which a tag was published on the day of `named`.
pub(crate) fn arches(named: &Named) -> Option<(&'static str, &'static [&'static str])> {
    let table = data::python();
    let minor = text(named.minor);
    let explicit = canonical(&minor, named.variant, named.release);
    let moving = format!("{minor}{}", named.variant.suffix());
    let find = |key: &str| {
        let (key, rows) = table.arches.get_key_value(key)?;
        let (_, set) = state_at(rows, named.built)?;
        Some((*key, &**table.arch_sets.get(set)?))
    };
    // The rows of a moving tag also apply if the tag had this meaning on the day.
    let of_moving = || {
        let rows = table.moving.get(&*moving)?;
        (state_at(rows, named.built)?.1 == Some(named.release)).then(|| find(&moving))?
    };
    find(&explicit).or_else(of_moving)
}

/// Returns all tags of a day, to suggest similar ones.
pub(crate) fn tags(date: Date) -> Vec<String> {
    let table = data::python();
    let mut out: Vec<String> = table.moving.keys().map(|key| (*key).to_owned()).collect();
    for (minor, releases) in &table.explicit {
        out.extend(releases.keys().map(|release| format!("{minor}-{release}")));
    }
    let newest = table.minor.last().and_then(|row| table.explicit.get(row.python));
    out.extend(newest.into_iter().flat_map(|releases| releases.keys().map(|release| (*release).to_owned())));
    for row in table.patch.iter().filter(|row| row.first <= date) {
        for variant in [Variant::Plain, Variant::Slim, Variant::Alpine] {
            out.push(format!("{}{}", row.python, variant.suffix()));
        }
    }
    out
}

/// Returns the row with the newest pip of a day.
pub(crate) fn newest_pip(date: Date) -> Option<&'static PatchRow> {
    let version = |row: &PatchRow| row.pip.parse::<wheelbase_spec::version::Version>().ok();
    let rows = &data::python().patch;
    let listed = rows.iter().filter(|row| row.first <= date);
    listed.max_by_key(|row| version(row)).or_else(|| rows.iter().min_by_key(|row| row.first))
}
