//! From names of images to their profiles: settings file, catalogue, profiles in files, and images that are read.

use std::path::PathBuf;
use std::sync::Arc;

use crate::edge::images::{self, ReadOptions};
use crate::edge::{Cache, CacheMode};
use crate::error::Error;
use crate::image::read::{DetectedImage, ImageLocation};
use crate::image::{Catalogue, Date, ImageProfile, ImageRef, UserImages};
use crate::target::{Arch, Python};

use super::args::ImageOptions;

/// The settings file that is read where none is named.
const SETTINGS: &str = "wheelbase.toml";

/// Something wrong with one of several names; all are told in one run.
#[derive(Debug)]
pub(super) enum Fault {
    /// The user can put it right.
    Input(String),
    /// Nobody knows, so that nothing can be decided.
    Undetermined(String),
}

impl Fault {
    fn undetermined(&self) -> bool {
        matches!(self, Self::Undetermined(_))
    }

    /// The same fault with words before it.
    pub(super) fn after(self, lead: &str) -> Self {
        let led =
            |text: String| text.lines().map(|line| format!("{lead}{line}")).collect::<Vec<_>>().join("\n");
        match self {
            Self::Input(text) => Self::Input(led(text)),
            Self::Undetermined(text) => Self::Undetermined(led(text)),
        }
    }

    /// One error for all faults; it is one of not knowing only if the user can put none of them right.
    pub(super) fn all(faults: Vec<Self>) -> Result<(), Error> {
        if faults.is_empty() {
            return Ok(());
        }
        let undetermined = faults.iter().all(Self::undetermined);
        let texts: Vec<String> = faults
            .into_iter()
            .map(|fault| match fault {
                Self::Input(text) | Self::Undetermined(text) => text,
            })
            .collect();
        let text = texts.join("\n");
        Err(if undetermined { Error::undetermined(text) } else { Error::input(text) })
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error.is_network() || error.is_undetermined() {
            true => Self::Undetermined(error.to_string()),
            false => Self::Input(error.to_string()),
        }
    }
}

/// What a name stands for.
pub(super) struct Found {
    pub(super) profile: ImageProfile,
    /// What was read, for an image that was.
    pub(super) read: Option<Box<DetectedImage>>,
}

/// Where names of images are looked up.
pub(super) struct Images {
    catalogue: Catalogue,
    pub(super) as_of: Date,
    cache: CacheMode,
    offline: bool,
    plain_http: bool,
}

impl Images {
    /// Reads the settings file if there is one.
    ///
    /// # Errors
    ///
    /// All faults of the settings file.
    pub(super) fn open(
        options: &ImageOptions,
        as_of: Date,
        cache: CacheMode,
        offline: bool,
    ) -> Result<Self, Error> {
        let (path, named) = match &options.config {
            Some(path) => (path.clone(), true),
            None => (PathBuf::from(SETTINGS), false),
        };
        let catalogue = match std::fs::read_to_string(&path) {
            Ok(text) => {
                let images = UserImages::parse(&text, &path.display().to_string()).map_err(|faults| {
                    Error::input(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
                })?;
                Catalogue::default().with_images(images)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => Catalogue::default(),
            Err(error) => return Err(Error::input(format!("--config: `{}`: {error}", path.display()))),
        };
        Ok(Self { catalogue, as_of, cache, offline, plain_http: options.plain_http })
    }

    /// The catalogue with the images of the settings file.
    pub(super) fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The profile of a name: a place of an image, or one for the catalogue.
    pub(super) fn find(
        &self,
        name: &str,
        arch: Option<&Arch>,
        python: Option<&Python>,
    ) -> Result<Found, Fault> {
        if ImageLocation::is_meant(name) {
            return self.read(name, arch, python);
        }
        let reference: ImageRef = name.parse().map_err(|error| Fault::Input(format!("{error}")))?;
        let profile =
            self.catalogue.profile(&reference, self.as_of, arch.cloned()).map_err(|unknown| match unknown
                .is_undetermined()
            {
                true => Fault::Undetermined(unknown.to_string()),
                false => Fault::Input(unknown.to_string()),
            })?;
        Ok(Found { profile, read: None })
    }

    /// The profile in a file that `wheelbase image --format json` wrote; `None` if the file is another.
    pub(super) fn of_json(&self, text: &str, path: &str) -> Option<Result<Found, Fault>> {
        ImageProfile::is_json(text).then(|| {
            let profile =
                ImageProfile::from_json(text, path).map_err(|error| Fault::Input(error.to_string()))?;
            Ok(Found { profile, read: None })
        })
    }

    fn read(&self, name: &str, arch: Option<&Arch>, python: Option<&Python>) -> Result<Found, Fault> {
        let location: ImageLocation = name.parse().map_err(|error| Fault::Input(format!("{error}")))?;
        if self.offline && matches!(location, ImageLocation::Registry(_)) {
            return Err(Fault::Undetermined("--offline: no registry is asked for the image".to_owned()));
        }
        let mut options = ReadOptions::default().with_docker_config(|variable| std::env::var(variable).ok());
        options.machine = arch.map(|arch| arch.machine().to_owned());
        options.plain_http = self.plain_http;
        options.scratch = Some(std::env::temp_dir());
        if self.cache != CacheMode::Off {
            options.cache = Some(Arc::new(Cache::open(&self.cache, |name| std::env::var(name).ok())?));
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|error| Error::internal("the runtime could not be started").with_source(error))?;
        let read = runtime.block_on(images::read(&location, &options))?;
        let mut profile = read.to_profile(name, self.as_of, python);
        if let Some(asked) = arch {
            // A folder holds one machine's programs; an index was asked for the right one.
            if read.machine.is_some() && profile.arch != *asked {
                return Err(Fault::Input(format!(
                    "the image is for {}, and {} is asked for",
                    profile.arch.docker_name(),
                    asked.docker_name()
                )));
            }
            profile.arch = asked.clone();
        }
        Ok(Found { profile, read: Some(Box::new(read)) })
    }
}

impl Found {
    /// Which file said what, one line each.
    pub(super) fn evidence(&self) -> Vec<String> {
        self.read
            .iter()
            .flat_map(|read| &read.evidence)
            .map(|one| format!("{} {}: {} ({})", one.what, one.value, one.source, one.how))
            .collect()
    }
}
