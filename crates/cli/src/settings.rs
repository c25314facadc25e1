//! The settings of the index client, from options and environment variables.

use std::path::Path;
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

use wheelbase::Check;
use wheelbase::edge::{CacheMode, Cutoff, EnvironmentVariables, IndexSettings};
use wheelbase::error::Error;
use wheelbase::requirements::{FindLinks, SettingKind};

use super::args::{CacheOptions, CheckArgs, ConfigEnv, IndexArgs};
use super::targets::option;

/// The value of `--exclude-newer` that disables the limit.
const NEVER: &str = "never";

/// Sets the settings of the environment variables, the index options and the cache options.
pub(super) fn apply(args: &IndexArgs, cache_options: &CacheOptions, check: Check) -> Check {
    let mut faults = Vec::new();
    let mut settings = of_variables(variables(args));
    if let Some(text) = args.exclude_newer.as_deref().filter(|text| *text != NEVER) {
        let cutoff: Option<Cutoff> = option("--exclude-newer", Some(text), &mut faults);
        settings.exclude_newer = cutoff.map(Cutoff::seconds);
    }
    cache(cache_options, &mut settings, &mut faults);
    let check = index_options(args).into_iter().fold(check.settings(settings), Check::option);
    faults.into_iter().fold(check, Check::fault)
}

/// Returns the settings of environment variables.
pub(super) fn of_variables(which: EnvironmentVariables) -> IndexSettings {
    IndexSettings::from_environment(which, |name| std::env::var(name).ok())
}

/// The installers whose environment variables are read.
pub(super) fn variables(args: &IndexArgs) -> EnvironmentVariables {
    match args.config_env {
        ConfigEnv::Installers => EnvironmentVariables::Both,
        ConfigEnv::None => EnvironmentVariables::None,
    }
}

/// Returns the installer options of the command line as options of a requirements file.
pub(super) fn installer_options(args: &CheckArgs) -> Vec<SettingKind> {
    let mut settings = Vec::new();
    settings.extend(args.no_binary.iter().cloned().map(SettingKind::NoBinary));
    settings.extend(args.only_binary.iter().cloned().map(SettingKind::OnlyBinary));
    settings.extend(args.prefer_binary.then_some(SettingKind::PreferBinary));
    settings.extend(args.pre.then_some(SettingKind::Pre));
    settings.extend(args.require_hashes.then_some(SettingKind::RequireHashes));
    settings
}

/// Returns the index options of the command line.
fn index_options(args: &IndexArgs) -> Vec<SettingKind> {
    let mut settings = Vec::new();
    settings.extend(args.index_url.iter().cloned().map(SettingKind::IndexUrl));
    settings.extend(args.extra_index_url.iter().cloned().map(SettingKind::ExtraIndexUrl));
    settings.extend(args.no_index.then_some(SettingKind::NoIndex));
    settings.extend(args.find_links.iter().map(|links| SettingKind::FindLinks(FindLinks::new(links))));
    settings
}

/// Applies the cache options.
fn cache(args: &CacheOptions, settings: &mut IndexSettings, faults: &mut Vec<Error>) {
    settings.cache = cache_mode(args.cache_dir.as_deref(), args.no_cache);
    settings.offline = args.offline;
    settings.refresh = args.refresh;
    if let Some(text) = &args.max_age {
        settings.max_age = age(text).map_err(|fault| faults.push(fault)).ok();
    }
    if args.offline && args.refresh {
        faults.push(Error::input("--offline and --refresh cannot be used together"));
    }
}

/// Returns the cache of `--cache-dir` and `--no-cache`.
pub(super) fn cache_mode(folder: Option<&Path>, off: bool) -> CacheMode {
    match (folder, off) {
        (_, true) => CacheMode::Off,
        (Some(folder), false) => CacheMode::Folder(folder.to_owned()),
        (None, false) => CacheMode::Default,
    }
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
