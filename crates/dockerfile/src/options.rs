//! The options of a build: those of `docker build`, and another base image.

use std::collections::BTreeMap;

/// The stages whose base image is replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReplaceScope {
    /// The base of the target stage, and that of each other stage with the same image.
    #[default]
    Same,
    /// Only the base of the target stage.
    Target,
    /// The bases of all stages that start from an image.
    All,
}

/// The parts of an image's configuration that affect instructions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BaseConfig {
    /// `Env`
    pub environment: BTreeMap<String, String>,
    /// `WorkingDir`
    pub workdir: Option<String>,
    /// Whether the image may set more variables than these. If so, the values of others are unknown.
    pub incomplete: bool,
}

/// The options of a build: those of the command line of `docker build`, and another base image.
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
    pub(super) image_configs: BTreeMap<String, BaseConfig>,
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
    /// `--target`: the name or number of a stage. The default is the last stage.
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

    /// `--platform`: the platform of the image. The default is `linux/amd64`.
    #[must_use]
    pub fn platform(mut self, platform: impl Into<String>) -> Self {
        self.platform = platform.into();
        self
    }

    /// The platform of the builder. The default is `linux/amd64`.
    #[must_use]
    pub fn build_platform(mut self, platform: impl Into<String>) -> Self {
        self.build_platform = platform.into();
        self
    }

    /// Sets the configuration of an image. `image` is the reference in `FROM` after expansion. Without a configuration,
    /// variables that the Dockerfile does not set are unknown in `RUN` and empty in other instructions.
    #[must_use]
    pub fn image_config(mut self, image: impl Into<String>, config: BaseConfig) -> Self {
        self.image_configs.insert(image.into(), config);
        self
    }

    /// Replaces the base image. `image` may be any text that identifies an image for the caller; if it is not a valid
    /// reference for `FROM`, the base is [`Base::Named`](crate::Base::Named).
    #[must_use]
    pub fn on(mut self, image: impl Into<String>, scope: ReplaceScope) -> Self {
        self.replace = Some((image.into(), scope));
        self
    }
}
