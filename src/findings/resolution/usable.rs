//! Other versions of a project that could be installed.

use crate::index::{ProjectPage, Release};
use crate::name::ProjectName;
use crate::resolve::{Problem, best_candidate};
use crate::version::Version;

/// The most releases that are searched for a hint, since a project can have hundreds of them.
pub(super) const MOST_RELEASES: usize = 60;

/// A version that has a file for the target.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UsableVersion {
    /// The version.
    pub version: Version,
    /// Whether the file is a wheel, and not a source distribution.
    pub is_wheel: bool,
}

impl UsableVersion {
    /// The newest version with a usable file.
    pub(super) fn newest(problem: &Problem, name: &ProjectName, page: &ProjectPage) -> Option<Self> {
        let mut releases = finished(page).take(MOST_RELEASES);
        releases.find_map(|release| Self::of(problem, name, release))
    }

    /// The newest version below another one that has a wheel.
    pub(super) fn newest_wheel_below(
        problem: &Problem,
        name: &ProjectName,
        page: &ProjectPage,
        below: &Version,
    ) -> Option<Version> {
        let releases = finished(page).filter(|release| release.version() < below).take(MOST_RELEASES);
        let mut wheels =
            releases.filter_map(|release| Self::of(problem, name, release)).filter(|usable| usable.is_wheel);
        wheels.next().map(|usable| usable.version)
    }

    pub(super) fn of(problem: &Problem, name: &ProjectName, release: &Release) -> Option<Self> {
        let best = best_candidate(name, release, problem)?;
        Some(Self { version: release.version().clone(), is_wheel: best.is_wheel() })
    }
}

/// Releases that are not pre-releases.
fn finished(page: &ProjectPage) -> impl Iterator<Item = &Release> {
    page.releases().iter().filter(|release| !release.version().any_prerelease())
}
