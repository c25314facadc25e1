//! The error of a damaged ELF file.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The error for a damaged file that starts with the ELF magic number.
///
/// A fault in the headers stops the reading. A fault in one table is recorded next to the facts that could be read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ElfFault {
    message: String,
}

impl ElfFault {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }

    /// Returns the fault of a structure that is longer than its table.
    pub(crate) fn short() -> Self {
        Self::new("the file is damaged: an entry ends after the end of its table")
    }
}

impl fmt::Display for ElfFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ElfFault {}
