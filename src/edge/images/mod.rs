//! Reads images from directories, layouts, archives and registries.
//!
//! [`read`] is the entry point and returns a [`DetectedImage`]. [`crate::image::read`] reads the facts from the layers.

mod archive;
mod assemble;
mod blobs;
mod credentials;
mod directory;
mod docker_archive;
mod job;
mod layout;
mod read_ahead;
mod registry;
mod token;

use std::sync::Arc;

use crate::error::Error;
use crate::image::read::{Budget, DetectedImage, ImageLocation, docker_platform};
use job::Job;

pub use job::{ImageReadOptions, ResultCache};

/// Reads the facts about an image. Nothing of it is run.
///
/// # Errors
///
/// If the location does not exist or cannot be read, if the image has no manifest for the machine, if a digest does
/// not match, if an archive is damaged or a path is outside of its root, or if a limit is exceeded. The message
/// contains the image, the layer and the cause.
pub async fn read(location: &ImageLocation, options: &ImageReadOptions) -> Result<DetectedImage, Error> {
    let platform = match &options.machine {
        Some(machine) => Some(docker_platform(machine).ok_or_else(|| {
            Error::input(format!(
                "`{}` is not a valid machine of container images; expected a machine such as amd64 or arm64",
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
    // Unpacking blocks the thread, so it does not run on the runtime that serves the requests to the registry.
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
        Error::new(crate::error::ErrorKind::Io, "the thread that reads the image was interrupted")
            .with_source(error)
    })?
}
