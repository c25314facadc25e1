//! References to images in registries: `python:3.12-slim`, `ghcr.io/astral-sh/uv:0.12@sha256:..`.

use std::fmt;
use std::str::FromStr;

use super::digest::Digest;

/// A reference in the grammar of the [distribution project](https://github.com/distribution/reference), with Docker's
/// shorthands filled in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RegistryReference {
    /// As written, or `docker.io`.
    domain: String,
    repository: String,
    /// `latest` where neither tag nor digest is named.
    tag: Option<String>,
    digest: Option<Digest>,
}

impl RegistryReference {
    /// Host and port that are asked. Docker Hub answers under another name than the one written.
    pub fn registry(&self) -> &str {
        if self.domain == "docker.io" { "registry-1.docker.io" } else { &self.domain }
    }

    /// The name under which credentials are stored: `domain`, and its longer paths for those of one repository.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// What to ask the registry for: the digest where one is named, since the tag may have moved.
    pub fn target(&self) -> &str {
        self.digest.as_ref().map(Digest::as_str).or(self.tag.as_deref()).unwrap_or("latest")
    }

    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }
}

impl FromStr for RegistryReference {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => {
                (name, Some(digest.parse::<Digest>().map_err(|fault| fault.to_string())?))
            }
            None => (text, None),
        };
        // A colon before the last slash belongs to a port.
        let (name, tag) = match name.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (name, None),
        };
        if let Some(tag) = tag {
            let mut bytes = tag.bytes();
            let first = bytes.next().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !first
                || tag.len() > 128
                || !bytes.all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
            {
                return Err(format!("`{}` is not a tag", tag.escape_debug()));
            }
        }
        let (domain, path) = match name.split_once('/') {
            Some((first, rest)) if is_domain(first) => (first, rest.to_owned()),
            _ => ("docker.io", name.to_owned()),
        };
        let domain =
            if matches!(domain, "index.docker.io" | "registry-1.docker.io") { "docker.io" } else { domain };
        let path =
            if domain == "docker.io" && !path.contains('/') { format!("library/{path}") } else { path };
        let part = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
                && part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'))
                && !part.contains("..")
        };
        if !path.split('/').all(part) || path.len() > 255 {
            return Err(format!("`{}` is not the name of a repository", path.escape_debug()));
        }
        let host = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
        if !domain.chars().all(host) {
            return Err(format!("`{}` is not the name of a registry", domain.escape_debug()));
        }
        Ok(Self { domain: domain.to_owned(), repository: path, tag: tag.map(str::to_owned), digest })
    }
}

impl fmt::Display for RegistryReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.domain, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

/// The first part is a registry if it could not be part of a repository's name.
fn is_domain(first: &str) -> bool {
    first == "localhost" || first.contains(['.', ':']) || first.chars().any(|c| c.is_ascii_uppercase())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    // Examples of distribution/reference, normalize_test.go.
    #[test]
    fn shorthands_of_docker_are_filled_in() {
        for (text, registry, repository, target) in [
            ("python:3.12-slim", "registry-1.docker.io", "library/python", "3.12-slim"),
            ("astral/uv", "registry-1.docker.io", "astral/uv", "latest"),
            ("docker.io/library/alpine:3", "registry-1.docker.io", "library/alpine", "3"),
            ("127.0.0.1:5057/test/app:1", "127.0.0.1:5057", "test/app", "1"),
            ("localhost/app", "localhost", "app", "latest"),
            ("[::1]:5000/app", "[::1]:5000", "app", "latest"),
            (
                "gcr.io/distroless/python3-debian13:nonroot",
                "gcr.io",
                "distroless/python3-debian13",
                "nonroot",
            ),
        ] {
            let reference: RegistryReference = text.parse().unwrap();
            assert_eq!(
                (reference.registry(), reference.repository(), reference.target()),
                (registry, repository, target)
            );
        }
    }

    #[test]
    fn digest_goes_before_the_tag() {
        let digest = Digest::of(b"x");
        let reference: RegistryReference = format!("python:3.12@{digest}").parse().unwrap();
        assert_eq!(reference.target(), digest.as_str());
    }

    #[test]
    fn what_no_registry_would_accept_is_refused() {
        for text in [
            "",
            "Python",
            "a//b",
            "python:",
            "python:-x",
            "python@sha256:12",
            "a/../b",
            "ex ample.com/a",
            "python:a/b:",
        ] {
            assert!(text.parse::<RegistryReference>().is_err(), "{text}");
        }
    }
}
