//! Package managers of distributions.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The program that installs packages of the distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum PackageManager {
    /// Debian and Ubuntu.
    Apt,
    /// Alpine and Wolfi.
    Apk,
    /// Fedora, Red Hat and compatible distributions.
    Dnf,
    /// `dnf` without Python.
    Microdnf,
    /// Older releases of Red Hat and Amazon Linux.
    Yum,
    /// Azure Linux and Photon.
    Tdnf,
    /// SUSE.
    Zypper,
    /// Arch.
    Pacman,
    /// The image has none.
    None,
    /// It is unknown.
    Unknown,
}

impl PackageManager {
    /// Returns the name of the command, `none` or `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Apt => "apt",
            Self::Apk => "apk",
            Self::Dnf => "dnf",
            Self::Microdnf => "microdnf",
            Self::Yum => "yum",
            Self::Tdnf => "tdnf",
            Self::Zypper => "zypper",
            Self::Pacman => "pacman",
            Self::None => "none",
            Self::Unknown => "unknown",
        }
    }

    /// Returns the package manager that has the same package names: `dnf` for `microdnf`, `yum` and `tdnf`.
    #[must_use]
    pub fn family(self) -> Self {
        match self {
            Self::Microdnf | Self::Yum | Self::Tdnf => Self::Dnf,
            other => other,
        }
    }

    pub(crate) fn of(name: &str) -> Self {
        [
            Self::Apt,
            Self::Apk,
            Self::Dnf,
            Self::Microdnf,
            Self::Yum,
            Self::Tdnf,
            Self::Zypper,
            Self::Pacman,
            Self::None,
        ]
        .into_iter()
        .find(|manager| manager.as_str() == name)
        .unwrap_or(Self::Unknown)
    }
}

impl fmt::Display for PackageManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
