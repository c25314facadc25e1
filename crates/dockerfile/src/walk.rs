//! Applies the instructions of a Dockerfile to its stages, in order.

use std::collections::{BTreeMap, BTreeSet};

use crate::context::{Context, Purpose, WantedFile};
use crate::expand::expand;
use crate::fault::{DockerfileError, Fault};
use crate::file::Dockerfile;
use crate::gap::{DockerfileGap, UnknownPart};
use crate::model::{Base, CopyOrigin, StagePlan, UnknownFact};
use crate::options::{PlanOptions, ReplaceScope};
use crate::path;
use crate::plan::{Assumed, Plan};
use crate::secrets::Secrets;
use crate::stage::{Notes, StageState};
use crate::syntax::{Instruction, Kind, NameValue};
use crate::text::{Text, Variables};
use wheelbase_image::ImageRef;
use wheelbase_image::read::ImageLocation;
use wheelbase_spec::source::Origin;
use wheelbase_spec::target::TargetSpec;

pub(super) struct Walk<'d> {
    pub(super) dockerfile: &'d Dockerfile,
    pub(super) options: &'d PlanOptions,
    pub(super) context: &'d Context,
    pub(super) faults: Vec<Fault>,
    pub(super) states: Vec<StageState<'d>>,
    pub(super) plans: Vec<StagePlan>,
    /// Bases that replace those of the file, by the index of the stage.
    replaced: BTreeMap<usize, Base>,
}

impl<'d> Walk<'d> {
    pub(super) fn new(
        dockerfile: &'d Dockerfile,
        options: &'d PlanOptions,
        context: &'d Context,
        replaced: BTreeMap<usize, Base>,
    ) -> Self {
        let (faults, states, plans) = (Vec::new(), Vec::new(), Vec::new());
        Self { dockerfile, options, context, faults, states, plans, replaced }
    }

    /// Processes all stages, and returns the global arguments.
    pub(super) fn all(&mut self) -> Variables {
        let globals = self.globals();
        for index in 0..self.dockerfile.stages.len() {
            self.stage(index, &globals);
        }
        globals
    }

    pub(super) fn expand(&mut self, word: &str, variables: &Variables, origin: &Origin) -> Text {
        match expand(word, variables, self.dockerfile.escape) {
            Ok(text) => text,
            Err(message) => {
                self.faults.push(Fault::new(origin.clone(), message));
                Text::unknown(DockerfileGap::InvalidSubstitution)
            }
        }
    }

    /// A platform and its variants (<https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope>).
    fn platform_arguments(&self) -> Vec<(String, String)> {
        let mut arguments = Vec::new();
        for (prefix, platform) in
            [("TARGET", &self.options.platform), ("BUILD", &self.options.build_platform)]
        {
            let mut parts = platform.split('/');
            let mut part = || parts.next().unwrap_or_default().to_owned();
            let (os, arch, variant) = (part(), part(), part());
            arguments.push((format!("{prefix}PLATFORM"), platform.clone()));
            arguments.push((format!("{prefix}OS"), os));
            arguments.push((format!("{prefix}ARCH"), arch));
            arguments.push((format!("{prefix}VARIANT"), variant));
        }
        arguments.push((
            "TARGETSTAGE".to_owned(),
            self.options.target.clone().unwrap_or_else(|| "default".to_owned()),
        ));
        arguments
    }

    /// Returns the arguments before the first `FROM` and the predefined platform arguments.
    fn globals(&mut self) -> Variables {
        let mut variables = Variables::default();
        for (name, value) in self.platform_arguments() {
            variables.set(name, Text::known(value));
        }
        let dockerfile = self.dockerfile;
        for instruction in &dockerfile.global {
            if let Kind::Arg(pairs) = &instruction.kind {
                for pair in pairs {
                    let text = self.argument(pair, None, &variables, &instruction.origin);
                    variables.set(pair.name.clone(), text);
                }
            }
        }
        variables
    }

    /// Returns the value of one `ARG`: that of `--build-arg`, otherwise its default, otherwise that of the global argument
    /// with the same name.
    fn argument(
        &mut self,
        pair: &NameValue,
        globals: Option<&Variables>,
        variables: &Variables,
        origin: &Origin,
    ) -> Text {
        if let Some(value) = self.options.build_args.get(&pair.name) {
            return Text::known(value.clone());
        }
        if let Some(value) = &pair.value {
            let mut text = self.expand(value, variables, origin);
            text.assumed.insert(pair.name.clone());
            return text;
        }
        if let Some(text) = globals.and_then(|globals| globals.get(&pair.name)) {
            return text.clone();
        }
        if let Some((_, value)) = self.platform_arguments().into_iter().find(|(name, _)| *name == pair.name) {
            return Text::known(value);
        }
        let mut text = Text::default();
        text.assumed.insert(pair.name.clone());
        text
    }

    pub(super) fn find_stage(&self, name: &str, before: usize) -> Option<usize> {
        let lower = name.to_ascii_lowercase();
        (0..before).rev().find(|index| {
            self.plans.get(*index).is_some_and(|stage| stage.name.as_deref() == Some(lower.as_str()))
        })
    }

    fn stage(&mut self, index: usize, globals: &Variables) {
        let dockerfile = self.dockerfile;
        let Some(stage) = dockerfile.stages.get(index) else { return };
        let image = self.expand(&stage.from.image, globals, &stage.from.image_origin);
        let mut notes = Notes::default();
        let replaced = self.replaced.get(&index).cloned();
        let is_replaced = replaced.is_some();
        let base = replaced.unwrap_or_else(|| self.base(&image, index, &stage.from.image_origin, &mut notes));
        let platform =
            stage.from.platform.as_ref().map(|platform| self.expand(platform, globals, &stage.origin));
        let mut state = match &base {
            Base::Stage(parent) => match self.states.get(*parent) {
                Some(parent) => parent.child(),
                None => StageState::new(self.context, None),
            },
            Base::Image(image) => StageState::new(self.context, Some(image.as_str().to_owned())),
            Base::Named(name) => StageState::new(self.context, Some(name.clone())),
            Base::Scratch => StageState::new(self.context, None),
            Base::Unknown(_) => StageState::new(self.context, Some(image.value.clone())),
        };
        let image_name = match &base {
            Base::Image(image) => Some(image.as_str()),
            Base::Named(name) => Some(name.as_str()),
            _ => None,
        };
        if let Some(config) = image_name.and_then(|name| self.options.image_configs.get(name)) {
            for (name, value) in &config.environment {
                state.environment.exported.set(name.clone(), Text::known(value.clone()));
            }
            state.environment.workdir = config.workdir.clone().unwrap_or_else(|| "/".to_owned());
            state.environment.known = !config.incomplete;
        }
        state.notes.merge(&notes);
        if !is_replaced {
            state.assume(&image, &stage.from.image_origin);
        }
        if let Some(platform) = &platform {
            state.assume(platform, &stage.origin);
        }
        for instruction in &stage.instructions {
            self.instruction(instruction, index, &mut state, globals);
        }
        let platform = platform.map(|text| text.value).filter(|text| !text.is_empty());
        let inherited = match &base {
            Base::Stage(parent) => self.plans.get(*parent).map(|parent| parent.machine_platform.clone()),
            _ => None,
        };
        let machine_platform =
            platform.clone().or(inherited).unwrap_or_else(|| self.options.platform.clone());
        let plan = StagePlan {
            index,
            machine_platform,
            name: stage.from.name.clone(),
            base,
            written: stage.from.image.clone(),
            platform,
            steps: state.steps.done.clone(),
            venvs: state.python.venvs.values().cloned().collect(),
            copies: state.steps.copies.clone(),
            packages: state.packages.installed.clone(),
            bare_packages: state.packages.bare.clone(),
            left_packages: state.packages.left.clone(),
            needed: false,
            origin: stage.origin.clone(),
        };
        self.plans.push(plan);
        self.states.push(state);
    }

    fn base(&mut self, image: &Text, index: usize, origin: &Origin, notes: &mut Notes) -> Base {
        if let Some(reason) = &image.unknown {
            notes.undetermined.insert(UnknownFact {
                origin: origin.clone(),
                reason: UnknownPart::BaseImage.because(reason),
            });
            return Base::Unknown(reason.clone());
        }
        if image.value.eq_ignore_ascii_case("scratch") {
            return Base::Scratch;
        }
        if let Some(parent) = self.find_stage(&image.value, index) {
            return Base::Stage(parent);
        }
        match image.value.parse::<ImageRef>() {
            Ok(image) => Base::Image(image),
            Err(error) => {
                let arguments: Vec<String> = image.assumed.iter().cloned().collect();
                let without_value = !arguments.is_empty();
                let reason = DockerfileGap::InvalidReference { error: error.to_string(), arguments };
                if without_value {
                    notes.undetermined.insert(UnknownFact { origin: origin.clone(), reason: reason.clone() });
                } else {
                    self.faults.push(Fault::new(origin.clone(), error.to_string()));
                }
                Base::Unknown(reason)
            }
        }
    }

    fn instruction(
        &mut self,
        instruction: &Instruction,
        index: usize,
        state: &mut StageState<'d>,
        globals: &Variables,
    ) {
        let origin = &instruction.origin;
        match &instruction.kind {
            Kind::Arg(pairs) => {
                for pair in pairs {
                    let variables = state.environment.variables();
                    let text = self.argument(pair, Some(globals), &variables, origin);
                    state.environment.arguments.set(pair.name.clone(), text);
                }
            }
            Kind::Env(pairs) => {
                // All values of one instruction use the variables before it.
                let variables = state.environment.variables();
                for pair in pairs {
                    let text = self.expand(pair.value.as_deref().unwrap_or_default(), &variables, origin);
                    state.environment.exported.set(pair.name.clone(), text);
                }
            }
            Kind::Workdir(folder) => {
                let text = self.expand(folder, &state.environment.variables(), origin);
                match &text.unknown {
                    Some(reason) => {
                        state.undetermined(origin.clone(), UnknownPart::WorkingDirectory.because(reason));
                    }
                    None => state.environment.workdir = path::join(&state.environment.workdir, &text.value),
                }
            }
            Kind::User(user) => {
                let text = self.expand(user, &state.environment.variables(), origin);
                state.environment.user = text.value.split(':').next().unwrap_or_default().to_owned();
            }
            Kind::Shell(words) => state.environment.shell.clone_from(words),
            Kind::Copy(copy) => self.copy(copy, index, state, origin),
            Kind::Run(run) => self.run(run, index, state, origin),
            Kind::Onbuild(inner) => {
                state.steps.onbuild = true;
                self.instruction(inner, index, state, globals);
                state.steps.onbuild = false;
            }
            Kind::From(_) | Kind::Other => {}
        }
    }

    pub(super) fn target(&mut self) -> usize {
        let last = self.plans.len().saturating_sub(1);
        let Some(name) = &self.options.target else { return last };
        let found = self
            .find_stage(name, self.plans.len())
            .or_else(|| name.parse::<usize>().ok().filter(|number| *number < self.plans.len()));
        if let Some(found) = found {
            return found;
        }
        let names: Vec<String> = self
            .plans
            .iter()
            .filter_map(|stage| stage.name.clone())
            .map(|name| format!("`{name}`"))
            .collect();
        let known = if names.is_empty() {
            "the stages have no names".to_owned()
        } else {
            format!("the named stages are {}", names.join(", "))
        };
        let origin = Origin::new(self.dockerfile.file.clone(), 0, 0);
        self.faults.push(Fault::new(origin, format!("stage `{}` not found; {known}", name.escape_default())));
        last
    }

    /// Returns the bases that [`PlanOptions::on`] replaces.
    pub(super) fn replaced(&self, target: usize) -> BTreeMap<usize, Base> {
        let Some((image, scope)) = &self.options.replace else { return BTreeMap::new() };
        let mut root = target;
        while let Some(Base::Stage(parent)) = self.plans.get(root).map(|stage| &stage.base) {
            root = *parent;
        }
        let same = self.plans.get(root).map(|stage| &stage.base);
        let elsewhere = ImageLocation::is_meant(image)
            || matches!(image.parse(), Ok(TargetSpec::Libc(_) | TargetSpec::File(_)));
        let new = match image.parse::<ImageRef>() {
            _ if elsewhere => Base::Named(image.clone()),
            Ok(image) => Base::Image(image),
            Err(error) => Base::Unknown(DockerfileGap::InvalidReference {
                error: error.to_string(),
                arguments: Vec::new(),
            }),
        };
        let hit = |index: usize, base: &Base| match scope {
            ReplaceScope::Target => index == root,
            ReplaceScope::Same => index == root || Some(base) == same,
            ReplaceScope::All => matches!(base, Base::Image(_) | Base::Unknown(_)),
        };
        self.plans
            .iter()
            .enumerate()
            .filter(|(index, stage)| {
                // Nothing runs on `scratch`, so it is not replaced unless the target is based on it.
                let replaceable = *index == root || !matches!(stage.base, Base::Scratch | Base::Stage(_));
                hit(*index, &stage.base) && replaceable
            })
            .map(|(index, _)| (index, new.clone()))
            .collect()
    }

    /// Collects the secrets among all values.
    fn secrets(&self, globals: &Variables) -> Secrets {
        let mut secrets = Secrets::default();
        let states =
            self.states.iter().flat_map(|state| [&state.environment.arguments, &state.environment.exported]);
        for (name, text) in states.chain([globals]).flat_map(Variables::iter) {
            secrets.learn(name, &text.value);
        }
        for (name, value) in &self.options.build_args {
            secrets.learn(name, value);
        }
        secrets
    }

    /// Returns all faults, without the secrets in their messages.
    pub(super) fn error(mut self, globals: &Variables) -> DockerfileError {
        let secrets = self.secrets(globals);
        for fault in &mut self.faults {
            secrets.hide_in(&mut fault.message);
        }
        DockerfileError::new(self.faults)
    }

    /// Returns a fault for each base that is empty because an argument has no value.
    pub(super) fn empty_bases(&self) -> Vec<Fault> {
        let unknown = self.plans.iter().filter_map(|plan| match &plan.base {
            Base::Unknown(reason) => Some(Fault::new(plan.origin.clone(), reason.to_string())),
            _ => None,
        });
        unknown.collect()
    }

    /// Returns the arguments of the caller that no `ARG` declares.
    fn unused(&self) -> Vec<String> {
        let dockerfile = self.dockerfile;
        let instructions =
            dockerfile.global.iter().chain(dockerfile.stages.iter().flat_map(|stage| &stage.instructions));
        let declared: BTreeSet<&str> = instructions
            .filter_map(|instruction| match &instruction.kind {
                Kind::Arg(pairs) => Some(pairs.iter().map(|pair| pair.name.as_str())),
                _ => None,
            })
            .flatten()
            .collect();
        // https://docs.docker.com/reference/dockerfile/#predefined-args, and those of BuildKit itself.
        const PREDEFINED: [&str; 5] = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"];
        let predefined = |name: &str| {
            PREDEFINED.contains(&name.to_ascii_uppercase().as_str())
                || name.starts_with("BUILDKIT_")
                || name == "SOURCE_DATE_EPOCH"
                || self.platform_arguments().iter().any(|(known, _)| known == name)
        };
        let given = self.options.build_args.keys();
        given.filter(|name| !declared.contains(name.as_str()) && !predefined(name)).cloned().collect()
    }

    pub(super) fn finish(mut self, target: usize, globals: &Variables) -> Plan {
        let mut needed = BTreeSet::new();
        let mut open = vec![target];
        while let Some(index) = open.pop() {
            if !needed.insert(index) {
                continue;
            }
            let Some(stage) = self.plans.get_mut(index) else { continue };
            stage.needed = true;
            if let Base::Stage(parent) = &stage.base {
                open.push(*parent);
            }
            for copy in &stage.copies {
                if let CopyOrigin::Stage(number) = &copy.from {
                    open.push(*number);
                }
            }
        }
        let mut notes = Notes::default();
        for index in &needed {
            if let Some(state) = self.states.get(*index) {
                notes.merge(&state.notes);
            }
        }
        let mut wanted: Vec<WantedFile> = Vec::new();
        if self.context.ignore().is_none() {
            wanted.push(WantedFile { path: ".dockerignore".to_owned(), purpose: Purpose::Ignore });
        }
        wanted.extend(notes.wanted.iter().cloned());
        let (secrets, unused) = (self.secrets(globals), self.unused());
        let assumed = notes.assumed.iter().map(|(name, uses)| {
            let default = needed
                .iter()
                .filter_map(|index| self.states.get(*index))
                .find_map(|state| state.environment.arguments.get(name))
                .or_else(|| globals.get(name));
            let default = default.map(|text| text.value.clone()).filter(|value| !value.is_empty());
            let default = default.map(|value| secrets.shown_value(name, &value));
            Assumed { name: name.clone(), default, uses: uses.iter().cloned().collect() }
        });
        let mut undetermined: Vec<UnknownFact> = notes.undetermined.into_iter().collect();
        // Facts at one position are in the order of their sentences.
        undetermined.sort_by_cached_key(|fact| (fact.origin.clone(), fact.reason.to_string()));
        for fact in &mut undetermined {
            fact.reason.change_texts(&mut |text| secrets.hide_in(text));
        }
        Plan {
            assumed: assumed.collect(),
            replaced: self.replaced.keys().copied().collect(),
            stages: self.plans,
            target,
            undetermined,
            wanted,
            secrets,
            unused,
        }
    }
}
