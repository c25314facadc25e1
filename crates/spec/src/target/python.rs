//! Python interpreters.

use std::fmt;
use std::str::FromStr;

use crate::version::Version;

/// A Python interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Python {
    /// The implementation.
    pub implementation: Implementation,
    /// The version of the language, at least `X.Y`. A missing patch number is 0.
    pub version: Version,
    /// The ABI flags: `t` (free-threaded), `d` (debug), `m` (pymalloc, before 3.8), `u` (wide Unicode, before 3.3) in
    /// any combination.
    pub abi_flags: String,
    /// `EXT_SUFFIX`, for implementations other than CPython.
    pub ext_suffix: Option<String>,
    /// The version of the implementation, if it differs from that of the language: PyPy 7.3.20 implements Python 3.11.
    pub implementation_version: Option<Version>,
}

/// An implementation of Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Implementation {
    /// CPython
    CPython,
    /// PyPy
    PyPy,
    /// GraalPy
    GraalPy,
}

impl Implementation {
    /// Returns `sys.implementation.name`: `cpython`, `pypy` or `graalpy`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CPython => "cpython",
            Self::PyPy => "pypy",
            Self::GraalPy => "graalpy",
        }
    }

    /// Returns the name for display: `CPython`, `PyPy` or `GraalPy`.
    pub fn display_name(self) -> &'static str {
        match self {
            Self::CPython => "CPython",
            Self::PyPy => "PyPy",
            Self::GraalPy => "GraalPy",
        }
    }

    /// Returns the prefix of python tags ([PEP 425](https://peps.python.org/pep-0425/#python-tag)). An implementation
    /// without an abbreviation uses its name.
    pub fn tag_prefix(self) -> &'static str {
        match self {
            Self::CPython => "cp",
            Self::PyPy => "pp",
            Self::GraalPy => "graalpy",
        }
    }
}

impl fmt::Display for Implementation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Implementation {
    type Err = InvalidPython;

    fn from_str(text: &str) -> Result<Self, InvalidPython> {
        match text.to_ascii_lowercase().as_str() {
            "cpython" => Ok(Self::CPython),
            "pypy" => Ok(Self::PyPy),
            "graalpy" => Ok(Self::GraalPy),
            _ => Err(InvalidPython::new(text, "the implementation must be cpython, pypy or graalpy")),
        }
    }
}

impl Python {
    /// Returns an interpreter of this implementation and version, with the ABI flags of its usual builds.
    pub fn new(implementation: Implementation, version: Version) -> Self {
        // CPython 3.8 dropped the flag `m`: https://docs.python.org/3/whatsnew/3.8.html#build-and-c-api-changes
        // Before 3.3 (PEP 393) Linux distributions and images built it with wide Unicode.
        let flags = match (implementation, language_version(&version)) {
            (Implementation::CPython, version) if version < (3, 3) => "mu",
            (Implementation::CPython, version) if version < (3, 8) => "m",
            _ => "",
        };
        Self {
            implementation,
            version,
            abi_flags: flags.to_owned(),
            ext_suffix: None,
            implementation_version: None,
        }
    }

    /// Returns the major and minor version of the language.
    pub fn language_version(&self) -> (u64, u64) {
        language_version(&self.version)
    }

    /// Returns whether this is a free-threaded build ([PEP 703](https://peps.python.org/pep-0703/), since Python 3.13).
    pub fn is_free_threaded(&self) -> bool {
        self.implementation == Implementation::CPython
            && self.language_version() >= (3, 13)
            && self.abi_flags.contains('t')
    }

    /// Returns whether this interpreter satisfies a request: `3.12` matches every 3.12.
    pub fn is(&self, request: &Self) -> bool {
        self.implementation == request.implementation
            && self.version.release().starts_with(request.version.release())
            && self.is_free_threaded() == request.is_free_threaded()
            && self.is_debug() == request.is_debug()
    }

    /// Returns whether this is a debug build.
    pub fn is_debug(&self) -> bool {
        self.abi_flags.contains('d')
    }
}

fn language_version(version: &Version) -> (u64, u64) {
    let release = version.release();
    (release.first().copied().unwrap_or(0), release.get(1).copied().unwrap_or(0))
}

impl fmt::Display for Python {
    /// Writes `CPython 3.13.1t`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.implementation.display_name(), self.version)?;
        if self.is_free_threaded() { f.write_str("t") } else { Ok(()) }
    }
}

impl FromStr for Python {
    type Err = InvalidPython;

    /// Parses a value of `--python`: `3.12`, `3.12.13`, `3.15.0a1`, `3.14t` (free-threaded), `3.13d` (debug),
    /// `3.14td`, and the same after an implementation: `cpython3.12`, `pypy3.11`, `graalpy3.11`.
    fn from_str(text: &str) -> Result<Self, InvalidPython> {
        let text = text.trim();
        let start = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
        let (name, rest) = text.split_at_checked(start).unwrap_or((text, ""));
        let name = name.trim_end_matches(['-', '@', ' ', ':']);
        let implementation = match name.to_ascii_lowercase().as_str() {
            "" | "cpython" | "python" | "cp" => Implementation::CPython,
            "pypy" | "pp" => Implementation::PyPy,
            "graalpy" => Implementation::GraalPy,
            _ => {
                return Err(InvalidPython::new(text, "the implementation must be cpython, pypy or graalpy"));
            }
        };
        let number = rest.trim_end_matches(['t', 'd', 'm', 'u']);
        let flags = rest.get(number.len()..).unwrap_or_default();
        let version = Version::from_str(number)
            .map_err(|_| InvalidPython::new(text, "expected a version such as 3.12 or 3.12.13"))?;
        check_version(&version).map_err(|why| InvalidPython::new(text, why))?;
        let mut python = Self::new(implementation, version);
        if !flags.is_empty() {
            python.abi_flags = flags.to_owned();
        }
        check_flags(&python).map_err(|why| InvalidPython::new(text, why))?;
        Ok(python)
    }
}

/// Checks that a version can be the version of an interpreter.
///
/// # Errors
///
/// If the major version is not 2 or 3, if the minor version is missing, or if it is above 255. The limit keeps tag
/// lists short, because they contain every older minor version.
pub fn check_version(version: &Version) -> Result<(), &'static str> {
    match version.release() {
        [] | [_] => Err("expected a major and a minor version, such as 3.12"),
        [_, minor, ..] if *minor > 255 => Err("the minor version is too large"),
        [2 | 3, ..] => Ok(()),
        _ => Err("the major version must be 2 or 3"),
    }
}

/// Checks that the ABI flags are possible for the interpreter.
///
/// # Errors
///
/// If a flag is unknown or repeated, or if `t` is used on a Python without free-threaded builds.
pub fn check_flags(python: &Python) -> Result<(), &'static str> {
    let flags = &python.abi_flags;
    if flags.chars().any(|flag| !"tdmu".contains(flag)) {
        return Err("the ABI flags are t (free-threaded), d (debug), m (pymalloc) and u (wide Unicode)");
    }
    if flags.chars().any(|flag| flags.matches(flag).count() > 1) {
        return Err("an ABI flag is repeated");
    }
    if flags.contains('t') && python.implementation != Implementation::CPython {
        return Err("only CPython has free-threaded builds");
    }
    if flags.contains('t') && python.language_version() < (3, 13) {
        return Err("free-threaded builds start with Python 3.13");
    }
    Ok(())
}

/// The error for an invalid value of `--python`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPython {
    input: String,
    why: &'static str,
}

impl InvalidPython {
    fn new(input: &str, why: &'static str) -> Self {
        Self { input: input.to_owned(), why }
    }
}

impl fmt::Display for InvalidPython {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a valid Python: {}", self.input.escape_debug(), self.why)
    }
}

impl std::error::Error for InvalidPython {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_python_is_parsed() {
        let python = |text: &str| text.parse::<Python>().expect(text);
        assert_eq!(python("3.12").abi_flags, "");
        assert_eq!(python("3.7.17").abi_flags, "m");
        assert_eq!(python("2.7.18").abi_flags, "mu");
        assert!(python("3.14t").is_free_threaded());
        assert!(python("3.14.0rc1t").is_free_threaded());
        assert!(python("3.13td").is_debug());
        assert_eq!(python("3.15.0a1").version.to_string(), "3.15.0a1");
        assert_eq!(python("pypy3.11").implementation, Implementation::PyPy);
        assert_eq!(python("graalpy-3.11").implementation, Implementation::GraalPy);
        for text in ["", "3", "python", "jython2.7", "3.12x", "3.12t", "pypy3.13t", "4.0", "3.1000", "3.13tt"]
        {
            assert!(text.parse::<Python>().is_err(), "{text}");
        }
    }
}
