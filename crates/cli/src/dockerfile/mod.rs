//! `wheelbase check --dockerfile`.

mod bases;
mod built;
mod facts;
mod installer;
mod interpreter;
mod options;
mod places;
mod steps;
mod variant;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use wheelbase::dockerfile::{
    Context as BuildContext, Dockerfile, Ignore, Plan, PlanOptions, Purpose, ReplaceScope,
};
use wheelbase::edge::IndexSettings;
use wheelbase::edge::targets::{Targets, today};
use wheelbase::error::Error;
use wheelbase::report::{Levels, Report};
use wheelbase::target::Arch;

use super::args::{CheckArgs, Replace};
use super::output::Output;
use super::{USAGE, check, settings, targets};
use bases::Bases;
use variant::Variant;

/// A plan asks for files a few times over at most: scripts that name scripts.
const ROUNDS: usize = 32;
/// No file of a build context that matters here is larger.
const LARGEST: u64 = 64 << 20;

pub(super) fn run(path: &Path, args: &CheckArgs, levels: Levels, output: &Output) -> Result<u8, Error> {
    let mut environment = settings::environment(&args.index, &args.cache)?;
    let targets = targets::options(&args.target, today(), environment.cache.clone(), environment.offline)?;
    if let Some(note) = settings::cut_at(args, today(), &mut environment)? {
        output.note(&format!("note: {note}"));
    }
    let run = Run::new(path, args, levels, targets, environment, output)?;
    let mut report = Report::new(Vec::new(), Vec::new(), run.levels.clone());
    let mut faults: Vec<Error> = Vec::new();
    let runtime = targets::runtime()?;
    let others = args.target.on.iter().map(|name| Some(name.as_str()));
    for other in std::iter::once(None).chain(others) {
        for arch in &run.arches {
            let judged = runtime.block_on(async { run.variant(other, arch).await?.judge().await })?;
            // Where another image is asked about, an unknown one in the file is no hindrance.
            if other.is_none() && !args.target.on.is_empty() {
                let what = if judged.report.targets.is_empty() { "the file" } else { "this stage" };
                for fault in &judged.faults {
                    output.note(&format!("note: as it stands {what} is not judged: {fault}"));
                }
            } else {
                for fault in judged.faults {
                    if !faults.iter().any(|known| known.to_string() == fault.to_string()) {
                        faults.push(fault);
                    }
                }
            }
            let mut targets = judged.report.targets;
            // An image that the file has anyway may be asked about too.
            for target in &mut targets {
                if let Some(other) =
                    other.filter(|_| report.targets.iter().any(|known| known.id == target.id))
                {
                    target.id = format!("{} [--on {other}]", target.id);
                }
            }
            report.targets.extend(targets);
            report.results.extend(judged.report.results);
        }
    }
    if report.targets.is_empty() {
        Error::all(faults)?;
        return check::print(&report, args, output);
    }
    let status = check::print(&report, args, output)?;
    for fault in &faults {
        output.error(fault);
    }
    // What could not be read weighs more than what was found, and that weighs more than what nobody knows.
    Ok(match Error::all(faults) {
        Ok(()) => status,
        Err(fault) if fault.is_undetermined() => {
            if status == 0 {
                super::UNDECIDED
            } else {
                status
            }
        }
        Err(_) => USAGE,
    })
}

struct Run<'a> {
    args: &'a CheckArgs,
    output: &'a Output,
    levels: Levels,
    targets: Targets,
    environment: IndexSettings,
    arches: Vec<Arch>,
    dockerfile: Dockerfile,
    folder: PathBuf,
    ignore: Ignore,
    build_args: Vec<(String, String)>,
}

impl<'a> Run<'a> {
    fn new(
        path: &Path,
        args: &'a CheckArgs,
        levels: Levels,
        targets: Targets,
        environment: IndexSettings,
        output: &'a Output,
    ) -> Result<Self, Error> {
        let mut faults = Vec::new();
        let mut build_args = Vec::new();
        for text in &args.dockerfile.build_args {
            match text.split_once('=') {
                Some((name, value)) if !name.is_empty() => {
                    build_args.push((name.to_owned(), value.to_owned()));
                }
                // Docker takes the value of the environment then, which is not looked at here.
                None => faults.push(Error::input(format!("--build-arg: `{text}` is not NAME=VALUE"))),
                // The value may be a secret.
                Some(_) => faults.push(Error::input("--build-arg: there is no name before `=`")),
            }
        }
        Error::all(faults)?;
        // As `docker build -f -` does; the context is the working folder then.
        let stdin = path.as_os_str() == "-";
        let shown = if stdin { "<stdin>".to_owned() } else { path.display().to_string() };
        let bytes = match stdin {
            true => {
                let mut bytes = Vec::new();
                let read = std::io::stdin().take(LARGEST).read_to_end(&mut bytes);
                read.map_err(|error| Error::io(Path::new("<stdin>"), error))?;
                bytes
            }
            false => std::fs::read(path).map_err(|error| Error::io(path, error))?,
        };
        let mut options = PlanOptions::default();
        for (name, value) in &build_args {
            options = options.build_arg(name, value);
        }
        let dockerfile = Dockerfile::parse_for(&bytes, &shown, &options)
            .map_err(|error| Error::input(error.to_string()))?;
        let folder = args.dockerfile.context.clone();
        let folder = folder.unwrap_or_else(|| path.parent().map_or_else(PathBuf::new, Path::to_owned));
        if !folder.as_os_str().is_empty() && !folder.is_dir() {
            return Err(Error::input(format!("--context: `{}` is no folder", folder.display())));
        }
        let arches = if targets.arches.is_empty() { vec![Arch::x86_64()] } else { targets.arches.clone() };
        let ignore = ignore((!stdin).then_some(path), &folder)?;
        Ok(Self {
            args,
            output,
            levels,
            targets,
            environment,
            arches,
            dockerfile,
            folder,
            ignore,
            build_args,
        })
    }

    /// The file's plan, with another image in place of its own if one is named.
    async fn variant(&'a self, other: Option<&'a str>, arch: &Arch) -> Result<Variant<'a>, Error> {
        let mut options = PlanOptions::default().platform(format!("linux/{}", arch.docker_name()));
        for (name, value) in &self.build_args {
            options = options.build_arg(name, value);
        }
        if let Some(stage) = &self.args.dockerfile.stage {
            options = options.target(stage);
        }
        if let Some(other) = other {
            let scope = match self.args.dockerfile.replace {
                Replace::Same => ReplaceScope::Same,
                Replace::Target => ReplaceScope::Target,
                Replace::All => ReplaceScope::All,
            };
            options = options.on(other, scope);
        }
        let mut bases = Bases::new(&self.targets, other);
        let mut plan = self.whole_plan(&options)?;
        if other.is_none() && self.arches.first() == Some(arch) {
            for name in plan.unused_arguments() {
                self.output.note(&format!("note: --build-arg {name}: no `ARG` of the file takes it"));
            }
        }
        // What an image sets decides what its stage does, so the file is walked again with it.
        let configurations = bases.configurations(&plan).await;
        if !configurations.is_empty() {
            for (name, configuration) in configurations {
                options = options.image_config(name, configuration);
            }
            plan = self.whole_plan(&options)?;
        }
        Ok(Variant::new(self, plan, bases))
    }

    /// The plan with all files of the context that make it better.
    fn whole_plan(&self, options: &PlanOptions) -> Result<Plan, Error> {
        let mut context = BuildContext::new();
        context.set_ignore(self.ignore.clone());
        for _ in 0..ROUNDS {
            let plan = self.plan(options, &context)?;
            if plan.wanted().is_empty() {
                return Ok(plan);
            }
            for wanted in plan.wanted() {
                if wanted.purpose == Purpose::Ignore {
                    context.set_ignore(self.ignore.clone());
                    continue;
                }
                let bytes =
                    inside(&self.folder, &wanted.path).and_then(|path| places::read(&path, LARGEST).ok());
                context.answer(&wanted.path, bytes.as_deref());
            }
        }
        self.plan(options, &context)
    }

    fn plan(&self, options: &PlanOptions, context: &BuildContext) -> Result<Plan, Error> {
        self.dockerfile.plan(options, context).map_err(|error| Error::input(error.to_string()))
    }
}

/// The rules of the Dockerfile's own ignore file, else of the context's
/// (<https://docs.docker.com/build/concepts/context/#filename-and-location>).
fn ignore(dockerfile: Option<&Path>, folder: &Path) -> Result<Ignore, Error> {
    let own = dockerfile.map(|path| {
        let mut own = path.as_os_str().to_owned();
        own.push(".dockerignore");
        PathBuf::from(own)
    });
    for path in own.into_iter().chain([folder.join(".dockerignore")]) {
        match std::fs::read(&path) {
            Ok(bytes) => {
                return Ok(Ignore::parse(&String::from_utf8_lossy(&bytes), &path.display().to_string()));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::io(&path, error)),
        }
    }
    Ok(Ignore::default())
}

/// A path of the context, unless it leads out of it.
fn inside(folder: &Path, path: &str) -> Option<PathBuf> {
    let below = Path::new(path)
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir));
    below.then(|| folder.join(path))
}
