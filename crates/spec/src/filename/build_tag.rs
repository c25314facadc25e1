//! Build tags of wheels.

use std::cmp::Ordering;
use std::fmt;

/// The build tag of a wheel: a number, then text.
///
/// Ordered as [the specification](https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-name-convention)
/// requires: by the number, then by the text. A wheel without a build tag sorts first. The number has no upper limit.
///
/// ```
/// use wheelbase::filename::BuildTag;
///
/// let tag = |text| BuildTag::parse(text);
/// assert!(tag("2") < tag("10"));
/// assert!(tag("1") < tag("1a"));
/// assert_eq!(tag("01"), tag("1"));
/// assert!(None < tag("0"));
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BuildTag {
    /// Without leading zeros.
    digits: Box<str>,
    rest: Box<str>,
}

impl BuildTag {
    /// Parses a build tag, which starts with a digit (packaging 26.3, `_build_tag_regex`); returns `None` otherwise.
    pub fn parse(text: &str) -> Option<Self> {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, rest) = text.split_at_checked(end)?;
        if digits.is_empty() {
            return None;
        }
        Some(Self { digits: digits.trim_start_matches('0').into(), rest: rest.into() })
    }

    /// Returns the number as text, without leading zeros.
    pub fn number(&self) -> &str {
        if self.digits.is_empty() { "0" } else { &self.digits }
    }

    /// Returns the text after the number.
    pub fn rest(&self) -> &str {
        &self.rest
    }
}

impl Ord for BuildTag {
    fn cmp(&self, other: &Self) -> Ordering {
        // Without leading zeros the longer number is the larger one.
        self.digits
            .len()
            .cmp(&other.digits.len())
            .then_with(|| self.digits.cmp(&other.digits))
            .then_with(|| self.rest.cmp(&other.rest))
    }
}

impl PartialOrd for BuildTag {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for BuildTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number(), self.rest)
    }
}

impl fmt::Debug for BuildTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BuildTag({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_first_then_text() {
        let written = ["0", "1", "1_foo", "1a", "2", "09", "10", "10.x", "99999999999999999999999"];
        let tags: Vec<Option<BuildTag>> = written.iter().map(|text| BuildTag::parse(text)).collect();
        assert!(tags.is_sorted() && tags.iter().all(Option::is_some), "{tags:?}");
        assert_eq!(BuildTag::parse("b1"), None);
        assert_eq!(BuildTag::parse(""), None);
        assert_eq!(BuildTag::parse("007x").map(|tag| tag.to_string()).as_deref(), Some("7x"));
    }
}
