//! The parts of a plan: stages, steps and the sources of their inputs.

mod source;
mod stage;
mod step;
mod tool;

pub use source::{Exported, FileSource, InputFile};
pub use stage::{Base, CopyOrigin, StageCopy, StagePlan, UnknownFact, Venv};
pub use step::{
    FormatRule, InstallOptions, InstallStep, InstallerVersion, LocalProject, Step, SystemStep, Toolchain,
};
pub use tool::{Action, Destination, Tool};
