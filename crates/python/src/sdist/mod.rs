//! What a source distribution says of its dependencies without being built.
//!
//! Four places are looked at, the surest first: `PKG-INFO` of metadata 2.2 or newer whose `Requires-Dist` is static
//! (PEP 643), static dependencies in `[project]` of `pyproject.toml` (PEP 621), setuptools'
//! `*.egg-info/requires.txt` (a guess: it states what was true where the archive was made), and nowhere. Archives are
//! streamed and left as soon as nothing better can come.

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

/// How far to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Search {
    /// Only for static statements: enough where a wheel of the same version can tell the rest.
    Static,
    /// For guesses too.
    Any,
    /// For guesses, and to the archive's end: only the names of all files tell that nothing is to be compiled, and all
    /// the languages of what is.
    Whole,
}

/// Whether an sdist holds code that needs a compiler, by the names of its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceLanguage {
    /// Files in C, C++, Cython, Fortran, Rust or the like were seen.
    Native,
    /// All files were seen, and none is such.
    Pure,
    /// The archive was left before its end, and none was seen until then.
    Unknown,
}

/// Bounds on what an archive may make a reader do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// entries of the archive
    pub entries: u64,
    /// bytes of one metadata file
    pub file_bytes: u64,
    /// bytes that come out of decompression
    pub inflated_bytes: u64,
    /// bytes that are still read in the hope of a better source once one is known
    pub patience_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: limits::ARCHIVE_ENTRIES,
            file_bytes: limits::SDIST_FILE_BYTES,
            inflated_bytes: limits::SDIST_INFLATED_BYTES,
            patience_bytes: limits::SDIST_PATIENCE_BYTES,
        }
    }
}

/// What an sdist says.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SdistFacts {
    /// the metadata, with its confidence
    pub metadata: CoreMetadata,
    /// the headers that [`metadata`](Self::metadata) was read from, for a cache
    pub headers: String,
    /// what its files are written in
    pub language: SourceLanguage,
    /// the compiled languages among those files that were seen
    pub languages: Languages,
}

/// An archive that cannot be read.
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

/// Whether a file of this name is a zip archive, which is read from its end ([`read_zip`]) and not streamed.
pub fn is_zip(filename: &str) -> bool {
    filename.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("zip"))
}

#[cfg(test)]
mod tests;
