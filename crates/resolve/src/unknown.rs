//! Why a selection or the dependencies of a file are unknown.

use std::fmt;

/// Why the selection for a project, or the dependencies of the selected file, are unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnknownReason {
    /// The project page cannot be fetched or read; the error.
    Page(String),
    /// The project page was not fetched.
    PageNotFetched,
    /// The page does not list the selected file.
    FileNotListed,
    /// No fact about the project is known.
    NoFacts,
    /// The version of a file is known only after the file is built.
    VersionUntilBuilt {
        /// The file name.
        file: String,
    },
    /// The lock has no version.
    NotPinned,
    /// The metadata of a version control checkout is known only after its code runs.
    Checkout,
    /// The metadata was not fetched.
    MetadataNotFetched,
    /// The metadata cannot be fetched or read; the error.
    Metadata(String),
    /// No index has the metadata.
    MetadataNotFound,
    /// The source distribution must be built first.
    NotBuilt,
}

impl fmt::Display for UnknownReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(error) => f.write_str(error),
            Self::PageNotFetched => f.write_str("its project page could not be fetched"),
            Self::FileNotListed => f.write_str("its page does not list the file"),
            Self::NoFacts => f.write_str("no facts about it are known"),
            Self::VersionUntilBuilt { file } => {
                write!(f, "the version of `{file}` is unknown until it is built")
            }
            Self::NotPinned => f.write_str("the lock does not pin a version"),
            Self::Checkout => {
                f.write_str("the metadata of a version control checkout is unknown without running its code")
            }
            Self::MetadataNotFetched => f.write_str("its metadata could not be fetched"),
            Self::Metadata(error) => write!(f, "its metadata could not be read: {error}"),
            Self::MetadataNotFound => f.write_str("its metadata could not be found"),
            Self::NotBuilt => f.write_str("its source distribution must be built first"),
        }
    }
}
