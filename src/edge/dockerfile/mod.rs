//! Checks what a Dockerfile installs.

mod bases;
mod folder;
mod input;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::request::{Check, Event, Tell};
use super::solving::{one_error, tell_end};
use super::targets::{TargetInput, Targets};
use super::{Cutoff, IndexClient};
use crate::dockerfile::{Context as BuildContext, Dockerfile, Ignore, Plan, PlanOptions, Purpose};
use crate::dockerfile_check::{CheckedVariant, ContextFiles as _, DockerfileCheck, Question, Settings};
use crate::error::Error;
use crate::report::Report;
use crate::target::Arch;
use crate::verdict::VerdictDraft;
use bases::BaseImages;
use folder::ContextFolder;
use wheelbase_formats::limits;

pub use input::DockerfileInput;

/// Checks all install steps on the base images of the file, and again on each image that replaces them.
pub(super) async fn run(
    mut check: Check,
    input: DockerfileInput,
    tell: &mut Tell<'_>,
) -> Result<Report, Error> {
    let mut faults = std::mem::take(&mut check.faults);
    if faults.is_empty() {
        check.cut_index(tell);
    }
    let on = std::mem::take(&mut check.on);
    let run = check.take_targets().and_then(|targets| DockerfileRun::new(input, check, targets));
    let mut run = match run {
        Ok(run) if faults.is_empty() => run,
        run => {
            faults.extend(run.err());
            return Err(one_error(faults));
        }
    };
    run.several = on.len() > 1;
    let client = run.check.index_client()?;
    let mut report = Report::new(Vec::new(), Vec::new(), run.check.request.levels.clone());
    let mut faults: Vec<Error> = Vec::new();
    for other in std::iter::once(None).chain(on.iter().map(Some)) {
        for arch in &run.arches {
            let checked = run.variant(other, arch, &client, tell).await?;
            for note in checked.notes {
                tell(Event::Remark(note));
            }
            // An unknown base image is not an error if another image replaces it.
            if other.is_none() && !on.is_empty() {
                let what = if checked.report.targets.is_empty() { "the file" } else { "this stage" };
                for fault in &checked.faults {
                    tell(Event::Remark(format!("without --on {what} is not checked: {fault}")));
                }
            } else {
                for fault in checked.faults {
                    if !faults.contains(&fault) {
                        faults.push(fault);
                    }
                }
            }
            let mut targets = checked.report.targets;
            // A base image of the file may also be given with `--on`.
            for target in &mut targets {
                if let Some(other) =
                    other.filter(|_| report.targets.iter().any(|known| known.id == target.id))
                {
                    target.id = format!("{} [--on {}]", target.id, other.name());
                }
            }
            report.targets.extend(targets);
            report.results.extend(checked.report.results);
        }
    }
    tell_end(&client, tell);
    if report.targets.is_empty() {
        Error::all(faults)?;
    } else {
        report.faults = faults.into_iter().map(Arc::new).collect();
    }
    Ok(report)
}

struct DockerfileRun {
    input: DockerfileInput,
    /// The options of the caller for the check of each step.
    check: Check,
    targets: Targets,
    arches: Vec<Arch>,
    dockerfile: Dockerfile,
    folder: ContextFolder,
    ignore: Ignore,
    several: bool,
}

impl DockerfileRun {
    fn new(input: DockerfileInput, check: Check, targets: Targets) -> Result<Self, Error> {
        let path = input.path.as_path();
        // As `docker build -f -`: the context is the working directory.
        let stdin = path.as_os_str() == "-";
        let shown = if stdin { "<stdin>".to_owned() } else { path.display().to_string() };
        let bytes = match stdin {
            true => {
                let mut bytes = Vec::new();
                let read = std::io::stdin().take(limits::INPUT_BYTES).read_to_end(&mut bytes);
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
            return Err(Error::input(format!("--context: `{}` is not a directory", folder.display())));
        }
        let arches = match targets.choice.arches.as_slice() {
            [] => vec![Arch::x86_64()],
            asked => asked.to_vec(),
        };
        let folder = ContextFolder::new(folder);
        let ignore = folder.ignore((!stdin).then_some(path))?;
        Ok(Self { input, check, targets, arches, dockerfile, folder, ignore, several: false })
    }

    /// Checks the plan of the file, with `other` as the base image if it is given.
    async fn variant(
        &self,
        other: Option<&TargetInput>,
        arch: &Arch,
        client: &IndexClient,
        tell: &mut Tell<'_>,
    ) -> Result<CheckedVariant, Error> {
        let mut options = PlanOptions::default().platform(format!("linux/{}", arch.docker_name()));
        for (name, value) in &self.input.build_args {
            options = options.build_arg(name, value);
        }
        if let Some(stage) = &self.input.stage {
            options = options.target(stage);
        }
        if let Some(other) = other {
            options = options.on(other.name(), self.input.replace);
        }
        let mut bases = BaseImages::new(&self.targets, other);
        let mut plan = self.whole_plan(&options)?;
        if other.is_none() && self.arches.first() == Some(arch) {
            for name in plan.unused_arguments() {
                tell(Event::Remark(format!("--build-arg {name}: the file has no `ARG` with this name")));
            }
        }
        // The variables of an image affect its stage, so the plan is created again with them.
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
        let other = other.map(TargetInput::name);
        let mut check = DockerfileCheck::new(plan, other.as_deref(), settings);
        let plan = check.plan();
        for index in check.stages() {
            if let Some(stage) = plan.stages.get(index) {
                check.add_image(index, bases.below(&plan, stage).await);
            }
        }
        while let Some(mut question) = check.next_question() {
            let draft = self.step(&mut question, client, tell).await?;
            let checked = format!("{}: {}", question.target.id, question.origin);
            if check.answer(question, draft) {
                tell(Event::Note(checked));
            }
        }
        check.finish()
    }

    /// Checks the requirements that a step installs.
    async fn step(
        &self,
        question: &mut Question,
        client: &IndexClient,
        tell: &mut Tell<'_>,
    ) -> Result<VerdictDraft, Error> {
        let mut settings = self.check.settings.clone();
        settings.exclude_newer = settings.exclude_newer.or(question.exclude_newer.map(Cutoff::seconds));
        // Files that the build downloads are fetched first. A failure makes the step undetermined and is not an error.
        for download in question.inputs.take_downloads() {
            let got = client.get_bytes(&download.url, limits::INPUT_BYTES).await;
            question.inputs.downloaded(download, got.map_err(|failure| failure.to_string()));
        }
        let own = &self.check.request;
        let no_deps = own.options.no_deps || question.no_deps;
        let mut check = Check::new()
            .settings(settings)
            .levels(own.levels.clone())
            .inspect(own.inspect)
            .no_deps(no_deps)
            .variables(std::mem::take(&mut question.variables));
        check.request.targets.push(question.target.clone());
        check.request.built = question.built.take();
        check.request.step = std::mem::take(&mut question.findings);
        let options = std::mem::take(&mut question.options);
        let check = options.into_iter().fold(check, Check::option);
        let drafts = check.step_inputs(std::mem::take(&mut question.inputs))?.solve(client, tell).await?;
        // A step has one target.
        drafts.verdicts.into_iter().next().ok_or_else(|| Error::internal("a step has no verdict"))
    }

    /// Returns the plan with all files of the context that it requires.
    fn whole_plan(&self, options: &PlanOptions) -> Result<Plan, Error> {
        let mut context = BuildContext::new();
        context.set_ignore(self.ignore.clone());
        for _ in 0..limits::DOCKERFILE_ROUNDS {
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
