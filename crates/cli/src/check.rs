//! `wheelbase check`.

use std::path::{Path, PathBuf};

use wheelbase::edge::{self, Cache, CacheMode, Check, Event, LockInput};
use wheelbase::error::Error;
use wheelbase::findings::{Code, Level};
use wheelbase::lock;
use wheelbase::name::ExtraName;
use wheelbase::report::{Levels, Report, TextOptions};
use wheelbase::target::InstallerKind;

use super::args::{CheckArgs, Format, GateArgs};
use super::dockerfile;
use super::installed;
use super::output::Output;
use super::progress::Progress;
use super::settings;
use super::targets;

pub(super) fn run(args: &CheckArgs, output: &Output) -> Result<u8, Error> {
    let levels = levels(&args.gate)?;
    if let Some(path) = &args.dockerfile.dockerfile {
        return dockerfile::run(path, args, levels, output);
    }
    let of_dockerfile = [
        ("--target", args.dockerfile.stage.is_some()),
        ("--build-arg", !args.dockerfile.build_args.is_empty()),
        ("--context", args.dockerfile.context.is_some()),
    ];
    // Where requirements are named, clap does not insist on the option that these belong to.
    if let Some((option, _)) = of_dockerfile.iter().find(|(_, given)| *given) {
        return Err(Error::input(format!("{option} speaks of a Dockerfile: name it with --dockerfile")));
    }
    if args.installed {
        return installed::run(args, levels, output);
    }
    let lock = lock(args)?;
    if args.target.on.is_empty() {
        return Err(Error::input("no target: name one with --on, such as --on python:3.12-slim"));
    }
    let mut environment = settings::environment(&args.index, &args.cache)?;
    let read =
        targets::read(&args.target, edge::targets::today(), environment.cache.clone(), environment.offline)?;
    for detail in &read.details {
        output.detail(detail);
    }
    if args.requirements.is_empty() && args.files.is_empty() && args.editable.is_empty() {
        return Err(Error::input(
            "nothing to check: name requirements, or a file with -r (requirements.txt, pyproject.toml, a script)",
        ));
    }
    if let Some(note) = settings::cut_at(args, edge::targets::today(), &mut environment)? {
        output.note(&format!("note: {note}"));
    }
    let uv = read.targets.iter().any(|target| target.target.installer.kind == InstallerKind::Uv);
    let overrides = settings::overrides(args, uv);
    let mut check = Check::new().settings(environment).levels(levels);
    check = read.targets.into_iter().fold(check, Check::target);
    check = read.findings.into_iter().fold(check, |check, (id, finding)| check.image_finding(id, finding));
    check = args.requirements.iter().fold(check, Check::requirement);
    check = args.editable.iter().fold(check, Check::editable);
    check = match lock {
        Some(lock) => check.lock(lock),
        None => args.files.iter().fold(check, Check::requirements_file),
    };
    check = args.constraints.iter().fold(check, Check::constraints_file);
    check = overrides.into_iter().fold(check, Check::overrides_file);
    check = args.extras.iter().fold(check, |check, name| check.extra(name));
    check = args.groups.iter().fold(check, |check, name| check.group(name));
    check = settings::installer_options(args).into_iter().fold(check, Check::option);
    if args.no_deps {
        check = check.no_deps();
    }
    if args.inspect {
        check = check.inspect();
    }
    let progress = Progress::new(output);
    let report = check.run_blocking_with(|event| tell(event, &progress, output));
    progress.finish();
    print(&report?, args, output)
}

/// Shows what goes on.
pub(super) fn tell(event: Event, progress: &Progress, output: &Output) {
    match event {
        Event::Remark(remark) => progress.hidden(|| output.note(&format!("note: {remark}"))),
        Event::Progress(counts) => progress.show(counts),
        Event::Note(note) => progress.hidden(|| output.detail(&note)),
        Event::Finished(stats) => {
            progress.finish();
            output.detail(&format!(
                "{} requests, {} bytes, {} retries, {} answers from the cache",
                stats.requests, stats.bytes, stats.retries, stats.cache_hits
            ));
        }
    }
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
    if let Some(other) = others.chain(&args.constraints).chain(&args.overrides).next() {
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
    let input = edge::inputs::read_lock(path, selection)?;
    // A name that is asked for here is a question to this lock, also where the lock's own tool would go on without.
    let unknown = input.lock.unknown_names(&input.selection, input.project.as_ref());
    let faults: Vec<String> = unknown
        .iter()
        .filter(|unknown| unknown.fate != lock::Fate::Unclear)
        .map(|unknown| {
            let option = match (unknown.is_extra, input.selection.without.contains(&unknown.name)) {
                (true, _) => "--extra",
                (false, true) => "--no-group",
                (false, false) => "--group",
            };
            format!("{path}: {option} {}: {unknown}", unknown.name)
        })
        .collect();
    match faults.is_empty() {
        true => Ok(Some(input)),
        false => Err(Error::input(faults.join("\n"))),
    }
}

pub(super) fn levels(args: &GateArgs) -> Result<Levels, Error> {
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
