//! The dependencies of a source distribution that are known without building it.
//!
//! Three files are read, the most reliable first: `PKG-INFO` of metadata 2.2 or newer whose `Requires-Dist` is static
//! (PEP 643), static dependencies in `[project]` of `pyproject.toml` (PEP 621), and
//! `*.egg-info/requires.txt` of setuptools (a guess: it depends on the machine that created the archive). Archives are
//! streamed, and reading stops as soon as no better file can follow.

mod egg_info;
mod findings;
mod headers;
mod language;
mod pyproject;
mod tarball;
mod zipped;

use std::fmt;

use wheelbase_formats::limits;

use crate::metadata::CoreMetadata;

pub use language::{Language, Languages};
pub use tarball::read_tarball;
pub use zipped::read_zip;

/// How much of an sdist is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Search {
    /// Only static metadata; sufficient if a wheel of the same version provides the rest.
    Static,
    /// Guesses too.
    Any,
    /// Guesses, and the whole archive: all file names are required to find every compiled language, or that there is none.
    Whole,
}

/// Whether an sdist contains code that requires a compiler, by the names of its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceLanguage {
    /// Files in C, C++, Cython, Fortran, Rust or a similar language were found.
    Native,
    /// All names were read, and no such file was found.
    Pure,
    /// Only a part of the archive was read, and no such file was found.
    Unknown,
}

/// The limits of reading an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SdistLimits {
    /// entries of the archive
    pub entries: u64,
    /// bytes of one metadata file
    pub file_bytes: u64,
    /// decompressed bytes
    pub inflated_bytes: u64,
    /// bytes that are read to find a better file after one was found
    pub patience_bytes: u64,
}

impl Default for SdistLimits {
    fn default() -> Self {
        Self {
            entries: limits::ARCHIVE_ENTRIES,
            file_bytes: limits::SDIST_FILE_BYTES,
            inflated_bytes: limits::SDIST_INFLATED_BYTES,
            patience_bytes: limits::SDIST_PATIENCE_BYTES,
        }
    }
}

/// The facts of an sdist.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SdistFacts {
    /// the metadata, with its confidence
    pub metadata: CoreMetadata,
    /// the headers that [`metadata`](Self::metadata) was read from, for a cache
    pub headers: String,
    /// whether its files require a compiler
    pub language: SourceLanguage,
    /// the compiled languages of the files that were found
    pub languages: Languages,
}

/// The error for an archive that cannot be read.
#[derive(Debug)]
pub struct InvalidSdist {
    cause: String,
    io: Option<std::io::Error>,
}

impl InvalidSdist {
    pub(crate) fn new(cause: impl Into<String>) -> Self {
        Self { cause: cause.into(), io: None }
    }

    pub(crate) fn io(what: &str, error: std::io::Error) -> Self {
        Self { cause: format!("{what}: {error}"), io: Some(error) }
    }
}

impl fmt::Display for InvalidSdist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)
    }
}

impl std::error::Error for InvalidSdist {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.io.as_ref().map(|error| error as _)
    }
}

/// Returns whether a file with this name is a zip archive. Zip archives are read from the end ([`read_zip`]), not streamed.
pub fn is_zip(filename: &str) -> bool {
    filename.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("zip"))
}

#[cfg(test)]
mod tests;
