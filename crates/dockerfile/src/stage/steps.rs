//! Adding steps to a stage.

use crate::files::Operation;
use crate::gap::{DockerfileGap, UnknownPart};
use crate::model::{Action, Destination, InstallStep, InstallerVersion, Step, SystemStep};
use crate::stage::state::StageState;
use wheelbase_formats::limits;
use wheelbase_spec::name::ProjectName;

/// The projects of the tools: an installation of one of them changes the version of the tool.
const INSTALLER_PROJECTS: [&str; 8] =
    ["pip", "uv", "poetry", "pipenv", "pdm", "pip-tools", "pipx", "poetry-core"];

impl StageState<'_> {
    /// Adds a step and applies its effects on later ones.
    pub(crate) fn install(&mut self, step: InstallStep) {
        let installs = || {
            self.steps.done.iter().filter_map(|step| match step {
                Step::Install(step) => Some(step),
                Step::System(_) => None,
            })
        };
        let repeats = installs().filter(|known| known.origin == step.origin).count();
        if repeats >= limits::DOCKERFILE_REPEATS || installs().count() >= limits::DOCKERFILE_STAGE_INSTALLS {
            let reason = match repeats >= limits::DOCKERFILE_REPEATS {
                true => DockerfileGap::ManyRepeats { limit: limits::DOCKERFILE_REPEATS },
                false => DockerfileGap::ManyInstalls { limit: limits::DOCKERFILE_STAGE_INSTALLS },
            };
            // Reported once, for the first step that is dropped.
            if !self.steps.cut {
                self.undetermined(step.origin, reason);
                self.steps.cut = repeats < limits::DOCKERFILE_REPEATS;
            }
            return;
        }
        if step.conditional.is_none() && step.action == Action::Install {
            for (requirement, _) in &step.requirements {
                let end = requirement
                    .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
                    .unwrap_or(requirement.len());
                let (name, rest) = requirement.split_at(end);
                let Ok(name) = name.parse::<ProjectName>() else { continue };
                if !INSTALLER_PROJECTS.contains(&name.as_str()) {
                    continue;
                }
                let specifier = rest.trim_start_matches(|c: char| c != ']' && rest.starts_with('['));
                let specifier =
                    specifier.trim_start_matches(']').split(';').next().unwrap_or_default().trim();
                let version = if specifier.is_empty() {
                    // Without `--upgrade`, pip does not replace itself.
                    if name.as_str() == "pip" && !step.options.upgrade {
                        continue;
                    }
                    InstallerVersion::Newest
                } else {
                    InstallerVersion::Specified(specifier.replace(' ', ""))
                };
                let key = match (&step.destination, name.as_str()) {
                    (Destination::Venv(path), "pip") => format!("pip in {path}"),
                    (_, name) => name.to_owned(),
                };
                self.python.installers.insert(key, version);
            }
        }
        if let (Action::Wheel | Action::Download, Destination::Wheels(folder)) =
            (step.action, &step.destination)
        {
            let built = Operation::Built { path: folder.clone(), origin: step.origin.clone() };
            self.files.push(built);
        }
        if let Some(reason) = &step.conditional
            && *reason != DockerfileGap::OnlyOnFailure
        {
            self.undetermined(step.origin.clone(), UnknownPart::Execution.because(reason));
        }
        self.notes.assign_empty(&step.origin);
        self.want_inputs(&step);
        self.steps.done.push(Step::Install(Box::new(step)));
    }

    /// Adds a step of a package manager and applies it to the packages. `group` is that of `apk add --virtual`.
    pub(crate) fn change_packages(&mut self, step: SystemStep, group: Option<&str>) {
        self.packages.change(&step, group);
        self.steps.done.push(Step::System(step));
    }
}
