//! Wheel tags: PEP 425, 513, 571, 599, 600, 656.

/// compressed tag set of a file name
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagSet {}
/// Position in the list of supported tags, 0 is the most preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagRank(pub(crate) u32);

/// One tag triple.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tag {}
impl std::fmt::Display for Tag {
    fn fmt(&self, _f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        todo!()
    }
}

/// What a target's installer accepts, in order of preference; built once per target.
#[derive(Clone, Debug)]
pub struct SupportedTags {}
impl SupportedTags {
    /// for a target
    pub fn of(_target: &crate::target::Target) -> Self {
        todo!()
    }
    /// best rank of any triple of the set; cheap, no allocation
    pub fn rank(&self, _tags: &TagSet) -> Option<TagRank> {
        todo!()
    }
    /// the tag at a rank
    pub fn tag(&self, _rank: TagRank) -> Tag {
        todo!()
    }
    /// all, most preferred first
    pub fn iter(&self) -> impl Iterator<Item = Tag> + '_ {
        std::iter::empty()
    }
    /// every part that fails, on demand; empty if the set fits
    pub fn mismatch(&self, _tags: &TagSet) -> Vec<TagMismatch> {
        todo!()
    }
}
/// One failing part of a wheel's tags on a target. Values, not sentences; `Display` renders.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum TagMismatch {
    /// for CPython here, wheel wants PyPy ...
    Implementation {
        /// wheel's
        wheel: String,
        /// target's
        target: String,
    },
    // PythonVersion, FreeThreading, Abi, LibcFamily, LibcVersion{needed, present}, Machine, OperatingSystem,
    // InstallerTooOld{family, since}, PolicyForbids, UnknownTag ... the tag engine's author completes this.
}
impl std::fmt::Display for TagMismatch {
    fn fmt(&self, _f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        todo!()
    }
}
