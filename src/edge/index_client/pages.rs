//! Project pages: from memory, cache, directories and servers.

use std::sync::Arc;

use futures_util::future::join_all;
use url::Url;

use super::location::{Address, IndexLocation, LocationRole};
use super::web::{OfAll, OfProject};
use super::{IndexClient, local};
use crate::edge::failure::{FailureKind, FetchFailure};
use crate::index::{DistributionFile, ProjectPage};
use crate::name::ProjectName;

/// The result of a location: a page, or `None` if it does not have the project.
type Answer = Result<Option<ProjectPage>, FetchFailure>;

impl IndexClient {
    pub(super) async fn fetch_page(&self, project: &ProjectName) -> Result<Arc<ProjectPage>, FetchFailure> {
        let answers =
            join_all((0..self.inner.locations.len()).map(|number| self.location_page(number, project))).await;
        self.merge(project, answers)
    }

    /// Returns the page if no request is required.
    pub(super) fn page_at_once(
        &self,
        project: &ProjectName,
    ) -> Option<Result<Arc<ProjectPage>, FetchFailure>> {
        let mut answers = Vec::with_capacity(self.inner.locations.len());
        for (number, location) in self.inner.locations.iter().enumerate() {
            let answer = match (location.role(), location.place()) {
                (LocationRole::FindLinks, place) => {
                    let slot = super::slot(&self.inner.listings, &number);
                    match (slot.get(), place) {
                        (Some(listing), _) => pick(project, listing),
                        (None, Address::Disk(_)) => {
                            let listing = self.disk_listing(location);
                            let answer = pick(project, &listing);
                            let _ = slot.set(listing);
                            answer
                        }
                        (None, Address::Web(url)) => {
                            let listing = self
                                .kept_page(location, url, &OfAll)?
                                .map(|found| Arc::new(found.unwrap_or_default()));
                            let answer = pick(project, &listing);
                            let _ = slot.set(listing);
                            answer
                        }
                    }
                }
                (_, Address::Disk(folder)) => disk_page(folder, project),
                (_, Address::Web(base)) => {
                    self.kept_page(location, &project_url(base, project), &OfProject(project.clone()))?
                }
            };
            answers.push(answer);
        }
        Some(self.merge(project, answers))
    }

    fn merge(&self, project: &ProjectName, answers: Vec<Answer>) -> Result<Arc<ProjectPage>, FetchFailure> {
        let mut pages = Vec::new();
        for (number, answer) in (0u16..).zip(answers) {
            if let Some(page) = answer? {
                pages.push((number, page));
            }
        }
        if pages.is_empty() {
            return Err(self.not_found(project));
        }
        Ok(Arc::new(ProjectPage::merge(project.clone(), &pages)))
    }

    fn not_found(&self, project: &ProjectName) -> FetchFailure {
        let places: Vec<_> = self.inner.locations.iter().map(|location| format!("`{location}`")).collect();
        let message = match places.as_slice() {
            [] => format!(
                "project `{project}` was not found: no index and no find-links location is configured"
            ),
            [one] => format!("project `{project}` was not found on {one}"),
            [.., last] => {
                let rest = places.get(..places.len() - 1).unwrap_or_default();
                format!("project `{project}` was not found on {} or {last}", rest.join(", "))
            }
        };
        FetchFailure::new(FailureKind::NotFound, message)
    }

    async fn location_page(&self, number: usize, project: &ProjectName) -> Answer {
        let Some(location) = self.inner.locations.get(number) else { return Ok(None) };
        match (location.role(), location.place()) {
            (LocationRole::FindLinks, place) => {
                let slot = super::slot(&self.inner.listings, &number);
                let listing = slot
                    .get_or_init(|| async {
                        match place {
                            Address::Disk(_) => self.disk_listing(location),
                            Address::Web(url) => self.web_listing(location, url).await.map(Arc::new),
                        }
                    })
                    .await;
                let answer = pick(project, listing);
                super::forget_passing(&self.inner.listings, &number, &slot, listing);
                answer
            }
            (_, Address::Disk(folder)) => disk_page(folder, project),
            (_, Address::Web(base)) => {
                self.web_page(location, &project_url(base, project), &OfProject(project.clone())).await
            }
        }
    }

    fn disk_listing(&self, location: &IndexLocation) -> Result<Arc<Vec<DistributionFile>>, FetchFailure> {
        let Address::Disk(path) = location.place() else { return Ok(Arc::default()) };
        Ok(Arc::new(local::listing(path)?.unwrap_or_else(|| {
            // As in pip: a path in the configuration of another machine must not fail the run.
            self.inner.cache.note(format!("find-links: `{location}` does not exist and is ignored"));
            Vec::new()
        })))
    }

    async fn web_listing(
        &self,
        location: &IndexLocation,
        url: &Url,
    ) -> Result<Vec<DistributionFile>, FetchFailure> {
        Ok(self.web_page(location, url, &OfAll).await?.unwrap_or_else(|| {
            self.inner.cache.note(format!("find-links: `{location}` does not exist and is ignored"));
            Vec::new()
        }))
    }
}

/// Returns the files of a project in a find-links listing.
fn pick(project: &ProjectName, listing: &Result<Arc<Vec<DistributionFile>>, FetchFailure>) -> Answer {
    let listing = listing.as_ref().map_err(Clone::clone)?;
    let files: Vec<_> = listing.iter().filter(|file| may_be_of(&file.filename, project)).cloned().collect();
    let page = ProjectPage::from_files(project.clone(), files);
    // The remaining files of other projects are excluded by parsing the whole names.
    Ok((!page.releases().is_empty()).then_some(page))
}

fn disk_page(folder: &std::path::Path, project: &ProjectName) -> Answer {
    let Some(page) = local::index_page(&folder.join(project.as_str()))? else { return Ok(None) };
    Ok(Some(ProjectPage::from_files_with_faults(project.clone(), page.files, page.faults, page.fault_count)))
}

/// Returns whether a file name can belong to the project. This is fast, because a listing may contain thousands of
/// other files.
fn may_be_of(filename: &str, project: &ProjectName) -> bool {
    let mut rest = filename.bytes().map(|b| b.to_ascii_lowercase()).peekable();
    let separator = |b: u8| matches!(b, b'-' | b'_' | b'.');
    for wanted in project.as_str().bytes() {
        match rest.next() {
            Some(b) if wanted == b'-' && separator(b) => {
                while rest.peek().copied().is_some_and(separator) {
                    rest.next();
                }
            }
            Some(b) if b == wanted => {}
            _ => return false,
        }
    }
    rest.next().is_some_and(separator)
}

/// PEP 503: the normalized name and a slash.
fn project_url(base: &Url, project: &ProjectName) -> Url {
    let mut url = base.clone();
    let path = format!("{}{project}/", base.path());
    url.set_path(&path);
    url
}
