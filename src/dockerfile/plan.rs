//! From instructions to a plan: stages in order, each walked with what the ones before it left.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::dockerfile::context::{Context, Purpose, Wanted};
use crate::dockerfile::expand::{expand, expand_body};
use crate::dockerfile::fault::{DockerfileError, Fault};
use crate::dockerfile::files::{OfStage, Operation};
use crate::dockerfile::image_ref::ImageReference;
use crate::dockerfile::model::{Base, CopyOrigin, StageCopy, StagePlan, Undetermined, Venv};
use crate::dockerfile::path;
use crate::dockerfile::segment::segments;
use crate::dockerfile::shell::run::{Arg, Interpreter, Source};
use crate::dockerfile::stage::{Notes, StageState, is_shell};
use crate::dockerfile::syntax::{self, Command, Copy, Flag, Instruction, Kind, NameValue, Run};
use crate::dockerfile::value::{Text, Variables};
use crate::source::Origin;

/// Longer files are refused.
const MAX_BYTES: usize = 1024 * 1024;
/// So are files with more stages.
const MAX_STAGES: usize = 500;

/// A Dockerfile that reads.
#[derive(Clone, Debug)]
pub struct Dockerfile {
    file: Arc<str>,
    escape: char,
    global: Vec<Instruction>,
    stages: Vec<Stage>,
}

#[derive(Clone, Debug)]
struct Stage {
    from: syntax::From,
    origin: Origin,
    instructions: Vec<Instruction>,
}

/// Which stages a replaced base image is put under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReplaceScope {
    /// The target stage's own base, and every other stage that names the same image.
    #[default]
    Same,
    /// The target stage's own base alone.
    Target,
    /// All stages that stand on an image.
    All,
}

/// How to build: what `docker build` takes on its command line, and the question "what if `FROM` were another".
///
/// ```
/// use wheelbase::dockerfile::PlanOptions;
///
/// let options = PlanOptions::default().target("runtime").build_arg("PYTHON", "3.12").platform("linux/arm64");
/// ```
#[derive(Clone, Debug)]
pub struct PlanOptions {
    target: Option<String>,
    build_args: BTreeMap<String, String>,
    platform: String,
    build_platform: String,
    replace: Option<(String, ReplaceScope)>,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self {
            target: None,
            build_args: BTreeMap::new(),
            platform: "linux/amd64".to_owned(),
            build_platform: "linux/amd64".to_owned(),
            replace: None,
        }
    }
}

impl PlanOptions {
    /// `--target`: a stage by name or number; without it the last one.
    #[must_use]
    pub fn target(mut self, stage: impl Into<String>) -> Self {
        self.target = Some(stage.into());
        self
    }

    /// `--build-arg NAME=VALUE`
    #[must_use]
    pub fn build_arg(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.build_args.insert(name.into(), value.into());
        self
    }

    /// `--platform`: what the image is for; `linux/amd64` unless said otherwise.
    #[must_use]
    pub fn platform(mut self, platform: impl Into<String>) -> Self {
        self.platform = platform.into();
        self
    }

    /// The platform of the builder; `linux/amd64` unless said otherwise.
    #[must_use]
    pub fn build_platform(mut self, platform: impl Into<String>) -> Self {
        self.build_platform = platform.into();
        self
    }

    /// "What if `FROM` were this."
    #[must_use]
    pub fn on(mut self, image: impl Into<String>, scope: ReplaceScope) -> Self {
        self.replace = Some((image.into(), scope));
        self
    }
}

/// What a Dockerfile would do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan {
    /// All stages in order; those the target does not need are marked.
    pub stages: Vec<StagePlan>,
    /// Position of the target stage.
    pub target: usize,
    /// What cannot be known of the needed stages, in the order of the file.
    pub undetermined: Vec<Undetermined>,
    /// Files of the context that would make the plan better.
    wanted: Vec<Wanted>,
    /// Build arguments whose default, or lack of a value, decided something.
    pub(crate) assumed: Vec<Assumed>,
}

/// A build argument that was not given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Assumed {
    /// Its name.
    pub name: String,
    /// The default that was used, if it has one.
    pub default: Option<String>,
    /// Where it decided something.
    pub uses: Vec<Origin>,
}

impl Plan {
    /// Files of the build context that would make the plan better: answer them and plan again.
    pub fn wanted(&self) -> &[Wanted] {
        &self.wanted
    }

    /// The stage that is built.
    pub fn target_stage(&self) -> Option<&StagePlan> {
        self.stages.get(self.target)
    }

    /// The stages that the target needs, in order.
    pub fn needed(&self) -> impl Iterator<Item = &StagePlan> {
        self.stages.iter().filter(|stage| stage.needed)
    }

    /// Build arguments that were not given and decided something.
    pub fn assumed(&self) -> &[Assumed] {
        &self.assumed
    }

    /// The image below a stage, through the stages it stands on; `None` if that is `scratch` or not known.
    pub fn image_of(&self, stage: usize) -> Option<&ImageReference> {
        let mut at = stage;
        for _ in 0..=self.stages.len() {
            match &self.stages.get(at)?.base {
                Base::Image(image) => return Some(image),
                Base::Stage(parent) => at = *parent,
                Base::Scratch | Base::Unknown(_) => return None,
            }
        }
        None
    }
}

impl Dockerfile {
    /// Reads a Dockerfile.
    ///
    /// ```
    /// use wheelbase::dockerfile::{Context, Dockerfile, PlanOptions};
    ///
    /// let dockerfile = Dockerfile::parse(b"FROM python:3.12-slim\nRUN pip install flask==3.0.0\n", "Dockerfile")?;
    /// let plan = dockerfile.plan(&PlanOptions::default(), &Context::new())?;
    /// let step = plan.stages[0].installs().next().expect("one step");
    /// assert_eq!(step.requirements[0].0, "flask==3.0.0");
    /// assert_eq!(step.origin.to_string(), "Dockerfile:2:5");
    /// # Ok::<(), wheelbase::dockerfile::DockerfileError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Every fault that a builder would stop at, each with its place.
    pub fn parse(bytes: &[u8], file: &str) -> Result<Self, DockerfileError> {
        let mut faults = Vec::new();
        if bytes.len() > MAX_BYTES {
            faults.push(Fault::new(Origin::new(file, 0, 0), "the file is longer than 1 MiB"));
            return Err(DockerfileError::new(faults));
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
                let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
                let line = u32::try_from(line).unwrap_or(u32::MAX);
                faults.push(Fault::new(Origin::new(file, line, 0), "this line is not UTF-8"));
                return Err(DockerfileError::new(faults));
            }
        };
        let cut = segments(text, file, &mut faults);
        let mut dockerfile =
            Self { file: file.into(), escape: cut.escape, global: Vec::new(), stages: Vec::new() };
        // A broken `FROM` still begins a stage, so that what follows it is not blamed.
        let mut begun = false;
        for segment in &cut.segments {
            let instruction = match syntax::read(segment, cut.escape, file) {
                Ok(instruction) => instruction,
                Err(found) => {
                    begun |= segment
                        .joined
                        .trim_start()
                        .get(..4)
                        .is_some_and(|word| word.eq_ignore_ascii_case("from"));
                    faults.extend(found);
                    continue;
                }
            };
            match (instruction.kind, dockerfile.stages.last_mut()) {
                (Kind::From(from), _) => {
                    begun = true;
                    dockerfile.stages.push(Stage {
                        from,
                        origin: instruction.origin,
                        instructions: Vec::new(),
                    });
                }
                (kind, Some(stage)) => {
                    stage.instructions.push(Instruction { kind, origin: instruction.origin });
                }
                (kind @ Kind::Arg(_), None) => {
                    dockerfile.global.push(Instruction { kind, origin: instruction.origin });
                }
                (_, None) if begun => {}
                (_, None) => {
                    let message = "only `ARG` may stand before the first `FROM`";
                    faults.push(Fault::new(Origin::new(file, segment.line, 1), message));
                }
            }
        }
        if dockerfile.stages.is_empty() && !begun {
            faults.push(Fault::new(Origin::new(file, 0, 0), "there is no `FROM`"));
        }
        if dockerfile.stages.len() > MAX_STAGES {
            faults.push(Fault::new(
                Origin::new(file, 0, 0),
                format!("there are more than {MAX_STAGES} stages"),
            ));
        }
        dockerfile.check_names(&mut faults);
        if faults.is_empty() { Ok(dockerfile) } else { Err(DockerfileError::new(faults)) }
    }

    /// Stage names must differ; sources of `COPY --from` must come before.
    fn check_names(&self, faults: &mut Vec<Fault>) {
        let mut seen: BTreeMap<&str, &Origin> = BTreeMap::new();
        for (index, stage) in self.stages.iter().enumerate() {
            if let Some(name) = stage.from.name.as_deref() {
                match seen.get(name) {
                    Some(first) => faults.push(Fault::new(
                        stage.from.name_origin.clone(),
                        format!("the stage name `{name}` is taken at {first}"),
                    )),
                    None => {
                        seen.insert(name, &stage.from.name_origin);
                    }
                }
            }
            for instruction in &stage.instructions {
                let flags = match &instruction.kind {
                    Kind::Copy(copy) => {
                        check_copy_flags(copy, faults);
                        &copy.flags
                    }
                    _ => continue,
                };
                for flag in flags.iter().filter(|flag| flag.name == "from") {
                    if flag.value.contains('$') {
                        faults.push(Fault::new(
                            flag.origin.clone(),
                            "`--from` takes no variable; give the image a stage of its own with `FROM`",
                        ));
                    } else if let Ok(number) = flag.value.parse::<usize>()
                        && number >= index
                    {
                        faults.push(Fault::new(
                            flag.origin.clone(),
                            format!("`--from={number}` is no earlier stage: this one is number {index}"),
                        ));
                    }
                }
            }
        }
    }

    /// Number and, where given, name of each stage with the place of its `FROM`.
    pub fn stages(&self) -> impl Iterator<Item = (usize, Option<&str>, &Origin)> {
        self.stages
            .iter()
            .enumerate()
            .map(|(index, stage)| (index, stage.from.name.as_deref(), &stage.origin))
    }

    /// Walks the stages.
    ///
    /// The context may be empty at first; what is missing comes back as [`Plan::wanted`].
    ///
    /// # Errors
    ///
    /// If the target stage does not exist, a base name expands to nothing that is one, or a substitution is bad:
    /// every such fault.
    pub fn plan(&self, options: &PlanOptions, context: &Context) -> Result<Plan, DockerfileError> {
        let mut walk = Walk {
            dockerfile: self,
            options,
            context,
            faults: Vec::new(),
            states: Vec::new(),
            plans: Vec::new(),
        };
        let globals = walk.globals();
        for index in 0..self.stages.len() {
            walk.stage(index, &globals);
        }
        let target = walk.target();
        if !walk.faults.is_empty() {
            return Err(DockerfileError::new(walk.faults));
        }
        walk.replace(target);
        Ok(walk.finish(target, &globals))
    }
}

/// Flags that `COPY` and `ADD` take.
fn check_copy_flags(copy: &Copy, faults: &mut Vec<Fault>) {
    let known: &[&str] = if copy.add {
        &["chown", "chmod", "link", "checksum", "keep-git-dir", "exclude", "unpack"]
    } else {
        &["from", "chown", "chmod", "link", "parents", "exclude"]
    };
    for flag in &copy.flags {
        if !known.contains(&flag.name.as_str()) {
            let instruction = if copy.add { "ADD" } else { "COPY" };
            faults.push(Fault::new(
                flag.origin.clone(),
                format!("`{instruction}` has no flag `--{}`", flag.name),
            ));
        }
    }
}

struct Walk<'d> {
    dockerfile: &'d Dockerfile,
    options: &'d PlanOptions,
    context: &'d Context,
    faults: Vec<Fault>,
    states: Vec<StageState<'d>>,
    plans: Vec<StagePlan>,
}

impl<'d> Walk<'d> {
    fn expand(&mut self, word: &str, variables: &Variables, origin: &Origin) -> Text {
        match expand(word, variables, self.dockerfile.escape) {
            Ok(text) => text,
            Err(message) => {
                self.faults.push(Fault::new(origin.clone(), message));
                Text::unknown("the substitution is bad")
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

    /// What `ARG` before the first `FROM` sets; platform arguments are there of themselves.
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

    /// The value of one `ARG`: `--build-arg`, else its default, else that of the same global one.
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

    fn find_stage(&self, name: &str, before: usize) -> Option<usize> {
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
        let base = self.base(&image, index, &stage.from.image_origin, &mut notes);
        let platform =
            stage.from.platform.as_ref().map(|platform| self.expand(platform, globals, &stage.origin));
        let mut state = match &base {
            Base::Stage(parent) => match self.states.get(*parent) {
                Some(parent) => parent.child(),
                None => StageState::new(self.context, &dockerfile.file, None),
            },
            Base::Image(image) => {
                StageState::new(self.context, &dockerfile.file, Some(image.as_str().to_owned()))
            }
            Base::Scratch => StageState::new(self.context, &dockerfile.file, None),
            Base::Unknown(_) => StageState::new(self.context, &dockerfile.file, Some(image.value.clone())),
        };
        state.notes.merge(&notes);
        state.assume(&image, &stage.from.image_origin);
        if let Some(platform) = &platform {
            state.assume(platform, &stage.origin);
        }
        // What runs on top of an uv image runs that uv; its tag is all that is known.
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
            steps: state.steps.clone(),
            venvs: state.venvs.values().cloned().collect(),
            copies: state.copies.clone(),
            packages: state.packages.clone(),
            needed: false,
            origin: stage.origin.clone(),
        };
        self.plans.push(plan);
        self.states.push(state);
    }

    fn base(&mut self, image: &Text, index: usize, origin: &Origin, notes: &mut Notes) -> Base {
        if let Some(reason) = &image.unknown {
            notes.undetermined.insert(Undetermined {
                origin: origin.clone(),
                reason: format!("the base image is not known: {reason}"),
            });
            return Base::Unknown(reason.clone());
        }
        if image.value.eq_ignore_ascii_case("scratch") {
            return Base::Scratch;
        }
        if let Some(parent) = self.find_stage(&image.value, index) {
            return Base::Stage(parent);
        }
        match image.value.parse::<ImageReference>() {
            Ok(image) => Base::Image(image),
            Err(error) => {
                let without_value: Vec<String> =
                    image.assumed.iter().map(|name| format!("`{name}`")).collect();
                if without_value.is_empty() {
                    self.faults.push(Fault::new(origin.clone(), error.to_string()));
                    return Base::Unknown(error.to_string());
                }
                let reason = format!("{error}; give {} with --build-arg", without_value.join(", "));
                notes.undetermined.insert(Undetermined { origin: origin.clone(), reason: reason.clone() });
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
                    let variables = state.variables();
                    let text = self.argument(pair, Some(globals), &variables, origin);
                    state.arguments.set(pair.name.clone(), text);
                }
            }
            Kind::Env(pairs) => {
                // All values of one instruction see the state before it.
                let variables = state.variables();
                for pair in pairs {
                    let text = self.expand(pair.value.as_deref().unwrap_or_default(), &variables, origin);
                    state.environment.set(pair.name.clone(), text);
                }
                self.venv_of_environment(state, origin);
            }
            Kind::Workdir(folder) => {
                let text = self.expand(folder, &state.variables(), origin);
                match &text.unknown {
                    Some(reason) => state
                        .undetermined(origin.clone(), &format!("the working folder is not known: {reason}")),
                    None => state.workdir = path::join(&state.workdir, &text.value),
                }
            }
            Kind::User(user) => {
                let text = self.expand(user, &state.variables(), origin);
                state.user = text.value.split(':').next().unwrap_or_default().to_owned();
            }
            Kind::Shell(words) => state.shell.clone_from(words),
            Kind::Copy(copy) => self.copy(copy, index, state, origin),
            Kind::Run(run) => self.run(run, index, state, origin),
            Kind::Onbuild(inner) => {
                state.onbuild = true;
                self.instruction(inner, index, state, globals);
                state.onbuild = false;
            }
            Kind::From(_) | Kind::Other => {}
        }
    }

    /// `ENV VIRTUAL_ENV=/venv` of an image that is not read: the venv may have been made by it.
    fn venv_of_environment(&self, state: &mut StageState<'d>, origin: &Origin) {
        if let Some(text) = state.environment.get("VIRTUAL_ENV").filter(|text| text.value.starts_with('/')) {
            let at = text.value.clone();
            let _ = (at, origin);
        }
    }

    /// Source paths are expanded one by one; a source of the context is relative to its root.
    fn copy(&mut self, copy: &Copy, index: usize, state: &mut StageState<'d>, origin: &Origin) {
        let variables = state.variables();
        let destination = self.expand(&copy.destination, &variables, origin);
        if let Some(reason) = &destination.unknown {
            state.undetermined(origin.clone(), &format!("where files are copied to is not known: {reason}"));
            return;
        }
        let folder = destination.value.ends_with('/') || matches!(path::name(&destination.value), "." | "..");
        let at = path::join(&state.workdir, &destination.value);
        let from = copy.flags.iter().find(|flag| flag.name == "from").map(|flag| flag.value.clone());
        let parents = copy.flags.iter().any(|flag| flag.name == "parents" && flag.value != "false");
        for heredoc in &copy.heredocs {
            let body = if heredoc.expand {
                match expand_body(&heredoc.body, &variables, self.dockerfile.escape) {
                    Ok(text) => text,
                    Err(message) => {
                        let place = Origin::new(self.dockerfile.file.clone(), heredoc.line, 1);
                        self.faults.push(Fault::new(place, message));
                        continue;
                    }
                }
            } else {
                Text::known(heredoc.body.clone())
            };
            let path = if folder { path::join(&at, &heredoc.name) } else { at.clone() };
            let place = Origin::new(self.dockerfile.file.clone(), heredoc.line, 1);
            state.assume(&body, &place);
            state.files.push(Operation::Inline { path, text: body.value, origin: place });
        }
        for written in &copy.sources {
            let source = self.expand(written, &variables, origin);
            if let Some(reason) = &source.unknown {
                state.undetermined(origin.clone(), &format!("what is copied is not known: {reason}"));
                continue;
            }
            let operation =
                self.copy_operation(copy, &source.value, &at, folder, parents, from.as_deref(), index, state);
            if let Some((Operation::Stage { source, .. } | Operation::Image { source, .. }, copied)) =
                operation.as_ref().map(|(operation, from)| (operation, from.clone()))
                && let Some(copied) = copied
            {
                let source = source.clone();
                self.record_copy(copied, &source, &at, folder, false, state, origin);
            }
            if let Some((operation, _)) = operation {
                state.files.push(operation);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one instruction")]
    fn copy_operation(
        &self,
        copy: &Copy,
        source: &str,
        at: &str,
        folder: bool,
        parents: bool,
        from: Option<&str>,
        index: usize,
        state: &StageState<'d>,
    ) -> Option<(Operation, Option<CopyOrigin>)> {
        let destination = at.to_owned();
        let Some(from) = from else {
            if copy.add && (source.contains("://") || source.starts_with("git@")) {
                let name = path::name(source.split(['?', '#']).next().unwrap_or(source)).to_owned();
                let path = if folder { path::join(at, &name) } else { destination };
                return Some((Operation::Url { path, url: source.to_owned() }, None));
            }
            let source = path::relative(source);
            let destination = if parents {
                path::join(at, path::parent(&source).trim_start_matches('/'))
            } else {
                destination
            };
            let source = if source.is_empty() { ".".to_owned() } else { source };
            return Some((Operation::Context { source, destination, folder }, None));
        };
        let source = path::join("/", source);
        let _ = state;
        match self.resolve_from(from, index) {
            CopyOrigin::Stage(number) => {
                let files = OfStage::new(self.states.get(number)?.files.clone());
                let operation = Operation::Stage { files, source, destination, folder };
                Some((operation, Some(CopyOrigin::Stage(number))))
            }
            CopyOrigin::Image(reference) => {
                let operation = Operation::Image { reference: reference.clone(), source, destination };
                Some((operation, Some(CopyOrigin::Image(reference))))
            }
        }
    }

    /// `--from`: a number, a stage's name, else an image.
    fn resolve_from(&self, from: &str, index: usize) -> CopyOrigin {
        if let Ok(number) = from.parse::<usize>() {
            return CopyOrigin::Stage(number);
        }
        match self.find_stage(from, index) {
            Some(number) => CopyOrigin::Stage(number),
            None => CopyOrigin::Image(from.to_owned()),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one instruction")]
    fn record_copy(
        &self,
        from: CopyOrigin,
        source: &str,
        at: &str,
        folder: bool,
        temporary: bool,
        state: &mut StageState<'d>,
        origin: &Origin,
    ) {
        match &from {
            CopyOrigin::Stage(number) => {
                let venvs: Vec<Venv> = self
                    .states
                    .get(*number)
                    .map(|state| state.venvs.values().cloned().collect())
                    .unwrap_or_default();
                for venv in venvs {
                    if let Some(rest) = path::below(&venv.path, source) {
                        let path = path::join(at, rest);
                        state.venvs.entry(path.clone()).or_insert(Venv { path, ..venv });
                    }
                }
            }
            CopyOrigin::Image(reference) => {
                // The uv images hold nothing but `/uv` and `/uvx`; the tag is the version.
                let image = reference.parse::<ImageReference>();
                if let Ok(image) = image
                    && image.name().ends_with("/uv")
                    && path::name(source).starts_with("uv")
                {
                    let number = image.tag().filter(|tag| tag.starts_with(|c: char| c.is_ascii_digit()));
                    let version = number.map_or(crate::dockerfile::model::InstallerVersion::Newest, |tag| {
                        let digits: String =
                            tag.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
                        let exact = digits.matches('.').count() >= 2;
                        crate::dockerfile::model::InstallerVersion::Specified(if exact {
                            format!("=={digits}")
                        } else {
                            format!("=={digits}.*")
                        })
                    });
                    state.installers.insert("uv".to_owned(), version);
                }
            }
        }
        let destination = if folder && !source.contains('*') && path::name(source).contains('.') {
            path::join(at, path::name(source))
        } else {
            at.to_owned()
        };
        state.copies.push(StageCopy {
            from,
            source: source.to_owned(),
            destination,
            temporary,
            origin: origin.clone(),
        });
    }

    fn run(&mut self, run: &Run, index: usize, state: &mut StageState<'d>, origin: &Origin) {
        let mounts = self.mounts(&run.flags, index, state);
        let (at, count) = state.mount(mounts);
        let before = state.files.len();
        let variables = state.variables();
        let workdir = state.workdir.clone();
        let file = self.dockerfile.file.clone();
        match &run.command {
            Command::Exec(words) => {
                let args: Vec<Arg> = words
                    .iter()
                    .map(|word| Arg { text: Text::known(word.clone()), origin: origin.clone() })
                    .collect();
                let mut shell = Interpreter::new(state, variables, workdir);
                shell.command(&args, origin, None);
            }
            Command::Shell(script) => {
                let program =
                    path::name(state.shell.first().map(String::as_str).unwrap_or_default()).to_owned();
                if matches!(program.as_str(), "cmd" | "powershell" | "pwsh") {
                    state.undetermined(origin.clone(), &format!("`RUN` under `{program}` is not read"));
                } else {
                    let mut source = Source {
                        file: (&*file).into(),
                        text: script.text.as_str().into(),
                        pieces: script.pieces.clone().into(),
                    };
                    // `RUN <<EOF` alone: the body is the script, in the language of its first line.
                    let head = script.text.lines().next().unwrap_or_default().trim();
                    if let [heredoc] = run.heredocs.as_slice()
                        && head.starts_with("<<")
                        && !head.contains(char::is_whitespace)
                    {
                        if is_shell(&heredoc.body) {
                            source = Source::of_lines(&file, &heredoc.body, heredoc.line);
                        } else {
                            let reason = "a here-document in another language than the shell's is not read";
                            if heredoc.body.contains("pip") {
                                state.undetermined(origin.clone(), reason);
                            }
                            source = Source::of_lines(&file, "", heredoc.line);
                        }
                    }
                    let mut shell = Interpreter::new(state, variables, workdir);
                    shell.script(&source, None);
                }
            }
        }
        let _ = before;
        state.files.remove_range(at, count);
    }

    /// `--mount=type=bind,...`; other types bring no files that are read here.
    fn mounts(&mut self, flags: &[Flag], index: usize, state: &mut StageState<'d>) -> Vec<Operation> {
        let mut operations = Vec::new();
        for flag in flags {
            if flag.name != "mount" {
                if !matches!(flag.name.as_str(), "network" | "security" | "device") {
                    self.faults.push(Fault::new(
                        flag.origin.clone(),
                        format!("`RUN` has no flag `--{}`", flag.name),
                    ));
                }
                continue;
            }
            let variables = state.variables();
            let mut fields: BTreeMap<String, String> = BTreeMap::new();
            for field in flag.value.split(',') {
                let (key, value) = field.split_once('=').unwrap_or((field, ""));
                let value = self.expand(value, &variables, &flag.origin);
                fields.insert(key.trim().to_ascii_lowercase(), value.value);
            }
            let kind = fields.get("type").map_or("bind", String::as_str);
            let target = ["target", "dst", "destination"].iter().find_map(|key| fields.get(*key));
            let source = ["source", "src"].iter().find_map(|key| fields.get(*key));
            match kind {
                "cache" | "tmpfs" | "ssh" | "secret" => continue,
                "bind" => {}
                other => {
                    self.faults
                        .push(Fault::new(flag.origin.clone(), format!("`{other}` is no type of mount")));
                    continue;
                }
            }
            let Some(target) = target else {
                self.faults.push(Fault::new(flag.origin.clone(), "a bind mount needs a `target`"));
                continue;
            };
            let destination = path::join(&state.workdir, target);
            match fields.get("from") {
                Some(from) => {
                    let source = path::join("/", source.map_or("/", String::as_str));
                    match self.resolve_from(from, index) {
                        CopyOrigin::Stage(number) => {
                            let Some(other) = self.states.get(number) else {
                                let message = format!("`from={from}` is no earlier stage");
                                self.faults.push(Fault::new(flag.origin.clone(), message));
                                continue;
                            };
                            let files = OfStage::new(other.files.clone());
                            operations.push(Operation::Stage {
                                files,
                                source: source.clone(),
                                destination: destination.clone(),
                                folder: false,
                            });
                            self.record_copy(
                                CopyOrigin::Stage(number),
                                &source,
                                &destination,
                                false,
                                true,
                                state,
                                &flag.origin,
                            );
                        }
                        CopyOrigin::Image(reference) => {
                            operations.push(Operation::Image {
                                reference: reference.clone(),
                                source: source.clone(),
                                destination: destination.clone(),
                            });
                            self.record_copy(
                                CopyOrigin::Image(reference),
                                &source,
                                &destination,
                                false,
                                true,
                                state,
                                &flag.origin,
                            );
                        }
                    }
                }
                None => {
                    let source = path::relative(source.map_or("", String::as_str));
                    let source = if source.is_empty() { ".".to_owned() } else { source };
                    operations.push(Operation::Context { source, destination, folder: false });
                }
            }
        }
        operations
    }

    fn target(&mut self) -> usize {
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
            "no stage has a name".to_owned()
        } else {
            format!("there are {}", names.join(", "))
        };
        let origin = Origin::new(self.dockerfile.file.clone(), 0, 0);
        self.faults
            .push(Fault::new(origin, format!("there is no stage `{}`; {known}", name.escape_default())));
        last
    }

    /// "What if `FROM` were another."
    fn replace(&mut self, target: usize) {
        let Some((image, scope)) = &self.options.replace else { return };
        let mut root = target;
        while let Some(Base::Stage(parent)) = self.plans.get(root).map(|stage| &stage.base) {
            root = *parent;
        }
        let same = self.plans.get(root).map(|stage| stage.base.clone());
        let new = match image.parse::<ImageReference>() {
            Ok(image) => Base::Image(image),
            Err(error) => Base::Unknown(error.to_string()),
        };
        for (index, stage) in self.plans.iter_mut().enumerate() {
            let hit = match scope {
                ReplaceScope::Target => index == root,
                ReplaceScope::Same => index == root || Some(&stage.base) == same.as_ref(),
                ReplaceScope::All => matches!(stage.base, Base::Image(_) | Base::Unknown(_)),
            };
            // Nothing runs on `scratch`, so a question about another base leaves it alone unless it is the target.
            if hit && (index == root || !matches!(stage.base, Base::Scratch | Base::Stage(_))) {
                stage.base = new.clone();
            }
        }
    }

    fn finish(mut self, target: usize, globals: &Variables) -> Plan {
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
        let mut wanted: Vec<Wanted> = Vec::new();
        if self.context.ignore().is_none() {
            wanted.push(Wanted { path: ".dockerignore".to_owned(), purpose: Purpose::Ignore });
        }
        wanted.extend(notes.wanted.iter().cloned());
        let assumed = notes.assumed.iter().map(|(name, uses)| {
            let default = needed
                .iter()
                .filter_map(|index| self.states.get(*index))
                .find_map(|state| state.arguments.get(name))
                .or_else(|| globals.get(name));
            let default = default.map(|text| text.value.clone()).filter(|value| !value.is_empty());
            Assumed { name: name.clone(), default, uses: uses.iter().cloned().collect() }
        });
        Plan {
            assumed: assumed.collect(),
            stages: self.plans,
            target,
            undetermined: notes.undetermined.into_iter().collect(),
            wanted,
        }
    }
}
