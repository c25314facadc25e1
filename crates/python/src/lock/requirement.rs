//! Requirements as the dependencies and markers of a lock.

use crate::lock::model::LockedDependency;
use wheelbase_spec::requirement::{Requirement, RequirementSource};

/// Converts a requirement to a dependency of a lock.
pub(super) fn of_requirement(requirement: Requirement) -> LockedDependency {
    let specifiers = match &requirement.source {
        RequirementSource::Specifiers(specifiers) => Some(specifiers.clone()),
        RequirementSource::Url(_) => None,
    };
    LockedDependency {
        name: requirement.name,
        version: None,
        specifiers,
        source: None,
        extras: requirement.extras,
        marker: requirement.marker,
    }
}

/// Writes a specifier as a comparison of a marker: `>=3.9` is `>= '3.9'`.
pub(super) fn spaced(term: &str) -> String {
    let at = term.find(|c: char| c.is_ascii_digit()).unwrap_or(term.len());
    let (operator, version) = term.split_at(at);
    format!("{operator} '{version}'")
}
