//! The target options of the command line.

use std::path::Path;

use wheelbase::Check;
use wheelbase::edge::TargetInput;
use wheelbase::edge::targets::{self, today};
use wheelbase::error::Error;
use wheelbase::image::{Date, UserImages};
use wheelbase::target::Arch;

use super::args::{ImageOptions, TargetArgs};

/// The error without `--on`.
pub(super) const NO_TARGET: &str = "no target is given: use --on, such as --on python:3.12-slim";
/// The settings file that is read without `--config`.
const SETTINGS: &str = "wheelbase.toml";

/// Adds the targets, and the options that apply to all of them. If an option or the settings file is not valid, only the
/// faults are added.
pub(super) fn apply(args: &TargetArgs, check: Check) -> Check {
    let mut faults = Vec::new();
    let arches = args.arch.iter();
    let arches: Vec<Arch> = arches.filter_map(|name| option("--arch", Some(name), &mut faults)).collect();
    let python = option("--python", args.python.as_deref(), &mut faults);
    let as_of: Option<Date> = option("--as-of", args.as_of.as_deref(), &mut faults);
    let installer = args.installer.as_deref().and_then(|text| {
        targets::installer(text)
            .map_err(|error| faults.push(Error::invalid(error).after("--installer: ")))
            .ok()
    });
    let images = user_images(&args.images).map_err(|fault| faults.push(fault)).unwrap_or_default();
    if !faults.is_empty() {
        return faults.into_iter().fold(check, Check::fault);
    }
    let check = check.as_of(as_of.unwrap_or_else(today)).images(images).plain_http(args.images.plain_http);
    let check = python.into_iter().fold(check, Check::python);
    let check = installer.into_iter().fold(check, Check::installer);
    let check = arches.into_iter().fold(check, Check::arch);
    args.on.iter().fold(check, |check, name| check.on(TargetInput::from(name).option("--on")))
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
