//! The languages of an archive, from the names of its files.

use std::fmt;

use serde::{Serialize, Serializer};

/// A language that a compiler turns into machine code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Language {
    /// C
    C,
    /// C++
    Cpp,
    /// Cython, which becomes C or C++ during the build
    Cython,
    /// Fortran
    Fortran,
    /// Rust
    Rust,
    /// Go
    Go,
    /// Zig
    Zig,
    /// CUDA
    Cuda,
    /// SWIG's interface files, which become C or C++ during the build
    Swig,
    /// Assembly
    Assembly,
}

impl Language {
    const ALL: [Self; 10] = [
        Self::C,
        Self::Cpp,
        Self::Cython,
        Self::Fortran,
        Self::Rust,
        Self::Go,
        Self::Zig,
        Self::Cuda,
        Self::Swig,
        Self::Assembly,
    ];

    /// Returns the usual name: `C++`, `Rust`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::C => "C",
            Self::Cpp => "C++",
            Self::Cython => "Cython",
            Self::Fortran => "Fortran",
            Self::Rust => "Rust",
            Self::Go => "Go",
            Self::Zig => "Zig",
            Self::Cuda => "CUDA",
            Self::Swig => "SWIG",
            Self::Assembly => "assembly",
        }
    }

    /// Returns the language of a file name's extension, as GCC (manual, 3.2 "Options Controlling the Kind of Output") and
    /// the compilers of the languages use it.
    ///
    /// Objective-C is ignored, because builds on Linux do not use it and `.m` is also an extension of Matlab. D is
    /// ignored, because `.d` is also the extension of dependency files of make. Headers are not compiled by themselves.
    fn of_extension(extension: &str) -> Option<Self> {
        Some(match extension.to_ascii_lowercase().as_str() {
            "c" => Self::C,
            "cc" | "cpp" | "cxx" | "c++" => Self::Cpp,
            "pyx" => Self::Cython,
            "f" | "for" | "f77" | "f90" | "f95" | "f03" | "f08" => Self::Fortran,
            "rs" => Self::Rust,
            "go" => Self::Go,
            "zig" => Self::Zig,
            "cu" => Self::Cuda,
            "i" => Self::Swig,
            "s" | "asm" => Self::Assembly,
            _ => return None,
        })
    }

    fn bit(self) -> u16 {
        1 << Self::ALL.iter().position(|known| *known == self).unwrap_or_default()
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A set of compiled languages.
///
/// ```
/// use wheelbase::sdist::{Language, Languages};
///
/// let languages: Languages = [Language::Rust, Language::C].into_iter().collect();
/// assert_eq!(languages.to_string(), "C and Rust");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Languages(u16);

impl Languages {
    /// Adds a language.
    pub fn insert(&mut self, language: Language) {
        self.0 |= language.bit();
    }

    /// Returns whether a language is in the set.
    pub fn contains(self, language: Language) -> bool {
        self.0 & language.bit() != 0
    }

    /// Returns whether the set is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the languages in the set, in the order of [`Language`].
    pub fn iter(self) -> impl Iterator<Item = Language> {
        Language::ALL.into_iter().filter(move |language| self.contains(*language))
    }

    /// Returns four hexadecimal digits for a cache.
    pub fn to_hex(self) -> String {
        format!("{:04x}", self.0)
    }

    /// Parses the output of [`to_hex`](Self::to_hex); returns `None` for other text.
    pub fn from_hex(text: &str) -> Option<Self> {
        u16::from_str_radix(text, 16).ok().map(Self)
    }
}

impl FromIterator<Language> for Languages {
    fn from_iter<I: IntoIterator<Item = Language>>(languages: I) -> Self {
        let mut set = Self::default();
        for language in languages {
            set.insert(language);
        }
        set
    }
}

impl fmt::Display for Languages {
    /// Writes `C`, `C and Rust`, `C, C++ and Cython`, and an empty text for an empty set.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(Language::as_str).collect();
        match names.split_last() {
            None => Ok(()),
            Some((last, [])) => f.write_str(last),
            Some((last, others)) => write!(f, "{} and {last}", others.join(", ")),
        }
    }
}

impl fmt::Debug for Languages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// Directories whose files are not built: they contain data of tests and documentation.
const ASIDE: [&str; 16] = [
    "test",
    "tests",
    "testing",
    "testdata",
    "test-data",
    "test_data",
    "doc",
    "docs",
    "demo",
    "demos",
    "example",
    "examples",
    "samples",
    "benchmark",
    "benchmarks",
    "fixtures",
];

/// Returns the compiled language of a member of an archive. Its path is `folders` and `name`.
pub(super) fn of_member(folders: &[&str], name: &str) -> Option<Language> {
    let (_, extension) = name.rsplit_once('.')?;
    let language = Language::of_extension(extension)?;
    let aside = |folder: &&str| ASIDE.iter().any(|known| folder.eq_ignore_ascii_case(known));
    // The first directory is that of the archive, which is named after the project.
    (!folders.iter().skip(1).any(aside)).then_some(language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_a_bit_of_its_own_and_survives_the_cache() {
        let all: Languages = Language::ALL.into_iter().collect();
        assert_eq!(all.iter().count(), Language::ALL.len());
        assert_eq!(Languages::from_hex(&all.to_hex()), Some(all));
        assert_eq!(Languages::from_hex("x"), None);
        assert_eq!(Languages::default().to_string(), "");
    }

    #[test]
    fn files_of_tests_and_documentation_are_not_built() {
        assert_eq!(of_member(&["x-1", "src"], "a.PYX"), Some(Language::Cython));
        assert_eq!(of_member(&["x-1"], "launcher.c"), Some(Language::C));
        assert_eq!(of_member(&["x-1", "Tests", "data"], "a.c"), None);
        assert_eq!(of_member(&["x-1", "docs"], "a.rs"), None);
        // A project can have such a name.
        assert_eq!(of_member(&["testing", "src"], "a.c"), Some(Language::C));
        assert_eq!(of_member(&["x-1", "src"], "a.h"), None);
    }
}
