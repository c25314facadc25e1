//! Finds the profiles of images: images of the caller, of the catalogue, in files, and images that are read.

use std::path::Path;
use std::sync::Arc;

use crate::edge::http::Client;
use crate::edge::images::{self, ImageReadOptions};
use crate::edge::{Cache, CacheMode, IndexSettings};
use crate::error::Error;
use crate::image::read::ImageLocation;
use crate::image::{Catalogue, Date, ImageProfile, ImageRef, UserImages};
use crate::target::{Arch, Python};
use crate::target_choice::FoundImage;

/// The settings for images that are read.
#[derive(Clone, Debug, Default)]
pub struct ImageSettings {
    /// The cache for the results.
    pub cache: CacheMode,
    /// Whether registries are not queried.
    pub offline: bool,
    /// Whether plain HTTP is used for registries that are not on this machine.
    pub plain_http: bool,
    /// The HTTP client of the run.
    pub http: Client,
}

impl ImageSettings {
    /// Returns the settings of a run: the same cache, and a client with the same settings of requests.
    pub fn of(settings: &IndexSettings, plain_http: bool) -> Self {
        let http = Client::new(settings.http.clone());
        Self { cache: settings.cache.clone(), offline: settings.offline, plain_http, http }
    }
}

/// The source of images.
#[derive(Debug)]
pub struct Images {
    catalogue: Catalogue,
    pub(crate) as_of: Date,
    settings: ImageSettings,
}

/// Reads the images of a settings file.
///
/// # Errors
///
/// If the file cannot be read or is not valid; the error contains all its faults.
pub fn read_user_images(path: &Path) -> Result<UserImages, Error> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, error))?;
    UserImages::parse(&text, &path.display().to_string()).map_err(Error::from)
}

impl Images {
    /// Returns the catalogue as of a day, with the images of the caller.
    pub fn new(own: UserImages, as_of: Date, settings: ImageSettings) -> Self {
        Self { catalogue: Catalogue::default().with_images(own), as_of, settings }
    }

    /// The HTTP client for registries.
    #[cfg(test)]
    pub(crate) fn http(&self) -> &Client {
        &self.settings.http
    }

    /// The catalogue with the images of the caller.
    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Returns the profile of an image: by its location, or by its name in the catalogue.
    ///
    /// # Errors
    ///
    /// If the name is not valid, if the image is unknown, or if it cannot be read.
    pub async fn find(
        &self,
        name: &str,
        arch: Option<&Arch>,
        python: Option<&Python>,
    ) -> Result<FoundImage, Error> {
        match ImageLocation::is_meant(name) {
            true => self.read(&name.parse().map_err(Error::invalid)?, name, arch, python).await,
            false => self.known(name, arch),
        }
    }

    /// Returns the profile of an image name as in `FROM`, from the images of the caller or the catalogue. No image is
    /// read.
    ///
    /// # Errors
    ///
    /// If the name is not valid or the image is unknown.
    pub fn known(&self, name: &str, arch: Option<&Arch>) -> Result<FoundImage, Error> {
        self.catalogued(&name.parse().map_err(Error::invalid)?, arch)
    }

    /// As [`known`](Self::known), for a parsed name.
    pub(super) fn catalogued(&self, image: &ImageRef, arch: Option<&Arch>) -> Result<FoundImage, Error> {
        let profile = self.catalogue.profile(image, self.as_of, arch.cloned()).map_err(|unknown| {
            match unknown.is_undetermined() {
                true => Error::undetermined(unknown.to_string()).with_source(unknown),
                false => Error::invalid(unknown),
            }
        })?;
        Ok(FoundImage { profile, read: None })
    }

    /// Parses the output of `wheelbase image --format json`; returns `None` if the text is something else.
    pub fn of_json(text: &str, path: &str) -> Option<Result<FoundImage, Error>> {
        ImageProfile::is_json(text).then(|| {
            let profile = ImageProfile::from_json(text, path).map_err(Error::from)?;
            Ok(FoundImage { profile, read: None })
        })
    }

    /// Reads an image. `name` is its name in reports.
    pub(in crate::edge) async fn read(
        &self,
        location: &ImageLocation,
        name: &str,
        arch: Option<&Arch>,
        python: Option<&Python>,
    ) -> Result<FoundImage, Error> {
        if self.settings.offline && matches!(location, ImageLocation::Registry(_)) {
            return Err(Error::undetermined("the registry is not queried because of --offline"));
        }
        let mut options =
            ImageReadOptions::default().with_docker_config(|variable| std::env::var(variable).ok());
        options.machine = arch.map(|arch| arch.machine().to_owned());
        options.plain_http = self.settings.plain_http;
        options.http = Some(self.settings.http.clone());
        options.scratch = Some(std::env::temp_dir());
        if self.settings.cache != CacheMode::Off {
            let cache = Cache::open(&self.settings.cache, |name| std::env::var(name).ok())?;
            options.cache = Some(Arc::new(cache));
        }
        let read = images::read(location, &options).await?;
        let mut profile = read.to_profile(name, self.as_of, python);
        if let Some(asked) = arch {
            // A directory contains the programs of one architecture. Of an index the right image was selected.
            if read.machine.is_some() && profile.arch != *asked {
                return Err(Error::input(format!(
                    "the image is for {}, but --arch is {}",
                    profile.arch.docker_name(),
                    asked.docker_name()
                )));
            }
            profile.arch = asked.clone();
        }
        Ok(FoundImage { profile, read: Some(Box::new(read)) })
    }
}
