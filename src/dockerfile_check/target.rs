//! The target of a step, and its unique name.

use crate::build::BuildEnvironment;
use crate::dockerfile::{Flow, InstallStep, StagePlan, Tool};
use crate::error::Error;
use crate::image::{ImagePip, ImageProfile, ImagePython, Unverified};
use crate::report::ReportTarget;
use crate::target::{Arch, Installer, InstallerKind};

use super::facts::install_packages;
use super::installer::installer;
use super::interpreter::{self, Asked, packaged_pip};
use super::variant::{DockerfileCheck, of_flow};

impl DockerfileCheck<'_> {
    /// The target of a step: the stage that installs decides which files are chosen, and the stage that runs the result
    /// provides the libraries. [`Self::id`] sets its name.
    pub(super) fn target(
        &self,
        flow: &Flow,
        step: &InstallStep,
        asked: &Asked,
    ) -> Result<ReportTarget, Error> {
        let stage = self.plan.stages.get(flow.stage);
        let (Some(stage), Some(found)) = (stage, self.images.get(&flow.stage)) else {
            return Err(Error::internal("a stage that installs has no image"));
        };
        let mut own = found.clone();
        let asked_python = match asked {
            Asked::Named(python) => Some(python),
            Asked::Own | Asked::Unknown(_) => None,
        };
        if let (Some(asked), None, Some(read)) = (asked_python, &self.settings.choice.python, &found.read) {
            // In an image that was read, the step may name another interpreter than the first.
            own.profile = read.to_profile(&found.profile.name, found.profile.as_of, Some(asked));
            install_packages(&mut own, stage);
            // The Dockerfile may install one that the image does not have.
            if !read.chosen_python(Some(asked)).is_some_and(|python| python.is(asked)) {
                own.read = None;
            }
        }
        if let (Some(asked), None) = (asked_python, &own.read) {
            own.profile.python = Some(ImagePython::new(asked.clone()));
            own.profile.unverified.retain(|fact| !matches!(fact, Unverified::PackagedPython { .. }));
        }
        let installer = match (&self.settings.choice.installer, installer(step, &own.profile)) {
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
        if self.settings.choice.installer.is_some() {
            unverified.retain(|fact| !fact.is_about_pip());
        }
        own.profile.unverified.extend(unverified);
        // The pip of the image does not run this step, so its version and its unverified parts are not reported.
        if let Some(installer) = &installer {
            let version = installer.version.clone();
            let pip = installer.kind == InstallerKind::Pip && step.tool == Tool::Pip;
            let before = own.profile.pip.take();
            own.profile.pip = if pip {
                Some(ImagePip::new(version, true))
            } else {
                before.map(|before| ImagePip::new(before.version, true))
            };
            own.profile.unverified.retain(|fact| !fact.is_about_pip());
        }
        let profile = own.profile.clone();
        let mut target = self
            .settings
            .choice
            .target(&profile.name, &profile.name, own, asked_python, self.settings.several)
            .map_err(|fault| fault.after(&format!("{}: ", step.origin)))?;
        // The stage has an installer, because the step runs one; its version is reported above.
        target.unverified.retain(|fact| !matches!(fact, Unverified::AssumedInstaller(_)));
        if let Some(installer) = installer {
            target.target.installer = installer;
        }
        if let Some(why) = &step.conditional {
            target.notes.push(format!("{}: this step may be skipped: {why}", step.origin));
        }
        if !step.options.platforms.is_empty() {
            let platforms = step.options.platforms.join(", ");
            target.unverified.push(Unverified::OtherPlatforms { at: step.origin.to_string(), platforms });
        }
        // Packages that were installed before this step count, also if a later step removes them.
        let mut place = BuildEnvironment::of_profile(&profile).with_packages(
            step.packages.iter().map(String::as_str),
            step.toolchain.tools.keys().map(String::as_str),
        );
        if self.plan.needed().count() > 1 {
            place = place.named(format!("stage `{}`", stage.label()));
        } else if !step.packages.is_empty() {
            place = place.named(format!("the stage on {}", profile.name));
        }
        // Files that run there were copied there.
        place.installer = Some(true);
        target = target.with_build(place);
        if flow.runs_in != flow.stage
            && let (Some(runs), Some(found)) =
                (self.plan.stages.get(flow.runs_in), self.images.get(&flow.runs_in))
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

    /// The image, with stage, line and column if they are required for a unique name. The brackets distinguish it from a
    /// tag.
    pub(super) fn id(&self, stage: &StagePlan, step: &InstallStep, profile: &ImageProfile) -> String {
        let (flows, steps) = (&self.flows, &self.steps.checked);
        let arches = &self.settings.choice.arches;
        let mut name = profile.name.clone();
        // The requested machine is the default, so only another `--platform` in the file is added.
        let usual = arches.first().unwrap_or(&Arch::x86_64()) == &profile.arch;
        if arches.len() > 1 || !usual {
            name = format!("{name} {}", profile.arch.docker_name());
        }
        let mut parts = Vec::new();
        if self.plan.needed().count() > 1 {
            parts.push(format!("stage {}", stage.label()));
        }
        if flows.len() > 1 {
            // A script of the context has its own lines.
            let same_file = step.origin.file == stage.origin.file;
            let line = step.origin.line;
            parts.push(if same_file {
                format!("line {line}")
            } else {
                format!("{}:{line}", step.origin.file)
            });
            let same_line = flows
                .iter()
                .filter(|flow| flow.stage == stage.index)
                .filter_map(|flow| of_flow(&self.plan, flow))
                .filter(|(_, other)| (&other.origin.file, other.origin.line) == (&step.origin.file, line))
                .count();
            if same_line > 1 {
                parts.push(format!("column {}", step.origin.column));
            }
        }
        // A stage that keeps its image is checked once for each image that replaces that of another stage.
        if let Some(other) = self.other
            && !self.plan.is_replaced(stage.index)
        {
            parts.push(format!("with {other}"));
        }
        let with = |parts: &[String]| {
            if parts.is_empty() { name.clone() } else { format!("{name} [{}]", parts.join(", ")) }
        };
        let taken = |id: &String| steps.iter().any(|other| other.target.id == *id);
        let id = with(&parts);
        let numbered = (2..).map(|number| {
            let mut parts = parts.clone();
            parts.push(format!("time {number}"));
            with(&parts)
        });
        std::iter::once(id).chain(numbered).find(|id| !taken(id)).unwrap_or_else(|| name.clone())
    }
}
