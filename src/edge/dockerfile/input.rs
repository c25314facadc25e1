//! The Dockerfile of a check.

use std::path::{Path, PathBuf};

use crate::dockerfile::ReplaceScope;

/// A Dockerfile and its build options.
///
/// ```
/// use wheelbase::dockerfile::ReplaceScope;
/// use wheelbase::edge::DockerfileInput;
///
/// let input = DockerfileInput::new("docker/Dockerfile")
///     .context(".")
///     .stage("runtime")
///     .build_arg("PYTHON", "3.12")
///     .replace(ReplaceScope::All);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct DockerfileInput {
    pub(super) path: PathBuf,
    pub(super) stage: Option<String>,
    pub(super) build_args: Vec<(String, String)>,
    pub(super) context: Option<PathBuf>,
    pub(super) replace: ReplaceScope,
}

impl DockerfileInput {
    /// Returns the input for the Dockerfile at a path, for its last stage and without build arguments. `-` is standard
    /// input.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            stage: None,
            build_args: Vec::new(),
            context: None,
            replace: ReplaceScope::default(),
        }
    }

    /// Sets the stage to build, by name or number, as `docker build --target`.
    pub fn stage(mut self, stage: impl Into<String>) -> Self {
        self.stage = Some(stage.into());
        self
    }

    /// Adds the value of a build argument.
    pub fn build_arg(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.build_args.push((name.into(), value.into()));
        self
    }

    /// Sets the directory of the build context. The default is the directory of the Dockerfile.
    pub fn context(mut self, folder: impl Into<PathBuf>) -> Self {
        self.context = Some(folder.into());
        self
    }

    /// Sets the stages whose base image a target of [`Check::on`](crate::Check::on) replaces.
    pub fn replace(mut self, scope: ReplaceScope) -> Self {
        self.replace = scope;
        self
    }
}

impl From<&str> for DockerfileInput {
    fn from(path: &str) -> Self {
        Self::new(path)
    }
}

impl From<&Path> for DockerfileInput {
    fn from(path: &Path) -> Self {
        Self::new(path)
    }
}

impl From<PathBuf> for DockerfileInput {
    fn from(path: PathBuf) -> Self {
        Self::new(path)
    }
}
