//! The value of `--on`, before any look-up.

use std::fmt;
use std::str::FromStr;

use super::{Arch, Installer, InvalidLibc, Libc, Python, Target};

/// The value of `--on`: a C library, a file that describes a target, or an image to look up in the catalogue.
///
/// ```
/// use wheelbase::target::{Libc, TargetSpec};
///
/// assert_eq!("glibc:2.36".parse(), Ok(TargetSpec::Libc(Libc::Glibc(2, 36))));
/// assert_eq!("./target.toml".parse(), Ok(TargetSpec::File("./target.toml".into())));
/// assert_eq!("python:3.12-slim".parse(), Ok(TargetSpec::Image("python:3.12-slim".into())));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TargetSpec {
    /// `glibc:2.36`, `musl:1.2`, `static`.
    Libc(Libc),
    /// The path of a JSON or TOML file.
    File(String),
    /// The name of an image.
    Image(String),
}

impl TargetSpec {
    /// Returns the target of a C library with the given interpreter and installer; `None` for a file or an image, which
    /// need a look-up.
    pub fn plain(&self, arch: Arch, python: Python, installer: Installer) -> Option<Target> {
        match self {
            Self::Libc(libc) => Some(Target::new(arch, libc.clone(), python, installer)),
            Self::File(_) | Self::Image(_) => None,
        }
    }
}

impl FromStr for TargetSpec {
    type Err = InvalidTargetSpec;

    fn from_str(text: &str) -> Result<Self, InvalidTargetSpec> {
        let invalid = |cause: Option<InvalidLibc>| InvalidTargetSpec { input: text.to_owned(), cause };
        if text.is_empty() || text.chars().any(char::is_control) {
            return Err(invalid(None));
        }
        let lower = text.to_ascii_lowercase();
        if lower.ends_with(".json") || lower.ends_with(".toml") {
            return Ok(Self::File(text.to_owned()));
        }
        if lower == "static" || lower.starts_with("glibc:") || lower.starts_with("musl:") {
            return Libc::from_user(&lower).map(Self::Libc).map_err(|error| invalid(Some(error)));
        }
        // A single word is an image (`debian`), but these two can only be a C library without its version.
        if lower == "glibc" || lower == "musl" {
            return Err(invalid(Libc::from_user(&lower).err()));
        }
        Ok(Self::Image(text.to_owned()))
    }
}

impl fmt::Display for TargetSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Libc(libc) => match (libc.family(), libc.version_text()) {
                (Some(family), Some(version)) => write!(f, "{family}:{version}"),
                _ => f.write_str("static"),
            },
            Self::File(text) | Self::Image(text) => f.write_str(text),
        }
    }
}

/// The error for an invalid value of `--on`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidTargetSpec {
    input: String,
    cause: Option<InvalidLibc>,
}

impl fmt::Display for InvalidTargetSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Some(cause) => cause.fmt(f),
            None => write!(f, "`{}` is not a valid target", self.input.escape_debug()),
        }
    }
}

impl std::error::Error for InvalidTargetSpec {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_c_library_without_a_usable_version_is_an_error() {
        for text in ["glibc", "musl", "glibc:", "glibc:two", "musl:1", ""] {
            assert!(text.parse::<TargetSpec>().is_err(), "{text}");
        }
        for text in ["glibc:2.36", "musl:1.2", "static", "musl:1.2.5", "a/b.json", "debian"] {
            assert_eq!(text.parse::<TargetSpec>().expect(text).to_string(), text);
        }
    }
}
