//! Project pages of the simple repository API (PEP 503, 592, 629, 658/714, 691, 700): pages in, values out.
//!
//! [`parse_page`] reads an index's answer, HTML or JSON by its Content-Type; [`ProjectPage::from_files`] groups the
//! files it lists by version; [`ProjectPage::encode`] and [`ProjectPage::decode`] keep the groups in a compact form
//! whose releases are only read when they are looked at.

mod codec;
mod page;

pub use codec::{InvalidEncoding, decode_listing, encode_listing};
pub use page::{ProjectPage, Release};

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

impl DistributionFile {
    /// A file of which nothing but name and URL is known.
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

    /// Whether the name ends as a wheel's does.
    pub fn is_wheel(&self) -> bool {
        self.filename.len() > 4
            && self
                .filename
                .get(self.filename.len() - 4..)
                .is_some_and(|end| end.eq_ignore_ascii_case(".whl"))
    }
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
