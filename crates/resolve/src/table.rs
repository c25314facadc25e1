//! The versions of one project as the solver sees them: numbered, with their accepted files.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::candidates::{Candidate, FileRules};
use super::set::{Position, PositionSet};
use super::unknown::UnknownReason;
use crate::index::{DistributionFile, ProjectPage, Release};
use wheelbase_spec::name::ProjectName;
use wheelbase_spec::version::{SpecifierSet, Version};

/// The version of a project without a page: it was not fetched yet, or could not be fetched.
pub(super) const UNKNOWN: Position = Position::MAX - 2;
/// No distribution at all, so that the other projects can be solved without this one.
pub(super) const NOTHING: Position = Position::MAX - 3;
/// The first position of direct URLs. Lower positions are versions of the page.
pub(super) const FIRST_URL: Position = 1 << 31;

/// The distribution of a direct URL.
#[derive(Clone, Debug)]
pub struct Direct {
    pub(super) url: String,
    /// The file.
    pub file: Arc<DistributionFile>,
    /// The version; `None` if it is unknown until the distribution is built.
    pub version: Option<Version>,
    /// The candidate, or why it cannot be used.
    pub usable: Result<Candidate, String>,
    /// Why its metadata is unknown without running code (a checkout, a directory).
    pub(super) opaque: Option<UnknownReason>,
}

/// The state of a project's page.
#[derive(Clone, Debug)]
pub(super) enum Listing {
    /// The page was not fetched yet.
    Missing,
    /// No index has the project.
    Absent,
    /// The page could not be fetched; the cause.
    Failed(Arc<str>),
    /// The page.
    Page(Arc<ProjectPage>),
}

/// The versions of one project in one problem.
#[derive(Debug)]
pub struct VersionTable {
    pub(super) project: ProjectName,
    pub(super) listing: Listing,
    /// The hashes that any line requires.
    pub(super) hashes: Vec<(String, String)>,
    pub(super) direct: Vec<Direct>,
    /// The candidates of each release, most preferred first; computed on first use.
    candidates: Vec<Option<Arc<[Candidate]>>>,
    /// Versions that their metadata excludes, with the cause.
    pub(super) ruled_out: FxHashMap<Position, String>,
    /// Yanked versions that a pin allows.
    yanked_allowed: Vec<Position>,
    /// Pre-releases that pip does not consider.
    pub(super) held_back: Vec<Position>,
    /// Whether [`NOTHING`] is among the versions.
    pub(super) may_be_nothing: bool,
    /// The locations that are used under uv's index strategy; `None` if all are.
    indexes: Option<Vec<u16>>,
}

impl VersionTable {
    pub(super) fn new(project: ProjectName, hashes: Vec<(String, String)>) -> Self {
        Self {
            project,
            listing: Listing::Missing,
            hashes,
            direct: Vec::new(),
            candidates: Vec::new(),
            ruled_out: FxHashMap::default(),
            yanked_allowed: Vec::new(),
            held_back: Vec::new(),
            may_be_nothing: false,
            indexes: None,
        }
    }

    /// Sets the page. With `first_index`, only files of the first index with files are used, and files of the given
    /// locations.
    pub(super) fn set_page(&mut self, page: Arc<ProjectPage>, first_index: Option<&[u16]>) {
        if let Some(find_links) = first_index {
            let files = page.releases().iter().flat_map(|release| release.files().iter());
            let numbers = files.map(|file| file.index).filter(|number| !find_links.contains(number));
            if let Some(first) = numbers.min() {
                self.indexes = Some([&[first], find_links].concat());
            }
        }
        self.candidates = vec![None; page.releases().len()];
        self.listing = Listing::Page(page);
    }

    pub(super) fn page(&self) -> Option<&Arc<ProjectPage>> {
        match &self.listing {
            Listing::Page(page) => Some(page),
            _ => None,
        }
    }

    /// Returns whether a version must be chosen although none is known.
    pub(super) fn is_unknown(&self) -> bool {
        self.direct.is_empty() && matches!(self.listing, Listing::Missing | Listing::Failed(_))
    }

    /// Returns the number of versions of the page.
    pub(super) fn len(&self) -> Position {
        let releases = self.page().map_or(0, |page| page.releases().len());
        Position::try_from(releases).unwrap_or(FIRST_URL - 1)
    }

    /// Returns the release at a position of the page. Positions count from the oldest, releases from the newest.
    pub(super) fn release(&self, position: Position) -> Option<(usize, &Release)> {
        let page = self.page()?;
        let index = page.releases().len().checked_sub(1 + position as usize)?;
        page.releases().get(index).map(|release| (index, release))
    }

    pub fn direct_at(&self, position: Position) -> Option<&Direct> {
        self.direct.get(position.checked_sub(FIRST_URL)? as usize)
    }

    /// Returns the positions of the direct URLs.
    pub(super) fn direct_positions(&self) -> std::ops::Range<Position> {
        FIRST_URL..FIRST_URL.saturating_add(Position::try_from(self.direct.len()).unwrap_or(0))
    }

    pub(super) fn version(&self, position: Position) -> Option<&Version> {
        match self.direct_at(position) {
            Some(direct) => direct.version.as_ref(),
            None => self.release(position).map(|(_, release)| release.version()),
        }
    }

    /// Returns the accepted files of a version, most preferred first, including yanked ones.
    pub fn candidates(&mut self, position: Position, rules: &FileRules<'_>) -> Arc<[Candidate]> {
        let Some((index, release)) = self.release(position) else { return Arc::from([]) };
        if let Some(Some(known)) = self.candidates.get(index) {
            return known.clone();
        }
        let mut found = rules.candidates(&self.project, release, &self.hashes);
        if let Some(indexes) = &self.indexes {
            let files = release.files();
            found.retain(|candidate| {
                files.get(candidate.file).is_some_and(|file| indexes.contains(&file.index))
            });
        }
        let found: Arc<[Candidate]> = found.into();
        if let Some(slot) = self.candidates.get_mut(index) {
            *slot = Some(found.clone());
        }
        found
    }

    /// Returns the file of a version that the installer would use; `None` if the version cannot be used.
    pub fn pick(&mut self, position: Position, rules: &FileRules<'_>) -> Option<Candidate> {
        if self.ruled_out.contains_key(&position) {
            return None;
        }
        if position >= FIRST_URL {
            return self.direct_at(position)?.usable.clone().ok();
        }
        if rules.final_only(&self.project) && self.version(position).is_some_and(Version::any_prerelease) {
            return None;
        }
        // PEP 592: a yanked file is used only if a pin allows nothing else.
        let yanked_too = self.yanked_allowed.contains(&position);
        let candidates = self.candidates(position, rules);
        candidates.iter().find(|candidate| yanked_too || !candidate.yanked).cloned()
    }

    /// Returns the versions that a requirement accepts; all of them while the page is unknown.
    pub(super) fn accepted(&self, specifiers: &SpecifierSet, constraints: &[SpecifierSet]) -> PositionSet {
        if self.is_unknown() {
            return pubgrub::VersionSet::full();
        }
        let accepts = |version: &Version| {
            specifiers.contains(version) && constraints.iter().all(|set| set.contains(version))
        };
        let listed = (0..self.len()).filter(|position| {
            self.release(*position).is_some_and(|(_, release)| accepts(release.version()))
        });
        // A distribution from a URL satisfies a requirement by its version. An unknown version is accepted.
        let direct =
            self.direct.iter().zip(FIRST_URL..).filter_map(|(direct, position)| {
                direct.version.as_ref().is_none_or(accepts).then_some(position)
            });
        let nothing = self.may_be_nothing.then_some(NOTHING);
        if self.direct.is_empty() {
            PositionSet::from_ascending(listed.chain(nothing))
        } else {
            // If a project has a direct URL, its index is not used.
            PositionSet::from_ascending(direct.chain(nothing))
        }
    }

    /// Allows yanked files if all files that a pinned requirement accepts are yanked (PEP 592).
    pub fn allow_yanked(&mut self, accepted: &PositionSet, rules: &FileRules<'_>) {
        let positions: Vec<Position> = (0..self.len()).filter(|position| accepted.has(*position)).collect();
        // A pin accepts one version and its local versions. A larger set is not a pin.
        if positions.len() > 16 {
            return;
        }
        let all_yanked = positions
            .iter()
            .all(|position| self.candidates(*position, rules).iter().all(|candidate| candidate.yanked));
        if all_yanked {
            self.yanked_allowed.extend(positions);
        }
    }
}
