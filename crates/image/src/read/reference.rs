//! References to images in registries: `python:3.12-slim`, `ghcr.io/astral-sh/uv:0.12@sha256:..`.

use std::fmt;
use std::str::FromStr;

use super::digest::Digest;
use crate::{ImageRef, InvalidImageRef};

/// An [`ImageRef`] in full form, as registries require it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RegistryReference {
    /// As written, or `docker.io`.
    domain: String,
    repository: String,
    /// The tag; `latest` if the reference has neither tag nor digest.
    tag: Option<String>,
    digest: Option<Digest>,
}

impl RegistryReference {
    /// Returns the host and the port of the registry. Docker Hub has another host than the one in references.
    pub fn registry(&self) -> &str {
        if self.domain == "docker.io" { "registry-1.docker.io" } else { &self.domain }
    }

    /// Returns the name under which credentials are stored.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Returns the path of the repository: `library/python`.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// Returns the digest, or the tag if there is no digest.
    pub fn target(&self) -> &str {
        self.digest.as_ref().map(Digest::as_str).or(self.tag.as_deref()).unwrap_or("latest")
    }

    /// Returns the digest, if the reference has one.
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }
}

impl From<&ImageRef> for RegistryReference {
    fn from(image: &ImageRef) -> Self {
        let domain = match image.registry() {
            None | Some("index.docker.io" | "registry-1.docker.io") => "docker.io",
            Some(registry) => registry,
        };
        let path = image.path();
        let official = domain == "docker.io" && !path.contains('/');
        Self {
            domain: domain.to_owned(),
            repository: if official { format!("library/{path}") } else { path.to_owned() },
            tag: image.tag().map(str::to_owned),
            digest: image.digest().and_then(|digest| digest.parse().ok()),
        }
    }
}

impl FromStr for RegistryReference {
    type Err = InvalidImageRef;

    fn from_str(text: &str) -> Result<Self, InvalidImageRef> {
        text.parse::<ImageRef>().map(|image| Self::from(&image))
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
