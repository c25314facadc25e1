//! References to images, as in `FROM`.

use std::fmt;
use std::str::FromStr;

/// A reference to an image: `[registry/]repository[:tag][@digest]`, by the grammar of the
/// [distribution project](https://pkg.go.dev/github.com/distribution/reference).
///
/// Dockerfiles, the catalogue and registries use this type. The catalogue uses the tag and only notes the digest, because
/// it contains no digests. A registry is queried for the digest.
///
/// ```
/// use wheelbase::image::ImageRef;
///
/// let image: ImageRef = "docker.io/library/python:3.12-slim".parse()?;
/// assert_eq!(image.name(), "python");
/// assert_eq!(image.tag(), Some("3.12-slim"));
/// # Ok::<(), wheelbase::image::InvalidImageRef>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImageRef {
    text: String,
    registry: Option<String>,
    path: String,
    tag: Option<String>,
    digest: Option<String>,
}

impl ImageRef {
    /// Returns the text as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns whether the reference has a digest.
    pub fn is_pinned(&self) -> bool {
        self.digest.is_some()
    }

    /// Returns the registry as written, with its port; `None` means Docker Hub.
    pub fn registry(&self) -> Option<&str> {
        self.registry.as_deref()
    }

    /// Returns the path in the registry as written, without tag and digest.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the tag as written.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// Returns the digest as written, with its algorithm.
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// Returns the registry and the path in their shortest usual spelling, without Docker Hub and its `library/`.
    pub fn name(&self) -> String {
        // Host names are case-insensitive (RFC 4343).
        match self.registry().map(str::to_ascii_lowercase) {
            Some(registry) if !crate::catalogue::data::is_docker_hub(&registry) => {
                format!("{registry}/{}", self.path)
            }
            _ => self.path.strip_prefix("library/").unwrap_or(&self.path).to_owned(),
        }
    }

    /// Returns the repository with another tag.
    pub(crate) fn with_tag(&self, tag: &str) -> String {
        let mut out = String::new();
        if let Some(registry) = &self.registry {
            out.push_str(registry);
            out.push('/');
        }
        out.push_str(&self.path);
        out.push(':');
        out.push_str(tag);
        out
    }
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The error for a text that is not an image reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidImageRef {
    input: String,
    fault: &'static str,
}

impl fmt::Display for InvalidImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not an image reference: {}", self.input.escape_default(), self.fault)
    }
}

impl std::error::Error for InvalidImageRef {}

impl FromStr for ImageRef {
    type Err = InvalidImageRef;

    fn from_str(text: &str) -> Result<Self, InvalidImageRef> {
        parse(text).map_err(|fault| InvalidImageRef { input: text.to_owned(), fault })
    }
}

fn parse(text: &str) -> Result<ImageRef, &'static str> {
    if text.is_empty() {
        return Err("it is empty");
    }
    if text.len() > 1024 {
        return Err("it is longer than 1024 bytes");
    }
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (text, None),
    };
    // The colon of a port comes before a slash, that of a tag after the last one.
    let after_slash = rest.rfind('/').map_or(0, |at| at + 1);
    let (name, tag) = match rest.get(after_slash..).and_then(|last| last.find(':')) {
        Some(at) => (
            rest.get(..after_slash + at).unwrap_or_default(),
            Some(rest.get(after_slash + at + 1..).unwrap_or_default()),
        ),
        None => (rest, None),
    };
    if tag.is_some_and(|tag| !is_tag(tag)) {
        return Err(
            "a tag has 1 to 128 letters, digits, `_`, `.` and `-`, and does not start with `.` or `-`",
        );
    }
    if digest.is_some_and(|digest| !is_digest(digest)) {
        return Err("a digest is written `sha256:` and 64 lower-case hexadecimal digits");
    }
    // A first part is a registry only if it has a dot, a port or a capital letter, or is `localhost`: `foo/bar` is on
    // Docker Hub (distribution/reference, `splitDockerDomain`).
    let is_host = |first: &str| {
        first == "localhost"
            || first.contains(['.', ':'])
            || first.bytes().any(|byte| byte.is_ascii_uppercase())
    };
    let (registry, path) = match name.split_once('/') {
        Some((first, path)) if is_host(first) => (Some(first), path),
        _ => (None, name),
    };
    if registry.is_some_and(|registry| !is_registry(registry)) {
        return Err("the registry is not a host name with an optional port");
    }
    if path.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(
            "a repository must be in lower case: letters, digits, `_`, `.` and `-`, separated by slashes",
        );
    }
    if path.len() > 255 {
        return Err("a repository has at most 255 characters");
    }
    if path.is_empty() || !path.split('/').all(is_component) {
        return Err(
            "a repository consists of parts of lower-case letters and digits, with `.`, `_`, `__` or `-` \
                    between them",
        );
    }
    Ok(ImageRef {
        text: text.to_owned(),
        registry: registry.map(str::to_owned),
        path: path.to_owned(),
        tag: tag.map(str::to_owned),
        digest: digest.map(str::to_owned),
    })
}

fn is_tag(tag: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(word)
        && tag.bytes().all(|byte| word(byte) || matches!(byte, b'.' | b'-'))
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else { return false };
    let hexadecimal = hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    match algorithm {
        "sha256" => hexadecimal && hex.len() == 64,
        "sha512" => hexadecimal && hex.len() == 128,
        _ => false,
    }
}

fn is_registry(registry: &str) -> bool {
    // An IPv6 address is in brackets.
    let (host, port) = match registry.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => {
            let valid = address.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':');
            let port = rest.strip_prefix(':');
            return valid && !address.is_empty() && (rest.is_empty() || port.is_some_and(is_port));
        }
        None => match registry.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (registry, None),
        },
    };
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    host.split('.').all(label) && port.is_none_or(is_port)
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok()
}

fn is_component(part: &str) -> bool {
    let alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let edge = |byte: Option<u8>| byte.is_some_and(alphanumeric);
    if !edge(part.bytes().next()) || !edge(part.bytes().last()) {
        return false;
    }
    // Separators: one `.`, one or two `_`, any number of `-`.
    part.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        .all(|between| matches!(between, "" | "." | "_" | "__") || between.bytes().all(|byte| byte == b'-'))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn image(text: &str) -> ImageRef {
        text.parse().unwrap()
    }

    #[test]
    fn docker_hub_is_left_out_of_the_name() {
        for text in ["python:3", "library/python:3", "docker.io/library/python:3", "docker.io/python:3"] {
            assert_eq!(image(text).name(), "python", "{text}");
        }
        assert_eq!(image("index.docker.io/library/python").name(), "python");
        assert_eq!(image("ghcr.io/astral-sh/uv:0.9").name(), "ghcr.io/astral-sh/uv");
        assert_eq!(image("localhost:5000/python").name(), "localhost:5000/python");
        assert_eq!(image("someone/python").name(), "someone/python");
        assert_eq!(image("GHCR.io/astral-sh/uv").name(), "ghcr.io/astral-sh/uv");
    }

    #[test]
    fn tag_and_digest_are_separate() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        let both = image(&format!("localhost:5000/a/b:1.0@{digest}"));
        assert_eq!(both.registry(), Some("localhost:5000"));
        assert_eq!((both.path(), both.tag(), both.digest()), ("a/b", Some("1.0"), Some(&*digest)));
        assert_eq!(both.to_string(), format!("localhost:5000/a/b:1.0@{digest}"));
        assert_eq!(image("localhost:5000/a").tag(), None);
    }

    // reference.go of the distribution project: IPv6 addresses, and hosts with a capital letter.
    #[test]
    fn hosts_differ_from_paths() {
        assert_eq!(image("[::1]:5000/app").registry(), Some("[::1]:5000"));
        assert_eq!(image("Registry/app").registry(), Some("Registry"));
        assert!("[::1/app".parse::<ImageRef>().is_err());
    }

    #[test]
    fn invalid_references_are_errors() {
        for bad in [
            "",
            ":3",
            "python:",
            "python:-x",
            "Python:3",
            "python:3@sha256:12",
            "python@",
            "a//b",
            "/a",
            "a/",
            "a b",
            "a.b:x/c",
            "a___b",
            "a..b",
            "a:b:c",
            "-a",
            "é",
        ] {
            assert!(bad.parse::<ImageRef>().is_err(), "{bad}");
        }
    }
}
