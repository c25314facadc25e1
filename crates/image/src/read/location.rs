//! Locations of images, as users write them.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// The location of an image, in the notation of skopeo and podman
/// ([containers-transports(5)](https://github.com/containers/image/blob/main/docs/containers-transports.5.md)).
///
/// ```
/// use wheelbase::image::read::ImageLocation;
///
/// let location: ImageLocation = "oci-archive:app.tar:1.0".parse()?;
/// assert_eq!(location, ImageLocation::OciArchive { file: "app.tar".into(), tag: Some("1.0".into()) });
/// assert!("python:3.12-slim".parse::<ImageLocation>().is_err(), "a name without prefix is looked up in the catalogue");
/// # Ok::<(), wheelbase::image::read::InvalidLocation>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ImageLocation {
    /// `dir:ROOT`: an unpacked file system.
    Directory(PathBuf),
    /// `oci:LAYOUT[:TAG]`: a directory in the OCI image layout.
    OciLayout {
        /// The directory.
        directory: PathBuf,
        /// The tag, if there are several images.
        tag: Option<String>,
    },
    /// `oci-archive:FILE[:TAG]`: such a directory as an archive.
    OciArchive {
        /// The archive.
        file: PathBuf,
        /// The tag, if there are several images.
        tag: Option<String>,
    },
    /// `docker-archive:FILE[:REFERENCE]`: what `docker save` writes, of any version.
    DockerArchive {
        /// The archive.
        file: PathBuf,
        /// The reference, if there are several images.
        reference: Option<String>,
    },
    /// `docker://REFERENCE`: in a registry.
    Registry(String),
}

/// Other transports of containers-transports(5). No name of an image starts with them.
const OTHERS: &[&str] = &["docker-daemon:", "containers-storage:", "ostree:", "sif:", "tarball:"];

impl ImageLocation {
    /// Returns whether a text starts with one of the prefixes, so it is a location and not a name.
    pub fn is_meant(text: &str) -> bool {
        ["dir:", "oci:", "oci-archive:", "docker-archive:", "docker://"]
            .iter()
            .any(|own| text.starts_with(own))
            || OTHERS.iter().any(|other| text.starts_with(other))
    }
}

impl FromStr for ImageLocation {
    type Err = InvalidLocation;

    fn from_str(text: &str) -> Result<Self, InvalidLocation> {
        let invalid = |why: &'static str| InvalidLocation { text: text.to_owned(), why };
        if let Some(reference) = text.strip_prefix("docker://") {
            if reference.is_empty() {
                return Err(invalid("expected a reference after `docker://`"));
            }
            return Ok(Self::Registry(reference.to_owned()));
        }
        if OTHERS.iter().any(|other| text.starts_with(other)) {
            return Err(invalid(
                "this transport of skopeo and podman is not supported; save the image with `docker save` or `skopeo \
                 copy`, and use `docker-archive:FILE` or `oci-archive:FILE`",
            ));
        }
        let (scheme, rest) = text.split_once(':').unwrap_or(("", text));
        // Like in skopeo, the path ends at the first colon.
        let (path, tag) = match rest.split_once(':') {
            Some((path, tag)) if scheme != "dir" => (path, Some(tag.to_owned())),
            _ => (rest, None),
        };
        if tag.as_deref() == Some("") {
            return Err(invalid("expected a tag after the last colon"));
        }
        let location = match scheme {
            "dir" => Self::Directory(path.into()),
            "oci" => Self::OciLayout { directory: path.into(), tag },
            "oci-archive" => Self::OciArchive { file: path.into(), tag },
            "docker-archive" => Self::DockerArchive { file: path.into(), reference: tag },
            _ => {
                return Err(invalid(
                    "expected `dir:`, `oci:`, `oci-archive:`, `docker-archive:` or `docker://`",
                ));
            }
        };
        if path.is_empty() {
            return Err(invalid("the path is empty"));
        }
        Ok(location)
    }
}

impl fmt::Display for ImageLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, path, tag) = match self {
            Self::Directory(path) => ("dir", path, &None),
            Self::OciLayout { directory, tag } => ("oci", directory, tag),
            Self::OciArchive { file, tag } => ("oci-archive", file, tag),
            Self::DockerArchive { file, reference } => ("docker-archive", file, reference),
            Self::Registry(reference) => return write!(f, "docker://{reference}"),
        };
        write!(f, "{scheme}:{}", path.display())?;
        match tag {
            Some(tag) => write!(f, ":{tag}"),
            None => Ok(()),
        }
    }
}

/// The error for a text that is not the location of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidLocation {
    text: String,
    why: &'static str,
}

impl fmt::Display for InvalidLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not the location of an image: {}", self.text.escape_debug(), self.why)
    }
}

impl std::error::Error for InvalidLocation {}
