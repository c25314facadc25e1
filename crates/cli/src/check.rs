//! `wheelbase check`.

use std::path::{Path, PathBuf};

use wheelbase::Check;
use wheelbase::dockerfile::ReplaceScope;
use wheelbase::edge::{self, Cache, CacheMode, DockerfileInput};
use wheelbase::error::Error;
use wheelbase::findings::{Code, Level};
use wheelbase::lock;
use wheelbase::locked::LockInput;
use wheelbase::name::ExtraName;
use wheelbase::report::{Levels, Report, TextOptions};

use super::args::{CheckArgs, DockerfileArgs, Format, GateArgs, Replace};
use super::output::Output;
use super::progress::Progress;
use super::{settings, targets};

pub(super) async fn run(args: &CheckArgs, output: &Output) -> Result<u8, Error> {
    let mut check = gate(&args.gate, Check::new()).no_deps(args.no_deps).inspect(args.inspect);
    check = settings::apply(&args.index, &args.cache, check);
    check = match &args.dockerfile.dockerfile {
        Some(path) => match dockerfile(path, &args.dockerfile) {
            Ok(input) => check.dockerfile(input),
            Err(fault) => check.fault(fault),
        },
        None => match check_dockerfile_options(&args.dockerfile) {
            Ok(()) if args.installed => check.installed(true),
            Ok(()) => requirements(check, args),
            Err(fault) => check.fault(fault),
        },
    };
    if args.target.on.is_empty() && args.dockerfile.dockerfile.is_none() {
        check = check.fault(Error::input(match args.installed {
            true => "no image is given: use --on, such as --on dir:ROOT",
            false => targets::NO_TARGET,
        }));
    }
    check = targets::apply(&args.target, check).index_as_of(args.index.exclude_newer.is_none());
    check = settings::installer_options(args).into_iter().fold(check, Check::option);
    let progress = Progress::new(output);
    let report = check.run_with(|event| progress.show_event(event, output)).await;
    progress.finish();
    print(&report?, args, output)
}

/// Adds requirements, or the lock.
fn requirements(mut check: Check, args: &CheckArgs) -> Check {
    if args.requirements.is_empty() && args.files.is_empty() && args.editable.is_empty() {
        check = check.fault(Error::input(
            "nothing to check: add requirements, or a file with -r (requirements.txt, pyproject.toml, a script)",
        ));
    }
    check = args.requirements.iter().fold(check, Check::requirement);
    check = args.editable.iter().fold(check, Check::editable);
    let mut faults = Vec::new();
    let mut selection = lock::LockSelection::default();
    for extra in names("--extra", &args.extras, &mut faults) {
        selection = selection.with_extra(extra.clone());
        check = check.extra(extra);
    }
    for group in names("--group", &args.groups, &mut faults) {
        selection = selection.with_group(group.clone());
        check = check.group(group);
    }
    for group in names("--no-group", &args.without_groups, &mut faults) {
        selection = selection.without_group(group);
    }
    selection.default_groups = !args.no_default_groups;
    check = match lock(args, selection) {
        Ok(Some(lock)) => check.lock(lock),
        Ok(None) => args.files.iter().fold(check, Check::requirements_file),
        Err(fault) => check.fault(fault),
    };
    check = args.constraints.iter().fold(check, Check::constraints_file);
    check = args.overrides.iter().fold(check, Check::overrides_file);
    let variables = settings::variables(&args.index);
    check = check.uv_overrides(variables.overrides(|name| std::env::var(name).ok()));
    faults.into_iter().fold(check, Check::fault)
}

/// Checks that `--dockerfile` is given with the options that require it: clap does not check this next to
/// requirements.
fn check_dockerfile_options(args: &DockerfileArgs) -> Result<(), Error> {
    let given = [
        ("--target", args.stage.is_some()),
        ("--build-arg", !args.build_args.is_empty()),
        ("--context", args.context.is_some()),
    ];
    match given.iter().find(|(_, given)| *given) {
        Some((option, _)) => Err(Error::input(format!("{option} requires --dockerfile"))),
        None => Ok(()),
    }
}

fn dockerfile(path: &Path, args: &DockerfileArgs) -> Result<DockerfileInput, Error> {
    let mut faults = Vec::new();
    let mut input = DockerfileInput::new(path).replace(match args.replace {
        Replace::Same => ReplaceScope::Same,
        Replace::Target => ReplaceScope::Target,
        Replace::All => ReplaceScope::All,
    });
    for text in &args.build_args {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => input = input.build_arg(name, value),
            // Docker uses the value of the environment variable in this case, which is not supported.
            None => {
                faults.push(Error::input(format!("--build-arg: `{text}` is not valid: expected NAME=VALUE")));
            }
            // The value may be a secret.
            Some(_) => faults.push(Error::input("--build-arg: expected a name before `=`")),
        }
    }
    Error::all(faults)?;
    if let Some(stage) = &args.stage {
        input = input.stage(stage);
    }
    Ok(match &args.context {
        Some(folder) => input.context(folder),
        None => input,
    })
}

/// Prints a report in the format of the options. Returns the exit status.
fn print(report: &Report, args: &CheckArgs, output: &Output) -> Result<u8, Error> {
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
    for fault in &report.faults {
        output.error(fault);
    }
    Ok(report.exit_status())
}

/// Parses the names of an option. Errors are added to `faults`.
fn names(option: &str, values: &[String], faults: &mut Vec<Error>) -> Vec<ExtraName> {
    values.iter().filter_map(|name| targets::option(option, Some(name), faults)).collect()
}

/// Reads the lock file, if one is given.
fn lock(args: &CheckArgs, selection: lock::LockSelection) -> Result<Option<LockInput>, Error> {
    let Some(path) = args.files.iter().find(|file| edge::inputs::is_lock(file)) else {
        if !args.without_groups.is_empty() || args.no_default_groups {
            return Err(Error::input(
                "--no-group and --no-default-groups apply only to lock files; add one with -r",
            ));
        }
        return Ok(None);
    };
    let others =
        args.requirements.iter().chain(&args.editable).chain(args.files.iter().filter(|file| *file != path));
    if let Some(other) = others.chain(&args.constraints).chain(&args.overrides).next() {
        return Err(Error::input(format!(
            "`{path}` is a lock file and cannot be checked together with `{other}`: run the command once for each"
        )));
    }
    let input = edge::inputs::read_lock(path, selection)?;
    // A name on the command line is about this lock, so an unknown one is an error even if the lock's own tool
    // ignores it.
    let unknown = input.lock.unknown_names(&input.selection, input.project.as_ref());
    let faults: Vec<Error> = unknown
        .iter()
        .filter(|unknown| unknown.fate != lock::Fate::Unclear)
        .map(|unknown| {
            let option = match (unknown.is_extra, input.selection.without.contains(&unknown.name)) {
                (true, _) => "--extra",
                (false, true) => "--no-group",
                (false, false) => "--group",
            };
            Error::input(format!("{path}: {option} {}: {unknown}", unknown.name))
        })
        .collect();
    Error::all(faults)?;
    Ok(Some(input))
}

/// Sets the levels of findings.
pub(super) fn gate(args: &GateArgs, check: Check) -> Check {
    match levels(args) {
        Ok(levels) => check.levels(levels),
        Err(fault) => check.fault(fault),
    }
}

fn levels(args: &GateArgs) -> Result<Levels, Error> {
    let mut levels = Levels::new();
    let mut faults = Vec::new();
    // `--deny` overrides `--warn`, and `--warn` overrides `--allow`, in any order of the options.
    for (level, option, names) in [
        (Level::Allow, "--allow", &args.allow),
        (Level::Warn, "--warn", &args.warn),
        (Level::Deny, "--deny", &args.deny),
    ] {
        for name in names {
            match name.parse::<Code>() {
                Ok(code) => levels.set(code, level),
                Err(error) => faults.push(Error::invalid(error).after(&format!("{option}: "))),
            }
        }
    }
    Error::all(faults)?;
    Ok(levels)
}

pub(super) fn cache_dir(given: Option<&Path>) -> Result<PathBuf, Error> {
    let mode = given.map_or(CacheMode::Default, |dir| CacheMode::Folder(dir.to_owned()));
    let cache = Cache::open(&mode, |name| std::env::var(name).ok())?;
    cache.folder().map(Path::to_owned).ok_or_else(|| {
        Error::input("the cache directory is unknown: set WHEELBASE_CACHE_DIR or HOME, or use --cache-dir")
    })
}
