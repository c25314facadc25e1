//! `wheelbase check`.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::image::Date;

use super::args::{CheckArgs, Global};
use super::output::Output;

/// The day on which the command runs, in UTC as the catalogue's days are.
pub(super) fn today() -> Date {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    Date::new(now.year(), now.month(), now.day()).expect("a civil date is a day of the calendar")
}

pub(super) fn cache_dir(given: Option<&Path>) -> Result<PathBuf, Error> {
    let _ = given;
    Err(Error::input("no cache"))
}

pub(super) fn run(args: &CheckArgs, global: &Global, output: &Output) -> Result<u8, Error> {
    let _ = (args, global);
    output.print("")
}
