//! The rules on Dockerfiles: stages, the files that are copied between them, and install steps.

mod context;

pub(super) mod build_arg_assumed;
pub(super) mod copied_venv_dangles;
pub(super) mod input_missing;
pub(super) mod installer_missing;
pub(super) mod libraries_left_behind;
pub(super) mod stage_arch_mismatch;
pub(super) mod stage_libc_mismatch;
pub(super) mod stage_python_mismatch;
pub(super) mod unpinned_base;
pub(super) mod wheel_not_built;

pub use context::{Native, StageImage, StagePython, StepFacts};
pub(crate) use context::{Passage, Stages};
pub use input_missing::AbsentFile;
pub use libraries_left_behind::{LeftBehindGap, LinkedFrom, LinkedLibrary, NeededLibrary};
pub use stage_libc_mismatch::{LibcCause, LibcCrossing};
