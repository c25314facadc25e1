//! Core metadata: the headers of `METADATA` and `PKG-INFO`.
//!
//! Format: <https://packaging.python.org/en/latest/specifications/core-metadata/>.

mod headers;

use std::fmt;
use std::str::FromStr;

use crate::name::{ExtraName, ProjectName};
use crate::requirement::Requirement;
use crate::version::Version;

pub use headers::relevant_headers;

/// The length in bytes to which an unreadable line is cut.
const LINE_KEPT: usize = 2_000;

/// Where the dependencies of a distribution come from, most reliable first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// The file's own, complete metadata (METADATA of a wheel).
    Exact,
    /// PKG-INFO of an sdist with metadata 2.2 or newer and static Requires-Dist (PEP 643).
    StaticSdist,
    /// `[project]` with static dependencies in the sdist's pyproject.toml.
    StaticPyproject,
    /// Another wheel of the same version.
    SiblingWheel,
    /// egg-info/requires.txt of setuptools: a guess.
    EggInfo,
    /// No source states them.
    Unknown,
}

/// The fields of core metadata that a resolution uses.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CoreMetadata {
    /// `Name`, if present and valid.
    pub name: Option<ProjectName>,
    /// `Version`, if present and valid.
    pub version: Option<Version>,
    /// `Metadata-Version` as written; empty if missing.
    pub metadata_version: String,
    /// The valid `Requires-Dist` lines.
    pub requires_dist: Vec<Requirement>,
    /// The invalid `Requires-Dist` lines: (line as written, cause).
    pub unreadable: Vec<(String, String)>,
    /// `Requires-Python` as written.
    pub requires_python: Option<String>,
    /// `Provides-Extra`.
    pub provides_extra: Vec<ExtraName>,
    /// The names of `Dynamic` fields, in lower case.
    pub dynamic: Vec<String>,
    /// Where the dependencies come from.
    pub confidence: Confidence,
}

/// The error for bytes that are not core metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidMetadata {
    cause: String,
}

impl fmt::Display for InvalidMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)
    }
}

impl std::error::Error for InvalidMetadata {}

impl CoreMetadata {
    /// Returns metadata without any field.
    pub fn empty(confidence: Confidence) -> Self {
        Self {
            name: None,
            version: None,
            metadata_version: String::new(),
            requires_dist: Vec::new(),
            unreadable: Vec::new(),
            requires_python: None,
            provides_extra: Vec::new(),
            dynamic: Vec::new(),
            confidence,
        }
    }

    /// Parses the headers of a `METADATA` or `PKG-INFO` file.
    ///
    /// A dependency that is invalid even after the repairs that uv makes is kept in [`unreadable`](Self::unreadable).
    /// It makes the answer incomplete, not the file invalid. Bytes that are not UTF-8 become replacement characters.
    ///
    /// ```
    /// use wheelbase::metadata::{Confidence, CoreMetadata};
    ///
    /// let text = b"Metadata-Version: 2.1\nName: Flask\nVersion: 3.0\nRequires-Python: >=3.8\n\nThe description.";
    /// let metadata = CoreMetadata::parse(text, Confidence::Exact)?;
    /// assert_eq!(metadata.requires_python.as_deref(), Some(">=3.8"));
    /// # Ok::<(), wheelbase::metadata::InvalidMetadata>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the bytes contain neither `Metadata-Version` nor `Name` (for example an error page of a server), or if the
    /// major version of `Metadata-Version` is unknown.
    pub fn parse(bytes: &[u8], confidence: Confidence) -> Result<Self, InvalidMetadata> {
        let metadata = Self::read(bytes, confidence);
        let has_name = || {
            let mut has_name = false;
            headers::each(bytes, |name, _| has_name |= name == "name");
            has_name
        };
        if metadata.metadata_version.is_empty() && metadata.name.is_none() && !has_name() {
            return Err(InvalidMetadata {
                cause: "not core metadata: Metadata-Version and Name are missing".to_owned(),
            });
        }
        // Core metadata specification, "Metadata-Version": tools must fail on a newer major version.
        let major =
            metadata.metadata_version.split('.').next().and_then(|major| major.trim().parse::<u32>().ok());
        if major.is_some_and(|major| major > 2) {
            return Err(InvalidMetadata {
                cause: format!(
                    "Metadata-Version {} is not supported; the newest supported version is 2.x",
                    metadata.metadata_version
                ),
            });
        }
        Ok(metadata)
    }

    /// Parses headers that this crate assembled itself. Any of them may be missing.
    pub fn read(bytes: &[u8], confidence: Confidence) -> Self {
        let mut metadata = Self::empty(confidence);
        headers::each(bytes, |name, value| {
            match name {
                "metadata-version" if metadata.metadata_version.is_empty() => {
                    metadata.metadata_version = clip(value);
                }
                "name" if metadata.name.is_none() => {
                    metadata.name = ProjectName::from_str(value).ok();
                }
                "version" if metadata.version.is_none() => metadata.version = Version::from_str(value).ok(),
                "requires-python" if metadata.requires_python.is_none() && !value.is_empty() => {
                    metadata.requires_python = Some(value.to_owned());
                }
                "requires-dist" => metadata.require(value),
                "provides-extra" => match ExtraName::from_str(value) {
                    Ok(extra) if !metadata.provides_extra.contains(&extra) => {
                        metadata.provides_extra.push(extra);
                    }
                    // No requirement can name an extra with an invalid name.
                    _ => {}
                },
                "dynamic" => metadata.dynamic.push(value.to_ascii_lowercase()),
                _ => {}
            }
        });
        metadata
    }

    /// Returns whether a build may change `Requires-Dist` (PEP 643). Before metadata 2.2 it always may.
    pub fn requires_dist_is_dynamic(&self) -> bool {
        let mut parts = self.metadata_version.trim().split('.').map(|part| part.parse::<u32>().unwrap_or(0));
        let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
        version < (2, 2) || self.dynamic.iter().any(|field| field == "requires-dist")
    }

    fn require(&mut self, line: &str) {
        match Requirement::from_str(line).or_else(|first| Requirement::parse_lenient(line).map_err(|_| first))
        {
            Ok(requirement) => self.requires_dist.push(requirement),
            Err(error) => self.unreadable.push((clip(line), error.to_string())),
        }
    }
}

/// Cuts a line to a length that fits in a report.
pub fn clip(line: &str) -> String {
    match line.char_indices().nth(LINE_KEPT) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> CoreMetadata {
        CoreMetadata::parse(text.as_bytes(), Confidence::Exact).unwrap()
    }

    #[test]
    fn headers_end_at_the_first_empty_line() {
        let metadata = parse(
            "Metadata-Version: 2.1\r\nName: A.b\r\nVersion: 1.0\r\nRequires-Dist: x>=1\r\n\r\nRequires-Dist: y\r\n",
        );
        assert_eq!(metadata.name.unwrap().as_str(), "a-b");
        assert_eq!(metadata.version.unwrap().to_string(), "1.0");
        assert_eq!(metadata.requires_dist.len(), 1);
        assert_eq!(metadata.requires_dist[0].name.as_str(), "x");
    }

    #[test]
    fn folded_lines_are_one_value() {
        let metadata = parse(
            "Metadata-Version: 2.1\nName: a\nRequires-Dist: x\n  >=1,\n\t<2\nREQUIRES-DIST:z\nrequires-dist : y\nRequires-Dist: w\n",
        );
        let names: Vec<_> = metadata.requires_dist.iter().map(|r| r.name.as_str()).collect();
        assert_eq!(
            names,
            ["x", "z"],
            "a space before the colon ends the headers, as in Python's email parser"
        );
    }

    /// `email.message_from_string` of Python 3.11 on the same texts.
    #[test]
    fn odd_lines_are_parsed_as_python_parses_them() {
        for text in [
            ": x\nName: a\nRequires-Dist: w\n",
            " Name: b\nName: a\nRequires-Dist: w\n",
            "Name: a\rRequires-Dist: w\r\n",
        ] {
            let metadata = parse(text);
            assert_eq!(metadata.name.unwrap().as_str(), "a", "{text:?}");
            assert_eq!(metadata.requires_dist.len(), 1, "{text:?}");
        }
    }

    #[test]
    fn invalid_lines_are_kept() {
        let metadata = parse("Name: a\nRequires-Dist: ???\nRequires-Dist: a-==1\nRequires-Dist: good\n");
        assert_eq!(metadata.requires_dist.len(), 1);
        assert_eq!(metadata.unreadable.len(), 2);
        assert_eq!(metadata.unreadable[0].0, "???");
        assert!(!metadata.unreadable[0].1.is_empty());
    }

    #[test]
    fn invalid_utf_8_does_not_affect_other_headers() {
        let metadata = CoreMetadata::parse(
            b"Metadata-Version: 1.1\nName: a\nAuthor: \xff\xfe\nRequires-Dist: x\n",
            Confidence::Exact,
        )
        .unwrap();
        assert_eq!(metadata.requires_dist.len(), 1);
    }

    #[test]
    fn other_bytes_are_an_error() {
        for bytes in [&b""[..], b"<!doctype html><title>Not found</title>", b"\xff\xff", b"\n\nName: a"] {
            assert!(CoreMetadata::parse(bytes, Confidence::Exact).is_err(), "{bytes:?}");
        }
        let error = CoreMetadata::parse(b"Metadata-Version: 3.0\nName: a\n", Confidence::Exact).unwrap_err();
        assert!(error.to_string().contains("3.0"), "{error}");
    }

    /// PEP 643, "Specification".
    #[test]
    fn requires_dist_is_static_from_metadata_2_2_unless_dynamic() {
        assert!(parse("Metadata-Version: 2.1\nName: a\n").requires_dist_is_dynamic());
        assert!(!parse("Metadata-Version: 2.2\nName: a\n").requires_dist_is_dynamic());
        assert!(!parse("Metadata-Version: 2.10\nName: a\n").requires_dist_is_dynamic());
        assert!(parse("Metadata-Version: 2.4\nName: a\nDynamic: Requires-Dist\n").requires_dist_is_dynamic());
        assert!(!parse("Metadata-Version: 2.4\nName: a\nDynamic: License\n").requires_dist_is_dynamic());
    }

    #[test]
    fn relevant_headers_parse_to_the_same_metadata() {
        let text = "\u{feff}Metadata-Version: 2.4\nName: a\nVersion: 1\nSummary: s\nClassifier: c\nRequires-Dist: x\n \
                    >=1\nProvides-Extra: Test_Me\nRequires-Python: >=3\nDynamic: License\n\nRequires-Dist: no\n";
        let short = relevant_headers(text.as_bytes());
        assert!(!short.contains("Summary") && !short.contains("no"), "{short}");
        let metadata = parse(text);
        assert_eq!(parse(&short), metadata);
        assert_eq!(metadata.provides_extra[0].as_str(), "test-me");
    }
}
