//! Programs that install.

use std::fmt;

/// Installer program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum InstallerKind {
    /// pip
    Pip,
    /// uv
    Uv,
    /// The `packaging` library by itself. It installs nothing, but its tag lists are the reference that others are
    /// measured by.
    Packaging,
}

impl InstallerKind {
    /// `pip`, `uv` or `packaging`.
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
