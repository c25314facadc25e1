//! The error of markers.

use std::fmt;

/// The error for a text that is not a marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidMarker {
    pub(super) message: String,
    pub(super) offset: usize,
}

impl InvalidMarker {
    /// Returns the position of the fault in the text, in bytes from its start, on a character boundary.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for InvalidMarker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for InvalidMarker {}
