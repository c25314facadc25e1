//! From `--on`, `--arch` and the like to the step from names to targets.

use std::path::Path;

use wheelbase::edge::CacheMode;
use wheelbase::edge::targets::{self, ImageSettings, Images, NamedTargets, Targets};
use wheelbase::error::Error;
use wheelbase::image::{Date, UserImages};

use super::args::{ImageOptions, TargetArgs};

/// The settings file that is read where none is named.
const SETTINGS: &str = "wheelbase.toml";

/// A runtime for one command.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::internal("the runtime could not be started").with_source(error))
}

/// Reads all targets; every fault is told in one run.
pub(super) fn read(
    args: &TargetArgs,
    today: Date,
    cache: CacheMode,
    offline: bool,
) -> Result<NamedTargets, Error> {
    let targets = options(args, today, cache, offline)?;
    runtime()?.block_on(targets.read(&args.on, "--on "))
}

/// Reads what the options say of every target.
///
/// # Errors
///
/// All their faults, or those of the settings file.
pub(super) fn options(
    args: &TargetArgs,
    today: Date,
    cache: CacheMode,
    offline: bool,
) -> Result<Targets, Error> {
    let mut faults = Vec::new();
    let arches = args.arch.iter().filter_map(|name| option("--arch", Some(name), &mut faults)).collect();
    let python = option("--python", args.python.as_deref(), &mut faults);
    let as_of = option("--as-of", args.as_of.as_deref(), &mut faults).unwrap_or(today);
    let installer = args.installer.as_deref().and_then(|text| {
        targets::installer(text)
            .map_err(|error| faults.push(Error::input(format!("--installer: {error}"))))
            .ok()
    });
    Error::all(faults)?;
    let images = images(&args.images, as_of, cache, offline)?;
    Ok(Targets { images, arches, python, installer })
}

/// Where names of images are looked up: in the settings file too, if there is one.
///
/// # Errors
///
/// All faults of the settings file.
pub(super) fn images(
    options: &ImageOptions,
    as_of: Date,
    cache: CacheMode,
    offline: bool,
) -> Result<Images, Error> {
    let path = options.config.as_deref();
    let own = match targets::read_user_images(path.unwrap_or_else(|| Path::new(SETTINGS))) {
        Ok(own) => own,
        Err(error) if error.is_not_found() && path.is_none() => UserImages::default(),
        Err(error) if error.is_input() => return Err(error),
        Err(error) => return Err(Error::input(format!("--config: {error}"))),
    };
    let settings = ImageSettings { cache, offline, plain_http: options.plain_http };
    Ok(Images::new(own, as_of, settings))
}

/// Reads an option; its fault is told with those of the others.
pub(super) fn option<T: std::str::FromStr<Err: std::fmt::Display>>(
    name: &str,
    text: Option<&str>,
    faults: &mut Vec<Error>,
) -> Option<T> {
    match text?.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            faults.push(Error::input(format!("{name}: {error}")));
            None
        }
    }
}
