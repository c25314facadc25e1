//! From options and environment to the index client's settings.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo, Timestamp, ToSpan as _};

use crate::edge::{CacheMode, EnvironmentVariables, IndexSettings};
use crate::error::Error;
use crate::requirements::{FindLinks, IndexOption, Options, Setting, SettingKind};
use crate::source::Origin;

use super::args::{CacheOptions, CheckArgs, ConfigEnv};

/// The word of `--exclude-newer` for no cut at all.
const NEVER: &str = "never";

/// The settings that environment and cache options make, before any document was read.
pub(super) fn environment(args: &CheckArgs) -> Result<IndexSettings, Error> {
    let which = match args.config_env {
        ConfigEnv::Installers => EnvironmentVariables::Both,
        ConfigEnv::None => EnvironmentVariables::None,
    };
    let mut settings = IndexSettings::from_environment(which, |name| std::env::var(name).ok());
    if let Some(text) = &args.exclude_newer {
        settings.exclude_newer = if text == NEVER { None } else { Some(cut(text)?) };
    }
    cache(&args.cache, &mut settings)?;
    Ok(settings)
}

/// What the command line says to installers, in the form of a requirements file's options.
pub(super) fn installer_options(args: &CheckArgs) -> Result<Options, Error> {
    let mut settings = Vec::new();
    settings.extend(args.index_url.iter().cloned().map(SettingKind::IndexUrl));
    settings.extend(args.extra_index_url.iter().cloned().map(SettingKind::ExtraIndexUrl));
    settings.extend(args.no_index.then_some(SettingKind::NoIndex));
    settings.extend(args.find_links.iter().map(|links| SettingKind::FindLinks(FindLinks::new(links))));
    settings.extend(args.no_binary.iter().cloned().map(SettingKind::NoBinary));
    settings.extend(args.only_binary.iter().cloned().map(SettingKind::OnlyBinary));
    settings.extend(args.prefer_binary.then_some(SettingKind::PreferBinary));
    settings.extend(args.pre.then_some(SettingKind::Pre));
    settings.extend(args.require_hashes.then_some(SettingKind::RequireHashes));
    let mut options = Options::default();
    for kind in settings {
        options
            .apply(Setting::new(kind, Origin::new("argument", 0, 0)))
            .map_err(|fault| Error::input(fault.to_string()))?;
    }
    Ok(options)
}

/// The settings with what command line and documents say of indexes.
///
/// A word of theirs on an index replaces the environment's, as pip's own order of precedence has it; find-links
/// locations add up.
pub(super) fn with_options(mut settings: IndexSettings, options: &Options, uv: bool) -> IndexSettings {
    let mut base = Vec::new();
    base.append(&mut settings.extra_index_urls);
    if !options.indexes.is_empty() {
        let named: Vec<String> = if uv {
            options.uv_indexes(&settings.index_url)
        } else {
            options.pip_indexes(&settings.index_url)
        };
        settings.no_index |= named.is_empty();
        let mut named = named.into_iter();
        if let Some(first) = named.next() {
            settings.no_index = false;
            settings.index_url = first;
        }
        let extra: Vec<String> = named.collect();
        let says_extra = options.indexes.iter().any(|option| matches!(option, IndexOption::Extra(..)));
        settings.extra_index_urls = if says_extra { extra } else { base };
    } else if uv && !base.is_empty() {
        // uv asks further indexes before the main one.
        let main = std::mem::replace(&mut settings.index_url, base.remove(0));
        base.push(main);
        settings.extra_index_urls = base;
    } else {
        settings.extra_index_urls = base;
    }
    for (links, _) in &options.find_links {
        let beside = links.beside.as_ref().filter(|path| std::path::Path::new(path).exists());
        settings.find_links.push(beside.unwrap_or(&links.written).clone());
    }
    settings
}

/// Cuts the index at the date of the images, unless something says otherwise: who asks what an image of last year
/// would take means the index of that day. Gives what is to be said of it.
pub(super) fn cut_at(
    args: &CheckArgs,
    today: crate::image::Date,
    settings: &mut IndexSettings,
) -> Result<Option<String>, Error> {
    let Some(text) = &args.target.as_of else { return Ok(None) };
    let past = text.parse::<crate::image::Date>().is_ok_and(|date| date < today);
    if args.exclude_newer.is_some() || settings.exclude_newer.is_some() || !past {
        return Ok(None);
    }
    settings.exclude_newer = Some(cut(text)?);
    Ok(Some(format!(
        "--as-of cuts the index too: files uploaded after {text} are left out, and those without upload time; \
         --exclude-newer names another date, or never"
    )))
}

/// The indexes that a lock names, for files that it lists without URL, unless anything else names one.
pub(super) fn with_lock(settings: &mut IndexSettings, lock: &crate::lock::Lock, options: &Options) {
    let untouched = settings.index_url == IndexSettings::default().index_url;
    if !untouched || !settings.extra_index_urls.is_empty() || !options.indexes.is_empty() || settings.no_index
    {
        return;
    }
    // pipenv fills in variables of the environment there, which hold credentials as a rule.
    let mut named = lock.indexes().iter().map(|(_, url)| url.clone()).filter(|url| !url.contains('$'));
    if let Some(first) = named.next() {
        settings.index_url = first;
        settings.extra_index_urls = named.collect();
    }
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
