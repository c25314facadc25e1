//! The parts of a tag of the python image: version, variant and release.

use super::super::data::{self, Minor};
use crate::Date;

/// The three ways the image is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    Plain,
    Slim,
    Alpine,
}

impl Variant {
    /// Returns the suffix of a tag without release.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Slim => "-slim",
            Self::Alpine => "-alpine",
        }
    }

    /// Returns the key of `toolchain` in the table of families.
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
pub(super) enum VersionPart {
    /// `3`, `latest`, or no version.
    Newest,
    /// `3.12`
    Minor(Minor),
    /// `3.12.13`
    Patch(Minor, u32),
    /// `3.15.0rc1`
    PreRelease(Minor, String),
}

/// The parts of a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TagParts {
    pub(super) version: VersionPart,
    pub(super) variant: Variant,
    /// `bookworm`, `slim-bookworm`, `alpine3.20`: a release as the `explicit` table writes it, with its variant.
    pub(super) release: Option<String>,
}

/// The cause why a tag has no meaning on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoTag {
    /// The tag does not follow the scheme, or was never published.
    Unknown(Option<String>),
    /// The tag was published from this day on.
    NotYet(Date),
    /// An image for Windows.
    Windows,
}

pub(super) fn parse(tag: &str) -> Result<TagParts, NoTag> {
    let unknown = || NoTag::Unknown(None);
    let mut words = tag.split('-').peekable();
    let mut version_part = VersionPart::Newest;
    if tag == "latest" {
        return Ok(TagParts { version: version_part, variant: Variant::Plain, release: None });
    }
    if let Some(word) = words.next_if(|word| word.starts_with(|first: char| first.is_ascii_digit())) {
        version_part = version(word)?;
        if words.next_if_eq(&"rc").is_some() {
            return Err(NoTag::Unknown(Some(format!(
                "`{word}-rc` moves with every pre-release, and the catalogue does not contain pre-releases: write the full \
                 version, as in `{word}.0rc1`"
            ))));
        }
    }
    let slim = words.next_if_eq(&"slim").is_some();
    let release = words.next();
    if words.next().is_some()
        || (release.is_none() && !slim && version_part == VersionPart::Newest && !tag.starts_with('3'))
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
    Ok(TagParts { version: version_part, variant, release })
}

fn version(word: &str) -> Result<VersionPart, NoTag> {
    let unknown = || NoTag::Unknown(None);
    let mut numbers = word.splitn(3, '.');
    let (major, minor, rest) = (numbers.next(), numbers.next(), numbers.next());
    if major != Some("3") {
        let from = data::python().patch.first().map_or("", |row| row.python);
        return Err(NoTag::Unknown(Some(format!("the first Python in the catalogue is {from}"))));
    }
    let Some(minor) = minor else { return Ok(VersionPart::Newest) };
    let minor = (3, data::number(minor).ok_or_else(unknown)?);
    let Some(rest) = rest else { return Ok(VersionPart::Minor(minor)) };
    if let Some(patch) = data::number(rest) {
        return Ok(VersionPart::Patch(minor, patch));
    }
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (_, pre) = rest.split_at_checked(digits).ok_or_else(unknown)?;
    let serial = ["a", "b", "rc"].iter().find_map(|phase| data::number(pre.strip_prefix(phase)?));
    match serial {
        Some(_) if rest.starts_with('0') && digits == 1 => {
            Ok(VersionPart::PreRelease(minor, word.to_owned()))
        }
        _ => Err(unknown()),
    }
}
