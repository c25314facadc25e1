//! File names of distributions: the binary distribution format and the sdist format.

/// A wheel file name (owned; the hot path works on borrowed parts). Contract: fields readable through methods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WheelFilename {}
impl WheelFilename {
    /// project
    pub fn project(&self) -> &crate::ProjectName {
        todo!()
    }
    /// version
    pub fn version(&self) -> &crate::version::Version {
        todo!()
    }
    /// build tag, ordered as installers order it; `None` sorts first
    pub fn build_tag(&self) -> Option<&BuildTag> {
        todo!()
    }
    /// compressed tag set
    pub fn tags(&self) -> &crate::tags::TagSet {
        todo!()
    }
}
/// Build tag: number, then the rest as text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BuildTag {}
/// An sdist file name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdistFilename {}
impl SdistFilename {
    /// version
    pub fn version(&self) -> &crate::version::Version {
        todo!()
    }
}
/// Whose rules read a file name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NameRules {
    /// packaging / pip
    Packaging,
    /// uv
    Uv,
}
/// What a file name on a project page is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileKind {
    /// a wheel
    Wheel(WheelFilename),
    /// an sdist
    Sdist(SdistFilename),
    /// a PEP 825 variant wheel: recognised, not installable by today's installers
    Variant {
        /// version in the name
        version: crate::version::Version,
        /// the label
        label: String,
    },
    /// neither (egg, exe, rpm, `.tar.Z` ...), the extension
    OtherFormat(String),
    /// a wheel or sdist extension with a name that breaks the rules, and why
    Invalid(String),
    /// a well-formed name of another project
    OtherProject,
}
impl FileKind {
    /// Reads `filename` as a file of `project`.
    pub fn of(_filename: &str, _project: &crate::ProjectName, _rules: NameRules) -> Self {
        todo!()
    }
}
