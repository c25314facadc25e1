//! What a tag of the Docker official image `python` named on a day.
//!
//! The scheme was read from 402 published states of the tag list (see `data/images/python.json`): a tag is a version of
//! any length, a variant and a release, each of which may be left out, and what is left out moves.

mod by_rule;

use super::data::{self, Minor, PatchRow, PythonTable};
use crate::Date;

/// The three ways the image is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    Plain,
    Slim,
    Alpine,
}

impl Variant {
    /// What stands in a tag without release.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Slim => "-slim",
            Self::Alpine => "-alpine",
        }
    }

    /// The key of `toolchain` in the families table.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Plain => "full",
            Self::Slim => "slim",
            Self::Alpine => "alpine",
        }
    }
}

/// The version part of a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Spec {
    /// `3`, `latest`, or nothing.
    Newest,
    /// `3.12`
    Minor(Minor),
    /// `3.12.13`
    Patch(Minor, u32),
    /// `3.15.0rc1`
    PreRelease(Minor, String),
}

/// A tag in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Parts {
    spec: Spec,
    variant: Variant,
    /// `bookworm`, `slim-bookworm`, `alpine3.20`: a release as the `explicit` table writes it, with its variant.
    release: Option<String>,
}

/// What a tag named on a day.
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
    /// The day since which the tag is built no more, if that day came.
    pub(crate) frozen: Option<Date>,
    /// The tag is one of a patch release or of a version and a release that a later patch release superseded.
    pub(crate) superseded: bool,
    /// The day whose state this is: the day asked for, or the last day the tag was built.
    pub(crate) built: Date,
    /// `X.Y.Z` was written.
    pub(crate) is_patch: bool,
    /// What the table does not say and the rule of the tag scheme does.
    pub(crate) by_rule: Option<String>,
}

/// The day the first release of a minor came out, as far as the table goes back.
pub(crate) fn first_release(minor: &str) -> Option<Date> {
    let minor = data::minor(minor)?;
    patches(data::python(), minor).map(|row| row.first).min()
}

/// Why a tag names nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoTag {
    /// The tag is not of the scheme, or was never published.
    Unknown(Option<String>),
    /// Published from this day on only.
    NotYet(Date),
    /// An image for Windows.
    Windows,
}

/// What `tag` named on `date`.
pub(crate) fn named(tag: &str, date: Date) -> Result<Named, NoTag> {
    if ["windowsservercore", "nanoserver"].iter().any(|windows| tag.contains(windows)) {
        return Err(NoTag::Windows);
    }
    let parts = parts(tag)?;
    let table = data::python();
    match &parts.spec {
        Spec::Newest => newest(table, &parts, date),
        Spec::Minor(minor) => of_minor(table, *minor, &parts, date),
        Spec::Patch(minor, patch) => of_patch(table, *minor, *patch, &parts, date),
        Spec::PreRelease(minor, version) => by_rule::of_pre_release(table, *minor, version, &parts, date),
    }
}

fn parts(tag: &str) -> Result<Parts, NoTag> {
    let unknown = || NoTag::Unknown(None);
    let mut words = tag.split('-').peekable();
    let mut spec = Spec::Newest;
    if tag == "latest" {
        return Ok(Parts { spec, variant: Variant::Plain, release: None });
    }
    if let Some(word) = words.next_if(|word| word.starts_with(|first: char| first.is_ascii_digit())) {
        spec = version(word)?;
        if words.next_if_eq(&"rc").is_some() {
            return Err(NoTag::Unknown(Some(format!(
                "`{word}-rc` moves with every pre-release and the catalogue does not follow those: write the full \
                 version, as in `{word}.0rc1`"
            ))));
        }
    }
    let slim = words.next_if_eq(&"slim").is_some();
    let release = words.next();
    if words.next().is_some() || (release.is_none() && !slim && spec == Spec::Newest && !tag.starts_with('3'))
    {
        return Err(unknown());
    }
    let (variant, release) = match (slim, release) {
        (false, None) => (Variant::Plain, None),
        (true, None) => (Variant::Slim, None),
        (false, Some("alpine")) => (Variant::Alpine, None),
        (slim, Some(release)) => match (slim, release.strip_prefix("alpine")) {
            (true, Some(_)) => return Err(unknown()),
            (false, Some(version)) if data::minor(version).is_some() => {
                (Variant::Alpine, Some(release.to_owned()))
            }
            (_, None) if !release.is_empty() && release.bytes().all(|byte| byte.is_ascii_lowercase()) => {
                let release = if slim { format!("slim-{release}") } else { release.to_owned() };
                (if slim { Variant::Slim } else { Variant::Plain }, Some(release))
            }
            _ => return Err(unknown()),
        },
    };
    Ok(Parts { spec, variant, release })
}

fn version(word: &str) -> Result<Spec, NoTag> {
    let unknown = || NoTag::Unknown(None);
    let mut numbers = word.splitn(3, '.');
    let (major, minor, rest) = (numbers.next(), numbers.next(), numbers.next());
    if major != Some("3") {
        let from = data::python().patch.first().map_or("", |row| row.python);
        return Err(NoTag::Unknown(Some(format!("the catalogue begins with Python {from}"))));
    }
    let Some(minor) = minor else { return Ok(Spec::Newest) };
    let minor = (3, data::number(minor).ok_or_else(unknown)?);
    let Some(rest) = rest else { return Ok(Spec::Minor(minor)) };
    if let Some(patch) = data::number(rest) {
        return Ok(Spec::Patch(minor, patch));
    }
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (_, pre) = rest.split_at_checked(digits).ok_or_else(unknown)?;
    let serial = ["a", "b", "rc"].iter().find_map(|phase| data::number(pre.strip_prefix(phase)?));
    match serial {
        Some(_) if rest.starts_with('0') && digits == 1 => Ok(Spec::PreRelease(minor, word.to_owned())),
        _ => Err(unknown()),
    }
}

/// `3.12` of numbers.
fn text(minor: Minor) -> String {
    format!("{}.{}", minor.0, minor.1)
}

/// What a row of changes says on a day, and since when it says so.
fn state_at<T: Copy>(rows: &[(Date, T)], date: Date) -> Option<(Date, T)> {
    rows.iter().rev().find(|(since, _)| *since <= date).copied()
}

/// Newest minor release on a day, with the days on which that began and ended.
fn minor_periods(table: &PythonTable) -> impl DoubleEndedIterator<Item = (Date, Option<Date>, Minor)> + '_ {
    table.minor.iter().enumerate().filter_map(|(index, row)| {
        let end = table.minor.get(index + 1).map(|next| next.start);
        Some((row.start, end, data::minor(row.python)?))
    })
}

fn newest(table: &'static PythonTable, parts: &Parts, date: Date) -> Result<Named, NoTag> {
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
                        "the catalogue follows `{key}` from {begins} on"
                    ))));
                }
                _ => {}
            }
            let (_, _, minor) =
                minor_periods(table).rfind(|(start, _, _)| *start <= date).ok_or(NoTag::Unknown(None))?;
            of_minor(table, minor, parts, date)
        }
        // A release without version names the newest minor that had this release. Once the newest minor has it no
        // more, the tag stays at the last minor that had both.
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
                // Whether a newer minor took the tag over is already excluded: newer periods came first.
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

/// The last day of a state that ended on `stop`. Nothing in the tables changes twice within a day, so any day between
/// the changes would do; the day before reads best.
fn before(stop: Date) -> Date {
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

/// First day and first day without of a minor and a release. Minors older than the `explicit` table have their patch
/// releases' own lists.
fn window(table: &PythonTable, minor: Minor, release: &str) -> Option<(Date, Option<Date>)> {
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

fn patches(table: &PythonTable, minor: Minor) -> impl Iterator<Item = &PatchRow> {
    table.patch.iter().filter(move |row| row.numbers().0 == minor)
}

/// The newest patch release of a minor that was listed on a day, with the release if one is given.
fn newest_patch(
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
fn release_name(release: &'static str) -> &'static str {
    release.strip_prefix("slim-").unwrap_or(release)
}

/// The static spelling of a release that a tag gave.
fn known_release(release: &str) -> Option<&'static str> {
    let table = data::python();
    let in_explicit = table.explicit.values().flat_map(|releases| releases.keys());
    let in_patches = table.patch.iter().flat_map(|row| row.explicit.iter().flatten());
    in_explicit.chain(in_patches).find(|known| **known == release).map(|known| release_name(known))
}

fn of_minor(table: &'static PythonTable, minor: Minor, parts: &Parts, date: Date) -> Result<Named, NoTag> {
    let key = format!("{}{}", text(minor), parts.variant.suffix());
    let Some(rows) = table.moving.get(&*key) else {
        return by_rule::next_minor(table, minor, parts, date);
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

/// Release, since when, and the day the tag was dropped if it was.
fn moving(
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
    // No release: either the tag was dropped, and the state before is what can still be pulled ...
    if let Some((began, Some(release))) =
        rows.iter().rev().find(|(began, state)| *began < since && state.is_some())
    {
        return Ok((release, *began, Some(since)));
    }
    // ... or the list of the tag did not name its release yet, and the patch release of that day tells it.
    let listed = patches(table, minor).map(|row| row.first).min();
    let row = newest_patch(table, minor, None, date).ok_or_else(|| NoTag::NotYet(listed.unwrap_or(first)))?;
    Ok((last_release(row, variant), row.first, None))
}

fn last_release(row: &PatchRow, variant: Variant) -> &'static str {
    match variant {
        Variant::Plain => row.plain,
        Variant::Slim => row.slim,
        Variant::Alpine => row.alpine,
    }
}

fn canonical(version: &str, variant: Variant, release: &str) -> String {
    match variant {
        Variant::Slim => format!("{version}-slim-{release}"),
        Variant::Plain | Variant::Alpine => format!("{version}-{release}"),
    }
}

/// Why a version and a release make no tag.
fn never(version: &str, release: &str) -> String {
    format!("{version} was never published with `{release}`")
}

fn of_patch(
    table: &'static PythonTable,
    minor: Minor,
    patch: u32,
    parts: &Parts,
    date: Date,
) -> Result<Named, NoTag> {
    let Some(row) = patches(table, minor).find(|row| row.numbers().1 == patch) else {
        return by_rule::next_patch(table, minor, patch, parts, date);
    };
    if date < row.first {
        return Err(NoTag::NotYet(row.first));
    }
    let version = row.python;
    // While a patch release is the newest of its minor, its tags move as those of the minor do; then they freeze in
    // the state of their last day.
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

/// Architectures a tag was published for on the day of `named`.
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
    // A moving tag's own rows are as good as those of what it meant, if it meant that on the day.
    let meant = || {
        let rows = table.moving.get(&*moving)?;
        (state_at(rows, named.built)?.1 == Some(named.release)).then(|| find(&moving))?
    };
    find(&explicit).or_else(meant)
}

/// Every tag that is known for a day, for the names near an unknown one.
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

/// The newest pip that any patch release had on a day.
pub(crate) fn newest_pip(date: Date) -> Option<&'static PatchRow> {
    let version = |row: &PatchRow| row.pip.parse::<wheelbase_spec::version::Version>().ok();
    let rows = &data::python().patch;
    let listed = rows.iter().filter(|row| row.first <= date);
    listed.max_by_key(|row| version(row)).or_else(|| rows.iter().min_by_key(|row| row.first))
}
