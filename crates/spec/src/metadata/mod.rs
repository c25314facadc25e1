//! Core metadata: the headers of `METADATA` and `PKG-INFO`, and how to find them in a wheel without all of it.
//!
//! Format: <https://packaging.python.org/en/latest/specifications/core-metadata/>.

mod headers;

use std::fmt;
use std::str::FromStr;

use crate::name::{ExtraName, ProjectName};
use crate::requirement::Requirement;
use crate::version::Version;

pub use headers::relevant_headers;

/// How much of a line that cannot be read is kept.
const LINE_KEPT: usize = 2_000;

/// How sure a distribution's dependencies are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// the file's own, complete metadata (a wheel's METADATA)
    Exact,
    /// an sdist's PKG-INFO of metadata 2.2 or newer with static Requires-Dist (PEP 643)
    StaticSdist,
    /// `[project]` with static dependencies in the sdist's pyproject.toml
    StaticPyproject,
    /// another wheel of the same version
    SiblingWheel,
    /// setuptools' egg-info/requires.txt: a guess
    EggInfo,
    /// nothing stated anywhere
    Unknown,
}

/// The parts of core metadata a resolution needs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CoreMetadata {
    /// Name
    pub name: Option<ProjectName>,
    /// Version
    pub version: Option<Version>,
    /// Metadata-Version as written
    pub metadata_version: String,
    /// Requires-Dist lines that could be read
    pub requires_dist: Vec<Requirement>,
    /// lines that could not be read: (line as written, why)
    pub unreadable: Vec<(String, String)>,
    /// Requires-Python as written
    pub requires_python: Option<String>,
    /// Provides-Extra
    pub provides_extra: Vec<ExtraName>,
    /// Dynamic fields, lower case
    pub dynamic: Vec<String>,
    /// how the dependencies were learned
    pub confidence: Confidence,
}

/// Bytes that are no core metadata.
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
    /// Metadata that states nothing.
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

    /// Reads the headers of a `METADATA` or `PKG-INFO` file.
    ///
    /// A dependency that cannot be read, even with the repairs that uv makes, is kept in
    /// [`unreadable`](Self::unreadable); it makes the answer incomplete, not the file invalid. Bytes that are not
    /// UTF-8 become replacement characters.
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
    /// When the bytes hold neither a Metadata-Version nor a Name (an error page of a server, for example), or when
    /// their Metadata-Version is of a major version that is not known.
    pub fn parse(bytes: &[u8], confidence: Confidence) -> Result<Self, InvalidMetadata> {
        let metadata = Self::read(bytes, confidence);
        let has_name = || {
            let mut named = false;
            headers::each(bytes, |name, _| named |= name == "name");
            named
        };
        if metadata.metadata_version.is_empty() && metadata.name.is_none() && !has_name() {
            return Err(InvalidMetadata {
                cause: "no core metadata: neither Metadata-Version nor Name is stated".to_owned(),
            });
        }
        // Core metadata specification, "Metadata-Version": tools must fail on a newer major version.
        let major =
            metadata.metadata_version.split('.').next().and_then(|major| major.trim().parse::<u32>().ok());
        if major.is_some_and(|major| major > 2) {
            return Err(InvalidMetadata {
                cause: format!(
                    "Metadata-Version {} is not known here; 2.x is the newest that is",
                    metadata.metadata_version
                ),
            });
        }
        Ok(metadata)
    }

    /// Reads headers that were put together here, of which any may be missing.
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
                    // An extra of another name than the rule allows cannot be asked for.
                    _ => {}
                },
                "dynamic" => metadata.dynamic.push(value.to_ascii_lowercase()),
                _ => {}
            }
        });
        metadata
    }

    /// Whether `Requires-Dist` may be other than stated after a build (PEP 643): always, before metadata 2.2.
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

/// A line cut to a length that a report can bear.
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
    fn odd_lines_are_read_as_python_reads_them() {
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
    fn lines_that_cannot_be_read_are_kept() {
        let metadata = parse("Name: a\nRequires-Dist: ???\nRequires-Dist: a-==1\nRequires-Dist: good\n");
        assert_eq!(metadata.requires_dist.len(), 1);
        assert_eq!(metadata.unreadable.len(), 2);
        assert_eq!(metadata.unreadable[0].0, "???");
        assert!(!metadata.unreadable[0].1.is_empty());
    }

    #[test]
    fn bytes_that_are_not_utf_8_do_not_matter_elsewhere() {
        let metadata = CoreMetadata::parse(
            b"Metadata-Version: 1.1\nName: a\nAuthor: \xff\xfe\nRequires-Dist: x\n",
            Confidence::Exact,
        )
        .unwrap();
        assert_eq!(metadata.requires_dist.len(), 1);
    }

    #[test]
    fn what_is_no_metadata_is_an_error() {
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
    fn relevant_headers_read_back_the_same() {
        let text = "\u{feff}Metadata-Version: 2.4\nName: a\nVersion: 1\nSummary: s\nClassifier: c\nRequires-Dist: x\n \
                    >=1\nProvides-Extra: Test_Me\nRequires-Python: >=3\nDynamic: License\n\nRequires-Dist: no\n";
        let short = relevant_headers(text.as_bytes());
        assert!(!short.contains("Summary") && !short.contains("no"), "{short}");
        let metadata = parse(text);
        assert_eq!(parse(&short), metadata);
        assert_eq!(metadata.provides_extra[0].as_str(), "test-me");
    }
}
