//! One requirement ([PEP 508](https://peps.python.org/pep-0508/)).

use crate::marker::Marker;
use crate::name::{ExtraName, ProjectName};
use crate::version::SpecifierSet;
use std::fmt;
use std::str::FromStr;

/// A requirement that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidRequirement {
    pub(crate) message: String,
    pub(crate) offset: usize,
}
impl fmt::Display for InvalidRequirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
impl std::error::Error for InvalidRequirement {}

/// Where a requirement's distribution comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequirementSource {
    /// any index, any version that the set takes
    Specifiers(SpecifierSet),
    /// `name @ URL`, text as written
    Url(String),
}

/// One requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Requirement {
    /// project
    pub name: ProjectName,
    /// extras, sorted, without repeats
    pub extras: Vec<ExtraName>,
    /// versions or URL
    pub source: RequirementSource,
    /// marker
    pub marker: Option<Marker>,
}
impl Requirement {
    /// Reads what old core metadata holds, with the repairs uv makes.
    /// # Errors
    pub fn parse_lenient(_text: &str) -> Result<Self, InvalidRequirement> {
        todo!()
    }
}
impl FromStr for Requirement {
    type Err = InvalidRequirement;
    fn from_str(_: &str) -> Result<Self, InvalidRequirement> {
        todo!()
    }
}
impl fmt::Display for Requirement {
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        todo!()
    }
}
