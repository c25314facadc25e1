//! Checks what a Dockerfile installs.

mod bases;
mod folder;
mod input;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::request::{Check, Event, Tell};
use super::targets::Targets;
use super::{IndexClient, cut};
use crate::dockerfile::{Context as BuildContext, Dockerfile, Ignore, Plan, PlanOptions, Purpose};
use crate::dockerfile_check::{ContextFiles as _, DockerfileCheck, Judged, Question, Settings};
use crate::error::Error;
use crate::report::Report;
use crate::target::Arch;
use bases::Bases;
use folder::Folder;

pub use input::DockerfileInput;

/// A plan asks for files a few times over at most: scripts that name scripts.
const ROUNDS: usize = 32;
/// No file of a build context that matters here is larger.
const LARGEST: u64 = 64 << 20;

/// Checks every install step on the file's own images, and once more for each image that takes their place.
pub(super) async fn run(
    mut check: Check,
    input: DockerfileInput,
    tell: &mut Tell<'_>,
) -> Result<Report, Error> {
    let targets = check.take_targets()?;
    let on = std::mem::take(&mut check.names);
    let mut run = Run::new(input, check, targets)?;
    run.several = on.len() > 1;
    let client = IndexClient::new(run.check.settings.clone())?;
    let mut report = Report::new(Vec::new(), Vec::new(), run.check.request.levels.clone());
    let mut faults: Vec<Error> = Vec::new();
    let others = on.iter().map(|name| Some(name.as_str()));
    for other in std::iter::once(None).chain(others) {
        for arch in &run.arches {
            let judged = run.variant(other, arch, &client, tell).await?;
            for note in judged.notes {
                tell(Event::Remark(note));
            }
            // Where another image is asked about, an unknown one in the file is no hindrance.
            if other.is_none() && !on.is_empty() {
                let what = if judged.report.targets.is_empty() { "the file" } else { "this stage" };
                for fault in &judged.faults {
                    tell(Event::Remark(format!("as it stands {what} is not judged: {fault}")));
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
    super::solving::tell_end(&client, tell);
    if report.targets.is_empty() {
        Error::all(faults)?;
    } else {
        report.faults = faults.into_iter().map(Arc::new).collect();
    }
    Ok(report)
}

struct Run {
    input: DockerfileInput,
    /// The caller's part of the check of every step.
    check: Check,
    targets: Targets,
    arches: Vec<Arch>,
    dockerfile: Dockerfile,
    folder: Folder,
    ignore: Ignore,
    several: bool,
}

impl Run {
    fn new(input: DockerfileInput, check: Check, targets: Targets) -> Result<Self, Error> {
        let path = input.path.as_path();
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
        for (name, value) in &input.build_args {
            options = options.build_arg(name, value);
        }
        let dockerfile = Dockerfile::parse_for(&bytes, &shown, &options).map_err(Error::invalid)?;
        let folder = input.context.clone();
        let folder = folder.unwrap_or_else(|| path.parent().map_or_else(PathBuf::new, Path::to_owned));
        if !folder.as_os_str().is_empty() && !folder.is_dir() {
            return Err(Error::input(format!("--context: `{}` is no folder", folder.display())));
        }
        let arches = match targets.choice.arches.as_slice() {
            [] => vec![Arch::x86_64()],
            asked => asked.to_vec(),
        };
        let folder = Folder::new(folder);
        let ignore = folder.ignore((!stdin).then_some(path))?;
        Ok(Self { input, check, targets, arches, dockerfile, folder, ignore, several: false })
    }

    /// Judges the file's plan, with another image in place of its own if one is named.
    async fn variant(
        &self,
        other: Option<&str>,
        arch: &Arch,
        client: &IndexClient,
        tell: &mut Tell<'_>,
    ) -> Result<Judged, Error> {
        let mut options = PlanOptions::default().platform(format!("linux/{}", arch.docker_name()));
        for (name, value) in &self.input.build_args {
            options = options.build_arg(name, value);
        }
        if let Some(stage) = &self.input.stage {
            options = options.target(stage);
        }
        if let Some(other) = other {
            options = options.on(other, self.input.replace);
        }
        let mut bases = Bases::new(&self.targets, other);
        let mut plan = self.whole_plan(&options)?;
        if other.is_none() && self.arches.first() == Some(arch) {
            for name in plan.unused_arguments() {
                tell(Event::Remark(format!("--build-arg {name}: no `ARG` of the file takes it")));
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
        let Check { request, options, .. } = &self.check;
        let choice = &self.targets.choice;
        let mut settings = Settings::new(choice, &self.folder, &self.ignore, options, &request.levels);
        settings.several = self.several;
        let mut check = DockerfileCheck::new(plan, other, settings);
        let plan = check.plan();
        for index in check.stages() {
            if let Some(stage) = plan.stages.get(index) {
                check.add_image(index, bases.below(&plan, stage).await);
            }
        }
        while let Some(mut question) = check.next_question() {
            let report = self.step(&mut question, client, tell).await?;
            let told = format!("{}: {}", question.target.id, question.origin);
            if check.answer(question, report) {
                tell(Event::Note(told));
            }
        }
        check.finish()
    }

    /// Checks what a step installs.
    async fn step(
        &self,
        question: &mut Question,
        client: &IndexClient,
        tell: &mut Tell<'_>,
    ) -> Result<Report, Error> {
        let mut settings = self.check.settings.clone();
        if let (None, Some(text)) = (settings.exclude_newer, &question.exclude_newer) {
            settings.exclude_newer = cut(text).ok();
        }
        // What is downloaded during the build is read first: what cannot be had then is a gap, no fault.
        for download in question.inputs.take_downloads() {
            let got = client.get_bytes(&download.url, LARGEST).await;
            question.inputs.downloaded(download, got.map_err(|failure| failure.to_string()));
        }
        let own = &self.check.request;
        let no_deps = own.options.no_deps || question.no_deps;
        let check = Check::new()
            .settings(settings)
            .levels(own.levels.clone())
            .inspect(own.inspect)
            .no_deps(no_deps)
            .variables(std::mem::take(&mut question.variables))
            .target(question.target.clone());
        let options = std::mem::take(&mut question.options);
        let check = options.into_iter().fold(check, Check::option);
        check.step_inputs(std::mem::take(&mut question.inputs))?.solve(client, tell).await
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
                let bytes = self.folder.located(&wanted.path).and_then(|path| self.folder.read(&path).ok());
                context.answer(&wanted.path, bytes.as_deref());
            }
        }
        self.plan(options, &context)
    }

    fn plan(&self, options: &PlanOptions, context: &BuildContext) -> Result<Plan, Error> {
        self.dockerfile.plan(options, context).map_err(Error::invalid)
    }
}
