//! References to images: `registry/name:tag@digest`.

use std::fmt;
use std::str::FromStr;

/// A reference as `FROM` takes it
/// (<https://github.com/distribution/reference/blob/main/reference.go>).
///
/// ```
/// use wheelbase::dockerfile::ImageReference;
///
/// let image: ImageReference = "ghcr.io/astral-sh/uv:0.8-python3.12-trixie-slim".parse()?;
/// assert_eq!(image.name(), "ghcr.io/astral-sh/uv");
/// assert_eq!(image.tag(), Some("0.8-python3.12-trixie-slim"));
/// assert!(!image.is_pinned());
/// # Ok::<(), wheelbase::dockerfile::InvalidImageReference>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ImageReference {
    text: String,
    name_end: usize,
    tag: Option<(usize, usize)>,
    digest: Option<usize>,
}

/// A reference that no registry would take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidImageReference {
    input: String,
    reason: &'static str,
}

impl fmt::Display for InvalidImageReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no image reference: {}", self.input.escape_default(), self.reason)
    }
}

impl std::error::Error for InvalidImageReference {}

impl ImageReference {
    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Registry and repository.
    pub fn name(&self) -> &str {
        self.text.get(..self.name_end).unwrap_or_default()
    }

    /// The tag, if one is written.
    pub fn tag(&self) -> Option<&str> {
        self.tag.and_then(|(start, end)| self.text.get(start..end))
    }

    /// The digest, with its algorithm.
    pub fn digest(&self) -> Option<&str> {
        self.digest.and_then(|start| self.text.get(start..))
    }

    /// Whether a digest fixes the content.
    pub fn is_pinned(&self) -> bool {
        self.digest.is_some()
    }
}

impl fmt::Display for ImageReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for ImageReference {
    type Err = InvalidImageReference;

    fn from_str(text: &str) -> Result<Self, InvalidImageReference> {
        let fault = |reason| InvalidImageReference { input: text.to_owned(), reason };
        let (front, digest) = match text.split_once('@') {
            Some((front, digest)) => {
                let (algorithm, hex) =
                    digest.split_once(':').ok_or_else(|| fault("the digest has no algorithm"))?;
                let hexadecimal = hex.len() >= 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
                if algorithm.is_empty() || !hexadecimal {
                    return Err(fault(
                        "the digest must be an algorithm, a colon and at least 32 hexadecimal digits",
                    ));
                }
                (front, Some(front.len() + 1))
            }
            None => (text, None),
        };
        // A colon before the last slash belongs to a port.
        let path_start = front.rfind('/').map_or(0, |at| at + 1);
        let (name_end, tag) = match front.get(path_start..).unwrap_or_default().find(':') {
            Some(at) => (path_start + at, Some((path_start + at + 1, front.len()))),
            None => (front.len(), None),
        };
        if let Some(tag) = tag.and_then(|(start, end)| text.get(start..end)) {
            let valid = (1..=128).contains(&tag.len())
                && !tag.starts_with(['.', '-'])
                && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
            if !valid {
                return Err(fault(
                    "a tag holds 1 to 128 letters, digits, `_`, `.` and `-`, and starts with a letter, digit or `_`",
                ));
            }
        }
        let name = text.get(..name_end).unwrap_or_default();
        if name.is_empty() {
            return Err(fault("the name is empty"));
        }
        let registry =
            name.split_once('/').filter(|(first, _)| first.contains(['.', ':']) || *first == "localhost");
        let repository = registry.map_or(name, |(_, repository)| repository);
        let part = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.-".contains(&byte))
                && part.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
                && part.bytes().last().is_some_and(|byte| byte.is_ascii_alphanumeric())
        };
        if !repository.split('/').all(part) {
            return Err(fault(
                "a repository holds lower-case letters, digits, `_`, `.` and `-` between slashes",
            ));
        }
        Ok(Self { text: text.to_owned(), name_end, tag, digest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_tags_and_digests() {
        let digest = format!("sha256:{}", "ab".repeat(32));
        let image: ImageReference = format!("localhost:5000/a/b:1.2@{digest}").parse().unwrap();
        assert_eq!(
            (image.name(), image.tag(), image.digest()),
            ("localhost:5000/a/b", Some("1.2"), Some(digest.as_str()))
        );
        let image: ImageReference = "localhost:5000/a".parse().unwrap();
        assert_eq!((image.name(), image.tag()), ("localhost:5000/a", None));
        for text in
            ["", ":x", "python:", "Python:3", "a//b", "python:3@sha256:12", "a b", "python:-x", "python@3"]
        {
            assert!(text.parse::<ImageReference>().is_err(), "{text}");
        }
    }
}
