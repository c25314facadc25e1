//! The rules on base images: the image itself, and the files that its loader finds when wheels are installed in it.

mod context;

pub(super) mod arch_not_published;
pub(super) mod externally_managed;
pub(super) mod files_collide;
pub(super) mod image_end_of_life;
pub(super) mod image_facts_disagree;
pub(super) mod library_too_old;
pub(super) mod missing_library;
pub(super) mod needs_system_library;
pub(super) mod optional_part_fails;

pub(crate) use context::ImageContext;
pub use externally_managed::RefusedStep;
pub use library_too_old::OldLibrary;
pub use needs_system_library::{NeededProgram, NeededWhen};
pub use optional_part_fails::PartFailure;
