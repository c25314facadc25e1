//! One variant of a Dockerfile, checked step by step.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::dockerfile::{Flow, Ignore, InstallStep, Plan, StagePlan, Step};
use crate::error::Error;
use crate::findings::{Finding, Redaction, Undetermined, UnknownCause};
use crate::index::Cutoff;
use crate::report::{Levels, Report, ReportTarget};
use crate::requirements::SettingKind;
use crate::rules::dockerfile::{StageImage, StepFacts, check_steps};
use crate::source::Origin;
use crate::target_choice::{FoundImage, TargetChoice};
use crate::verdict::{BuiltWheels, Outcome, VerdictDraft};

use super::answered::{CheckedStep, CheckedSteps};
use super::built;
use super::facts::{compiled, install_packages, native, of_image, stage_image};
use super::files::ContextFiles;
use super::installer::{is_housekeeping, refused};
use super::interpreter::{self, Asked};
use super::nothing_checked::NothingChecked;
use super::options;
use super::steps::{self, StepInputs};

/// The settings for all variants of a file.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Settings<'a> {
    /// Architectures, Python and installer.
    pub choice: &'a TargetChoice,
    /// The build context.
    pub context: &'a dyn ContextFiles,
    /// The rules that exclude files from it.
    pub ignore: &'a Ignore,
    /// The options for installers; those on indexes override those of the file.
    pub options: &'a [SettingKind],
    /// The levels of findings.
    pub levels: &'a Levels,
    /// Whether several images replace that of the file, so that each name is required.
    pub several: bool,
}

impl std::fmt::Debug for Settings<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("choice", self.choice).finish_non_exhaustive()
    }
}

impl<'a> Settings<'a> {
    /// Settings for one file and its context.
    pub fn new(
        choice: &'a TargetChoice,
        context: &'a dyn ContextFiles,
        ignore: &'a Ignore,
        options: &'a [SettingKind],
        levels: &'a Levels,
    ) -> Self {
        Self { choice, context, ignore, options, levels, several: false }
    }

    /// Whether the options name indexes, which then override those of the file.
    fn has_named_index(&self) -> bool {
        self.options.iter().any(options::is_of_index)
    }
}

/// One variant of a file: its plan on the images of its stages.
///
/// [`stages`](Self::stages) returns the stages with required images, and [`add_image`](Self::add_image) adds them. Then
/// [`next_question`](Self::next_question) returns one install step after another as a [`Question`], and
/// [`answer`](Self::answer) adds its verdict in progress. [`finish`](Self::finish) checks the copies between stages.
pub struct DockerfileCheck<'a> {
    pub(super) settings: Settings<'a>,
    pub(super) plan: Arc<Plan>,
    /// The image that replaces that of the file.
    pub(super) other: Option<&'a str>,
    pub(super) flows: Arc<[Flow]>,
    /// How many of them were asked about.
    asked: usize,
    pub(super) images: BTreeMap<usize, FoundImage>,
    pub(super) steps: CheckedSteps,
    /// Stages with images that were reported.
    reported: BTreeSet<usize>,
    faults: Vec<Error>,
}

impl std::fmt::Debug for DockerfileCheck<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DockerfileCheck")
            .field("other", &self.other)
            .field("steps", &self.flows.len())
            .field("asked", &self.asked)
            .finish_non_exhaustive()
    }
}

/// The requirements of an install step and their target, which are checked like other requirements.
#[derive(Debug)]
#[non_exhaustive]
pub struct Question {
    /// The target of the step.
    pub target: ReportTarget,
    /// The position of the step.
    pub origin: Origin,
    /// What it reads.
    pub inputs: StepInputs,
    /// The options of the installer, those of the caller first.
    pub options: Vec<SettingKind>,
    /// The environment variables of the step.
    pub variables: BTreeMap<String, String>,
    /// Whether dependencies are excluded.
    pub no_deps: bool,
    /// The `--exclude-newer` value of the step.
    pub exclude_newer: Option<Cutoff>,
    /// The wheels of earlier steps that it installs, as a fact for its verdict.
    pub built: Option<BuiltWheels>,
    /// Findings on the step itself, as a fact for its verdict.
    pub findings: Vec<Finding>,
    flow: Flow,
    asked: Asked,
    /// Whether it installs only wheels of earlier steps.
    only_built: bool,
    /// Only the options of the step.
    own_options: Vec<SettingKind>,
}

/// The result of one variant of a file.
#[derive(Debug)]
#[non_exhaustive]
pub struct CheckedVariant {
    /// The verdicts, one for each step.
    pub report: Report,
    /// Why some of its stages are not checked.
    pub faults: Vec<Error>,
    /// Additional notes.
    pub notes: Vec<String>,
}

/// The stage and the install step of a flow.
pub(super) fn of_flow<'p>(plan: &'p Plan, flow: &Flow) -> Option<(&'p StagePlan, &'p InstallStep)> {
    let stage = plan.stages.get(flow.stage)?;
    match stage.steps.get(flow.step) {
        Some(Step::Install(step)) => Some((stage, step.as_ref())),
        _ => None,
    }
}

impl<'a> DockerfileCheck<'a> {
    /// Creates a check of a plan; `other` is the image that replaces that of the file in the plan.
    pub fn new(plan: Plan, other: Option<&'a str>, settings: Settings<'a>) -> Self {
        let flows = plan.flows().into_iter();
        let installs = |flow: &Flow| of_flow(&plan, flow).is_some_and(|(_, step)| !is_housekeeping(step));
        let flows: Arc<[Flow]> = flows.filter(installs).collect();
        Self {
            steps: CheckedSteps::default(),
            settings,
            plan: Arc::new(plan),
            other,
            flows,
            asked: 0,
            images: BTreeMap::new(),
            reported: BTreeSet::new(),
            faults: Vec::new(),
        }
    }

    /// The plan.
    pub fn plan(&self) -> Arc<Plan> {
        Arc::clone(&self.plan)
    }

    /// Returns the stages with required images: those that install, and those that run the result.
    pub fn stages(&self) -> BTreeSet<usize> {
        let mut needed: BTreeSet<usize> =
            self.flows.iter().flat_map(|flow| [flow.stage, flow.runs_in]).collect();
        needed.insert(self.plan.target);
        needed
    }

    /// Adds the image below a stage, or the reason why it is unknown.
    pub fn add_image(&mut self, stage: usize, found: Result<FoundImage, Error>) {
        match found {
            Ok(mut found) => {
                if let Some(stage) = self.plan.stages.get(stage) {
                    install_packages(&mut found, stage);
                }
                self.images.insert(stage, found);
            }
            // The interpreter must be known only in stages that install; stages on one image report it once.
            Err(fault) if self.flows.iter().any(|flow| flow.stage == stage) => {
                if !self.faults.contains(&fault) {
                    self.faults.push(fault);
                }
            }
            Err(_) => {}
        }
    }

    /// Returns the next step with a known image.
    pub fn next_question(&mut self) -> Option<Question> {
        let (plan, flows) = (Arc::clone(&self.plan), Arc::clone(&self.flows));
        while let Some(flow) = flows.get(self.asked) {
            self.asked += 1;
            // The reason why its image is unknown was already reported.
            if let Some((stage, step)) = of_flow(&plan, flow)
                && let Some(found) = self.images.get(&flow.stage)
            {
                match self.question(flow, stage, step, found) {
                    Ok(Some(question)) => return Some(question),
                    Ok(None) => {}
                    Err(fault) => self.faults.push(fault),
                }
            }
        }
        None
    }

    /// The question of a step; `None` if it only installs files that a step before it built.
    fn question(
        &self,
        flow: &Flow,
        stage: &StagePlan,
        step: &InstallStep,
        found: &FoundImage,
    ) -> Result<Option<Question>, Error> {
        let Settings { context, ignore, .. } = self.settings;
        let published = found.profile.family.is_published();
        let mut inputs = steps::gather(step, context, ignore, &self.plan.undetermined, published);
        let built = built::Offer::of(&mut inputs, step, &self.steps.built);
        if built.is_nothing_new() {
            return Ok(None);
        }
        let asked = interpreter::asked(step, stage, &found.profile);
        let mut target = self.target(flow, step, &asked)?;
        if let Asked::Unknown(cause) = &asked {
            inputs = StepInputs::undetermined(step.tool.as_str(), &step.origin, cause.clone());
        }
        if !step.tool.is_checked() {
            let cause = UnknownCause::NotFromIndex { tool: step.tool };
            inputs = StepInputs::undetermined(step.tool.as_str(), &step.origin, cause);
        }
        target.id = self.id(stage, step, &found.profile);
        let findings = [
            refused(step, &found.profile, &target.target)
                .filter(|_| !options::breaks_system_packages(step, context, ignore)),
            interpreter::missing(step, stage, &found.profile),
        ];
        let own_options = options::options(step, self.settings.has_named_index(), context, ignore);
        let options = self.settings.options.iter().cloned();
        let options = options.chain(built.options(own_options.clone())).collect();
        let built = built.wheels();
        Ok(Some(Question {
            target,
            origin: step.origin.clone(),
            inputs,
            options,
            variables: step.environment.clone(),
            no_deps: step.options.no_deps,
            exclude_newer: step.options.exclude_newer,
            only_built: built.as_ref().is_some_and(|built| built.folder.is_some()),
            built,
            findings: findings.into_iter().flatten().collect(),
            flow: flow.clone(),
            asked,
            own_options,
        }))
    }

    /// Adds the verdict in progress on a step. Returns whether it is part of the result: all of its files may have been
    /// reported at the step that built them.
    pub fn answer(&mut self, question: Question, draft: VerdictDraft) -> bool {
        let plan = Arc::clone(&self.plan);
        let Question { target, flow, asked, only_built, own_options, .. } = question;
        let Some((_, step)) = of_flow(&plan, &flow) else { return false };
        if only_built && draft.outcome() == Outcome::Resolved && draft.findings().is_empty() {
            return false;
        }
        let python = match asked {
            Asked::Named(python) => Some(python.version),
            _ => None,
        };
        let rows = draft.distributions();
        let facts = StepFacts { native: native(rows), python, compiled: compiled(rows) };
        self.steps.facts.insert((flow.stage, flow.step), facts);
        self.steps.built.add(step, &draft, own_options);
        let mut others = Vec::new();
        for stage in [flow.stage, flow.runs_in] {
            // Stages that are based on another stage share its image, and findings on it are reported at its name.
            let root = plan.root_of(stage).unwrap_or(stage);
            if self.reported.insert(root)
                && let (Some(found), Some(plan)) = (self.images.get(&stage), plan.stages.get(root))
            {
                others.extend(of_image(&found.profile, &plan.origin));
            }
        }
        let origin = step.origin.clone();
        self.steps.checked.push(CheckedStep { target, draft, others, stage: flow.stage, origin });
        true
    }

    /// Checks the copies between stages, and combines all results.
    ///
    /// # Errors
    ///
    /// If nothing is installed, and there is no target for the report.
    pub fn finish(mut self) -> Result<CheckedVariant, Error> {
        let mut steps = std::mem::take(&mut self.steps);
        let mut faults = std::mem::take(&mut self.faults);
        let mut notes = Vec::new();
        if faults.is_empty() || !steps.checked.is_empty() {
            notes.extend(self.between_stages(&mut steps)?);
        } else {
            // No step could be checked, so the other unknown facts would not be reported.
            faults.extend(
                self.plan
                    .undetermined
                    .iter()
                    .map(|gap| Error::undetermined(format!("{}: {}", gap.origin, gap.reason))),
            );
        }
        let report = steps.report(&self.plan, self.settings.levels.clone());
        for fault in &mut faults {
            fault.reword(|text| self.plan.shown(text));
        }
        Ok(CheckedVariant { report, faults, notes })
    }

    /// The findings on copies between stages, and the unknown facts of the file.
    fn between_stages(&self, steps: &mut CheckedSteps) -> Result<Option<String>, Error> {
        let mut note = None;
        let known: BTreeMap<usize, StageImage> = self
            .images
            .iter()
            .filter_map(|(stage, found)| Some((*stage, stage_image(found, self.plan.stages.get(*stage)?))))
            .collect();
        let facts = &steps.facts;
        let checked = check_steps(&self.plan, &known, |stage, step| {
            facts.get(&(stage, step)).cloned().unwrap_or_default()
        });
        // A gap at an input that a step reports is not reported again.
        let covered = steps.unchecked_inputs();
        let gaps = self.plan.undetermined.iter().filter(|gap| !covered.contains(&gap.origin));
        let gaps = gaps.map(|gap| {
            let cause = UnknownCause::Dockerfile(gap.reason.clone());
            Finding::of(Undetermined::Dockerfile { cause }).at(gap.origin.clone())
        });
        let findings: Vec<Finding> =
            checked.findings.into_iter().chain(gaps).chain(checked.undetermined).collect();
        if steps.checked.is_empty() {
            // Nothing is installed, but findings require a target.
            let target = self.plan.target_stage().zip(self.images.get(&self.plan.target));
            let Some((stage, found)) = target else { return Ok(None) };
            let id = found.profile.name.clone();
            let Settings { choice, several, .. } = self.settings;
            let target = choice.target(&id, &id, found.clone(), None, several).map_err(|cause| {
                let redaction = Redaction::of(self.plan.secrets());
                let findings = findings.iter().map(|finding| finding.clone().redacted(&redaction)).collect();
                Error::from(NothingChecked { origin: stage.origin.clone(), findings, cause })
            })?;
            let outcome = match self.plan.undetermined.is_empty() {
                true => Outcome::Resolved,
                false => Outcome::Undetermined,
            };
            let draft = VerdictDraft::without_rows(outcome, of_image(&found.profile, &stage.origin));
            let (origin, others) = (stage.origin.clone(), Vec::new());
            steps.checked.push(CheckedStep { target, draft, others, stage: stage.index, origin });
            note = Some(format!("{}: no installation could be checked", stage.origin));
        }
        for finding in findings {
            steps.add(&self.plan, finding);
        }
        Ok(note)
    }
}
