//! Project pages of the simple repository API (PEP 503, 592, 629, 658/714, 691, 700).
//!
//! [`ProjectPage::from_files`] groups the listed files by version. [`ProjectPage::encode`] and [`ProjectPage::decode`]
//! convert the groups to and from a compact form that decodes a release on first use. The parser for the responses of
//! indexes is in `wheelbase-python`.

mod codec;
mod page;

pub use codec::{InvalidEncoding, decode_listing, encode_listing};
pub use page::{ProjectPage, Release};

/// One file on a project page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DistributionFile {
    /// The file name as listed.
    pub filename: String,
    /// The absolute URL, without credentials and fragment.
    pub url: String,
    /// The SHA-256 hash as lower-case hex.
    pub sha256: Option<String>,
    /// The other hashes: (algorithm, lower-case hex).
    pub other_hashes: Vec<(String, String)>,
    /// `Requires-Python` on the index as written, unescaped.
    pub requires_python: Option<String>,
    /// The reason why the file is yanked (empty if none is given); `None` if it is not yanked.
    pub yanked: Option<String>,
    /// Whether the index advertises `<url>.metadata`.
    pub core_metadata: MetadataAdvert,
    /// The upload time in seconds since 1970-01-01T00:00Z.
    pub upload_time: Option<i64>,
    /// The size in bytes.
    pub size: Option<u64>,
    /// The position on the page, counted from 0. Installers use it to choose between equal files.
    pub position: u32,
    /// The number of the index or find-links location of the file, in the order of the user's options, counted from 0.
    pub index: u16,
}

impl DistributionFile {
    /// Returns a file with only a name and a URL.
    ///
    /// ```
    /// use wheelbase::index::DistributionFile;
    ///
    /// let mut file = DistributionFile::new("six-1.17.0.tar.gz", "https://example.org/six-1.17.0.tar.gz");
    /// file.size = Some(34_031);
    /// assert_eq!(file.sha256, None);
    /// ```
    pub fn new(filename: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            filename: filename.into(),
            url: url.into(),
            sha256: None,
            other_hashes: Vec::new(),
            requires_python: None,
            yanked: None,
            core_metadata: MetadataAdvert::Absent,
            upload_time: None,
            size: None,
            position: 0,
            index: 0,
        }
    }

    /// Returns whether the file name ends in `.whl`.
    pub fn is_wheel(&self) -> bool {
        self.filename.len() > 4
            && self
                .filename
                .get(self.filename.len() - 4..)
                .is_some_and(|end| end.eq_ignore_ascii_case(".whl"))
    }
}

/// The core metadata that an index advertises (PEP 658 and 714).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetadataAdvert {
    /// Not advertised.
    Absent,
    /// Advertised without a hash.
    Present,
    /// Advertised with this SHA-256 hash.
    Sha256(String),
}
