//! Why a file that begins like ELF cannot be read.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A fault in a file that begins with the ELF magic.
///
/// A fault of the headers stops the reading; a fault of one table is kept beside the facts that could be read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ElfFault {
    message: String,
}

impl ElfFault {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }

    /// A structure is longer than the bytes that should hold it.
    pub(crate) fn short() -> Self {
        Self::new("a table entry reaches past the end of its table")
    }
}

impl fmt::Display for ElfFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ElfFault {}
