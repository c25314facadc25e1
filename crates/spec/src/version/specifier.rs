//! Version specifiers that answer as `packaging` does.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use super::Version;
use super::lenient::parse_repaired;
use super::operator::Operator;
use super::scan::{is_python_space, scan_specifier};

/// A specifier that cannot be read.
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

/// The start of a text that comes from a stranger, fit for a message.
fn shorten(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut short: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push_str("...");
    }
    short
}

/// Why `specifier` does not scan, as exactly as can be said.
fn cause(specifier: &str) -> &'static str {
    let Some(operator) = Operator::at_start(specifier) else {
        return "it must start with one of `==`, `!=`, `<=`, `>=`, `<`, `>`, `~=`, `===`";
    };
    let equality = matches!(operator, Operator::Equal | Operator::NotEqual);
    match scan_specifier(specifier).and_then(|scanned| specifier.get(scanned.end..)) {
        None if operator == Operator::Compatible
            && scan_specifier(&specifier.replacen("~=", "==", 1)).is_some() =>
        {
            "`~=` needs a version of at least two numbers"
        }
        None => "a version must follow the operator",
        Some(rest) if rest.starts_with(".*") && equality => {
            "`.*` cannot follow a pre-release, post-release, development or local version"
        }
        Some(rest) if rest.starts_with(".*") => "`.*` can only be used with `==` and `!=`",
        Some(rest) if rest.starts_with('+') => "a local version can only be used with `==` and `!=`",
        Some(_) => "something follows the version",
    }
}

/// What a specifier comes down to; bounds are computed once so that a test only compares.
#[derive(Clone, Debug)]
enum Test {
    /// `>=V`
    AtLeast,
    /// `<=V`: `V` and its local versions are the last ones inside.
    AtMost,
    /// `>V` of a final or pre-release: `V`, its local and its post-releases stay outside.
    AboveFamily,
    /// `>V` of a post-release or development release: at or above the bound.
    From(Version),
    /// `<V`: below the bound, which leaves the pre-releases of a final `V` outside.
    Below(Version),
    /// `==V` without a local part: `V` with any local part.
    SamePublic,
    /// `!=V` without a local part.
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
    /// As written, without the white space around it.
    text: Box<str>,
    version: Option<Version>,
    wildcard: bool,
    test: Test,
}

impl Specifier {
    /// The operator.
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// The version as it was written.
    pub fn version_text(&self) -> &str {
        &self.text
    }

    /// The version; `None` only for `===` with text that is not a version. A wildcard's comes without its `.*`.
    ///
    /// Numbers above 64 bits, which `packaging` takes and [`Version`] cannot hold, are cut to the largest number:
    /// no version that this crate can read lies between.
    pub fn version(&self) -> Option<&Version> {
        self.version.as_ref()
    }

    /// Whether it names a pre-release, as `Specifier.prereleases` of `packaging` 26.3 decides.
    pub fn names_prerelease(&self) -> bool {
        self.operator != Operator::NotEqual
            && !self.wildcard
            && self.version.as_ref().is_some_and(Version::any_prerelease)
    }

    /// Whether it lets just one version through: `==` without wildcard, or `===`.
    pub fn is_pinned(&self) -> bool {
        match self.operator {
            Operator::Arbitrary => true,
            Operator::Equal => !self.wildcard,
            _ => false,
        }
    }

    /// Whether the version is inside, as `Specifier.contains(version, prereleases=True)` of `packaging` 26.3 says.
    ///
    /// `===` compares with the version's normal form; [`contains_text`](Self::contains_text) compares with the
    /// text that a file name or an index gave.
    pub fn contains(&self, version: &Version) -> bool {
        match (&self.test, &self.version) {
            (Test::Text, _) => version.to_string().eq_ignore_ascii_case(&self.text),
            (test, Some(own)) => test.holds(own, version),
            // Only `===` is made without a version.
            (_, None) => false,
        }
    }

    /// The same for a candidate given as text, which need not be a version: only `===` can take it then.
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

/// Whether two versions differ in nothing but their local parts.
fn same_public(a: &Version, b: &Version) -> bool {
    same_release(a, b) && a.pre() == b.pre() && a.post() == b.post() && a.dev() == b.dev()
}

/// Same epoch and release, zeros at the end not counted (PEP 440, version matching).
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

/// A version whose numbers may exceed what [`Version`] holds; such numbers become the largest one.
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
    /// The bounds of `packaging` 26.3, `_ranges.standard_ranges` and `wildcard_ranges`.
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
                // PEP 440, exclusive ordered comparison: `<V` leaves out the pre-releases of `V` unless `V` is one.
                let bound = version.clone();
                Self::Below(if version.any_prerelease() { bound } else { bound.with_dev(Some(0)) })
            }
            Operator::Greater => {
                // The same section: `>V` leaves out the post-releases of `V` unless `V` is one.
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
    /// `>=1.0` equals `>=1.0.0`; `~=1.0` does not equal `~=1.0.0`; `===` goes by its text.
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

/// Specifiers separated by commas; the empty set accepts everything. Clones share their content.
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
    /// `None` is the empty set, which is by far the most frequent one and costs nothing.
    specifiers: Option<Arc<[Specifier]>>,
}

impl SpecifierSet {
    fn as_slice(&self) -> &[Specifier] {
        self.specifiers.as_deref().unwrap_or_default()
    }

    /// Whether there is no specifier.
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    /// The specifiers in the order they were written.
    pub fn iter(&self) -> std::slice::Iter<'_, Specifier> {
        self.as_slice().iter()
    }

    /// Whether all specifiers take the version, as `SpecifierSet.contains(version, prereleases=True)` of
    /// `packaging` 26.3 says: no pre-release policy.
    pub fn contains(&self, version: &Version) -> bool {
        self.iter().all(|specifier| specifier.contains(version))
    }

    /// The same for a candidate given as text, which need not be a version: only `===` can take it then.
    pub fn contains_text(&self, text: &str) -> bool {
        self.iter().all(|specifier| specifier.contains_text(text))
    }

    /// Whether some specifier names a pre-release, as `SpecifierSet.prereleases` of `packaging` 26.3 decides.
    pub fn names_prerelease(&self) -> bool {
        self.iter().any(Specifier::names_prerelease)
    }

    /// Whether some specifier is `==` without wildcard or `===`, as pip 26.3 asks before it takes a yanked file
    /// (`resolution/resolvelib/factory.py`).
    pub fn is_pinned(&self) -> bool {
        self.iter().any(Specifier::is_pinned)
    }

    /// Both sets' specifiers, these first.
    pub fn and(&self, other: &Self) -> Self {
        if other.is_empty() {
            return self.clone();
        }
        if self.is_empty() {
            return other.clone();
        }
        self.iter().chain(other).cloned().collect()
    }

    /// Reads what old metadata holds, with the repairs that uv makes: `>=2.7.*`, missing and surplus commas,
    /// quotes. A text that needs no repair reads as it always does.
    ///
    /// # Errors
    ///
    /// If the text is not a set of specifiers after the repairs either.
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

    /// As `packaging` does, empty parts between commas are passed over.
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
