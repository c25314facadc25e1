//! Real images, fetched: folders, layouts, archives and registries.
//!
//! [`read`] is the one entry. What it finds is a [`DetectedImage`]; how a layer's bytes become facts is told in
//! [`crate::image::read`].

mod archive;
mod assemble;
mod blobs;
mod credentials;
mod directory;
mod docker_archive;
mod layout;
mod read_ahead;
mod registry;
mod token;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::edge::http::Client;
use crate::error::Error;
use crate::image::read::{Budget, DetectedImage, ImageLocation, Limits, docker_platform};

/// Where results are kept between runs. Keys are short ASCII texts without path separators at their ends; values are
/// JSON. A lost entry costs time, nothing else.
pub trait ResultCache: Send + Sync {
    /// The value of a key, if it is still there.
    fn get(&self, key: &str) -> Option<Vec<u8>>;
    /// Keeps a value; failing to do so is no error.
    fn put(&self, key: &str, value: &[u8]);
    /// The folder of the cache, if it is one on disk: the place for what is too large for memory.
    fn folder(&self) -> Option<PathBuf> {
        None
    }
}

/// How to read.
#[derive(Clone, Default)]
pub struct ReadOptions {
    /// The machine to choose from an index, in any usual spelling (`amd64`, `x86_64`, `linux/arm64`). Without it the
    /// only image is taken, else the one for `amd64`.
    pub machine: Option<String>,
    /// Limits on what is read.
    pub limits: Limits,
    /// Speak plain http to registries that are not on this machine's loopback addresses.
    pub plain_http: bool,
    /// The file with credentials for registries; none means anonymous.
    pub docker_config: Option<PathBuf>,
    /// Where results are kept.
    pub cache: Option<Arc<dyn ResultCache>>,
    /// The connections of the run, if others use them too; without them a registry gets its own.
    pub http: Option<Client>,
    /// Folder for the one temporary file that a compressed archive needs, where the cache has none; it has no name
    /// there.
    pub scratch: Option<PathBuf>,
}

impl ReadOptions {
    /// With the credentials that Docker's own tools would use: `$DOCKER_CONFIG/config.json`, else
    /// `~/.docker/config.json`. The environment is asked through `lookup`.
    pub fn with_docker_config(mut self, lookup: impl Fn(&str) -> Option<String>) -> Self {
        let folder = lookup("DOCKER_CONFIG")
            .filter(|folder| !folder.is_empty())
            .map(PathBuf::from)
            .or_else(|| lookup("HOME").map(|home| PathBuf::from(home).join(".docker")));
        self.docker_config = folder.map(|folder| folder.join("config.json"));
        self
    }
}

impl fmt::Debug for ReadOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadOptions")
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

/// Finds out what an image holds, without running anything of it.
///
/// # Errors
///
/// If the place does not exist or cannot be read, if the image has no manifest for the machine, if content does not
/// have the digest it should have, if an archive is damaged or leaves its root, or if a limit is passed. The message
/// names the image, the layer and the cause.
pub async fn read(location: &ImageLocation, options: &ReadOptions) -> Result<DetectedImage, Error> {
    let platform = match &options.machine {
        Some(machine) => Some(docker_platform(machine).ok_or_else(|| {
            Error::input(format!(
                "`{}` is not a machine that images are published for",
                machine.escape_debug()
            ))
        })?),
        None => None,
    };
    let job = Job {
        name: location.to_string(),
        platform,
        budget: Arc::new(Budget::new(options.limits)),
        options: options.clone(),
    };
    let location = location.clone();
    let runtime = tokio::runtime::Handle::current();
    // Unpacking is work for the processor; the registry's transfers run beside it on the runtime.
    let work = tokio::task::spawn_blocking(move || match &location {
        ImageLocation::Directory(root) => directory::read(root, &job),
        ImageLocation::OciLayout { directory, tag } => layout::read_folder(directory, tag.as_deref(), &job),
        ImageLocation::OciArchive { file, tag } => layout::read_archive(file, tag.as_deref(), &job),
        ImageLocation::DockerArchive { file, reference } => {
            docker_archive::read(file, reference.as_deref(), &job)
        }
        ImageLocation::Registry(reference) => registry::read(reference, &runtime, &job),
    });
    work.await.map_err(|error| {
        Error::new(crate::error::ErrorKind::Io, "the reading of an image was interrupted").with_source(error)
    })?
}

/// One call of [`read`].
struct Job {
    name: String,
    platform: Option<(&'static str, Option<&'static str>)>,
    budget: Arc<Budget>,
    options: ReadOptions,
}

impl Job {
    /// An error about the image as a whole.
    fn error(&self, fault: impl fmt::Display) -> Error {
        Error::new(crate::error::ErrorKind::Data, format!("`{}`: {fault}", self.name))
    }

    fn limits(&self) -> &Limits {
        self.budget.limits()
    }
}
