//! How to build: the options of `docker build`, and another base image.

use std::collections::BTreeMap;

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
