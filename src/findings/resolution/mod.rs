//! The rules on the versions and files that an installer selects, and on requirements that decide it.

use crate::resolve::Reason;

mod context;
mod usable;

pub(super) mod builds_from_source;
pub(super) mod builds_local_folder;
pub(super) mod file_name_disputed;
pub(super) mod hash_missing;
pub(super) mod installer_too_old;
pub(super) mod no_compatible_distribution;
pub(super) mod older_than_newest;
pub(super) mod project_not_found;
pub(super) mod pure_fallback;
pub(super) mod python_not_supported;
pub(super) mod undated_files;
pub(super) mod undefined_marker;
pub(super) mod undetermined;
pub(super) mod unknown_extra;
pub(super) mod version_conflict;
pub(super) mod yanked_file;

pub use builds_from_source::{BuiltSource, WheelVersion};
pub(crate) use context::{ChosenFile, ChosenTree, MissingFile, PythonContext, ResolutionContext, origin_of};
pub use undetermined::LibraryVersion;
pub use usable::UsableVersion;

const TAGS: &str = "https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/";

const SDIST: &str = "https://packaging.python.org/en/latest/specifications/source-distribution-format/";

/// Reasons in one sentence.
fn joined(reasons: &[Reason]) -> String {
    if reasons.is_empty() {
        return "no reason is known".to_owned();
    }
    let texts: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    texts.join("; ")
}
