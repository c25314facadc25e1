//! The facts of installed distributions that rules check.

use crate::image::read::InstalledDistribution;
use crate::marker::MarkerAnswer;
use crate::requirement::{InvalidRequirement, Requirement};
use crate::tags::SupportedTags;

/// An installed distribution.
pub(crate) struct InstalledContext<'a> {
    /// The distribution.
    pub(crate) distribution: &'a InstalledDistribution,
    /// The tags that the interpreter supports.
    pub(crate) tags: &'a SupportedTags,
}

/// A requirement of an installed distribution.
pub(crate) struct InstalledRequirement<'a> {
    /// The distribution.
    pub(crate) distribution: &'a InstalledDistribution,
    /// The requirement as its metadata has it.
    pub(crate) text: &'a str,
    /// The parsed requirement.
    pub(crate) requirement: &'a Result<Requirement, InvalidRequirement>,
    /// Whether its marker is true; true without a marker.
    pub(crate) applies: MarkerAnswer,
    /// The installed version of the required project.
    pub(crate) installed: Option<&'a str>,
}

impl<'a> InstalledRequirement<'a> {
    /// The requirement, if it is valid and its marker is true.
    pub(super) fn required(&self) -> Option<&'a Requirement> {
        self.requirement.as_ref().ok().filter(|_| self.applies == MarkerAnswer::True)
    }
}
