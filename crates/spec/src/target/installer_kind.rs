//! The programs that install.

use std::fmt;

/// The program of an installer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum InstallerKind {
    /// pip
    Pip,
    /// uv
    Uv,
    /// The `packaging` library. It does not install anything, but its tag lists are the reference for the others.
    Packaging,
}

impl InstallerKind {
    /// Returns `pip`, `uv` or `packaging`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pip => "pip",
            Self::Uv => "uv",
            Self::Packaging => "packaging",
        }
    }
}

impl fmt::Display for InstallerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
