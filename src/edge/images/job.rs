//! The options of reading an image, and the image that is being read.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::edge::http::Client;
use crate::error::Error;
use crate::image::read::{Budget, ImageLimits};

/// A cache for results. Keys are short ASCII texts without path separators at their ends; values are JSON. Entries may
/// be lost.
pub trait ResultCache: Send + Sync {
    /// Returns the value of a key, if there is one.
    fn get(&self, key: &str) -> Option<Vec<u8>>;
    /// Stores a value. A failure is ignored.
    fn put(&self, key: &str, value: &[u8]);
    /// The directory of a cache on disk, for files that are too large for memory.
    fn folder(&self) -> Option<PathBuf> {
        None
    }
}

/// The options of [`read`](super::read).
#[derive(Clone, Default)]
pub struct ImageReadOptions {
    /// The architecture to select from an index, in any usual form (`amd64`, `x86_64`, `linux/arm64`). The default is
    /// the only image, or the one for `amd64`.
    pub machine: Option<String>,
    /// The limits of sizes and counts.
    pub limits: ImageLimits,
    /// Whether plain HTTP is used for registries that are not on loopback addresses.
    pub plain_http: bool,
    /// The Docker configuration file with credentials; `None` means anonymous access.
    pub docker_config: Option<PathBuf>,
    /// The cache for results.
    pub cache: Option<Arc<dyn ResultCache>>,
    /// The HTTP client of the run; `None` for a client per registry.
    pub http: Option<Client>,
    /// The directory for the unnamed temporary file of a compressed archive, if the cache has no directory.
    pub scratch: Option<PathBuf>,
}

impl ImageReadOptions {
    /// Returns the options with the credentials of Docker: `$DOCKER_CONFIG/config.json`, or else
    /// `~/.docker/config.json`. `lookup` returns environment variables.
    pub fn with_docker_config(mut self, lookup: impl Fn(&str) -> Option<String>) -> Self {
        let folder = lookup("DOCKER_CONFIG")
            .filter(|folder| !folder.is_empty())
            .map(PathBuf::from)
            .or_else(|| lookup("HOME").map(|home| PathBuf::from(home).join(".docker")));
        self.docker_config = folder.map(|folder| folder.join("config.json"));
        self
    }
}

impl fmt::Debug for ImageReadOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImageReadOptions")
            .field("machine", &self.machine)
            .field("limits", &self.limits)
            .field("plain_http", &self.plain_http)
            .field("docker_config", &self.docker_config)
            .field("cache", &self.cache.is_some())
            .field("http", &self.http.is_some())
            .field("scratch", &self.scratch)
            .finish()
    }
}

/// One image to read, with its options.
pub(super) struct Job {
    pub(super) name: String,
    pub(super) platform: Option<(&'static str, Option<&'static str>)>,
    pub(super) budget: Arc<Budget>,
    pub(super) options: ImageReadOptions,
}

impl Job {
    /// Returns an error about the image.
    pub(super) fn error(&self, fault: impl fmt::Display) -> Error {
        Error::new(crate::error::ErrorKind::Data, format!("`{}`: {fault}", self.name))
    }

    pub(super) fn limits(&self) -> &ImageLimits {
        self.budget.limits()
    }
}
