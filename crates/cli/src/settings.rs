//! The settings of the index client, from options and environment variables.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

use wheelbase::edge::{CacheMode, EnvironmentVariables, IndexSettings, cut};
use wheelbase::error::Error;
use wheelbase::requirements::{FindLinks, SettingKind};

use super::args::{CacheOptions, CheckArgs, ConfigEnv, IndexArgs};

/// The value of `--exclude-newer` that disables the limit.
const NEVER: &str = "never";

/// Returns the settings of the environment variables and cache options.
pub(super) fn environment(args: &IndexArgs, cache_options: &CacheOptions) -> Result<IndexSettings, Error> {
    let which = match args.config_env {
        ConfigEnv::Installers => EnvironmentVariables::Both,
        ConfigEnv::None => EnvironmentVariables::None,
    };
    let mut settings = IndexSettings::from_environment(which, |name| std::env::var(name).ok());
    if let Some(text) = &args.exclude_newer {
        settings.exclude_newer = match text.as_str() {
            NEVER => None,
            date => Some(cut(date).map_err(|fault| Error::input(format!("--exclude-newer: {fault}")))?),
        };
    }
    cache(cache_options, &mut settings)?;
    Ok(settings)
}

/// Returns the installer options of the command line as options of a requirements file.
pub(super) fn installer_options(args: &CheckArgs) -> Vec<SettingKind> {
    let mut settings = index_options(&args.index);
    settings.extend(args.no_binary.iter().cloned().map(SettingKind::NoBinary));
    settings.extend(args.only_binary.iter().cloned().map(SettingKind::OnlyBinary));
    settings.extend(args.prefer_binary.then_some(SettingKind::PreferBinary));
    settings.extend(args.pre.then_some(SettingKind::Pre));
    settings.extend(args.require_hashes.then_some(SettingKind::RequireHashes));
    settings
}

/// Returns the override files of the command line, or else those of the variable that uv reads
/// (<https://docs.astral.sh/uv/reference/environment/#uv_override>). Only uv reads it.
pub(super) fn overrides(args: &CheckArgs, uv: bool) -> Vec<String> {
    if !args.overrides.is_empty() || !uv || matches!(args.index.config_env, ConfigEnv::None) {
        return args.overrides.clone();
    }
    let named = std::env::var("UV_OVERRIDE").unwrap_or_default();
    named.split_whitespace().map(str::to_owned).collect()
}

/// Returns the index options of the command line.
pub(super) fn index_options(args: &IndexArgs) -> Vec<SettingKind> {
    let mut settings = Vec::new();
    settings.extend(args.index_url.iter().cloned().map(SettingKind::IndexUrl));
    settings.extend(args.extra_index_url.iter().cloned().map(SettingKind::ExtraIndexUrl));
    settings.extend(args.no_index.then_some(SettingKind::NoIndex));
    settings.extend(args.find_links.iter().map(|links| SettingKind::FindLinks(FindLinks::new(links))));
    settings
}

/// Applies `--as-of` to the index too, unless `--exclude-newer` is given: a check with an image of last year is about
/// the index of that day. Returns a note for the user.
pub(super) fn cut_at(
    args: &CheckArgs,
    today: wheelbase::image::Date,
    settings: &mut IndexSettings,
) -> Result<Option<String>, Error> {
    let Some(text) = &args.target.as_of else { return Ok(None) };
    let past = text.parse::<wheelbase::image::Date>().is_ok_and(|date| date < today);
    if args.index.exclude_newer.is_some() || settings.exclude_newer.is_some() || !past {
        return Ok(None);
    }
    settings.exclude_newer = Some(cut(text).map_err(|fault| Error::input(format!("--as-of: {fault}")))?);
    Ok(Some(format!(
        "--as-of also applies to the index: files uploaded after {text} and files without an upload time are ignored; \
         use --exclude-newer for another date, or `--exclude-newer never`"
    )))
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
        return Err(Error::input("--offline and --refresh cannot be used together"));
    }
    Ok(())
}

/// Parses an age such as `10m`, `6h`, `7d`, `1h 30m`, or a number of seconds.
fn age(text: &str) -> Result<Duration, Error> {
    if let Ok(seconds) = text.parse::<u64>() {
        return Ok(Duration::from_secs(seconds));
    }
    let wrong = || {
        Error::input(format!(
            "--max-age: `{text}` is not a valid age: expected an age such as 90s, 10m, 6h or 7d"
        ))
    };
    let span: Span = text.parse().map_err(|_| wrong())?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
    Duration::try_from(duration).map_err(|_| wrong())
}
