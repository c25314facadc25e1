//! Unknown facts of a read image.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::captured::captured;
use wheelbase_spec::target::LibcFamily;

/// An unknown fact.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UnknownImageFact {
    /// The fact.
    pub what: ImageFact,
    /// The cause.
    pub why: String,
}

/// A fact of an image that may be unknown. In JSON it is its text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ImageFact {
    /// The C library.
    Libc,
    /// The version of the C library.
    LibcVersion(LibcFamily),
    /// The machine.
    Machine,
    /// The interpreter.
    Python,
    /// The file of an interpreter, by its path without the first slash.
    Interpreter(String),
    /// The version of an interpreter, by its path without the first slash.
    InterpreterVersion(String),
    /// The loader of a program, by its path.
    Loader(String),
    /// All libraries.
    Libraries,
    /// The libraries outside the default directories of the loader.
    OtherLibraries,
    /// The library with this name.
    Library(String),
    /// The content of a file or directory, by its path without the first slash.
    Content(String),
    /// The packages of the distribution.
    Packages,
    /// The Python distribution with its metadata in this directory, without the first slash.
    Distribution(String),
    /// The result of a `_manylinux` module.
    ManylinuxPolicy,
    /// Another fact.
    Other(String),
}

impl ImageFact {
    /// Returns whether the C library is unknown if this fact is unknown.
    pub fn is_about_libc(&self) -> bool {
        match self {
            Self::Libc | Self::LibcVersion(_) => true,
            Self::Library(name) | Self::Content(name) => {
                let file = file_name(name);
                file.starts_with("libc.") || file.starts_with("libc-")
            }
            _ => false,
        }
    }

    /// Returns whether the interpreter is unknown if this fact is unknown.
    pub fn is_about_python(&self) -> bool {
        match self {
            Self::Python | Self::Interpreter(_) | Self::InterpreterVersion(_) => true,
            Self::Content(path) => file_name(path).starts_with("python"),
            _ => false,
        }
    }

    /// Returns whether the set of libraries is incomplete if this fact is unknown.
    pub fn is_about_all_libraries(&self) -> bool {
        matches!(self, Self::Libraries | Self::OtherLibraries)
    }

    /// Returns whether the installed pip is unknown if this fact is unknown.
    pub fn is_about_pip(&self) -> bool {
        matches!(self, Self::Distribution(directory) if file_name(directory).starts_with("pip-"))
    }
}

/// A variant with a name in backticks.
type Quoted = fn(String) -> ImageFact;

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

impl fmt::Display for ImageFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Libc => f.write_str("libc"),
            Self::LibcVersion(family) => write!(f, "{family} version"),
            Self::Machine => f.write_str("machine"),
            Self::Python => f.write_str("python"),
            Self::Interpreter(path) => write!(f, "the interpreter `/{path}`"),
            Self::InterpreterVersion(path) => write!(f, "the version of the interpreter `/{path}`"),
            Self::Loader(path) => write!(f, "the loader of `{path}`"),
            Self::Libraries => f.write_str("libraries"),
            Self::OtherLibraries => f.write_str("libraries outside the default directories"),
            Self::Library(name) => write!(f, "library `{name}`"),
            Self::Content(path) => write!(f, "the content of `/{path}`"),
            Self::Packages => f.write_str("distribution packages"),
            Self::Distribution(directory) => write!(f, "the distribution in `/{directory}`"),
            Self::ManylinuxPolicy => f.write_str("the manylinux policy"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl From<&str> for ImageFact {
    /// Parses the text of a fact, as in the JSON of a profile.
    fn from(text: &str) -> Self {
        let fixed = [
            Self::Libc,
            Self::LibcVersion(LibcFamily::Glibc),
            Self::LibcVersion(LibcFamily::Musl),
            Self::Machine,
            Self::Python,
            Self::Libraries,
            Self::OtherLibraries,
            Self::Packages,
            Self::ManylinuxPolicy,
        ];
        if let Some(fact) = fixed.into_iter().find(|fact| fact.to_string() == text) {
            return fact;
        }
        let quoted: [(&str, Quoted); 6] = [
            ("the interpreter `/", Self::Interpreter),
            ("the version of the interpreter `/", Self::InterpreterVersion),
            ("the loader of `", Self::Loader),
            ("library `", Self::Library),
            ("the content of `/", Self::Content),
            ("the distribution in `/", Self::Distribution),
        ];
        let parsed = quoted
            .into_iter()
            .find_map(|(start, fact)| captured(text, start, ["`"]).map(|[name]| fact(name.to_owned())));
        parsed.unwrap_or_else(|| Self::Other(text.to_owned()))
    }
}

impl Serialize for ImageFact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ImageFact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::from(text.as_str()))
    }
}

impl fmt::Display for UnknownImageFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.why)
    }
}

impl UnknownImageFact {
    /// Parses the text of an unknown fact; `None` if the fact is another one. Names may contain a colon.
    pub(crate) fn parsed(text: &str) -> Option<Self> {
        text.match_indices(": ").find_map(|(at, separator)| {
            let what = ImageFact::from(text.get(..at)?);
            let why = text.get(at + separator.len()..)?.to_owned();
            (!matches!(what, ImageFact::Other(_))).then_some(Self { what, why })
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    /// One fact of each variant; a new variant does not compile without an example.
    pub(crate) fn examples() -> Vec<ImageFact> {
        let mut all = vec![ImageFact::Libc];
        loop {
            all.push(match all.last().unwrap() {
                ImageFact::Libc => ImageFact::LibcVersion(LibcFamily::Glibc),
                ImageFact::LibcVersion(LibcFamily::Glibc) => ImageFact::LibcVersion(LibcFamily::Musl),
                ImageFact::LibcVersion(LibcFamily::Musl) => ImageFact::Machine,
                ImageFact::Machine => ImageFact::Python,
                ImageFact::Python => ImageFact::Interpreter("usr/bin/python3".to_owned()),
                ImageFact::Interpreter(_) => ImageFact::InterpreterVersion("opt/pypy/bin/pypy".to_owned()),
                ImageFact::InterpreterVersion(_) => ImageFact::Loader("usr/bin/python3".to_owned()),
                ImageFact::Loader(_) => ImageFact::Libraries,
                ImageFact::Libraries => ImageFact::OtherLibraries,
                ImageFact::OtherLibraries => ImageFact::Library("libz.so.1".to_owned()),
                ImageFact::Library(_) => ImageFact::Content("opt/odd: name".to_owned()),
                ImageFact::Content(_) => ImageFact::Packages,
                ImageFact::Packages => ImageFact::Distribution("usr/lib/pip-24.0.dist-info".to_owned()),
                ImageFact::Distribution(_) => ImageFact::ManylinuxPolicy,
                ImageFact::ManylinuxPolicy => ImageFact::Other("the weather".to_owned()),
                ImageFact::Other(_) => return all,
            });
        }
    }

    #[test]
    fn facts_are_read_from_their_texts() {
        for fact in examples() {
            assert_eq!(ImageFact::from(fact.to_string().as_str()), fact);
            let json = serde_json::to_string(&fact).unwrap();
            assert_eq!(serde_json::from_str::<ImageFact>(&json).unwrap(), fact);
            let unknown = UnknownImageFact { what: fact, why: "it is encrypted: no key".to_owned() };
            let parsed = UnknownImageFact::parsed(&unknown.to_string());
            let known = !matches!(unknown.what, ImageFact::Other(_));
            assert_eq!(parsed, known.then_some(unknown));
        }
    }

    // The name of another library or of a package can contain that of the C library or of the interpreter.
    #[test]
    fn similar_names_are_other_facts() {
        let library = |name: &str| ImageFact::Library(name.to_owned());
        assert!(library("libc.so.6").is_about_libc());
        assert!(!library("libcrypto.so.3").is_about_libc());
        assert!(ImageFact::LibcVersion(LibcFamily::Musl).is_about_libc());
        let distribution = |path: &str| ImageFact::Distribution(path.to_owned());
        assert!(!distribution("usr/lib/python3/dist-packages/six.egg-info").is_about_python());
        assert!(distribution("usr/lib/pip-24.0.dist-info").is_about_pip());
        assert!(!distribution("usr/lib/pip_tools-7.0.dist-info").is_about_pip());
    }
}
