//! Project pages of the simple repository API (PEP 503, 592, 629, 658/714, 691, 700): pages in, values out.

use crate::name::ProjectName;
use crate::version::Version;
use std::sync::Arc;

/// One file on a project page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DistributionFile {
    /// file name as listed
    pub filename: String,
    /// absolute URL without credentials and fragment
    pub url: String,
    /// lower-case hex
    pub sha256: Option<String>,
    /// other hashes: (algorithm, lower-case hex)
    pub other_hashes: Vec<(String, String)>,
    /// `Requires-Python` of the index as written (unescaped)
    pub requires_python: Option<String>,
    /// yanked, with the reason ("" = none given)
    pub yanked: Option<String>,
    /// whether `<url>.metadata` is advertised
    pub core_metadata: MetadataAdvert,
    /// seconds since 1970-01-01T00:00Z
    pub upload_time: Option<i64>,
    /// bytes
    pub size: Option<u64>,
    /// position on the page, 0 first (the tie rule of installers needs it)
    pub position: u32,
    /// the index or find-links location it came from, in the order the user gave them (0 = first)
    pub index: u16,
}

/// Advertised core metadata (PEP 658/714).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetadataAdvert {
    /// not advertised
    Absent,
    /// advertised without hash
    Present,
    /// advertised with its sha256
    Sha256(String),
}

/// All files that one or more indexes list for a project, grouped by version.
///
/// Releases decode lazily so that a page of thousands of files costs only what is looked at.
#[derive(Clone, Debug)]
pub struct ProjectPage {}
impl ProjectPage {
    /// project
    pub fn project(&self) -> &ProjectName {
        todo!()
    }
    /// releases, newest first (PEP 440 order); versions that are equal under PEP 440 are one release
    pub fn releases(&self) -> &[Release] {
        todo!()
    }
    /// files whose names give no version under either tool's rules, with the reason
    pub fn unreadable(&self) -> &[(DistributionFile, String)] {
        todo!()
    }
    /// for tests and callers: from files in page order
    pub fn from_files(_project: ProjectName, _files: Vec<DistributionFile>) -> Self {
        todo!()
    }
}
/// The files of one version, in page order.
#[derive(Clone, Debug)]
pub struct Release {}
impl Release {
    /// version (first spelling seen)
    pub fn version(&self) -> &Version {
        todo!()
    }
    /// decoded on first use, then kept
    pub fn files(&self) -> &Arc<[DistributionFile]> {
        todo!()
    }
}
