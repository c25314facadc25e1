//! Dockerfiles: what is installed where, on which image, from which files.

mod context;
mod copies;
mod expand;
mod fault;
mod files;
mod flow;
mod ignore;
mod image_ref;
mod judge;
mod left_behind;
mod model;
mod path;
mod plan;
mod secrets;
mod segment;
mod shell;
mod stage;
mod syntax;
mod tables;
mod tools;
mod value;
mod walk;

pub use context::{Context, Purpose, Wanted};
pub use fault::{DockerfileError, Fault};
pub use files::StageFiles;
pub use flow::{Carrier, Flow};
pub use ignore::Ignore;
pub use image_ref::{ImageReference, InvalidImageReference};
pub use judge::{ImagePython, Judgement, Native, StageImage, StepFacts};
pub use model::{
    Action, Base, CopyOrigin, Destination, Exported, FileSource, FormatRule, InputFile, InstallOptions,
    InstallStep, InstallerVersion, LocalProject, PackageManager, StageCopy, StagePlan, Step, SystemStep,
    Tool, Toolchain, Undetermined, Venv,
};
pub use plan::{Assumed, Dockerfile, ImageConfig, Plan, PlanOptions, ReplaceScope};

pub(crate) use path::{join as join_path, parent as parent_path};
pub(crate) use tables::{is_leaf_package, packages_along};

/// Whether a file's name matches a shell pattern.
pub(crate) fn name_matches(pattern: &str, name: &str) -> bool {
    value::glob_matches(pattern, name, true)
}
