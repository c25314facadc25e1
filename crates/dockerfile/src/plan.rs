//! From instructions to a plan: stages in order, each walked with what the ones before it left.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::context::{Context, Wanted};
use crate::fault::{DockerfileError, Fault};
use crate::image_ref::ImageReference;
use crate::model::{Base, StagePlan, Undetermined};
use crate::secrets::Secrets;
use crate::segment::segments;
use crate::syntax::{self, Copy, Instruction, Kind};
use crate::walk::Walk;
use wheelbase_spec::source::Origin;

/// Longer files are refused.
const MAX_BYTES: usize = 1024 * 1024;
/// So are files with more stages.
const MAX_STAGES: usize = 500;

/// A Dockerfile that reads.
#[derive(Clone, Debug)]
pub struct Dockerfile {
    pub(super) file: Arc<str>,
    pub(super) escape: char,
    pub(super) global: Vec<Instruction>,
    pub(super) stages: Vec<Stage>,
}

#[derive(Clone, Debug)]
pub(super) struct Stage {
    pub(super) from: syntax::From,
    pub(super) origin: Origin,
    pub(super) instructions: Vec<Instruction>,
}

impl Stage {
    /// A stage whose `FROM` cannot be read.
    fn broken(file: &str, line: u32) -> Self {
        let origin = Origin::new(file, line, 1);
        let from = syntax::From {
            image: "scratch".to_owned(),
            image_origin: origin.clone(),
            platform: None,
            name: None,
            name_origin: origin.clone(),
        };
        Self { from, origin, instructions: Vec::new() }
    }
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

/// The parts of an image's configuration that instructions build on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageConfig {
    /// `Env`
    pub environment: BTreeMap<String, String>,
    /// `WorkingDir`
    pub workdir: Option<String>,
    /// Whether the image may set more variables than are named here, so that others stay unknown.
    pub incomplete: bool,
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
    pub(super) target: Option<String>,
    pub(super) build_args: BTreeMap<String, String>,
    pub(super) platform: String,
    pub(super) build_platform: String,
    pub(super) replace: Option<(String, ReplaceScope)>,
    pub(super) image_configs: BTreeMap<String, ImageConfig>,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self {
            target: None,
            build_args: BTreeMap::new(),
            platform: "linux/amd64".to_owned(),
            build_platform: "linux/amd64".to_owned(),
            replace: None,
            image_configs: BTreeMap::new(),
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

    /// What the configuration of an image says, by its reference as `FROM` expands to. Without it, variables that the
    /// Dockerfile does not set are taken to be unknown in `RUN` and empty elsewhere.
    #[must_use]
    pub fn image_config(mut self, image: impl Into<String>, config: ImageConfig) -> Self {
        self.image_configs.insert(image.into(), config);
        self
    }

    /// "What if `FROM` were this." Anything that names an image to the caller will do; what is no reference that `FROM`
    /// could take becomes [`Base::Named`].
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
    pub(super) wanted: Vec<Wanted>,
    /// Stages whose own base was replaced.
    pub(super) replaced: BTreeSet<usize>,
    /// What must not be shown.
    pub(super) secrets: Secrets,
    /// Build arguments that were given and that no `ARG` takes.
    pub(super) unused: Vec<String>,
    /// Build arguments whose default, or lack of a value, decided something.
    pub(crate) assumed: Vec<Assumed>,
}

/// A build argument that was not given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Assumed {
    /// Its name.
    pub name: String,
    /// The default that was used, if it has one; without what looks like a secret in it.
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

    /// Build arguments that were given though no `ARG` of the file, and no builder, takes one of the name.
    pub fn unused_arguments(&self) -> &[String] {
        &self.unused
    }

    /// A text that may quote values of the file, without those that look like secrets.
    pub fn shown(&self, text: &mut String) {
        self.secrets.hide_in(text);
    }

    /// The stage at the bottom of a stage, through the stages it stands on; `None` if there is no such stage.
    pub fn root_of(&self, stage: usize) -> Option<usize> {
        let mut at = stage;
        // A stage stands on earlier ones only.
        for _ in 0..=self.stages.len() {
            match &self.stages.get(at)?.base {
                Base::Stage(parent) => at = *parent,
                _ => return Some(at),
            }
        }
        None
    }

    /// The image below a stage, through the stages it stands on; `None` if that is `scratch` or not known.
    pub fn image_of(&self, stage: usize) -> Option<&ImageReference> {
        match &self.stages.get(self.root_of(stage)?)?.base {
            Base::Image(image) => Some(image),
            _ => None,
        }
    }

    /// Whether a stage stands, through the stages below it, on what [`PlanOptions::on`] put there.
    pub fn is_replaced(&self, stage: usize) -> bool {
        self.root_of(stage).is_some_and(|root| self.replaced.contains(&root))
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
        Self::read(bytes, file, None)
    }

    /// The same with what a builder is told, so that a faulty file's further faults are told too.
    ///
    /// # Errors
    ///
    /// As for [`parse`](Self::parse), and what [`plan`](Self::plan) would stop at.
    pub fn parse_for(bytes: &[u8], file: &str, options: &PlanOptions) -> Result<Self, DockerfileError> {
        Self::read(bytes, file, Some(options))
    }

    fn read(bytes: &[u8], file: &str, options: Option<&PlanOptions>) -> Result<Self, DockerfileError> {
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
                    let from = segment
                        .joined
                        .trim_start()
                        .get(..4)
                        .is_some_and(|word| word.eq_ignore_ascii_case("from"));
                    if from {
                        begun = true;
                        dockerfile.stages.push(Stage::broken(file, segment.line));
                    }
                    // A here-document without end is told where it begins.
                    let open = faults.iter().any(|fault| fault.message.contains("has no end"));
                    let again = |fault: &Fault| open && fault.message.contains("end of here-document");
                    faults.extend(found.into_iter().filter(|fault| !again(fault)));
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
        if faults.is_empty() {
            return Ok(dockerfile);
        }
        // What is wrong beyond the syntax is told in the same run, as far as the rest can be walked.
        if let Some(options) = options {
            faults.extend(dockerfile.further_faults(options));
        }
        Err(DockerfileError::new(faults))
    }

    /// Faults that only walking the stages shows, of a file that has others.
    fn further_faults(&self, options: &PlanOptions) -> Vec<Fault> {
        let context = Context::new();
        let mut walk = Walk::new(self, options, &context, BTreeMap::new());
        let globals = walk.all();
        let empty = walk.empty_bases();
        let mut faults = walk.error(&globals).faults().to_vec();
        faults.extend(empty);
        faults
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
        let mut walk = Walk::new(self, options, context, BTreeMap::new());
        let globals = walk.all();
        let target = walk.target();
        if !walk.faults.is_empty() {
            return Err(walk.error(&globals));
        }
        let replaced = walk.replaced(target);
        if replaced.is_empty() {
            return Ok(walk.finish(target, &globals));
        }
        // What a stage installs may rest on what its image sets, so the stages are walked once more on the other one.
        let mut walk = Walk::new(self, options, context, replaced);
        let globals = walk.all();
        if !walk.faults.is_empty() {
            return Err(walk.error(&globals));
        }
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
