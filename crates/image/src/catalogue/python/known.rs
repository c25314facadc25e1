//! The meaning of tags of minor releases that are in the table.

use super::super::data::{self, Minor, PatchRow, PythonTable};
use super::tag::{NoTag, TagParts, Variant};
use crate::Date;

/// The meaning of a tag on a day.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) minor: Minor,
    /// Full version, as far as the table knows it.
    pub(crate) version: String,
    pub(crate) variant: Variant,
    /// `trixie`, `alpine3.24`
    pub(crate) release: &'static str,
    /// `3.12-slim-trixie`
    pub(crate) canonical: String,
    /// The row of the patch release, unless it is newer than the table.
    pub(crate) row: Option<&'static PatchRow>,
    /// The day from which the tag meant this release of the distribution.
    pub(crate) since: Option<Date>,
    /// The day since which the tag is no longer built, if it was before the requested day.
    pub(crate) frozen: Option<Date>,
    /// The version of the tag was superseded by a later patch release.
    pub(crate) superseded: bool,
    /// The day of this state: the requested day, or the last day on which the tag was built.
    pub(crate) built: Date,
    /// The tag contains a full version `X.Y.Z`.
    pub(crate) is_patch: bool,
    /// The facts that come from a rule of the tag scheme because the table does not contain them.
    pub(crate) by_rule: Option<String>,
}

/// The version `3.12` of two numbers.
pub(super) fn text(minor: Minor) -> String {
    format!("{}.{}", minor.0, minor.1)
}

/// The value of a list of changes on a day, with the day of the change.
pub(super) fn state_at<T: Copy>(rows: &[(Date, T)], date: Date) -> Option<(Date, T)> {
    rows.iter().rev().find(|(since, _)| *since <= date).copied()
}

/// The minor releases that were the newest, with the first day and the day of the next one.
pub(super) fn minor_periods(
    table: &PythonTable,
) -> impl DoubleEndedIterator<Item = (Date, Option<Date>, Minor)> + '_ {
    table.minor.iter().enumerate().filter_map(|(index, row)| {
        let end = table.minor.get(index + 1).map(|next| next.start);
        Some((row.start, end, data::minor(row.python)?))
    })
}

/// The last day of a state that ended on `stop`. Nothing in the tables changes twice within a day.
pub(super) fn before(stop: Date) -> Date {
    let previous = |date: Date| {
        if date.day() > 1 {
            return Date::new(date.year(), date.month(), date.day() - 1);
        }
        let (year, month) =
            if date.month() > 1 { (date.year(), date.month() - 1) } else { (date.year() - 1, 12) };
        (28..=31).rev().find_map(|day| Date::new(year, month, day))
    };
    previous(stop).unwrap_or(stop)
}

/// The first day of a minor release on a distribution release, and the first day after it. For minor releases that are
/// not in the table `explicit`, the lists of their patch releases are used.
pub(super) fn window(table: &PythonTable, minor: Minor, release: &str) -> Option<(Date, Option<Date>)> {
    if let Some(releases) = table.explicit.get(&*text(minor)) {
        return releases.get(release).copied();
    }
    let rows = || {
        patches(table, minor)
            .filter(|row| row.explicit.as_ref().is_some_and(|releases| releases.contains(&release)))
    };
    let first = rows().map(|row| row.first).min()?;
    let last = rows().map(|row| row.last).max_by_key(|last| last.unwrap_or(table.last_state))?;
    Some((first, last))
}

/// The patch releases of a minor release in the table.
pub(super) fn patches(table: &PythonTable, minor: Minor) -> impl Iterator<Item = &PatchRow> {
    table.patch.iter().filter(move |row| row.numbers().0 == minor)
}

/// The newest patch release of a minor release on a day; with `release` only those on that distribution release.
pub(super) fn newest_patch(
    table: &'static PythonTable,
    minor: Minor,
    release: Option<&str>,
    date: Date,
) -> Option<&'static PatchRow> {
    patches(table, minor)
        .filter(|row| row.first <= date)
        .filter(|row| match (release, &row.explicit) {
            (Some(release), Some(releases)) => releases.contains(&release),
            _ => true,
        })
        .max_by_key(|row| row.numbers())
}

/// The release in a suffix, without the variant.
pub(super) fn release_name(release: &'static str) -> &'static str {
    release.strip_prefix("slim-").unwrap_or(release)
}

/// The static spelling of the release in a tag.
pub(super) fn known_release(release: &str) -> Option<&'static str> {
    let table = data::python();
    let in_explicit = table.explicit.values().flat_map(|releases| releases.keys());
    let in_patches = table.patch.iter().flat_map(|row| row.explicit.iter().flatten());
    in_explicit.chain(in_patches).find(|known| **known == release).map(|known| release_name(known))
}

/// Returns the error for a minor release that is not in the table.
pub(super) fn unknown_minor(table: &PythonTable) -> NoTag {
    let first = table.patch.first().map_or("", |row| row.python);
    let newest = table.minor.last().map_or("", |row| row.python);
    NoTag::Unknown(Some(format!(
        "the catalogue contains Python {first} to {newest} (state of {})",
        table.last_state
    )))
}

/// Returns the meaning of a tag of a minor release that is in the table.
pub(super) fn of_known_minor(
    table: &'static PythonTable,
    minor: Minor,
    parts: &TagParts,
    date: Date,
) -> Result<Named, NoTag> {
    let key = format!("{}{}", text(minor), parts.variant.suffix());
    let Some(rows) = table.moving.get(&*key) else {
        return Err(unknown_minor(table));
    };
    let (release, since, frozen) = match &parts.release {
        None => moving(table, rows, minor, parts.variant, date)?,
        Some(release) => {
            let Some((from, until)) = window(table, minor, release) else {
                return Err(NoTag::Unknown(Some(never(&text(minor), release))));
            };
            if date < from {
                return Err(NoTag::NotYet(from));
            }
            let known = known_release(release).ok_or(NoTag::Unknown(None))?;
            (known, from, until.filter(|until| *until <= date))
        }
    };
    let state = frozen.map_or(date, |frozen| date.min(frozen));
    let row = newest_patch(table, minor, parts.release.as_deref(), state).ok_or(NoTag::Unknown(None))?;
    Ok(Named {
        minor,
        version: row.python.to_owned(),
        variant: parts.variant,
        release,
        canonical: canonical(&text(minor), parts.variant, release),
        row: Some(row),
        since: Some(since),
        frozen,
        superseded: false,
        built: frozen.map_or(date, |frozen| date.min(before(frozen))),
        is_patch: false,
        by_rule: None,
    })
}

/// The release, its first day, and the day on which the tag was dropped.
pub(super) fn moving(
    table: &'static PythonTable,
    rows: &[(Date, Option<&'static str>)],
    minor: Minor,
    variant: Variant,
    date: Date,
) -> Result<(&'static str, Date, Option<Date>), NoTag> {
    let first = rows.first().map(|(first, _)| *first).ok_or(NoTag::Unknown(None))?;
    let (since, release) = state_at(rows, date).ok_or(NoTag::NotYet(first))?;
    if let Some(release) = release {
        return Ok((release, since, None));
    }
    // No release: either the tag was dropped, and its last state can still be pulled ...
    if let Some((began, Some(release))) =
        rows.iter().rev().find(|(began, state)| *began < since && state.is_some())
    {
        return Ok((release, *began, Some(since)));
    }
    // ... or the list of tags did not contain the release yet, and the patch release of that day has it.
    let listed = patches(table, minor).map(|row| row.first).min();
    let row = newest_patch(table, minor, None, date).ok_or_else(|| NoTag::NotYet(listed.unwrap_or(first)))?;
    Ok((last_release(row, variant), row.first, None))
}

/// The last distribution release of a patch release.
pub(super) fn last_release(row: &PatchRow, variant: Variant) -> &'static str {
    match variant {
        Variant::Plain => row.plain,
        Variant::Slim => row.slim,
        Variant::Alpine => row.alpine,
    }
}

/// The tag with all its parts.
pub(super) fn canonical(version: &str, variant: Variant, release: &str) -> String {
    match variant {
        Variant::Slim => format!("{version}-slim-{release}"),
        Variant::Plain | Variant::Alpine => format!("{version}-{release}"),
    }
}

/// The cause why a version and a release are not a tag.
pub(super) fn never(version: &str, release: &str) -> String {
    format!("{version} was never published with `{release}`")
}
