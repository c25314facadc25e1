//! The versions of one project as the solver sees them: numbered, with the files that may be taken.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::candidates::{Candidate, FileRules};
use super::set::{Position, PositionSet};
use crate::index::{DistributionFile, ProjectPage, Release};
use wheelbase_spec::name::ProjectName;
use wheelbase_spec::version::{SpecifierSet, Version};

/// Stands for the version of a project whose page is not there: asked for, or not to be had.
pub(super) const UNKNOWN: Position = Position::MAX - 2;
/// Stands for "no distribution at all", so that one impossible project does not silence the others.
pub(super) const NOTHING: Position = Position::MAX - 3;
/// The first position of direct URLs; below it stand the versions of the page.
pub(super) const FIRST_URL: Position = 1 << 31;

/// A distribution named by a direct URL.
#[derive(Clone, Debug)]
pub struct Direct {
    pub(super) url: String,
    pub file: Arc<DistributionFile>,
    /// `None` if only the project's own code could tell.
    pub version: Option<Version>,
    /// The candidate, or why it can not be taken.
    pub usable: Result<Candidate, String>,
    /// Why nothing can be known of it without running code (a checkout, a folder).
    pub(super) opaque: Option<String>,
}

/// What is known of a project's versions.
#[derive(Clone, Debug)]
pub(super) enum Listing {
    /// The page is not there yet.
    Missing,
    /// No index has the project.
    Absent,
    /// The page could not be had.
    Failed(Arc<str>),
    /// The page.
    Page(Arc<ProjectPage>),
}

/// One project of one target's problem.
#[derive(Debug)]
pub struct Table {
    pub(super) project: ProjectName,
    pub(super) listing: Listing,
    /// Hashes asked for, by any line.
    pub(super) hashes: Vec<(String, String)>,
    pub(super) direct: Vec<Direct>,
    /// Best first; filled when first asked for.
    candidates: Vec<Option<Arc<[Candidate]>>>,
    /// Versions that turned out not to be installable once their metadata was read, and why.
    pub(super) ruled_out: FxHashMap<Position, String>,
    /// Versions that a pin makes available although they are yanked.
    yanked_allowed: Vec<Position>,
    /// Versions that pip does not reach because it holds pre-releases back.
    pub(super) held_back: Vec<Position>,
    /// Whether [`NOTHING`] is among the versions.
    pub(super) may_be_nothing: bool,
    /// Under uv's index strategy, the locations whose files count.
    indexes: Option<Vec<u16>>,
}

impl Table {
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

    /// Takes the page. With `first_index`, only the files of the first index that has any count, and those of the
    /// locations that are given.
    pub(super) fn set_page(&mut self, page: Arc<ProjectPage>, first_index: Option<&[u16]>) {
        if let Some(besides) = first_index {
            let files = page.releases().iter().flat_map(|release| release.files().iter());
            let numbers = files.map(|file| file.index).filter(|number| !besides.contains(number));
            if let Some(first) = numbers.min() {
                self.indexes = Some([&[first], besides].concat());
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

    /// Whether a version must be chosen without knowing any.
    pub(super) fn is_unknown(&self) -> bool {
        self.direct.is_empty() && matches!(self.listing, Listing::Missing | Listing::Failed(_))
    }

    /// How many versions the page has.
    pub(super) fn len(&self) -> Position {
        let releases = self.page().map_or(0, |page| page.releases().len());
        Position::try_from(releases).unwrap_or(FIRST_URL - 1)
    }

    /// The release at a position of the page; positions count from the oldest, releases from the newest.
    pub(super) fn release(&self, position: Position) -> Option<(usize, &Release)> {
        let page = self.page()?;
        let index = page.releases().len().checked_sub(1 + position as usize)?;
        page.releases().get(index).map(|release| (index, release))
    }

    pub fn direct_at(&self, position: Position) -> Option<&Direct> {
        self.direct.get(position.checked_sub(FIRST_URL)? as usize)
    }

    /// The positions of the direct URLs.
    pub(super) fn direct_positions(&self) -> std::ops::Range<Position> {
        FIRST_URL..FIRST_URL.saturating_add(Position::try_from(self.direct.len()).unwrap_or(0))
    }

    pub(super) fn version(&self, position: Position) -> Option<&Version> {
        match self.direct_at(position) {
            Some(direct) => direct.version.as_ref(),
            None => self.release(position).map(|(_, release)| release.version()),
        }
    }

    /// The files of a version that may be taken, best first, whether yanked or not.
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

    /// The file that would be taken of a version; `None` if the version cannot be taken at all.
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
        // PEP 592: a yanked file counts only where a pin leaves nothing else.
        let yanked_too = self.yanked_allowed.contains(&position);
        let candidates = self.candidates(position, rules);
        candidates.iter().find(|candidate| yanked_too || !candidate.yanked).cloned()
    }

    /// The versions that a requirement accepts; every one while the page is unknown.
    pub(super) fn accepted(&self, specifiers: &SpecifierSet, constraints: &[SpecifierSet]) -> PositionSet {
        if self.is_unknown() {
            return pubgrub::VersionSet::full();
        }
        let takes = |version: &Version| {
            specifiers.contains(version) && constraints.iter().all(|set| set.contains(version))
        };
        let listed = (0..self.len())
            .filter(|position| self.release(*position).is_some_and(|(_, release)| takes(release.version())));
        // A distribution from a URL satisfies a requirement by its version; where that is unknown, it is believed.
        let direct =
            self.direct.iter().zip(FIRST_URL..).filter_map(|(direct, position)| {
                direct.version.as_ref().is_none_or(takes).then_some(position)
            });
        let nothing = self.may_be_nothing.then_some(NOTHING);
        if self.direct.is_empty() {
            PositionSet::from_ascending(listed.chain(nothing))
        } else {
            // Once a project comes from a URL, no index is asked for it.
            PositionSet::from_ascending(direct.chain(nothing))
        }
    }

    /// PEP 592: where everything that a pinned requirement accepts is yanked, a yanked file may be taken.
    pub fn allow_yanked(&mut self, accepted: &PositionSet, rules: &FileRules<'_>) {
        let positions: Vec<Position> = (0..self.len()).filter(|position| accepted.has(*position)).collect();
        // A pin accepts one version and its local variants; more than a few means it is none.
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
