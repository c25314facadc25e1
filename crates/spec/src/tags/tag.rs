//! Tags and compressed tag sets ([PEP 425](https://peps.python.org/pep-0425/)).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A tag: a python tag, an ABI tag and a platform tag.
///
/// ```
/// use wheelbase::tags::Tag;
///
/// let tag: Tag = "cp312-abi3-manylinux_2_17_x86_64".parse()?;
/// assert_eq!((tag.python(), tag.abi()), ("cp312", "abi3"));
/// # Ok::<(), wheelbase::tags::InvalidTag>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag {
    python: Box<str>,
    abi: Box<str>,
    platform: Box<str>,
}

impl Tag {
    /// Returns a tag of these parts, in lower case as packaging compares them.
    pub fn new(python: &str, abi: &str, platform: &str) -> Self {
        Self {
            python: python.to_lowercase().into(),
            abi: abi.to_lowercase().into(),
            platform: platform.to_lowercase().into(),
        }
    }

    /// Returns the python tag: `cp312`, `py3`.
    pub fn python(&self) -> &str {
        &self.python
    }

    /// Returns the ABI tag: `cp312`, `abi3`, `none`.
    pub fn abi(&self) -> &str {
        &self.abi
    }

    /// Returns the platform tag: `manylinux_2_17_x86_64`, `any`.
    pub fn platform(&self) -> &str {
        &self.platform
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.python, self.abi, self.platform)
    }
}

impl serde::Serialize for Tag {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for Tag {
    type Err = InvalidTag;

    fn from_str(text: &str) -> Result<Self, InvalidTag> {
        let set: TagSet = text.parse()?;
        let mut tags = set.iter();
        match (tags.next(), tags.next()) {
            (Some(tag), None) => Ok(tag),
            _ => Err(InvalidTag { input: text.to_owned() }),
        }
    }
}

/// The compressed tag set of a file name: `py2.py3-none-any` is two tags.
///
/// The members keep their written order, which installers ignore. Two sets are equal if their texts are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TagSet {
    text: Arc<str>,
    /// The positions of the ABI and the platform part in `text`.
    abi: u32,
    platform: u32,
}

impl TagSet {
    /// Returns a set from its text and the positions of the ABI and the platform part. With `lower` the text is
    /// converted to lower case, as packaging does; uv compares tags exactly.
    pub(crate) fn of(text: &str, abi: usize, platform: usize, lower: bool) -> Self {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        if lower && text.bytes().any(|b| b.is_ascii_uppercase() || !b.is_ascii()) {
            // Lower case can change the length of a text outside ASCII.
            let part = |from, to| text.get(from..to).unwrap_or_default().to_lowercase();
            let parts = (part(0, abi - 1), part(abi, platform - 1), part(platform, text.len()));
            let (abi, platform) = (parts.0.len() + 1, parts.0.len() + parts.1.len() + 2);
            let text = format!("{}-{}-{}", parts.0, parts.1, parts.2);
            return Self { text: text.into(), abi: offset(abi), platform: offset(platform) };
        }
        Self { text: text.into(), abi: offset(abi), platform: offset(platform) }
    }

    fn part(&self, from: u32, to: Option<u32>) -> &str {
        let from = from as usize;
        let to = to.map_or(self.text.len(), |to| to as usize - 1);
        self.text.get(from..to).unwrap_or_default()
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the positions of the ABI and the platform part.
    pub(super) fn starts(&self) -> (usize, usize) {
        (self.abi as usize, self.platform as usize)
    }

    /// Returns the python tags, separated by dots.
    pub fn python(&self) -> &str {
        self.part(0, Some(self.abi))
    }

    /// Returns the ABI tags, separated by dots.
    pub fn abi(&self) -> &str {
        self.part(self.abi, Some(self.platform))
    }

    /// Returns the platform tags, separated by dots.
    pub fn platform(&self) -> &str {
        self.part(self.platform, None)
    }

    /// Returns every tag of the set: the product of the three parts.
    pub fn iter(&self) -> impl Iterator<Item = Tag> + '_ {
        self.python().split('.').flat_map(move |python| {
            self.abi().split('.').flat_map(move |abi| {
                self.platform().split('.').map(move |platform| Tag {
                    python: python.into(),
                    abi: abi.into(),
                    platform: platform.into(),
                })
            })
        })
    }

    /// Returns whether the members of each part are sorted, as
    /// [PEP 425](https://peps.python.org/pep-0425/#compressed-tag-sets) requires. No installer enforces the order.
    pub fn is_sorted(&self) -> bool {
        [self.python(), self.abi(), self.platform()].iter().all(|part| part.split('.').is_sorted())
    }
}

impl fmt::Display for TagSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for TagSet {
    type Err = InvalidTag;

    /// Parses a set by the rules of packaging (`packaging.tags.parse_tag` of 26.3).
    fn from_str(text: &str) -> Result<Self, InvalidTag> {
        let invalid = || InvalidTag { input: text.to_owned() };
        let mut parts = text.split('-');
        let (Some(python), Some(abi), Some(platform), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(invalid());
        };
        if [python, abi, platform].iter().any(|part| part.split('.').any(str::is_empty))
            || !python.split('.').all(is_identifier)
        {
            return Err(invalid());
        }
        Ok(Self::of(text, python.len() + 1, python.len() + abi.len() + 2, true))
    }
}

/// Python's `str.isidentifier`, with `char::is_alphabetic` and `is_alphanumeric` instead of the Unicode classes
/// XID_Start and XID_Continue. Tags outside ASCII are not in use.
pub(crate) fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_')
}

/// The error for a text that is not a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidTag {
    input: String,
}

impl fmt::Display for InvalidTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a wheel tag; expected a python tag, an ABI tag and a platform tag separated by `-`",
            self.input.escape_debug()
        )
    }
}

impl std::error::Error for InvalidTag {}

#[cfg(test)]
mod tests {
    use super::*;

    // PEP 425, "Compressed Tag Sets".
    #[test]
    fn a_compressed_set_is_the_product_of_its_parts() {
        let set: TagSet = "py2.py3-none-any".parse().expect("valid");
        let tags: Vec<String> = set.iter().map(|tag| tag.to_string()).collect();
        assert_eq!(tags, ["py2-none-any", "py3-none-any"]);
        assert_eq!((set.python(), set.abi(), set.platform()), ("py2.py3", "none", "any"));
        let set: TagSet = "CP311.cp312-ABI3.none-ManyLinux1_x86_64.any".parse().expect("valid");
        assert_eq!(set.iter().count(), 8);
        assert_eq!(set.to_string(), "cp311.cp312-abi3.none-manylinux1_x86_64.any");
    }

    // packaging 26.3, tests of `parse_tag`.
    #[test]
    fn empty_members_and_numbers_as_interpreters_are_refused() {
        for text in
            ["", "py3", "py3-none", "py3-none-any-x", "py3..py2-none-any", "3-none-any", "py3.12-none-any"]
        {
            assert!(text.parse::<TagSet>().is_err(), "{text}");
        }
    }
}
