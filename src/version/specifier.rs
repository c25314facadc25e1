//! Version specifiers that answer as `packaging` does.

use super::Version;
use std::fmt;
use std::str::FromStr;

/// A specifier that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidSpecifier {
    pub(crate) message: String,
}
impl fmt::Display for InvalidSpecifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
impl std::error::Error for InvalidSpecifier {}

/// Comparison operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `==`, or `==X.*` when the specifier is a wildcard
    Equal,
    /// `!=`
    NotEqual,
    /// `<=`
    LessEqual,
    /// `>=`
    GreaterEqual,
    /// `<`
    Less,
    /// `>`
    Greater,
    /// `~=`
    Compatible,
    /// `===`
    Arbitrary,
}

/// One specifier.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Specifier {}
impl Specifier {
    /// operator
    pub fn operator(&self) -> Operator {
        todo!()
    }
    /// version text as written
    pub fn version_text(&self) -> &str {
        todo!()
    }
    /// parsed version, `None` only for `===` with unparsable text; without the `.*` of a wildcard
    pub fn version(&self) -> Option<&Version> {
        todo!()
    }
    /// `==1.*`
    pub fn is_wildcard(&self) -> bool {
        todo!()
    }
    /// packaging's `Specifier.contains(version, prereleases=True)`
    pub fn contains(&self, _version: &Version) -> bool {
        todo!()
    }
}

/// A comma separated set; empty accepts everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SpecifierSet {}
impl SpecifierSet {
    /// whether empty
    pub fn is_empty(&self) -> bool {
        todo!()
    }
    /// in the order written
    pub fn iter(&self) -> std::slice::Iter<'_, Specifier> {
        todo!()
    }
    /// packaging's `SpecifierSet.contains(version, prereleases=True)`: format only, no pre-release policy
    pub fn contains(&self, _version: &Version) -> bool {
        todo!()
    }
    /// whether some specifier names a pre-release, as packaging's `SpecifierSet.prereleases` decides
    pub fn names_prerelease(&self) -> bool {
        todo!()
    }
    /// pinned by `==` (no wildcard) or `===`
    pub fn is_pinned(&self) -> bool {
        todo!()
    }
    /// Parses what old metadata holds, with the repairs uv makes (`>=2.7.*`, trailing or missing commas, quotes).
    /// # Errors
    pub fn parse_lenient(_text: &str) -> Result<Self, InvalidSpecifier> {
        todo!()
    }
}
impl FromStr for SpecifierSet {
    type Err = InvalidSpecifier;
    fn from_str(_: &str) -> Result<Self, InvalidSpecifier> {
        todo!()
    }
}
impl fmt::Display for SpecifierSet {
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        todo!()
    }
}
