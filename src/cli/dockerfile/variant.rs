//! One way to build a Dockerfile, judged step by step.

use std::collections::{BTreeMap, BTreeSet};

use crate::build::BuildPlace;
use crate::dockerfile::{Flow, InstallStep, Native, Plan, StageImage, StagePlan, Step};
use crate::edge::targets::Found;
use crate::edge::{Check, IndexClient};
use crate::error::Error;
use crate::gate::{Code, Finding};
use crate::image::ImageProfile;
use crate::report::{Report, ReportTarget, assumed_installer};
use crate::verdict::{Outcome, TargetVerdict};

use super::super::progress::Progress;
use super::super::{check, settings};
use super::bases::{Bases, install_packages};
use super::facts::{attach, located, native, stage_image};
use super::installer::{asked_python, installer, is_housekeeping, refused};
use super::steps::{self, Gathered};
use super::{LARGEST, Run};

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
            // Why its image is not known is told already.
            if !images.contains_key(&flow.stage) {
                continue;
            }
            let mut target = match self.target(flow, step, &images, flows.len()) {
                Ok(target) => target,
                Err(fault) => {
                    faults.push(fault);
                    continue;
                }
            };
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
            let refused = images
                .get(&flow.stage)
                .and_then(|found| refused(step, &found.profile, &target.target))
                .filter(|_| !steps::breaks_system_packages(step, folder));
            let mut judged = self.judge_step(step, gathered, target, &progress).await?;
            attach(&mut judged, refused.into_iter().collect());
            if let Some(result) = judged.results.first() {
                natives.insert((flow.stage, flow.step), native(result));
            }
            for stage in [flow.stage, flow.runs_in] {
                // Stages on one stage share its image, of which everything is told where it is named.
                let root = plan.root_of(stage).unwrap_or(stage);
                if told.insert(root)
                    && let (Some(found), Some(plan)) = (images.get(&stage), plan.stages.get(root))
                {
                    attach(&mut judged, located(found.profile.findings_for(None), &plan.origin));
                }
            }
            self.run.output.detail(&format!("{id}: {}", step.origin));
            report.targets.append(&mut judged.targets);
            report.results.append(&mut judged.results);
        }
        if faults.is_empty() || !report.targets.is_empty() {
            self.between_stages(&images, &natives, &mut report)?;
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
    /// libraries.
    fn target(
        &self,
        flow: &Flow,
        step: &InstallStep,
        images: &BTreeMap<usize, Found>,
        flows: usize,
    ) -> Result<ReportTarget, Error> {
        let stage = self.plan.stages.get(flow.stage);
        let (Some(stage), Some(found)) = (stage, images.get(&flow.stage)) else {
            return Err(Error::internal("a stage that installs has no image"));
        };
        let id = self.id(stage, step, &found.profile, flows);
        let asked = asked_python(step);
        let mut own = found.clone();
        if let (Some(asked), None, Some(read)) = (&asked, &self.run.targets.python, &found.read) {
            // Of an image that was read the interpreter that the step names may be another than the first.
            own.profile = read.to_profile(&found.profile.name, found.profile.as_of, Some(asked));
            install_packages(&mut own, stage);
        }
        let profile = own.profile.clone();
        let mut target = self
            .run
            .targets
            .target(&id, &profile.name, own, asked.as_ref(), self.run.args.target.on.len() > 1)
            .map_err(|fault| fault.after(&format!("{}: ", step.origin)))?;
        // The stage has an installer, or the step could not run.
        let assumed = assumed_installer(&target.target);
        let without = target.unverified.len();
        target.unverified.retain(|text| *text != assumed);
        if self.run.args.target.installer.is_none() {
            match installer(step, &profile) {
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
    ) -> Result<Report, Error> {
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
        report
    }

    /// What is wrong between stages, and what could not be known of the file.
    fn between_stages(
        &self,
        images: &BTreeMap<usize, Found>,
        natives: &BTreeMap<(usize, usize), Native>,
        report: &mut Report,
    ) -> Result<(), Error> {
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
            let several = self.run.args.target.on.len() > 1;
            let target = self.run.targets.target(&id, &id, found.clone(), None, several).map_err(|_| {
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
                findings: located(found.profile.findings_for(None), &stage.origin),
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
