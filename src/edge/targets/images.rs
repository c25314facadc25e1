//! From names of images to their profiles: a caller's own, the catalogue's, those in files, and images that are read.

use std::path::Path;
use std::sync::Arc;

use crate::edge::images::{self, ReadOptions};
use crate::edge::{Cache, CacheMode};
use crate::error::Error;
use crate::image::read::ImageLocation;
use crate::image::{Catalogue, Date, ImageProfile, ImageRef, UserImages};
use crate::target::{Arch, Python};
use crate::target_choice::FoundImage;

/// How images are found that are neither files nor folders.
#[derive(Clone, Debug, Default)]
pub struct ImageSettings {
    /// Where results of reading are kept.
    pub cache: CacheMode,
    /// Ask no registry.
    pub offline: bool,
    /// Speak plain http to registries that are not on this machine.
    pub plain_http: bool,
}

/// Where names of images are looked up.
#[derive(Debug)]
pub struct Images {
    catalogue: Catalogue,
    pub(crate) as_of: Date,
    settings: ImageSettings,
}

/// The images of a settings file.
///
/// # Errors
///
/// If the file cannot be read, or all its faults.
pub fn read_user_images(path: &Path) -> Result<UserImages, Error> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, error))?;
    UserImages::parse(&text, &path.display().to_string()).map_err(Error::from)
}

impl Images {
    /// The catalogue with images of the caller's own, as of a day.
    pub fn new(own: UserImages, as_of: Date, settings: ImageSettings) -> Self {
        Self { catalogue: Catalogue::default().with_images(own), as_of, settings }
    }

    /// The catalogue with the caller's own images.
    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The profile of a name: a place of an image, or one for the catalogue.
    ///
    /// # Errors
    ///
    /// If the name is none, if nothing is known of it, or if it leads to something that cannot be read.
    pub async fn find(
        &self,
        name: &str,
        arch: Option<&Arch>,
        python: Option<&Python>,
    ) -> Result<FoundImage, Error> {
        match ImageLocation::is_meant(name) {
            true => self.read(name, arch, python).await,
            false => self.known(name, arch),
        }
    }

    /// The profile of a name as `FROM` takes it: one of the caller's own, or of the catalogue. Nothing is read.
    ///
    /// # Errors
    ///
    /// If the name is none, or if nothing is known of it.
    pub fn known(&self, name: &str, arch: Option<&Arch>) -> Result<FoundImage, Error> {
        let reference: ImageRef = name.parse().map_err(Error::invalid)?;
        let profile =
            self.catalogue.profile(&reference, self.as_of, arch.cloned()).map_err(|unknown| match unknown
                .is_undetermined()
            {
                true => Error::undetermined(unknown.to_string()).with_source(unknown),
                false => Error::invalid(unknown),
            })?;
        Ok(FoundImage { profile, read: None })
    }

    /// The profile in a file that `wheelbase image --format json` wrote; `None` if the file is another.
    pub fn of_json(text: &str, path: &str) -> Option<Result<FoundImage, Error>> {
        ImageProfile::is_json(text).then(|| {
            let profile = ImageProfile::from_json(text, path).map_err(Error::from)?;
            Ok(FoundImage { profile, read: None })
        })
    }

    async fn read(
        &self,
        name: &str,
        arch: Option<&Arch>,
        python: Option<&Python>,
    ) -> Result<FoundImage, Error> {
        let location: ImageLocation = name.parse().map_err(Error::invalid)?;
        if self.settings.offline && matches!(location, ImageLocation::Registry(_)) {
            return Err(Error::undetermined("--offline: no registry is asked for the image"));
        }
        let mut options = ReadOptions::default().with_docker_config(|variable| std::env::var(variable).ok());
        options.machine = arch.map(|arch| arch.machine().to_owned());
        options.plain_http = self.settings.plain_http;
        options.scratch = Some(std::env::temp_dir());
        if self.settings.cache != CacheMode::Off {
            let cache = Cache::open(&self.settings.cache, |name| std::env::var(name).ok())?;
            options.cache = Some(Arc::new(cache));
        }
        let read = images::read(&location, &options).await?;
        let mut profile = read.to_profile(name, self.as_of, python);
        if let Some(asked) = arch {
            // A folder holds one machine's programs; an index was asked for the right one.
            if read.machine.is_some() && profile.arch != *asked {
                return Err(Error::input(format!(
                    "the image is for {}, and {} is asked for",
                    profile.arch.docker_name(),
                    asked.docker_name()
                )));
            }
            profile.arch = asked.clone();
        }
        Ok(FoundImage { profile, read: Some(Box::new(read)) })
    }
}
