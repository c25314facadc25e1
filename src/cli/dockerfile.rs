//! `wheelbase check --dockerfile`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::build::BuildPlace;
use crate::dockerfile::{
    Base, Context as BuildContext, Dockerfile, Flow, Ignore, ImagePython, InstallStep, InstallerVersion,
    Native, Plan, PlanOptions, Purpose, ReplaceScope, StageImage, StagePlan, Step, Tool,
};
use crate::edge::{Check, IndexClient, IndexSettings};
use crate::error::Error;
use crate::gate::{Code, Finding};
use crate::image::read::ImageLocation;
use crate::image::{ImageProfile, PackageManager};
use crate::policy::GlibcPolicies;
use crate::report::{Levels, Report, ReportTarget, assumed_installer};
use crate::resolve::Reason;
use crate::sdist::SourceLanguage;
use crate::source::Origin;
use crate::target::{Arch, Installer, InstallerKind, Python};
use crate::verdict::{Distribution, Kind, Outcome, TargetVerdict};
use crate::version::SpecifierSet;

use super::args::CheckArgs;
use super::check;
use super::images::{Fault, Found};
use super::output::Output;
use super::progress::Progress;
use super::settings;
use super::steps::{self, Gathered};
use super::targets::Context;

/// A plan asks for files a few times over at most: scripts that name scripts.
const ROUNDS: usize = 32;
/// No file of a build context that matters here is larger.
pub(super) const LARGEST: u64 = 64 << 20;

pub(super) fn run(path: &Path, args: &CheckArgs, levels: Levels, output: &Output) -> Result<u8, Error> {
    let mut environment = settings::environment(&args.index, &args.cache)?;
    let context = Context::new(&args.target, check::today(), environment.cache.clone(), environment.offline)?;
    if let Some(note) = settings::cut_at(args, check::today(), &mut environment)? {
        output.note(&format!("note: {note}"));
    }
    let run = Run::new(path, args, levels, context, environment, output)?;
    let mut report = Report::new(Vec::new(), Vec::new(), run.levels.clone());
    let mut faults = Vec::new();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::internal("the runtime could not be started").with_source(error))?;
    let others = args.target.on.iter().map(|name| Some(name.as_str()));
    for other in std::iter::once(None).chain(others) {
        for arch in &run.arches {
            let variant = run.variant(other, arch)?;
            match runtime.block_on(variant.judge()) {
                Ok(found) => {
                    report.targets.extend(found.targets);
                    report.results.extend(found.results);
                }
                // Where another image is asked about, an unknown one in the file is no hindrance.
                Err(Stop::Images(unknown)) if other.is_none() && !args.target.on.is_empty() => {
                    for fault in unknown {
                        let (Fault::Input(text) | Fault::Undetermined(text)) = fault;
                        output.note(&format!("note: as it stands the file is not judged: {text}"));
                    }
                }
                Err(Stop::Images(unknown)) => faults.extend(unknown),
                Err(Stop::Error(error)) => return Err(error),
            }
        }
    }
    Fault::all(faults)?;
    check::print(&report, args, output)
}

/// Why a variant is not judged.
enum Stop {
    /// Its images are not known.
    Images(Vec<Fault>),
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

struct Run<'a> {
    args: &'a CheckArgs,
    output: &'a Output,
    levels: Levels,
    context: Context,
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
        context: Context,
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
                _ => faults.push(Fault::Input(format!("--build-arg: `{text}` is not NAME=VALUE"))),
            }
        }
        for name in args.target.on.iter().filter(|name| ImageLocation::is_meant(name)) {
            faults.push(Fault::Input(format!(
                "--on {name}: with --dockerfile it names an image as FROM would; `wheelbase image {name} --format json` and \
                 an entry in wheelbase.toml can give it a name"
            )));
        }
        Fault::all(faults)?;
        let shown = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| Error::io(path, error))?;
        let dockerfile =
            Dockerfile::parse(&bytes, &shown).map_err(|error| Error::input(error.to_string()))?;
        let folder = args.dockerfile.context.clone();
        let folder = folder.unwrap_or_else(|| path.parent().map_or_else(PathBuf::new, Path::to_owned));
        if !folder.as_os_str().is_empty() && !folder.is_dir() {
            return Err(Error::input(format!("--context: `{}` is no folder", folder.display())));
        }
        let arches = if context.arches.is_empty() { vec![Arch::x86_64()] } else { context.arches.clone() };
        let ignore = ignore(path, &folder)?;
        Ok(Self {
            args,
            output,
            levels,
            context,
            environment,
            arches,
            dockerfile,
            folder,
            ignore,
            build_args,
        })
    }

    /// The file's plan, with another image in place of its own if one is named.
    fn variant(&'a self, other: Option<&str>, arch: &Arch) -> Result<Variant<'a>, Error> {
        let mut options = PlanOptions::default().platform(format!("linux/{}", arch.docker_name()));
        for (name, value) in &self.build_args {
            options = options.build_arg(name, value);
        }
        if let Some(stage) = &self.args.dockerfile.stage {
            options = options.target(stage);
        }
        if let Some(other) = other {
            options = options.on(other, ReplaceScope::Same);
        }
        let mut context = BuildContext::new();
        context.set_ignore(self.ignore.clone());
        for _ in 0..ROUNDS {
            let plan = self.plan(&options, &context)?;
            if plan.wanted().is_empty() {
                return Ok(Variant { run: self, plan });
            }
            for wanted in plan.wanted() {
                if wanted.purpose == Purpose::Ignore {
                    context.set_ignore(self.ignore.clone());
                    continue;
                }
                let bytes =
                    inside(&self.folder, &wanted.path).and_then(|path| steps::read(&path, LARGEST).ok());
                context.answer(&wanted.path, bytes.as_deref());
            }
        }
        Ok(Variant { run: self, plan: self.plan(&options, &context)? })
    }

    fn plan(&self, options: &PlanOptions, context: &BuildContext) -> Result<Plan, Error> {
        self.dockerfile.plan(options, context).map_err(|error| Error::input(error.to_string()))
    }
}

/// The rules of the Dockerfile's own ignore file, else of the context's
/// (<https://docs.docker.com/build/concepts/context/#filename-and-location>).
fn ignore(dockerfile: &Path, folder: &Path) -> Result<Ignore, Error> {
    let mut own = dockerfile.as_os_str().to_owned();
    own.push(".dockerignore");
    for path in [PathBuf::from(own), folder.join(".dockerignore")] {
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
pub(super) fn inside(folder: &Path, path: &str) -> Option<PathBuf> {
    let below = Path::new(path)
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir));
    below.then(|| folder.join(path))
}

/// One way to build the file.
struct Variant<'a> {
    run: &'a Run<'a>,
    plan: Plan,
}

impl Variant<'_> {
    async fn judge(&self) -> Result<Report, Stop> {
        let plan = &self.plan;
        let flows: Vec<(Flow, &InstallStep)> = plan
            .flows()
            .into_iter()
            .filter_map(|flow| {
                let Some(Step::Install(step)) = plan.stages.get(flow.stage)?.steps.get(flow.step) else {
                    return None;
                };
                (!is_housekeeping(step)).then_some((flow, step.as_ref()))
            })
            .collect();
        let images = self.images(&flows).map_err(Stop::Images)?;
        let mut report = Report::new(Vec::new(), Vec::new(), self.run.levels.clone());
        let mut natives: BTreeMap<(usize, usize), Native> = BTreeMap::new();
        let mut told: BTreeSet<usize> = BTreeSet::new();
        let progress = Progress::new(self.run.output);
        for (flow, step) in &flows {
            let (folder, ignore) = (&self.run.folder, &self.run.ignore);
            let gathered = steps::gather(step, folder, ignore);
            if gathered.is_only_built() {
                continue;
            }
            let mut target = self.target(flow, step, &images, flows.len())?;
            if report.targets.iter().any(|other| other.id == target.id) {
                // Several commands of one line, or several steps of one command.
                target.id = format!("{}:{}", target.id, step.origin.column);
            }
            let mut number = 2;
            let id = target.id.clone();
            while report.targets.iter().any(|other| other.id == target.id) {
                target.id = format!("{id}#{number}");
                number += 1;
            }
            let id = target.id.clone();
            let mut judged = self.judge_step(step, gathered, target, &progress).await?;
            if let Some(result) = judged.results.first() {
                natives.insert((flow.stage, flow.step), native(result));
            }
            for stage in [flow.stage, flow.runs_in] {
                if told.insert(stage)
                    && let (Some(found), Some(plan)) = (images.get(&stage), plan.stages.get(stage))
                {
                    attach(&mut judged, located(found.profile.findings(), &plan.origin));
                }
            }
            self.run.output.detail(&format!("{id}: {}", step.origin));
            report.targets.append(&mut judged.targets);
            report.results.append(&mut judged.results);
        }
        self.between_stages(&images, &natives, &mut report)?;
        Ok(report)
    }

    /// The images below the stages that install, and below those that run the result.
    fn images(&self, flows: &[(Flow, &InstallStep)]) -> Result<BTreeMap<usize, Found>, Vec<Fault>> {
        let mut needed: BTreeSet<usize> =
            flows.iter().flat_map(|(flow, _)| [flow.stage, flow.runs_in]).collect();
        let installing: BTreeSet<usize> = flows.iter().map(|(flow, _)| flow.stage).collect();
        needed.insert(self.plan.target);
        let mut images = BTreeMap::new();
        let mut faults = Vec::new();
        for index in needed {
            let Some(stage) = self.plan.stages.get(index) else { continue };
            match self.image(index, stage) {
                Ok(found) => {
                    images.insert(index, found);
                }
                // Only where something is installed the interpreter must be known.
                Err(fault) if installing.contains(&index) => {
                    faults.push(fault.after(&format!("{}: ", stage.origin)));
                }
                Err(_) => {}
            }
        }
        if faults.is_empty() { Ok(images) } else { Err(faults) }
    }

    fn image(&self, index: usize, stage: &StagePlan) -> Result<Found, Fault> {
        let name = match (self.plan.image_of(index), &stage.base) {
            (Some(image), _) => image.to_string(),
            (None, Base::Unknown(why)) => return Err(Fault::Undetermined(why.clone())),
            (None, _) => "scratch".to_owned(),
        };
        let arch: Option<Arch> = stage.machine_platform.parse().ok();
        let mut found = self.run.context.images.find(&name, arch.as_ref(), None)?;
        found.profile.install_packages(
            &stage.packages,
            crate::dockerfile::packages_along,
            crate::dockerfile::is_leaf_package,
        );
        Ok(found)
    }

    /// The target of a step: the stage that installs decides what is taken, and the one that runs the result has the
    /// libraries.
    fn target(
        &self,
        flow: &Flow,
        step: &InstallStep,
        images: &BTreeMap<usize, Found>,
        flows: usize,
    ) -> Result<ReportTarget, Stop> {
        let stage = self.plan.stages.get(flow.stage);
        let (Some(stage), Some(found)) = (stage, images.get(&flow.stage)) else {
            return Err(Error::internal("a stage that installs has no image").into());
        };
        let id = self.id(stage, step, &found.profile, flows);
        let profile = &found.profile;
        let asked = asked_python(step);
        let own = Found { profile: profile.clone(), read: found.read.clone() };
        let mut target = self
            .run
            .context
            .target_with(&id, &profile.name, own, asked.as_ref())
            .map_err(|fault| Stop::Images(vec![fault.after(&format!("{}: ", step.origin))]))?;
        // The stage has an installer, or the step could not run.
        let assumed = assumed_installer(&target.target);
        let without = target.unverified.len();
        target.unverified.retain(|text| *text != assumed);
        if self.run.args.target.installer.is_none() {
            match installer(step, profile) {
                Ok(Some(installer)) => target.target.installer = installer,
                Ok(None) if target.unverified.len() < without => target
                    .unverified
                    .push(format!("{}, since nothing tells which the stage has", target.target.installer)),
                Ok(None) => {}
                Err(why) => target.unverified.push(why),
            }
        }
        if let Some(why) = &step.conditional {
            target.notes.push(format!("{}: it may not run at all: {why}", step.origin));
        }
        if !step.options.platforms.is_empty() {
            let why =
                "the installer is told to take wheels of other platforms, and the image's own were judged";
            target.unverified.push(format!("{}: {why} ({})", step.origin, step.options.platforms.join(", ")));
        }
        // What was installed before this step counts for it, also where a later one removes it.
        let mut place = BuildPlace::of_profile(profile).with_packages(
            step.packages.iter().map(String::as_str),
            step.toolchain.tools.keys().map(String::as_str),
        );
        if self.plan.needed().count() > 1 {
            place = place.named(format!("stage `{}`", stage.label()));
        } else if !step.packages.is_empty() {
            place = place.named(format!("the stage on {}", profile.name));
        }
        // Whatever runs there was put there.
        place.installer = Some(true);
        target = target.with_build(place);
        if flow.runs_in != flow.stage
            && let (Some(runs), Some(found)) = (self.plan.stages.get(flow.runs_in), images.get(&flow.runs_in))
        {
            target.notes.push(format!(
                "{}: installed in stage `{}`, runs in stage `{}` on {}",
                step.origin,
                stage.label(),
                runs.label(),
                found.profile.summary()
            ));
            target = target.with_image(found.profile.clone());
        }
        Ok(target)
    }

    /// The image, with stage and line as far as they are needed to tell steps apart.
    fn id(&self, stage: &StagePlan, step: &InstallStep, profile: &ImageProfile, flows: usize) -> String {
        let mut id = profile.name.clone();
        if self.run.arches.len() > 1 {
            id = format!("{id} {}", profile.arch.docker_name());
        }
        if self.plan.needed().count() > 1 {
            id = format!("{id} [{}]", stage.label());
        }
        if flows > 1 {
            id = format!("{id}:{}", step.origin.line);
        }
        id
    }

    async fn judge_step(
        &self,
        step: &InstallStep,
        mut gathered: Gathered,
        target: ReportTarget,
        progress: &Progress,
    ) -> Result<Report, Stop> {
        let args = self.run.args;
        let mut environment = self.run.environment.clone();
        let named = args.index.index_url.is_some()
            || !args.index.extra_index_url.is_empty()
            || args.index.no_index
            || !args.index.find_links.is_empty();
        if let Some(text) = &step.options.exclude_newer
            && environment.exclude_newer.is_none()
        {
            environment.exclude_newer = crate::edge::cut(text).ok();
        }
        if !step.tool.is_judged() {
            let why = format!(
                "what {} installs is not judged: it comes from elsewhere than wheels and indexes",
                step.tool
            );
            gathered = Gathered::undetermined(step.tool.as_str(), &step.origin, why);
        }
        let urls = gathered.take_urls();
        if !urls.is_empty() {
            let client = IndexClient::new(environment.clone())?;
            for (url, constraint, origin) in urls {
                let got = client.get_bytes(&url, LARGEST).await.map_err(|failure| failure.to_string());
                gathered.downloaded(&url, constraint, &origin, got);
            }
        }
        let mut check = gathered
            .add_to(Check::new())?
            .settings(environment)
            .levels(self.run.levels.clone())
            .variables(step.environment.clone())
            .target(target);
        let options = settings::installer_options(args).into_iter();
        check = options.chain(steps::options(step, named, &self.run.folder)).fold(check, Check::option);
        if args.no_deps || step.options.no_deps {
            check = check.no_deps();
        }
        if args.inspect {
            check = check.inspect();
        }
        let output = self.run.output;
        let report = check.run_with(|event| check::tell(event, progress, output)).await;
        progress.finish();
        Ok(report?)
    }

    /// What is wrong between stages, and what could not be known of the file.
    fn between_stages(
        &self,
        images: &BTreeMap<usize, Found>,
        natives: &BTreeMap<(usize, usize), Native>,
        report: &mut Report,
    ) -> Result<(), Stop> {
        let known: BTreeMap<usize, StageImage> =
            images.iter().map(|(stage, found)| (*stage, stage_image(&found.profile))).collect();
        let judged =
            self.plan.judge(&known, |stage, step| natives.get(&(stage, step)).copied().unwrap_or_default());
        let gaps = self.plan.undetermined.iter().chain(&judged.undetermined).map(|gap| {
            let mut finding = Finding::new(Code::named("undetermined"), gap.reason.clone());
            finding.origin = Some(gap.origin.clone());
            finding
        });
        let findings: Vec<Finding> = judged.findings.iter().cloned().chain(gaps).collect();
        if report.results.is_empty() {
            // Nothing is installed; what is to be told still needs a target to be told of.
            let target = self.plan.target_stage().zip(images.get(&self.plan.target));
            let Some((stage, found)) = target else { return Ok(()) };
            let id = found.profile.name.clone();
            let own = Found { profile: found.profile.clone(), read: found.read.clone() };
            let target = self.run.context.target_with(&id, &id, own, None).map_err(|_| {
                Error::undetermined(format!(
                    "{}: nothing is installed that could be judged{}",
                    stage.origin,
                    findings.iter().map(|finding| format!("\n{}", finding.message)).collect::<String>()
                ))
            })?;
            report.targets.push(target);
            report.results.push(TargetVerdict {
                outcome: if self.plan.undetermined.is_empty() {
                    Outcome::Resolved
                } else {
                    Outcome::Undetermined
                },
                distributions: Vec::new(),
                conflicts: Vec::new(),
                findings: located(found.profile.findings(), &stage.origin),
                undated_files: 0,
                loading: None,
                building: None,
                installed: None,
            });
            self.run
                .output
                .note(&format!("note: {}: nothing is installed that could be judged", stage.origin));
        }
        attach(report, findings);
        Ok(())
    }
}

/// Steps that keep the installer itself in order; what they do is part of the steps behind them.
fn is_housekeeping(step: &InstallStep) -> bool {
    let own = |text: &str| {
        let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
        let name = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
        ["pip", "setuptools", "wheel"].contains(&name)
    };
    step.inputs().next().is_none()
        && !step.requirements.is_empty()
        && step.requirements.iter().all(|(text, _)| own(text))
}

/// The interpreter that the step itself asks for.
fn asked_python(step: &InstallStep) -> Option<Python> {
    let named = step.options.python_version.as_ref().or(step.options.python.as_ref())?;
    let last = named.rsplit('/').next().unwrap_or(named);
    last.strip_prefix("python").unwrap_or(last).parse().ok()
}

/// The installer that runs the step; `None` for the image's own, an error for one that is not known.
fn installer(step: &InstallStep, profile: &ImageProfile) -> Result<Option<Installer>, String> {
    let kind = match step.tool {
        Tool::Uv | Tool::UvPip | Tool::UvTool => InstallerKind::Uv,
        Tool::Pip | Tool::PipSync => InstallerKind::Pip,
        // They bring code of their own for tags, which is that of the newest `packaging` as a rule.
        _ => return Ok(Some(Installer::new(InstallerKind::Pip, profile.newest_pip.clone()))),
    };
    let newest = match kind {
        InstallerKind::Pip => Installer::new(kind, profile.newest_pip.clone()),
        _ => Installer::newest(kind),
    };
    match (&step.installer, kind) {
        (InstallerVersion::Newest, _) => Ok(Some(newest)),
        (InstallerVersion::OfImage, InstallerKind::Uv) => {
            let own = profile.uv.as_deref().and_then(|version| version.parse().ok());
            Ok(Some(own.map_or(newest, |version| Installer::new(kind, version))))
        }
        (InstallerVersion::OfImage, _) => Ok(None),
        (InstallerVersion::Specified(text), _) => {
            if let Some(exact) = text.strip_prefix("==").and_then(|version| version.parse().ok()) {
                return Ok(Some(Installer::new(kind, exact)));
            }
            let unknown = || format!("{}: which {} `{text}` is", step.origin, step.tool);
            let Ok(set) = text.parse::<SpecifierSet>() else { return Err(unknown()) };
            let own = profile.pip.as_ref().map(|pip| pip.version.clone());
            let known = std::iter::once(newest.version).chain(own.filter(|_| kind == InstallerKind::Pip));
            let best = known.into_iter().find(|version| set.contains(version));
            best.map(|version| Some(Installer::new(kind, version))).ok_or_else(unknown)
        }
    }
}

/// What judging between stages needs of an image.
fn stage_image(profile: &ImageProfile) -> StageImage {
    let python = match &profile.python {
        Some(python) if python.installed => ImagePython::Present {
            version: python.python.version.clone(),
            path: python.interpreter.clone().unwrap_or_default(),
        },
        Some(_) | None => ImagePython::Unknown,
    };
    StageImage {
        libc: profile.libc.as_ref().map(|libc| libc.libc.clone()),
        python,
        machine: Some(profile.arch.machine().to_owned()),
        libraries: profile
            .libraries
            .is_bounded()
            .then(|| profile.libraries.iter().map(|library| library.soname.clone()).collect()),
        release: profile.release_id(),
        installs: match profile.package_manager {
            PackageManager::Unknown => None,
            manager => Some(profile.shell && manager != PackageManager::None),
        },
    }
}

/// What a step brings, by the files that were chosen.
fn native(result: &TargetVerdict) -> Native {
    let rows = &result.distributions;
    if rows.iter().any(|row| matches!(row.kind, Kind::None | Kind::Undetermined)) {
        return Native::Unknown;
    }
    // Where nobody has looked, a source distribution beside wheels for other platforms is compiled, and without any
    // wheel nobody knows.
    let compiled = |row: &Distribution| match row.language {
        Some(SourceLanguage::Native) => true,
        Some(SourceLanguage::Pure) => false,
        _ => row.reasons.iter().any(|reason| matches!(reason, Reason::NoWheelFits { .. })),
    };
    let built = |row: &&Distribution| row.kind == Kind::Sdist && row.language != Some(SourceLanguage::Pure);
    let sources: Vec<_> = rows.iter().filter(built).collect();
    if sources.iter().any(|row| compiled(row)) {
        return Native::Built;
    }
    if !sources.is_empty() {
        return Native::Unknown;
    }
    let files = rows.iter().filter_map(|row| row.file.as_deref());
    let platforms: Vec<&str> = files
        .filter_map(|file| file.strip_suffix(".whl")?.rsplit('-').next())
        .filter(|platform| *platform != "any")
        .collect();
    match platforms.is_empty() {
        true => Native::Nothing,
        false => Native::Wheels(platforms.iter().filter_map(|platform| glibc_needed(platform)).max()),
    }
}

/// The oldest glibc that a compressed set of platform tags is content with.
fn glibc_needed(platforms: &str) -> Option<(u32, u32)> {
    platforms
        .split('.')
        .filter_map(|platform| match platform.strip_prefix("manylinux_") {
            // PEP 600: manylinux_${GLIBCMAJOR}_${GLIBCMINOR}_${ARCH}
            Some(rest) => {
                let mut parts = rest.split('_');
                Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
            }
            None => GlibcPolicies::table().alias(platform.split('_').next()?),
        })
        .min()
}

/// Findings of an image, at the line that names it.
fn located(findings: Vec<Finding>, origin: &Origin) -> Vec<Finding> {
    findings
        .into_iter()
        .map(|mut finding| {
            finding.origin.get_or_insert_with(|| origin.clone());
            finding
        })
        .collect()
}

/// Adds findings to the last target, which is the one closest to what runs.
fn attach(report: &mut Report, findings: Vec<Finding>) {
    if let Some(result) = report.results.last_mut() {
        for finding in findings {
            if !result.findings.contains(&finding) {
                result.findings.push(finding);
            }
        }
    }
}
