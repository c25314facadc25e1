//! `wheelbase check`.

use std::path::{Path, PathBuf};

use crate::edge::{
    self, Cache, CacheMode, CheckRequest, IndexClient, IndexSettings, LocationRole, LockInput,
};
use crate::error::Error;
use crate::gate::{Code, Level};
use crate::image::Date;
use crate::lock;
use crate::name::ExtraName;
use crate::report::{Levels, Report, TextOptions};
use crate::requirements::{Loader, Location, Selection};
use crate::resolve::ResolveOptions;
use crate::source::Origin;
use crate::target::InstallerKind;
use crate::verdict::LineUndetermined;

use super::args::{CheckArgs, Format};
use super::dockerfile;
use super::output::Output;
use super::progress::Progress;
use super::settings;
use super::targets;

/// The day on which the command runs, in UTC as the catalogue's days are.
pub(super) fn today() -> Date {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    Date::new(now.year(), now.month(), now.day()).expect("a civil date is a day of the calendar")
}

pub(super) fn run(args: &CheckArgs, output: &Output) -> Result<u8, Error> {
    let levels = levels(args)?;
    if let Some(path) = &args.dockerfile.dockerfile {
        return dockerfile::run(path, args, levels, output);
    }
    let lock = lock(args)?;
    if args.target.on.is_empty() {
        return Err(Error::input("no target: name one with --on, such as --on python:3.12-slim"));
    }
    let mut environment = settings::environment(args)?;
    let targets = targets::read(&args.target, today(), environment.cache.clone(), environment.offline)?;
    for detail in &targets.details {
        output.detail(detail);
    }
    if args.requirements.is_empty() && args.files.is_empty() && args.editable.is_empty() {
        return Err(Error::input(
            "nothing to check: name requirements, or a file with -r (requirements.txt, pyproject.toml, a script)",
        ));
    }
    if let Some(note) = settings::cut_at(args, today(), &mut environment)? {
        output.note(&format!("note: {note}"));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::internal("the runtime could not be started").with_source(error))?;
    let progress = Progress::new(output);
    let variable = |name: &str| std::env::var(name).ok();
    let job = Job {
        loader: loader(args, lock.is_some(), &variable)?,
        lock,
        targets,
        undetermined: Vec::new(),
        no_deps: args.no_deps,
        levels,
        relocate: None,
    };
    let report = runtime.block_on(judge(job, environment, output, &progress))?;
    print(&report, args, output)
}

/// Prints a report as the options want it; gives the exit status.
pub(super) fn print(report: &Report, args: &CheckArgs, output: &Output) -> Result<u8, Error> {
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

/// From places in texts that are no files to the places where these texts stand.
pub(super) type Relocate = Box<dyn Fn(&Origin) -> Option<Origin> + Send + Sync>;

/// Documents to be judged on targets.
pub(super) struct Job<'a> {
    pub(super) loader: Loader<'a>,
    pub(super) lock: Option<LockInput>,
    pub(super) targets: targets::Targets,
    /// What is known from the first not to be judged.
    pub(super) undetermined: Vec<LineUndetermined>,
    pub(super) no_deps: bool,
    pub(super) levels: Levels,
    pub(super) relocate: Option<Relocate>,
}

/// Loads and judges.
///
/// # Errors
///
/// All faults of the documents, and what the driver cannot do.
pub(super) async fn judge(
    job: Job<'_>,
    environment: IndexSettings,
    output: &Output,
    progress: &Progress,
) -> Result<Report, Error> {
    // Documents may be named by a URL, and say themselves which index is to be asked.
    let reader = IndexClient::new(environment.clone())?;
    let mut set = edge::inputs::load(job.loader, &reader).await?;
    if let Some(relocate) = &job.relocate {
        for line in set.requirements.iter_mut().chain(&mut set.constraints) {
            if let Some(origin) = relocate(&line.origin) {
                line.origin = origin;
            }
        }
    }
    let uv = job.targets.targets.iter().any(|target| target.target.installer.kind == InstallerKind::Uv);
    let mut settings = settings::with_options(environment, &set.options, uv);
    if let Some(input) = &job.lock {
        settings::with_lock(&mut settings, &input.lock, &set.options);
    }
    let mut options = ResolveOptions::of(&set.options);
    options.exclude_newer = settings.exclude_newer;
    options.no_deps = job.no_deps;
    options.require_hashes = set.hash_mode();
    let client = IndexClient::new(settings)?;
    options.find_links = client
        .locations()
        .iter()
        .zip(0..)
        .filter(|(location, _)| location.role() == LocationRole::FindLinks)
        .map(|(_, number)| number)
        .collect();
    let inputs = edge::inputs::prepare(set, &client).await?;
    for remark in &inputs.remarks {
        output.note(&format!("note: {remark}"));
    }
    let mut request = CheckRequest::new(job.targets.targets, inputs.requirements);
    request.constraints = inputs.constraints;
    request.undetermined = inputs.undetermined;
    request.undetermined.extend(job.undetermined);
    request.requires_python = inputs.requires_python;
    request.image_findings = job.targets.findings;
    request.options = options;
    request.lock = job.lock;
    request.levels = job.levels;
    let report = edge::check(request, &client, |counts| progress.show(counts)).await;
    progress.finish();
    for note in client.take_notes() {
        output.detail(&note);
    }
    let stats = client.stats();
    output.detail(&format!(
        "{} requests, {} bytes, {} retries, {} answers from the cache",
        stats.requests, stats.bytes, stats.retries, stats.cache_hits
    ));
    report
}

/// A loader of what the command line names, with its options before those of the files.
fn loader<'a>(
    args: &CheckArgs,
    locked: bool,
    variable: &'a dyn Fn(&str) -> Option<String>,
) -> Result<Loader<'a>, Error> {
    let mut selection = Selection::default();
    selection.extras = names("--extra", &args.extras)?;
    selection.groups = names("--group", &args.groups)?;
    let mut loader = Loader::new(variable);
    loader.set_options(settings::installer_options(args)?);
    for text in &args.requirements {
        loader.add_argument(text, false);
    }
    for text in &args.editable {
        loader.add_argument(text, true);
    }
    for file in args.files.iter().filter(|_| !locked) {
        loader.add_project(Location::new(file), selection.clone());
    }
    for file in &args.constraints {
        loader.add_constraints(Location::new(file));
    }
    Ok(loader)
}

fn names(option: &str, values: &[String]) -> Result<Vec<ExtraName>, Error> {
    values
        .iter()
        .map(|name| name.parse().map_err(|error| Error::input(format!("{option}: {error}"))))
        .collect()
}

/// The lock among the files, if one is.
fn lock(args: &CheckArgs) -> Result<Option<LockInput>, Error> {
    let Some(path) = args.files.iter().find(|file| edge::inputs::is_lock(file)) else {
        if !args.without_groups.is_empty() || args.no_default_groups {
            return Err(Error::input(
                "--no-group and --no-default-groups speak of locks, and no lock is named with -r",
            ));
        }
        return Ok(None);
    };
    let others =
        args.requirements.iter().chain(&args.editable).chain(args.files.iter().filter(|file| *file != path));
    if let Some(other) = others.chain(&args.constraints).next() {
        return Err(Error::input(format!(
            "`{path}` is a lock, of which nothing is solved: it cannot be checked together with `{other}`; run once for each"
        )));
    }
    let mut selection = lock::Selection::default();
    for extra in names("--extra", &args.extras)? {
        selection = selection.with_extra(extra);
    }
    for group in names("--group", &args.groups)? {
        selection = selection.with_group(group);
    }
    for group in names("--no-group", &args.without_groups)? {
        selection = selection.without_group(group);
    }
    selection.default_groups = !args.no_default_groups;
    edge::inputs::read_lock(path, selection).map(Some)
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
