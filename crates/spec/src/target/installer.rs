//! Installers: the program and its version.

use std::fmt;
use std::str::FromStr;

use super::facts;
use super::installer_kind::InstallerKind;
use crate::version::Version;

/// An installer: the program and its version.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Installer {
    /// The program.
    pub kind: InstallerKind,
    /// The version.
    pub version: Version,
}

impl FromStr for InstallerKind {
    type Err = InvalidInstaller;

    fn from_str(text: &str) -> Result<Self, InvalidInstaller> {
        match text {
            "pip" => Ok(Self::Pip),
            "uv" => Ok(Self::Uv),
            "packaging" => Ok(Self::Packaging),
            _ => Err(InvalidInstaller { input: text.to_owned(), why: "expected pip or uv" }),
        }
    }
}

impl Installer {
    /// Returns an installer of this version.
    pub fn new(kind: InstallerKind, version: Version) -> Self {
        Self { kind, version }
    }

    /// Returns the newest release whose behaviour is recorded.
    pub fn newest(kind: InstallerKind) -> Self {
        Self { kind, version: facts::newest(kind) }
    }
}

impl fmt::Display for Installer {
    /// Writes `pip 25.0.1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.version)
    }
}

impl FromStr for Installer {
    type Err = InvalidInstaller;

    /// Parses a value of `--installer`: `pip`, `pip==25.0.1`, `uv==0.13.8`. Without a version it is the newest release
    /// that the facts cover.
    fn from_str(text: &str) -> Result<Self, InvalidInstaller> {
        let text = text.trim();
        let (kind, version) = match text.split_once("==") {
            Some((kind, version)) => (kind.trim_end(), Some(version.trim_start())),
            None => (text, None),
        };
        let kind: InstallerKind = kind
            .parse()
            .map_err(|error: InvalidInstaller| InvalidInstaller { input: text.to_owned(), ..error })?;
        match version {
            None => Ok(Self::newest(kind)),
            Some(version) => match Version::from_str(version) {
                Ok(version) => Ok(Self { kind, version }),
                Err(_) => {
                    Err(InvalidInstaller { input: text.to_owned(), why: "the version after `==` is invalid" })
                }
            },
        }
    }
}

/// The error for an invalid value of `--installer`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidInstaller {
    input: String,
    why: &'static str,
}

impl fmt::Display for InvalidInstaller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a valid installer: {} (examples: `pip`, `pip==25.0.1`, `uv`)",
            self.input.escape_debug(),
            self.why
        )
    }
}

impl std::error::Error for InvalidInstaller {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_means_the_newest_release() {
        let newest: Installer = "pip".parse().expect("valid");
        assert_eq!(newest, Installer::newest(InstallerKind::Pip));
        assert_eq!("uv == 0.5.1".parse::<Installer>().expect("valid").to_string(), "uv 0.5.1");
        for text in ["poetry", "pip>=20", "pip==x", "", "pip=="] {
            assert!(text.parse::<Installer>().is_err(), "{text}");
        }
    }
}
