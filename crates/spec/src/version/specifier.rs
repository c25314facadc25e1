//! Version specifiers with the same results as `packaging`.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use super::Version;
use super::lenient::parse_repaired;
use super::operator::Operator;
use super::scan::{is_python_space, scan_specifier};

/// The error for a text that is not a specifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidSpecifier {
    message: String,
}

impl InvalidSpecifier {
    fn new(specifier: &str) -> Self {
        Self { message: format!("`{}` is not a version specifier: {}", shorten(specifier), cause(specifier)) }
    }
}

impl fmt::Display for InvalidSpecifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for InvalidSpecifier {}

/// Shortens a text from outside for use in a message.
fn shorten(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut short: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push_str("...");
    }
    short
}

/// Returns the most specific cause why `specifier` is invalid.
fn cause(specifier: &str) -> &'static str {
    let Some(operator) = Operator::at_start(specifier) else {
        return "it must start with one of `==`, `!=`, `<=`, `>=`, `<`, `>`, `~=`, `===`";
    };
    let equality = matches!(operator, Operator::Equal | Operator::NotEqual);
    match scan_specifier(specifier).and_then(|scanned| specifier.get(scanned.end..)) {
        None if operator == Operator::Compatible
            && scan_specifier(&specifier.replacen("~=", "==", 1)).is_some() =>
        {
            "`~=` requires a version with at least two numbers, such as `~=1.2`"
        }
        None => "expected a version after the operator",
        Some(rest) if rest.starts_with(".*") && equality => {
            "`.*` cannot follow a pre-release, post-release, development or local version"
        }
        Some(rest) if rest.starts_with(".*") => "`.*` can only be used with `==` and `!=`",
        Some(rest) if rest.starts_with('+') => "a local version can only be used with `==` and `!=`",
        Some(_) => "unexpected text after the version",
    }
}

/// The comparison that a specifier makes. Bounds are computed once, so a test only compares.
#[derive(Clone, Debug)]
enum Test {
    /// `>=V`
    AtLeast,
    /// `<=V`: up to `V` and its local versions.
    AtMost,
    /// `>V` of a final or pre-release: excludes `V`, its local versions and its post-releases.
    AboveFamily,
    /// `>V` of a post-release or development release: at or above the bound.
    From(Version),
    /// `<V`: below the bound; excludes the pre-releases of a final `V`.
    Below(Version),
    /// `==V` without a local version: `V` with any local version.
    SamePublic,
    /// `!=V` without a local version.
    OtherPublic,
    /// `==V+local`
    Same,
    /// `!=V+local`
    Other,
    /// `~=V` and `==V.*`: from the first bound, below the second.
    Within(Version, Version),
    /// `!=V.*`
    Without(Version, Version),
    /// `===`
    Text,
}

/// One version specifier, such as `>=1.2` or `==1.*`.
///
/// ```
/// use wheelbase::version::{Specifier, Version};
///
/// let specifier: Specifier = "==1.10.*".parse()?;
/// let version = |text: &str| text.parse::<Version>().expect("a version");
/// assert!(specifier.contains(&version("1.10.2")));
/// assert!(!specifier.contains(&version("1")));
/// # Ok::<(), wheelbase::version::InvalidSpecifier>(())
/// ```
#[derive(Clone, Debug)]
pub struct Specifier {
    operator: Operator,
    /// As written, without surrounding white space.
    text: Box<str>,
    version: Option<Version>,
    wildcard: bool,
    test: Test,
}

impl Specifier {
    /// Returns the operator.
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// Returns the version as written.
    pub fn version_text(&self) -> &str {
        &self.text
    }

    /// Returns the version, without `.*` for a wildcard; `None` only for `===` with a text that is not a version.
    ///
    /// Numbers above 64 bits, which `packaging` accepts and [`Version`] cannot represent, become the largest number. No
    /// version that this crate can parse is in between.
    pub fn version(&self) -> Option<&Version> {
        self.version.as_ref()
    }

    /// Returns whether the specifier names a pre-release (`Specifier.prereleases` of `packaging` 26.3).
    pub fn names_prerelease(&self) -> bool {
        self.operator != Operator::NotEqual
            && !self.wildcard
            && self.version.as_ref().is_some_and(Version::any_prerelease)
    }

    /// Returns whether the specifier accepts a single version: `==` without wildcard, or `===`.
    pub fn is_pinned(&self) -> bool {
        match self.operator {
            Operator::Arbitrary => true,
            Operator::Equal => !self.wildcard,
            _ => false,
        }
    }

    /// Returns whether the specifier accepts the version, as `Specifier.contains(version, prereleases=True)` of
    /// `packaging` 26.3 does.
    ///
    /// `===` compares with the normal form of the version. [`contains_text`](Self::contains_text) compares with the
    /// text of a file name or index.
    pub fn contains(&self, version: &Version) -> bool {
        match (&self.test, &self.version) {
            (Test::Text, _) => version.to_string().eq_ignore_ascii_case(&self.text),
            (test, Some(own)) => test.holds(own, version),
            // Only `===` has no version.
            (_, None) => false,
        }
    }

    /// Returns the same for a version given as text. If the text is not a version, only `===` can accept it.
    pub fn contains_text(&self, text: &str) -> bool {
        if self.operator == Operator::Arbitrary {
            return text.to_lowercase() == self.text.to_lowercase();
        }
        text.parse().is_ok_and(|version| self.contains(&version))
    }
}

impl Test {
    fn holds(&self, own: &Version, version: &Version) -> bool {
        match self {
            Self::AtLeast => version >= own,
            Self::AtMost => version <= own || same_public(own, version),
            Self::AboveFamily => version > own && !(same_release(own, version) && own.pre() == version.pre()),
            Self::From(bound) => version >= bound,
            Self::Below(bound) => version < bound,
            Self::SamePublic => same_public(own, version),
            Self::OtherPublic => !same_public(own, version),
            Self::Same => version == own,
            Self::Other => version != own,
            Self::Within(first, end) => version >= first && version < end,
            Self::Without(first, end) => version < first || version >= end,
            Self::Text => false,
        }
    }
}

/// Returns whether two versions are equal except for their local versions.
fn same_public(a: &Version, b: &Version) -> bool {
    same_release(a, b) && a.pre() == b.pre() && a.post() == b.post() && a.dev() == b.dev()
}

/// Returns whether two versions have the same epoch and release, ignoring trailing zeros (PEP 440, version matching).
fn same_release(a: &Version, b: &Version) -> bool {
    fn trimmed(release: &[u64]) -> &[u64] {
        let end = release.iter().rposition(|number| *number != 0).map_or(0, |last| last + 1);
        release.get(..end).unwrap_or(release)
    }
    a.epoch() == b.epoch() && trimmed(a.release()) == trimmed(b.release())
}

impl FromStr for Specifier {
    type Err = InvalidSpecifier;

    fn from_str(text: &str) -> Result<Self, InvalidSpecifier> {
        let text = text.trim_matches(is_python_space);
        let scanned = scan_specifier(text)
            .filter(|scanned| scanned.end == text.len())
            .ok_or_else(|| InvalidSpecifier::new(text))?;
        let written = text.get(scanned.version..).unwrap_or_default();
        let operator = scanned.operator;
        if operator == Operator::Arbitrary {
            let version = parse_version(written);
            return Ok(Self { operator, text: written.into(), version, wildcard: false, test: Test::Text });
        }
        let (bare, wildcard) = match written.strip_suffix(".*") {
            Some(bare) => (bare, true),
            None => (written, false),
        };
        let version = parse_version(bare).ok_or_else(|| InvalidSpecifier::new(text))?;
        let test = Test::of(operator, &version, wildcard);
        Ok(Self { operator, text: written.into(), version: Some(version), wildcard, test })
    }
}

/// Parses a version. Numbers too large for [`Version`] become the largest number.
fn parse_version(text: &str) -> Option<Version> {
    if let Ok(version) = text.parse() {
        return Some(version);
    }
    let largest = u64::MAX.to_string();
    let mut clamped = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(first);
        let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
        let (number, after) = from.split_at(end);
        clamped.push_str(before);
        clamped.push_str(if number.parse::<u64>().is_ok() { number } else { &largest });
        rest = after;
    }
    clamped.push_str(rest);
    clamped.parse().ok()
}

impl Test {
    /// Computes the bounds as `packaging` 26.3 does (`_ranges.standard_ranges` and `wildcard_ranges`).
    fn of(operator: Operator, version: &Version, wildcard: bool) -> Self {
        let local = version.is_local();
        let first_of = |release: &[u64]| Version::new(release).with_epoch(version.epoch()).with_dev(Some(0));
        let next_after = |release: &[u64]| {
            let mut next = release.to_vec();
            if let Some(last) = next.last_mut() {
                *last = last.saturating_add(1);
            }
            first_of(&next)
        };
        match operator {
            Operator::Equal if wildcard => {
                Self::Within(first_of(version.release()), next_after(version.release()))
            }
            Operator::NotEqual if wildcard => {
                Self::Without(first_of(version.release()), next_after(version.release()))
            }
            Operator::Equal if local => Self::Same,
            Operator::Equal => Self::SamePublic,
            Operator::NotEqual if local => Self::Other,
            Operator::NotEqual => Self::OtherPublic,
            Operator::GreaterEqual => Self::AtLeast,
            Operator::LessEqual => Self::AtMost,
            Operator::Less => {
                // PEP 440, exclusive ordered comparison: `<V` excludes the pre-releases of `V` unless `V` is one.
                let bound = version.clone();
                Self::Below(if version.any_prerelease() { bound } else { bound.with_dev(Some(0)) })
            }
            Operator::Greater => {
                // Same section: `>V` excludes the post-releases of `V` unless `V` is one.
                if let Some(dev) = version.dev() {
                    Self::From(version.clone().with_dev(Some(dev.saturating_add(1))))
                } else if let Some(post) = version.post() {
                    Self::From(version.clone().with_post(Some(post.saturating_add(1))).with_dev(Some(0)))
                } else {
                    Self::AboveFamily
                }
            }
            Operator::Compatible => {
                let release = version.release();
                let prefix = release.get(..release.len().saturating_sub(1)).unwrap_or_default();
                Self::Within(version.clone(), next_after(prefix))
            }
            Operator::Arbitrary => Self::Text,
        }
    }
}

impl PartialEq for Specifier {
    /// `>=1.0` equals `>=1.0.0`; `~=1.0` does not equal `~=1.0.0`; `===` compares its text.
    fn eq(&self, other: &Self) -> bool {
        if self.operator != other.operator || self.wildcard != other.wildcard {
            return false;
        }
        let segments = |of: &Self| of.version.as_ref().map(|version| version.release().len());
        match self.operator {
            Operator::Arbitrary => self.text == other.text,
            Operator::Compatible => self.version == other.version && segments(self) == segments(other),
            _ if self.wildcard => self.version == other.version && segments(self) == segments(other),
            _ => self.version == other.version,
        }
    }
}

impl Eq for Specifier {}

impl Hash for Specifier {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.operator.hash(state);
        if self.operator == Operator::Arbitrary {
            self.text.hash(state);
        } else {
            self.version.hash(state);
        }
    }
}

impl fmt::Display for Specifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.operator, self.text)
    }
}

/// A set of specifiers separated by commas. The empty set accepts every version. Clones share their content.
///
/// ```
/// use wheelbase::version::{SpecifierSet, Version};
///
/// let set: SpecifierSet = ">=1.0,<2".parse()?;
/// let version = |text: &str| text.parse::<Version>().expect("a version");
/// assert!(set.contains(&version("1.0+cpu")));
/// assert!(!set.contains(&version("2.0rc1")));
/// assert_eq!(set.to_string(), ">=1.0,<2");
/// # Ok::<(), wheelbase::version::InvalidSpecifier>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SpecifierSet {
    /// `None` is the empty set, the most frequent one; it needs no allocation.
    specifiers: Option<Arc<[Specifier]>>,
}

impl SpecifierSet {
    fn as_slice(&self) -> &[Specifier] {
        self.specifiers.as_deref().unwrap_or_default()
    }

    /// Returns whether the set has no specifier.
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    /// Returns the specifiers in the order in which they were written.
    pub fn iter(&self) -> std::slice::Iter<'_, Specifier> {
        self.as_slice().iter()
    }

    /// Returns whether all specifiers accept the version, as `SpecifierSet.contains(version, prereleases=True)` of
    /// `packaging` 26.3 does: pre-releases are not treated differently.
    pub fn contains(&self, version: &Version) -> bool {
        self.iter().all(|specifier| specifier.contains(version))
    }

    /// Returns the same for a version given as text. If the text is not a version, only `===` can accept it.
    pub fn contains_text(&self, text: &str) -> bool {
        self.iter().all(|specifier| specifier.contains_text(text))
    }

    /// Returns whether a specifier names a pre-release (`SpecifierSet.prereleases` of `packaging` 26.3).
    pub fn names_prerelease(&self) -> bool {
        self.iter().any(Specifier::names_prerelease)
    }

    /// Returns whether a specifier is `==` without wildcard or `===`. pip 26.3 uses a yanked file only then
    /// (`resolution/resolvelib/factory.py`).
    pub fn is_pinned(&self) -> bool {
        self.iter().any(Specifier::is_pinned)
    }

    /// Returns the specifiers of both sets, those of `self` first.
    pub fn and(&self, other: &Self) -> Self {
        if other.is_empty() {
            return self.clone();
        }
        if self.is_empty() {
            return other.clone();
        }
        self.iter().chain(other).cloned().collect()
    }

    /// Parses specifiers of old metadata, with the repairs that uv makes: `>=2.7.*`, missing and surplus commas,
    /// quotes. A valid text is not changed.
    ///
    /// # Errors
    ///
    /// If the text is still not a set of specifiers after the repairs.
    pub fn parse_lenient(text: &str) -> Result<Self, InvalidSpecifier> {
        parse_repaired(text, Self::from_str)
    }
}

impl<'a> IntoIterator for &'a SpecifierSet {
    type Item = &'a Specifier;
    type IntoIter = std::slice::Iter<'a, Specifier>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<Specifier> for SpecifierSet {
    fn from_iter<I: IntoIterator<Item = Specifier>>(specifiers: I) -> Self {
        let specifiers: Arc<[Specifier]> = specifiers.into_iter().collect();
        Self { specifiers: Some(specifiers).filter(|specifiers| !specifiers.is_empty()) }
    }
}

impl FromStr for SpecifierSet {
    type Err = InvalidSpecifier;

    /// Parses a set. As in `packaging`, empty parts between commas are ignored.
    fn from_str(text: &str) -> Result<Self, InvalidSpecifier> {
        text.split(',')
            .map(|part| part.trim_matches(is_python_space))
            .filter(|part| !part.is_empty())
            .map(Specifier::from_str)
            .collect()
    }
}

impl fmt::Display for SpecifierSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, specifier) in self.iter().enumerate() {
            if position > 0 {
                f.write_str(",")?;
            }
            fmt::Display::fmt(specifier, f)?;
        }
        Ok(())
    }
}
