//! The rules on distributions that are installed in an image, which are those of `pip check`.

mod context;

pub(super) mod installed_dependency_conflict;
pub(super) mod installed_dependency_missing;
pub(super) mod installed_wheel_unsupported;

pub(crate) use context::{InstalledContext, InstalledRequirement};
