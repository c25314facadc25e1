//! `wheelbase check`.

use std::path::{Path, PathBuf};

use crate::edge::{self, Cache, CacheMode, CheckRequest, IndexClient};
use crate::error::Error;
use crate::gate::{Code, Level};
use crate::image::Date;
use crate::report::{Levels, TextOptions};
use crate::resolve::{PreReleases, ResolveOptions, RootRequirement};
use crate::source::Origin;

use super::args::{CheckArgs, Format, Global};
use super::output::Output;
use super::settings;
use super::targets;

/// The day on which the command runs, in UTC as the catalogue's days are.
pub(super) fn today() -> Date {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    Date::new(now.year(), now.month(), now.day()).expect("a civil date is a day of the calendar")
}

pub(super) fn run(args: &CheckArgs, global: &Global, output: &Output) -> Result<u8, Error> {
    let levels = levels(args)?;
    let targets = targets::read(&args.target, today())?;
    let settings = settings::index(args)?;
    let mut options = ResolveOptions::default();
    options.exclude_newer = settings.exclude_newer;
    options.no_deps = args.no_deps;
    options.prefer_binary = args.prefer_binary;
    options.require_hashes = args.require_hashes;
    if args.pre {
        options.pre_releases = PreReleases::Allow;
    }
    let requirements = args
        .requirements
        .iter()
        .map(|text| {
            let requirement = text.parse().map_err(|error| Error::input(format!("`{text}`: {error}")))?;
            Ok(RootRequirement::new(requirement, Origin::new("argument", 0, 0)))
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let client = IndexClient::new(settings)?;
    let mut request = CheckRequest::new(targets.targets, requirements);
    request.options = options;
    request.levels = levels;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::internal("the runtime could not be started").with_source(error))?;
    let verbose = global.verbose;
    let report = runtime.block_on(edge::check(request, &client, |progress| {
        if verbose > 1 {
            output.detail(&format!("{progress:?}"));
        }
    }))?;
    for note in client.take_notes() {
        output.detail(&note);
    }
    output.detail(&format!("{:?}", client.stats()));
    let text = match args.format {
        Format::Json => format!("{:#}\n", report.to_json()),
        Format::Text => report.to_text(
            &TextOptions::plain()
                .with_color(output.has_color())
                .with_width(output.width())
                .with_all(args.all),
        ),
    };
    output.print(&text)?;
    Ok(report.gate().exit_status())
}

fn levels(args: &CheckArgs) -> Result<Levels, Error> {
    let mut levels = Levels::new();
    let mut faults = Vec::new();
    // A louder word wins over a quieter one, in whatever order they stand.
    for (level, option, names) in [
        (Level::Allow, "--allow", &args.allow),
        (Level::Warn, "--warn", &args.warn),
        (Level::Deny, "--deny", &args.deny),
    ] {
        for name in names {
            match name.parse::<Code>() {
                Ok(code) => levels.set(code, level),
                Err(error) => faults.push(format!("{option}: {error}")),
            }
        }
    }
    if faults.is_empty() { Ok(levels) } else { Err(Error::input(faults.join("\n"))) }
}

pub(super) fn cache_dir(given: Option<&Path>) -> Result<PathBuf, Error> {
    let mode = given.map_or(CacheMode::Default, |dir| CacheMode::Folder(dir.to_owned()));
    let cache = Cache::open(&mode, |name| std::env::var(name).ok())?;
    cache.folder().map(Path::to_owned).ok_or_else(|| {
        Error::input("no folder for the cache: set WHEELBASE_CACHE_DIR or HOME, or use --cache-dir")
    })
}
