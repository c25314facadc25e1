//! What a plan of a Dockerfile consists of: stages, steps and where their inputs come from.

mod source;
mod stage;
mod step;
mod tool;

pub use source::{Exported, FileSource, InputFile};
pub use stage::{Base, CopyOrigin, StageCopy, StagePlan, Undetermined, Venv};
pub use step::{
    FormatRule, InstallOptions, InstallStep, InstallerVersion, LocalProject, Step, SystemStep, Toolchain,
};
pub use tool::{Action, Destination, Tool};
