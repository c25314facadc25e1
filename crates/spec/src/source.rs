//! Positions in input files, and the faults and remarks found there.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use crate::credentials::{credentials_in, url_without_credentials, without_credentials};

/// A position in an input file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Origin {
    /// The path as the user wrote it, `-` for standard input, or `argument` for the command line.
    pub file: Arc<str>,
    /// The line, counted from 1; 0 if the input has no lines (an argument).
    pub line: u32,
    /// The column in characters, counted from 1; 0 if unknown.
    pub column: u32,
}

impl Origin {
    /// Returns the position `file:line:column`.
    pub fn new(file: impl Into<Arc<str>>, line: u32, column: u32) -> Self {
        Self { file: file.into(), line, column }
    }
}

impl fmt::Display for Origin {
    /// Writes `file:line:column`, without the parts that are 0.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
            if self.column > 0 {
                write!(f, ":{}", self.column)?;
            }
        }
        Ok(())
    }
}

/// An invalid part of an input file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Fault {
    /// The position of the fault.
    pub origin: Origin,
    /// What is wrong, in lower case and without a final period.
    pub message: String,
}

impl Fault {
    /// Returns a fault at a position.
    pub fn new(origin: Origin, message: impl Into<String>) -> Self {
        Self { origin, message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.message)
    }
}

impl std::error::Error for Fault {}

/// The error for an invalid input file, with all of its faults in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidInput {
    faults: Vec<Fault>,
}

impl InvalidInput {
    /// Returns an error with these faults, sorted by position and without duplicates.
    pub fn new(mut faults: Vec<Fault>) -> Self {
        faults.sort();
        faults.dedup();
        Self { faults }
    }

    /// Returns all faults, sorted by position.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }
}

impl From<Fault> for InvalidInput {
    fn from(fault: Fault) -> Self {
        Self { faults: vec![fault] }
    }
}

impl fmt::Display for InvalidInput {
    /// Writes one fault per line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidInput {}

/// A valid part of an input file that may not have the effect its author expects: an option that pip ignores at this
/// position, a variable that is not set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// The position of the remark.
    pub origin: Origin,
    /// What the user should know, in lower case and without a final period.
    pub message: String,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.message)
    }
}

/// Shortens a text from outside for use in a message, and removes its credentials.
pub fn shorten(text: &str) -> String {
    let text = url_without_credentials(text);
    let mut short: String = text.escape_debug().take(200).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
