//! Dockerfiles: what is installed where, on which image, from which files.

mod build;
mod context;
mod copies;
mod expand;
mod fault;
mod file;
mod files;
mod flow;
mod ignore;
mod model;
mod options;
pub mod path;
mod plan;
mod secrets;
mod segment;
mod shell;
mod stage;
mod syntax;
mod tools;
mod value;
mod walk;

pub use context::{Context, Purpose, Wanted};
pub use fault::{DockerfileError, Fault};
pub use file::Dockerfile;
pub use files::StageFiles;
pub use flow::{Carrier, Flow, brings_interpreter};
pub use ignore::Ignore;
pub use model::{
    Action, Base, CopyOrigin, Destination, Exported, FileSource, FormatRule, InputFile, InstallOptions,
    InstallStep, InstallerVersion, LocalProject, StageCopy, StagePlan, Step, SystemStep, Tool, Toolchain,
    Undetermined, Venv,
};
pub use options::{ImageConfig, PlanOptions, ReplaceScope};
pub use plan::{Assumed, Plan};

pub use path::{join as join_path, parent as parent_path};
pub use wheelbase_image::{
    DevelopmentPackage, development_packages, is_leaf_package, links_to, packages_along,
};

/// Whether a file's name matches a shell pattern.
pub fn name_matches(pattern: &str, name: &str) -> bool {
    value::glob_matches(pattern, name, true)
}
