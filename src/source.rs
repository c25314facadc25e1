//! Where a piece of input stands in its file.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A place in an input: the file as the user named it (or `-`, or `argument`), line and column counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Origin {
    /// The file as the user named it.
    pub file: Arc<str>,
    /// The line, 1 first; 0 where the input has no lines (an argument).
    pub line: u32,
    /// The column in characters, 1 first; 0 where unknown.
    pub column: u32,
}

impl Origin {
    /// A place in a file.
    pub fn new(file: impl Into<Arc<str>>, line: u32, column: u32) -> Self {
        Self { file: file.into(), line, column }
    }
}

impl fmt::Display for Origin {
    /// `file:line:column`, without the parts that are 0.
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
