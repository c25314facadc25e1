//! Tags that are not in the table, by the rules of the scheme.

use super::super::data::{self, Minor, PythonTable};
use super::known::{Named, before, canonical, minor_periods, of_known_minor, patches, text, unknown_minor};
use super::tag::{NoTag, TagParts};
use crate::Date;

/// A patch release after the last state of the table. The catalogue assumes at most one patch release a month.
pub(super) fn next_patch(
    table: &'static PythonTable,
    minor: Minor,
    patch: u32,
    parts: &TagParts,
    date: Date,
) -> Result<Named, NoTag> {
    let unknown = || NoTag::Unknown(None);
    let Some(newest) = patches(table, minor).max_by_key(|row| row.numbers()) else {
        return first_of_next_minor(table, minor, patch, parts, date);
    };
    let months = u32::try_from(date.months_since(table.last_state)).map_err(|_| unknown())?;
    let known = newest.numbers().1;
    let alive = newest.last.is_none();
    if date <= table.last_state || !alive || patch <= known || patch > known + months + 1 {
        return Err(NoTag::Unknown(Some(format!(
            "the newest release of {} in the catalogue is {} (state of {})",
            text(minor),
            newest.python,
            table.last_state
        ))));
    }
    let mut named = of_known_minor(table, minor, parts, date)?;
    if named.frozen.is_some() {
        return Err(unknown());
    }
    named.version = format!("{}.{patch}", text(minor));
    named.canonical = canonical(&named.version, named.variant, named.release);
    named.is_patch = true;
    named.by_rule = Some(format!(
        "{} is newer than the catalogue (state of {}); the other facts are those of {}",
        named.version, table.last_state, newest.python
    ));
    Ok(named)
}

/// A patch release such as `3.15.0` of a minor release that is not in the table.
fn first_of_next_minor(
    table: &'static PythonTable,
    minor: Minor,
    patch: u32,
    parts: &TagParts,
    date: Date,
) -> Result<Named, NoTag> {
    let mut named = next_minor(table, minor, parts, date)?;
    let (start, _, _) = minor_periods(table).next_back().ok_or(NoTag::Unknown(None))?;
    // At most one a month, after the year between two minor releases.
    if i64::from(patch) + 12 > i64::from(date.months_since(start)) {
        return Err(NoTag::Unknown(None));
    }
    named.version = format!("{}.{patch}", text(minor));
    named.canonical = canonical(&named.version, named.variant, named.release);
    named.is_patch = true;
    Ok(named)
}

/// The minor release after the newest one of the table. There is one a year, in October (PEP 602).
pub(super) fn next_minor(
    table: &'static PythonTable,
    minor: Minor,
    parts: &TagParts,
    date: Date,
) -> Result<Named, NoTag> {
    let unknown = || unknown_minor(table);
    let (start, _, newest) = minor_periods(table).next_back().ok_or_else(unknown)?;
    let is_next = minor == (newest.0, newest.1 + 1);
    if !is_next || date <= table.last_state || date.months_since(start) < 12 {
        return Err(unknown());
    }
    let mut named = of_known_minor(table, newest, parts, date)?;
    if named.frozen.is_some() {
        return Err(unknown());
    }
    named.minor = minor;
    named.version = format!("{}.0", text(minor));
    named.canonical = canonical(&text(minor), named.variant, named.release);
    named.since = None;
    named.by_rule = Some(format!(
        "{} is newer than the catalogue (state of {}); the other facts are those of {}",
        text(minor),
        table.last_state,
        text(newest)
    ));
    Ok(named)
}

/// A pre-release. Pre-releases are not in the table; their distribution release is the one of all minor releases on that
/// day, or the one in the tag.
pub(super) fn of_pre_release(
    table: &'static PythonTable,
    minor: Minor,
    version: &str,
    parts: &TagParts,
    date: Date,
) -> Result<Named, NoTag> {
    let out = patches(table, minor).map(|row| row.first).min();
    // The pre-releases of a minor release are published in the 18 months before it.
    let newest = table.minor.last().and_then(|row| data::minor(row.python)).unwrap_or((3, 0));
    if minor.1 > newest.1 + 2 || table.patch.first().is_some_and(|row| minor < row.numbers().0) {
        return Err(NoTag::Unknown(None));
    }
    let state = out.map_or(date, |out| date.min(before(out)));
    let (_, _, of_day) =
        minor_periods(table).rfind(|(start, _, _)| *start <= state).ok_or(NoTag::Unknown(None))?;
    let mut named = of_known_minor(table, of_day, parts, state)?;
    named.minor = minor;
    named.version = version.to_owned();
    named.canonical = canonical(version, named.variant, named.release);
    named.since = None;
    named.is_patch = true;
    named.superseded = out.is_some_and(|out| out <= date);
    named.frozen = out.filter(|out| *out <= date);
    named.built = state;
    named.by_rule = Some(format!(
        "the catalogue contains no pre-releases; {version} is assumed to be built on {} like all versions of that day",
        named.release
    ));
    Ok(named)
}
