//! The target options of the command line.

use std::path::Path;

use wheelbase::Check;
use wheelbase::edge::CacheMode;
use wheelbase::edge::http::Client;
use wheelbase::edge::targets::{self, ImageSettings, Images, Targets};
use wheelbase::error::Error;
use wheelbase::image::{Date, UserImages};
use wheelbase::target_choice::TargetChoice;

use super::args::{ImageOptions, TargetArgs};

/// The settings file that is read without `--config`.
const SETTINGS: &str = "wheelbase.toml";

/// The options that apply to all targets.
pub(super) struct Chosen {
    choice: TargetChoice,
    as_of: Date,
    images: UserImages,
    plain_http: bool,
}

impl Chosen {
    /// Reads the options, and the settings file if there is one.
    ///
    /// # Errors
    ///
    /// If options or the settings file are not valid; the error contains all faults.
    pub(super) fn read(args: &TargetArgs, today: Date) -> Result<Self, Error> {
        let mut faults = Vec::new();
        let arches = args.arch.iter();
        let arches = arches.filter_map(|name| option("--arch", Some(name), &mut faults)).collect();
        let python = option("--python", args.python.as_deref(), &mut faults);
        let as_of = option("--as-of", args.as_of.as_deref(), &mut faults).unwrap_or(today);
        let installer = args.installer.as_deref().and_then(|text| {
            targets::installer(text)
                .map_err(|error| faults.push(Error::invalid(error).after("--installer: ")))
                .ok()
        });
        Error::all(faults)?;
        let images = user_images(&args.images)?;
        let choice = TargetChoice { arches, python, installer };
        Ok(Self { choice, as_of, images, plain_http: args.images.plain_http })
    }

    /// Returns the resolver of target names.
    pub(super) fn targets(self, cache: CacheMode, offline: bool, http: Option<Client>) -> Targets {
        let settings = ImageSettings { cache, offline, plain_http: self.plain_http, http };
        Targets { images: Images::new(self.images, self.as_of, settings), choice: self.choice }
    }

    /// Returns the check with these options.
    pub(super) fn apply(self, check: Check) -> Check {
        let mut check = check.as_of(self.as_of).images(self.images).plain_http(self.plain_http);
        check = self.choice.arches.into_iter().fold(check, Check::arch);
        check = self.choice.python.into_iter().fold(check, Check::python);
        self.choice.installer.into_iter().fold(check, Check::installer)
    }
}

/// The images of the settings file, if there is one.
///
/// # Errors
///
/// If the file is not valid; the error contains all its faults.
pub(super) fn user_images(options: &ImageOptions) -> Result<UserImages, Error> {
    let path = options.config.as_deref();
    match targets::read_user_images(path.unwrap_or_else(|| Path::new(SETTINGS))) {
        Ok(own) => Ok(own),
        Err(error) if error.is_not_found() && path.is_none() => Ok(UserImages::default()),
        Err(error) if error.is_input() => Err(error),
        Err(error) => Err(Error::invalid(error).after("--config: ")),
    }
}

/// Parses the value of an option. An error is added to `faults`, so that all are reported at once.
pub(super) fn option<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    name: &str,
    text: Option<&str>,
    faults: &mut Vec<Error>,
) -> Option<T> {
    match text?.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            faults.push(Error::invalid(error).after(&format!("{name}: ")));
            None
        }
    }
}
