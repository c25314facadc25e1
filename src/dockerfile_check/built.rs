//! Wheels that one step builds and another installs.

use std::collections::BTreeMap;

use crate::dockerfile::{Action, InstallStep};
use crate::name::ProjectName;
use crate::requirements::{Role, SettingKind};
use crate::source::Origin;
use crate::verdict::{BuiltWheels, Kind, Outcome, VerdictDraft, WheelFolder};
use crate::version::Version;

use super::options::is_of_index;
use super::steps::StepInputs;

/// The files that steps with `pip wheel` and `pip download` write to their directories, by the index of the step.
#[derive(Default)]
pub(super) struct Built {
    steps: BTreeMap<Origin, Made>,
}

/// The files of one step.
#[derive(Clone, Default)]
struct Made {
    files: Vec<(ProjectName, Version)>,
    /// Whether the list is complete.
    whole: bool,
    /// Whether dependencies were excluded.
    no_deps: bool,
    /// Whether all files are wheels, also those of source distributions.
    wheels: bool,
    /// The origin of its files.
    options: Vec<SettingKind>,
}

impl Built {
    /// Adds the files of a step, if it writes files.
    pub(super) fn add(&mut self, step: &InstallStep, draft: &VerdictDraft, options: Vec<SettingKind>) {
        if !matches!(step.action, Action::Wheel | Action::Download) {
            return;
        }
        let taken = |kind| matches!(kind, Kind::Wheel | Kind::Sdist | Kind::Tree);
        let rows = draft.distributions().iter();
        let files = rows
            .clone()
            .filter(|row| taken(row.kind))
            .filter_map(|row| Some((row.project.clone(), row.version.clone()?)));
        let whole = draft.outcome() == Outcome::Resolved && rows.clone().all(|row| taken(row.kind));
        let made =
            self.steps.entry(step.origin.clone()).or_insert_with(|| Made { whole: true, ..Made::default() });
        made.files.extend(files);
        made.whole &= whole;
        made.no_deps |= step.options.no_deps;
        made.wheels = step.action == Action::Wheel;
        made.options = options;
    }
}

/// How a step uses the files of earlier steps.
#[derive(Debug)]
pub(super) enum Offer {
    /// It does not use them.
    None,
    /// It installs what they are, and what they need was made with them.
    NothingNew,
    /// It installs them, and dependencies from the usual locations unless they have a directory.
    Installs {
        /// The files.
        wheels: BuiltWheels,
        /// The options of the step that created them.
        options: Vec<SettingKind>,
    },
}

impl Offer {
    /// Replaces the files that a step names by their requirements, or adds them.
    pub(super) fn of(gathered: &mut StepInputs, step: &InstallStep, built: &Built) -> Self {
        if gathered.builders.is_empty() {
            return Self::None;
        }
        let made: Vec<(&Origin, &Made)> =
            gathered.builders.iter().filter_map(|origin| built.steps.get_key_value(origin)).collect();
        let only_built = gathered.is_only_built();
        // The files of the other steps are unknown, and the reason is reported there.
        let Some((first, _)) = made.first().copied().filter(|_| made.len() == gathered.builders.len()) else {
            return if only_built || gathered.only_builders { Self::NothingNew } else { Self::None };
        };
        let no_deps = made.iter().any(|(_, made)| made.no_deps);
        if only_built && (step.options.no_deps || !no_deps) {
            return Self::NothingNew;
        }
        let files: BTreeMap<ProjectName, Version> =
            made.iter().flat_map(|(_, made)| made.files.iter().cloned()).collect();
        for (name, version) in &files {
            // Named archives are requirements; archives in the only directory are the only candidates.
            let role = if only_built { Role::Requirements } else { Role::Constraints };
            gathered.text(format!("{name}=={version}"), first, role);
        }
        let wheels = made.iter().filter(|(_, made)| made.wheels);
        let wheels = wheels.flat_map(|(_, made)| made.files.iter().map(|(name, _)| name.clone())).collect();
        let nothing_else = gathered.only_builders || only_built && step.options.no_index;
        if !nothing_else {
            return match only_built {
                true => Self::Installs { wheels: BuiltWheels::new(wheels, None), options: Vec::new() },
                false => Self::None,
            };
        }
        let path = match step.options.find_links.as_slice() {
            [] => made.first().map_or_else(String::new, |(origin, _)| origin.to_string()),
            links => links.join("`, `"),
        };
        let mut folder = WheelFolder::new(path, first.clone(), step.tool, step.origin.clone());
        folder.projects = files.into_keys().collect();
        folder.whole = made.iter().all(|(_, made)| made.whole);
        Self::Installs {
            wheels: BuiltWheels::new(wheels, Some(folder)),
            options: made.first().map(|(_, made)| made.options.clone()).unwrap_or_default(),
        }
    }

    pub(super) fn is_nothing_new(&self) -> bool {
        matches!(self, Self::NothingNew)
    }

    /// The options of the step: files from a directory are searched for at their origin.
    pub(super) fn options(&self, own: Vec<SettingKind>) -> Vec<SettingKind> {
        match self {
            Self::Installs { options, wheels } if wheels.folder.is_some() => {
                let kept = own.into_iter().filter(|kind| !is_of_index(kind));
                options.iter().filter(|kind| is_of_index(kind)).cloned().chain(kept).collect()
            }
            _ => own,
        }
    }

    /// The files, as a fact for the verdict on the step.
    pub(super) fn wheels(self) -> Option<BuiltWheels> {
        match self {
            Self::Installs { wheels, .. } => Some(wheels),
            Self::None | Self::NothingNew => None,
        }
    }
}
