//! From options and environment to the index client's settings.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo, Timestamp, ToSpan as _};

use crate::edge::{CacheMode, EnvironmentVariables, IndexSettings};
use crate::error::Error;

use super::args::{CacheOptions, CheckArgs, ConfigEnv};

/// The settings of an index client: the environment, and over it what the command line says.
pub(super) fn index(args: &CheckArgs) -> Result<IndexSettings, Error> {
    let which = match args.config_env {
        ConfigEnv::Installers => EnvironmentVariables::Both,
        ConfigEnv::None => EnvironmentVariables::None,
    };
    let mut settings = IndexSettings::from_environment(which, |name| std::env::var(name).ok());
    if let Some(url) = &args.index_url {
        settings.index_url.clone_from(url);
        settings.no_index = false;
    }
    if !args.extra_index_url.is_empty() {
        settings.extra_index_urls.clone_from(&args.extra_index_url);
    }
    settings.no_index |= args.no_index;
    if !args.find_links.is_empty() {
        settings.find_links.clone_from(&args.find_links);
    }
    if let Some(text) = &args.exclude_newer {
        settings.exclude_newer = Some(cut(text)?);
    }
    cache(&args.cache, &mut settings)?;
    Ok(settings)
}

/// Applies the cache options.
pub(super) fn cache(args: &CacheOptions, settings: &mut IndexSettings) -> Result<(), Error> {
    settings.cache = match (&args.cache_dir, args.no_cache) {
        (_, true) => CacheMode::Off,
        (Some(dir), false) => CacheMode::Folder(dir.clone()),
        (None, false) => CacheMode::Default,
    };
    settings.offline = args.offline;
    settings.refresh = args.refresh;
    if let Some(text) = &args.max_age {
        settings.max_age = Some(age(text)?);
    }
    if args.offline && args.refresh {
        return Err(Error::input("--offline and --refresh exclude each other"));
    }
    Ok(())
}

/// Seconds of the first moment that is cut off. A bare day is included whole, as uv reads it.
pub(super) fn cut(text: &str) -> Result<i64, Error> {
    if let Ok(day) = text.parse::<Date>() {
        let next = day.checked_add(1.day()).and_then(|next| next.to_zoned(TimeZone::UTC));
        return next
            .map(|next| next.timestamp().as_second())
            .map_err(|error| Error::input(format!("--exclude-newer: {error}")));
    }
    let moment: Timestamp = text.parse().map_err(|_| {
        Error::input(format!(
            "--exclude-newer: `{text}` is neither a day such as 2026-11-01 nor a time such as 2026-11-01T00:00:00Z"
        ))
    })?;
    Ok(moment.as_second())
}

/// `10m`, `6h`, `7d`, `1h 30m`, or seconds.
fn age(text: &str) -> Result<Duration, Error> {
    if let Ok(seconds) = text.parse::<u64>() {
        return Ok(Duration::from_secs(seconds));
    }
    let wrong = || Error::input(format!("--max-age: `{text}` is no age such as 90s, 10m, 6h or 7d"));
    let span: Span = text.parse().map_err(|_| wrong())?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
    Duration::try_from(duration).map_err(|_| wrong())
}
