//! One way to build a Dockerfile, judged step by step.

use std::collections::{BTreeMap, BTreeSet};

use wheelbase::build::BuildPlace;
use wheelbase::dockerfile::{Flow, InstallStep, Plan, StagePlan, Step, Tool};
use wheelbase::edge::targets::Found;
use wheelbase::edge::{Check, IndexClient};
use wheelbase::error::Error;
use wheelbase::findings::{Code, Finding, Level};
use wheelbase::image::{ImagePip, ImageProfile, ImagePython};
use wheelbase::report::{Report, ReportTarget, assumed_installer};
use wheelbase::rules::dockerfile::{StageImage, StepFacts, judge_steps};
use wheelbase::rules::image::findings_for;
use wheelbase::source::Origin;
use wheelbase::target::{Installer, InstallerKind};
use wheelbase::verdict::{Outcome, TargetVerdict};

use super::super::progress::Progress;
use super::super::{check, settings};
use super::bases::{Bases, install_packages};
use super::facts::{attach, compiled, located, native, stage_image};
use super::installer::{installer, is_housekeeping, refused};
use super::interpreter::{self, Asked, packaged_pip};
use super::steps::{self, Absent, Gathered};
use super::{LARGEST, Run, built, options};

/// One way to build the file.
pub(super) struct Variant<'a> {
    run: &'a Run<'a>,
    plan: Plan,
    bases: Bases<'a>,
}

/// What judging it came to.
pub(super) struct Judged {
    pub(super) report: Report,
    /// Why some of its stages are not judged.
    pub(super) faults: Vec<Error>,
}

impl<'a> Variant<'a> {
    pub(super) fn new(run: &'a Run<'a>, plan: Plan, bases: Bases<'a>) -> Self {
        Self { run, plan, bases }
    }

    /// Judges all steps whose images are known.
    ///
    /// # Errors
    ///
    /// If something that a step reads is faulty, or a client cannot be made.
    pub(super) async fn judge(mut self) -> Result<Judged, Error> {
        let plan = self.plan.clone();
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
        let (images, mut faults) = self.images(&flows).await;
        let mut judged = Steps::new(Report::new(Vec::new(), Vec::new(), self.run.levels.clone()));
        let progress = Progress::new(self.run.output);
        let mut told: BTreeSet<usize> = BTreeSet::new();
        for (flow, step) in &flows {
            let stage = plan.stages.get(flow.stage);
            // Why its image is not known is told already.
            let (Some(stage), Some(found)) = (stage, images.get(&flow.stage)) else { continue };
            let (folder, ignore) = (&self.run.folder, &self.run.ignore);
            let mut gathered = steps::gather(step, folder, ignore, &plan.undetermined);
            let absent = std::mem::take(&mut gathered.absent);
            let built = built::Offer::of(&mut gathered, step, &judged.built);
            if built.is_nothing_new() {
                continue;
            }
            let asked = interpreter::asked(step, stage, &found.profile);
            let mut target = match self.target(flow, step, &asked, &images) {
                Ok(target) => target,
                Err(fault) => {
                    faults.push(fault);
                    continue;
                }
            };
            if let Asked::Unknown(why) = &asked {
                gathered = Gathered::undetermined(step.tool.as_str(), &step.origin, why.clone());
            }
            target.id = self.id(stage, step, &found.profile, &flows, &judged.report);
            let id = target.id.clone();
            let of_step = [
                refused(step, &found.profile, &target.target)
                    .filter(|_| !options::breaks_system_packages(step, folder, ignore)),
                interpreter::missing(step, stage, &found.profile),
            ];
            let mut one = self.judge_step(step, gathered, target, &built, &progress).await?;
            attach(&mut one, 0, of_step.into_iter().flatten());
            if let Some(result) = one.results.first_mut() {
                files_missing(step, &absent, &found.profile, result);
                if !built.compare(step, result) {
                    // All of it was taken where it was made, and is told there.
                    continue;
                }
                let python = match asked {
                    Asked::Named(python) => Some(python.version),
                    _ => None,
                };
                let facts = StepFacts { native: native(result), python, compiled: compiled(result) };
                judged.facts.insert((flow.stage, flow.step), facts);
                judged.built.add(
                    step,
                    result,
                    options::options(step, self.has_named_index(), folder, ignore),
                );
            }
            for stage in [flow.stage, flow.runs_in] {
                // Stages on one stage share its image, of which everything is told where it is named.
                let root = plan.root_of(stage).unwrap_or(stage);
                if told.insert(root)
                    && let (Some(found), Some(plan)) = (images.get(&stage), plan.stages.get(root))
                {
                    attach(&mut one, 0, located(findings_for(&found.profile, None), &plan.origin));
                }
            }
            self.run.output.detail(&format!("{id}: {}", step.origin));
            judged.push(one, flow.stage, &step.origin);
        }
        if faults.is_empty() || !judged.report.targets.is_empty() {
            self.between_stages(&images, &mut judged)?;
        } else {
            // No step could be judged, and what else is not known would go unsaid.
            faults.extend(
                plan.undetermined
                    .iter()
                    .map(|gap| Error::undetermined(format!("{}: {}", gap.origin, gap.reason))),
            );
        }
        let mut report = judged.report;
        hide(&plan, &mut report);
        for fault in &mut faults {
            fault.reword(|text| plan.shown(text));
        }
        Ok(Judged { report, faults })
    }

    /// The images below the stages that install, and below those that run the result.
    async fn images(&mut self, flows: &[(Flow, &InstallStep)]) -> (BTreeMap<usize, Found>, Vec<Error>) {
        let mut needed: BTreeSet<usize> =
            flows.iter().flat_map(|(flow, _)| [flow.stage, flow.runs_in]).collect();
        let installing: BTreeSet<usize> = flows.iter().map(|(flow, _)| flow.stage).collect();
        needed.insert(self.plan.target);
        let mut images = BTreeMap::new();
        let mut faults: Vec<Error> = Vec::new();
        for index in needed {
            let Some(stage) = self.plan.stages.get(index) else { continue };
            match self.bases.of(&self.plan, stage).await {
                Ok(found) => {
                    images.insert(index, found);
                }
                // Only where something is installed the interpreter must be known; stages on one image say it once.
                Err(fault) if installing.contains(&index) => {
                    if !faults.iter().any(|known| known.to_string() == fault.to_string()) {
                        faults.push(fault);
                    }
                }
                Err(_) => {}
            }
        }
        (images, faults)
    }

    /// The target of a step: the stage that installs decides what is taken, and the one that runs the result has the
    /// libraries. Its name is left to [`Self::id`].
    fn target(
        &self,
        flow: &Flow,
        step: &InstallStep,
        asked: &Asked,
        images: &BTreeMap<usize, Found>,
    ) -> Result<ReportTarget, Error> {
        let stage = self.plan.stages.get(flow.stage);
        let (Some(stage), Some(found)) = (stage, images.get(&flow.stage)) else {
            return Err(Error::internal("a stage that installs has no image"));
        };
        let mut own = found.clone();
        let asked_python = match asked {
            Asked::Named(python) => Some(python),
            Asked::Own | Asked::Unknown(_) => None,
        };
        if let (Some(asked), None, Some(read)) = (asked_python, &self.run.targets.python, &found.read) {
            // Of an image that was read the interpreter that the step names may be another than the first.
            own.profile = read.to_profile(&found.profile.name, found.profile.as_of, Some(asked));
            install_packages(&mut own, stage);
            // The Dockerfile may bring one that the image does not have.
            if !read.chosen_python(Some(asked)).is_some_and(|python| python.is(asked)) {
                own.read = None;
            }
        }
        if let (Some(asked), None) = (asked_python, &own.read) {
            own.profile.python = Some(ImagePython::new(asked.clone()));
            own.profile.unverified.retain(|what| !what.contains("packages Python"));
        }
        let installer = match (&self.run.args.target.installer, installer(step, &own.profile)) {
            (Some(_), _) => None,
            (None, Ok(None)) => packaged_pip(step, asked, &own.profile)
                .map(|version| Installer::new(InstallerKind::Pip, version)),
            (None, Ok(known)) => known,
            (None, Err(why)) => {
                own.profile.unverified.push(why);
                None
            }
        };
        let mut unverified = interpreter::unverified(step, stage, asked, &own.profile);
        if self.run.args.target.installer.is_some() {
            unverified.retain(|what| !what.contains("pip"));
        }
        own.profile.unverified.extend(unverified);
        // The image's own pip does not run this step, so neither its version nor what is not known of it is told.
        if let Some(installer) = &installer {
            let version = installer.version.clone();
            let pip = installer.kind == InstallerKind::Pip && step.tool == Tool::Pip;
            let before = own.profile.pip.take();
            own.profile.pip = if pip {
                Some(ImagePip::new(version, true))
            } else {
                before.map(|before| ImagePip::new(before.version, true))
            };
            own.profile.unverified.retain(|what| !speaks_of_pip(what));
        }
        let profile = own.profile.clone();
        let several = self.run.args.target.on.len() > 1;
        let mut target = self
            .run
            .targets
            .target(&profile.name, &profile.name, own, asked_python, several)
            .map_err(|fault| fault.after(&format!("{}: ", step.origin)))?;
        // The stage has an installer, or the step could not run; which one is told above.
        let assumed = assumed_installer(&target.target);
        target.unverified.retain(|text| *text != assumed);
        if let Some(installer) = installer {
            target.target.installer = installer;
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
        let mut place = BuildPlace::of_profile(&profile).with_packages(
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

    /// The image, with stage, line and column as far as they are needed to tell steps apart. The brackets keep it from
    /// reading like a tag.
    fn id(
        &self,
        stage: &StagePlan,
        step: &InstallStep,
        profile: &ImageProfile,
        flows: &[(Flow, &InstallStep)],
        report: &Report,
    ) -> String {
        let mut name = profile.name.clone();
        // The machine that was asked for goes without saying, and a `--platform` of the file does not.
        let usual = self.run.arches.first() == Some(&profile.arch);
        if self.run.arches.len() > 1 || !usual {
            name = format!("{name} {}", profile.arch.docker_name());
        }
        let mut parts = Vec::new();
        if self.plan.needed().count() > 1 {
            parts.push(format!("stage {}", stage.label()));
        }
        if flows.len() > 1 {
            // A script of the context has lines of its own.
            let same_file = step.origin.file == stage.origin.file;
            let line = step.origin.line;
            parts.push(if same_file {
                format!("line {line}")
            } else {
                format!("{}:{line}", step.origin.file)
            });
            let same_line = flows
                .iter()
                .filter(|(flow, other)| {
                    flow.stage == stage.index
                        && (&other.origin.file, other.origin.line) == (&step.origin.file, line)
                })
                .count();
            if same_line > 1 {
                parts.push(format!("column {}", step.origin.column));
            }
        }
        // A stage that keeps its own image is judged once for each image that another stage is asked about.
        if let Some(other) = self.bases.other()
            && !self.plan.is_replaced(stage.index)
        {
            parts.push(format!("with {other}"));
        }
        let with = |parts: &[String]| {
            if parts.is_empty() { name.clone() } else { format!("{name} [{}]", parts.join(", ")) }
        };
        let taken = |id: &String| report.targets.iter().any(|other| other.id == *id);
        let id = with(&parts);
        let numbered = (2..).map(|number| {
            let mut parts = parts.clone();
            parts.push(format!("time {number}"));
            with(&parts)
        });
        std::iter::once(id).chain(numbered).find(|id| !taken(id)).unwrap_or_else(|| name.clone())
    }

    /// Whether this run names indexes itself, which then count before those of the file.
    fn has_named_index(&self) -> bool {
        let index = &self.run.args.index;
        index.index_url.is_some()
            || !index.extra_index_url.is_empty()
            || index.no_index
            || !index.find_links.is_empty()
    }

    async fn judge_step(
        &self,
        step: &InstallStep,
        mut gathered: Gathered,
        target: ReportTarget,
        built: &built::Offer,
        progress: &Progress,
    ) -> Result<Report, Error> {
        let args = self.run.args;
        let mut environment = self.run.environment.clone();
        let named = self.has_named_index();
        if let Some(text) = &step.options.exclude_newer
            && environment.exclude_newer.is_none()
        {
            environment.exclude_newer = wheelbase::edge::cut(text).ok();
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
            for (url, role, origin) in urls {
                let got = client.get_bytes(&url, LARGEST).await.map_err(|failure| failure.to_string());
                gathered.downloaded(&url, role, &origin, got);
            }
        }
        let mut check = gathered
            .add_to(Check::new())?
            .settings(environment)
            .levels(self.run.levels.clone())
            .variables(step.environment.clone())
            .target(target);
        let own = options::options(step, named, &self.run.folder, &self.run.ignore);
        let options = settings::installer_options(args).into_iter();
        check = options.chain(built.options(own)).fold(check, Check::option);
        if args.no_deps || step.options.no_deps {
            check = check.no_deps();
        }
        if args.inspect {
            check = check.inspect();
        }
        let output = self.run.output;
        let report = check.run_with(|event| check::tell(event, progress, output)).await;
        progress.finish();
        report
    }

    /// What is wrong between stages, and what could not be known of the file.
    fn between_stages(&self, images: &BTreeMap<usize, Found>, steps: &mut Steps) -> Result<(), Error> {
        let known: BTreeMap<usize, StageImage> = images
            .iter()
            .filter_map(|(stage, found)| Some((*stage, stage_image(found, self.plan.stages.get(*stage)?))))
            .collect();
        let facts = &steps.facts;
        let judged = judge_steps(&self.plan, &known, |stage, step| {
            facts.get(&(stage, step)).cloned().unwrap_or_default()
        });
        // A gap that a step's own row tells is not told again.
        let known_gap = |origin: &Origin| {
            steps.report.results.iter().flat_map(|result| &result.findings).any(|finding| {
                [Code::Undetermined, Code::InputMissing].contains(&finding.code)
                    && finding.origin.as_ref() == Some(origin)
            })
        };
        let gaps = self.plan.undetermined.iter().filter(|gap| !known_gap(&gap.origin));
        let gaps = gaps.chain(&judged.undetermined).map(|gap| {
            let mut finding = Finding::new(Code::Undetermined, gap.reason.clone());
            finding.origin = Some(gap.origin.clone());
            finding
        });
        let findings: Vec<Finding> = judged.findings.iter().cloned().chain(gaps).collect();
        if steps.report.results.is_empty() {
            // Nothing is installed; what is to be told still needs a target to be told of.
            let target = self.plan.target_stage().zip(images.get(&self.plan.target));
            let Some((stage, found)) = target else { return Ok(()) };
            let id = found.profile.name.clone();
            let several = self.run.args.target.on.len() > 1;
            let target = self.run.targets.target(&id, &id, found.clone(), None, several).map_err(|_| {
                Error::undetermined(format!(
                    "{}: nothing is installed that could be judged{}",
                    stage.origin,
                    findings.iter().map(|finding| format!("\n{}", finding.message)).collect::<String>()
                ))
            })?;
            let result = TargetVerdict {
                outcome: if self.plan.undetermined.is_empty() {
                    Outcome::Resolved
                } else {
                    Outcome::Undetermined
                },
                distributions: Vec::new(),
                conflicts: Vec::new(),
                findings: located(findings_for(&found.profile, None), &stage.origin),
                undated_files: 0,
                loading: None,
                building: None,
                installed: None,
            };
            let report = Report::new(vec![target], vec![result], self.run.levels.clone());
            steps.push(report, stage.index, &stage.origin);
            self.run
                .output
                .note(&format!("note: {}: nothing is installed that could be judged", stage.origin));
        }
        for finding in findings {
            let at = steps.nearest(&self.plan, finding.origin.as_ref());
            attach(&mut steps.report, at, [finding]);
        }
        Ok(())
    }
}

/// Steps that were judged so far.
struct Steps {
    report: Report,
    /// The stage and the place of each target.
    places: Vec<(usize, Origin)>,
    facts: BTreeMap<(usize, usize), StepFacts>,
    built: built::Built,
}

impl Steps {
    fn new(report: Report) -> Self {
        Self { report, places: Vec::new(), facts: BTreeMap::new(), built: built::Built::default() }
    }

    fn push(&mut self, mut one: Report, stage: usize, origin: &Origin) {
        self.places.extend(one.targets.iter().map(|_| (stage, origin.clone())));
        self.report.targets.append(&mut one.targets);
        self.report.results.append(&mut one.results);
    }

    /// The target that a place of the file belongs to: the step of its line, else the next one of its stage, else the last
    /// one of that stage, else the last of all.
    fn nearest(&self, plan: &Plan, origin: Option<&Origin>) -> usize {
        let last = self.report.targets.len().saturating_sub(1);
        let Some(origin) = origin else { return last };
        let places = || self.places.iter().enumerate().filter(|(_, (_, at))| at.file == origin.file);
        let on_line: Vec<usize> =
            places().filter(|(_, (_, at))| at.line == origin.line).map(|(index, _)| index).collect();
        if let Some(exact) = places().find(|(_, (_, at))| at == origin) {
            return exact.0;
        }
        if let Some(first) = on_line.first() {
            return *first;
        }
        let stage = plan
            .stages
            .iter()
            .rfind(|stage| stage.origin.file == origin.file && stage.origin.line <= origin.line);
        let Some(stage) = stage.map(|stage| stage.index) else { return last };
        let of_stage = || places().filter(|(_, (at, _))| *at == stage);
        of_stage()
            .find(|(_, (_, at))| at.line > origin.line)
            .or_else(|| of_stage().next_back())
            .map_or(last, |(index, _)| index)
    }
}

/// Makes findings of gaps that end the build for sure: files that nothing puts into the image. What an image of somebody's
/// own holds nobody knows.
fn files_missing(step: &InstallStep, absent: &[Absent], profile: &ImageProfile, result: &mut TargetVerdict) {
    let own = ["user", "unknown", "target", "read"].contains(&profile.family.as_str());
    for finding in result.findings.iter_mut().filter(|finding| finding.code == Code::Undetermined) {
        let sure = absent
            .iter()
            .find(|absent| finding.origin.as_ref() == Some(&absent.origin) && !(absent.of_image && own));
        if let Some(absent) = sure {
            finding.message.clone_from(&absent.message);
            finding.code = Code::InputMissing;
            finding.level = step.conditional.is_some().then_some(Level::Warn);
            finding.help =
                Some("copy it into the image before this step, to where the step looks for it".to_owned());
        }
    }
}

/// Whether something that is not known of an image speaks of its pip.
fn speaks_of_pip(what: &str) -> bool {
    what.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "pip")
}

/// Takes secrets of the file out of everything that may quote it.
fn hide(plan: &Plan, report: &mut Report) {
    for target in &mut report.targets {
        target.notes.iter_mut().chain(&mut target.unverified).for_each(|text| plan.shown(text));
    }
    for finding in report.results.iter_mut().flat_map(|result| &mut result.findings) {
        plan.shown(&mut finding.message);
        finding.help.iter_mut().for_each(|text| plan.shown(text));
    }
}
