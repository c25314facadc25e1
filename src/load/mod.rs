//! A simulation of the loader of an image for the ELF files of the installed wheels.
//!
//! Installing and importing are two things: a wheel is chosen by its tags, and its extension modules are loaded by
//! the loader of the C library, which ignores tags. [`check_loading`] takes the facts of all wheels of one resolution
//! and walks from every extension module through what it loads, by the rules of the target's loader, in the wheels
//! as they are installed in one site-packages and in the image's [`LibrarySet`](crate::image::LibrarySet).
//!
//! ```
//! use std::io::Cursor;
//! use wheelbase::image::Catalogue;
//! use wheelbase::load::{InstalledWheel, LoaderEnvironment, check_loading};
//! use wheelbase::wheel::{WheelReadOptions, WheelFacts};
//!
//! let image = "python:3.12-slim".parse()?;
//! let profile = Catalogue::default().profile(&image, "2026-08-13".parse()?, None)?;
//! let mut empty = b"PK\x05\x06".to_vec();
//! empty.resize(22, 0);
//! let facts = WheelFacts::read("demo-1.0-py3-none-any.whl", Cursor::new(empty), &WheelReadOptions::default())?;
//! let wheels = [InstalledWheel::new("demo".parse()?, &facts)];
//! let environment = LoaderEnvironment::of_profile(&profile);
//! let loading = check_loading(&wheels, &profile.target(&Default::default())?, &environment);
//! assert!(loading.findings.is_empty());
//! assert_eq!(loading.native, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod dlopen;
mod environment;
mod faults;
mod findings;
mod installed;
mod layout;
mod order;
mod read;
mod roots;
mod severity;
mod summary;
mod walk;

pub use environment::{InstalledWheel, LoaderEnvironment};
pub use installed::{InstalledFiles, InstalledPart};
pub use read::{ReadWheel, ReadWheels, chosen_wheels};
pub use summary::Loading;

use crate::target::Target;

/// Checks whether the native parts of these wheels load on a target, if all are installed into one site-packages.
pub fn check_loading(
    wheels: &[InstalledWheel<'_>],
    target: &Target,
    environment: &LoaderEnvironment,
) -> Loading {
    let layout = layout::Layout::new(wheels, target);
    let mut loading = severity::check(&layout, wheels, target, environment);
    dlopen::check(wheels, environment, &mut loading);
    loading.finish(environment);
    loading
}
