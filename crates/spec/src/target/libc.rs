//! C libraries and the versions they report.

use std::fmt;

/// The C library of an interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Libc {
    /// glibc, with major and minor version.
    Glibc(u32, u32),
    /// musl, with major and minor version, and the patch version if known.
    Musl(u32, u32, Option<u32>),
    /// A static interpreter, which supports no tags with a C library.
    Static,
    /// A C library with a version that does not start with two numbers. Installers treat it like a missing version, so
    /// it supports the same tags as [`Libc::Static`].
    Unreadable {
        /// The library.
        family: LibcFamily,
        /// The version as reported.
        version: String,
    },
}

/// A C library, without version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LibcFamily {
    /// The GNU C library.
    Glibc,
    /// musl.
    Musl,
}

impl LibcFamily {
    /// Returns `glibc` or `musl`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Glibc => "glibc",
            Self::Musl => "musl",
        }
    }
}

impl fmt::Display for LibcFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Libc {
    /// Returns a C library with the version that it reports, parsed as packaging 26.3 does
    /// (`_parse_glibc_version`, `_parse_musl_version`): two numbers at the start are used, the rest is ignored.
    ///
    /// ```
    /// use wheelbase::target::{Libc, LibcFamily};
    ///
    /// assert_eq!(Libc::reported(LibcFamily::Glibc, "2.20-2014.11"), Libc::Glibc(2, 20));
    /// assert_eq!(Libc::reported(LibcFamily::Musl, "1.2.4_git20230717"), Libc::Musl(1, 2, Some(4)));
    /// ```
    pub fn reported(family: LibcFamily, version: &str) -> Self {
        let unreadable = || Self::Unreadable { family, version: version.to_owned() };
        let Some((major, rest)) = leading_number(version) else { return unreadable() };
        let Some((minor, rest)) = rest.strip_prefix('.').and_then(leading_number) else {
            return unreadable();
        };
        match family {
            LibcFamily::Glibc => Self::Glibc(major, minor),
            LibcFamily::Musl => {
                let patch = rest.strip_prefix('.').and_then(leading_number).map(|(patch, _)| patch);
                Self::Musl(major, minor, patch)
            }
        }
    }

    /// Returns the library; `None` for a static interpreter.
    pub fn family(&self) -> Option<LibcFamily> {
        match self {
            Self::Glibc(..) => Some(LibcFamily::Glibc),
            Self::Musl(..) => Some(LibcFamily::Musl),
            Self::Unreadable { family, .. } => Some(*family),
            Self::Static => None,
        }
    }

    /// Returns the major and minor version, if there is one.
    pub fn version(&self) -> Option<(u32, u32)> {
        match *self {
            Self::Glibc(major, minor) | Self::Musl(major, minor, _) => Some((major, minor)),
            Self::Static | Self::Unreadable { .. } => None,
        }
    }

    /// Returns the version as text: `2.36`, `1.2.5`; `None` for a static interpreter.
    pub fn version_text(&self) -> Option<String> {
        match self {
            Self::Glibc(major, minor) | Self::Musl(major, minor, None) => Some(format!("{major}.{minor}")),
            Self::Musl(major, minor, Some(patch)) => Some(format!("{major}.{minor}.{patch}")),
            Self::Unreadable { version, .. } => Some(version.clone()),
            Self::Static => None,
        }
    }

    /// Parses what a user writes: `glibc:2.36`, `musl:1.2`, `static`.
    ///
    /// # Errors
    ///
    /// If the text is none of these, or the version is not two or three numbers.
    pub fn from_user(text: &str) -> Result<Self, InvalidLibc> {
        let invalid = || InvalidLibc { input: text.to_owned() };
        if text == "static" {
            return Ok(Self::Static);
        }
        let (family, version) = text.split_once(':').ok_or_else(invalid)?;
        let family = match family {
            "glibc" => LibcFamily::Glibc,
            "musl" => LibcFamily::Musl,
            _ => return Err(invalid()),
        };
        let parts = version.split('.').count();
        let numbers = version.split('.').all(|part| matches!(leading_number(part), Some((_, ""))));
        if !numbers || !(2..=3).contains(&parts) {
            return Err(invalid());
        }
        match Self::reported(family, version) {
            Self::Unreadable { .. } => Err(invalid()),
            libc => Ok(libc),
        }
    }
}

impl fmt::Display for Libc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.family(), self.version_text()) {
            (Some(family), Some(version)) => write!(f, "{family} {version}"),
            _ => f.write_str("no C library"),
        }
    }
}

/// Returns the number at the start of a text, and the rest. Python's `\d` also matches digits of other scripts, which
/// no C library prints.
fn leading_number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}

/// The error for an invalid C library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidLibc {
    input: String,
}

impl fmt::Display for InvalidLibc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a valid C library; expected `glibc:X.Y`, `musl:X.Y` or `static`",
            self.input.escape_debug()
        )
    }
}

impl std::error::Error for InvalidLibc {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_parsed_as_packaging_parses_them() {
        let glibc = |text| Libc::reported(LibcFamily::Glibc, text);
        assert_eq!(glibc("2.36"), Libc::Glibc(2, 36));
        assert_eq!(glibc("2.36.9000"), Libc::Glibc(2, 36));
        assert_eq!(glibc("2.20-2014.11"), Libc::Glibc(2, 20));
        assert_eq!(glibc("3.1"), Libc::Glibc(3, 1));
        for text in ["", "2", "2.", "x2.36", "foo", " 2.36", "99999999999.1"] {
            assert_eq!(glibc(text).version(), None, "{text}");
            assert_eq!(glibc(text).version_text().as_deref(), Some(text));
        }
        assert_eq!(Libc::reported(LibcFamily::Musl, "1.1.24"), Libc::Musl(1, 1, Some(24)));
        assert_eq!(Libc::reported(LibcFamily::Musl, "1.2"), Libc::Musl(1, 2, None));
    }

    #[test]
    fn users_write_plain_numbers() {
        assert_eq!(Libc::from_user("glibc:2.36"), Ok(Libc::Glibc(2, 36)));
        assert_eq!(Libc::from_user("musl:1.2"), Ok(Libc::Musl(1, 2, None)));
        assert_eq!(Libc::from_user("musl:1.2.5"), Ok(Libc::Musl(1, 2, Some(5))));
        assert_eq!(Libc::from_user("static"), Ok(Libc::Static));
        for text in ["glibc", "glibc:", "glibc:2", "glibc:2.x", "uclibc:1.0", "glibc:2.36-1", "musl:1.2.3.4"]
        {
            assert!(Libc::from_user(text).is_err(), "{text}");
        }
    }
}
