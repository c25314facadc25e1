//! Project pages: from memory, cache, folders and servers.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::future::join_all;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Request, Response, StatusCode};
use http_cache_semantics::{AfterResponse, BeforeRequest, CacheOptions, CachePolicy};
use url::Url;

use super::location::{Location, LocationRole, Place};
use super::{IndexClient, PAGE_MAX, local, now, seconds};
use crate::edge::cache::{ABSENT, Bucket, Entry, FOUND, Stamp, key};
use crate::edge::failure::{FailureKind, FetchFailure};
use crate::edge::settings::IndexSettings;
use crate::edge::transport::{Counters, status_text};
use crate::index::{DistributionFile, ParsedPage, ProjectPage, parse_page};
use crate::name::ProjectName;

/// PEP 691, "Version + Format Selection". The plain HTML type comes last, so that an index that knows JSON sends it.
const ACCEPT: &str =
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

/// The headers of an answer that a cache needs; others, cookies among them, are not written to disk.
const KEPT: [HeaderName; 8] = [
    header::CACHE_CONTROL,
    header::ETAG,
    header::LAST_MODIFIED,
    header::DATE,
    header::AGE,
    header::EXPIRES,
    header::VARY,
    header::PRAGMA,
];

/// One location's answer: a page, or `None` when it does not have the project.
type Answer = Result<Option<ProjectPage>, FetchFailure>;

impl IndexClient {
    pub(super) async fn fetch_page(&self, project: &ProjectName) -> Result<Arc<ProjectPage>, FetchFailure> {
        let answers =
            join_all((0..self.inner.locations.len()).map(|number| self.location_page(number, project))).await;
        self.merge(project, answers)
    }

    /// The page without the network; `None` when some location would have to be asked.
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
                        (None, Place::Disk(_)) => {
                            let listing = self.disk_listing(location);
                            let answer = pick(project, &listing);
                            let _ = slot.set(listing);
                            answer
                        }
                        (None, Place::Web(_)) => return None,
                    }
                }
                (_, Place::Disk(folder)) => disk_page(folder, project),
                (_, Place::Web(base)) => {
                    let url = project_url(base, project);
                    let entry_key = page_key(location, &url);
                    match self.inner.cache.get(Bucket::Pages, "", &entry_key) {
                        Some(entry) if self.is_usable(entry.stamp) => {
                            self.open(project, &entry_key, &entry).map(Ok)?
                        }
                        _ if self.inner.settings.offline => Err(offline(location, project)),
                        _ => return None,
                    }
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
                "project `{project}` is not looked for anywhere: no index and no find-links location is set"
            ),
            [one] => format!("project `{project}` is not on {one}"),
            [.., last] => {
                let rest = places.get(..places.len() - 1).unwrap_or_default();
                format!("project `{project}` is neither on {} nor on {last}", rest.join(" nor on "))
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
                            Place::Disk(_) => self.disk_listing(location),
                            Place::Web(url) => self.web_listing(location, url).await.map(Arc::new),
                        }
                    })
                    .await;
                let answer = pick(project, listing);
                super::forget_passing(&self.inner.listings, &number, &slot, listing);
                answer
            }
            (_, Place::Disk(folder)) => disk_page(folder, project),
            (_, Place::Web(base)) => self.web_page(location, &project_url(base, project), project).await,
        }
    }

    fn disk_listing(&self, location: &Location) -> Result<Arc<Vec<DistributionFile>>, FetchFailure> {
        let Place::Disk(path) = location.place() else { return Ok(Arc::default()) };
        Ok(Arc::new(local::listing(path)?.unwrap_or_else(|| {
            // As pip does; a path of another machine's configuration should not stop a run.
            self.inner.cache.note(format!("find-links: `{location}` does not exist and is not used"));
            Vec::new()
        })))
    }

    async fn web_listing(
        &self,
        location: &Location,
        url: &Url,
    ) -> Result<Vec<DistributionFile>, FetchFailure> {
        // A find-links page lists files of all projects and is read whole, so it is not kept in the cache's form.
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(ACCEPT));
        let (status, headers, url, body) = self.inner.transport.get(url, &headers, PAGE_MAX).await?;
        match status {
            StatusCode::OK => Ok(read_page(&body, &headers, &url)?.files),
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                self.inner.cache.note(format!("find-links: `{location}` does not exist and is not used"));
                Ok(Vec::new())
            }
            status => Err(unexpected_page(&url, status)),
        }
    }

    async fn web_page(&self, location: &Location, url: &Url, project: &ProjectName) -> Answer {
        let entry_key = page_key(location, url);
        let mut entry = self.inner.cache.get(Bucket::Pages, "", &entry_key);
        if let Some(found) = entry.as_ref().filter(|entry| self.is_usable(entry.stamp)) {
            match self.open(project, &entry_key, found) {
                Some(page) => return Ok(page),
                None => entry = None,
            }
        }
        if self.inner.settings.offline {
            return Err(offline(location, project));
        }
        let request = page_request(url);
        let policy =
            entry.as_ref().and_then(|entry| serde_json::from_slice::<CachePolicy>(entry.meta()).ok());
        if let (Some(entry), Some(policy)) = (entry, policy) {
            let headers = validators(&policy, url);
            if headers.contains_key(header::IF_NONE_MATCH) || headers.contains_key(header::IF_MODIFIED_SINCE)
            {
                let (status, answer_headers, at, body) =
                    self.inner.transport.get(url, &headers, PAGE_MAX).await?;
                if status != StatusCode::NOT_MODIFIED {
                    return self
                        .take(&entry_key, project, &request, status, &answer_headers, &at, body)
                        .await;
                }
                let response = response(status, &answer_headers);
                if let AfterResponse::NotModified(policy, _) =
                    policy.after_response(&request, &response, SystemTime::now())
                {
                    if let Some(page) =
                        self.confirm(&entry_key, project, &entry, &policy, &answer_headers).await
                    {
                        return Ok(page);
                    }
                }
                // Nothing of use is in the cache after all.
            }
        }
        let (status, headers, at, body) = self.inner.transport.get(url, request.headers(), PAGE_MAX).await?;
        self.take(&entry_key, project, &request, status, &headers, &at, body).await
    }

    /// Reads and keeps a server's answer.
    #[expect(clippy::too_many_arguments, reason = "the parts of one answer")]
    async fn take(
        &self,
        entry_key: &str,
        project: &ProjectName,
        request: &Request<()>,
        status: StatusCode,
        headers: &HeaderMap,
        at: &Url,
        body: Vec<u8>,
    ) -> Answer {
        let absent = match status {
            StatusCode::OK => false,
            StatusCode::NOT_FOUND | StatusCode::GONE => true,
            status => return Err(unexpected_page(at, status)),
        };
        let policy =
            CachePolicy::new_options(request, &response(status, headers), SystemTime::now(), cache_options());
        let is_told = says_freshness(headers);
        let client = self.clone();
        let (entry_key, project, headers, at) =
            (entry_key.to_owned(), project.clone(), headers.clone(), at.clone());
        // A large page takes milliseconds to read: not on the thread that drives the connections.
        let work = move || {
            let page = if absent {
                None
            } else {
                let parsed = read_page(&body, &headers, &at)?;
                Some(ProjectPage::from_files_with_faults(
                    project,
                    parsed.files,
                    parsed.faults,
                    parsed.fault_count,
                ))
            };
            let encoded = page.as_ref().map(ProjectPage::encode).unwrap_or_default();
            client.keep(&entry_key, if absent { ABSENT } else { FOUND }, &policy, is_told, &encoded);
            Ok(page)
        };
        join(tokio::task::spawn_blocking(work).await)
    }

    /// Keeps an entry that a server has confirmed for longer.
    async fn confirm(
        &self,
        entry_key: &str,
        project: &ProjectName,
        entry: &Entry,
        policy: &CachePolicy,
        headers: &HeaderMap,
    ) -> Option<Option<ProjectPage>> {
        // An answer that only says "unchanged" leaves standing what was said before.
        let is_told = says_freshness(headers) || entry.stamp.fresh_until != i64::MIN;
        Counters::add(&self.inner.transport.counters.revalidated, 1);
        let page = self.open(project, entry_key, entry)?;
        let (client, entry_key, entry, policy) =
            (self.clone(), entry_key.to_owned(), entry.clone(), policy.clone());
        let _ = tokio::task::spawn_blocking(move || {
            client.keep(&entry_key, entry.stamp.status, &policy, is_told, entry.body());
        })
        .await;
        Some(page)
    }

    fn keep(&self, entry_key: &str, status: u8, policy: &CachePolicy, is_told: bool, body: &[u8]) {
        // `no-store` forbids keeping it anywhere but in memory.
        if !policy.is_storable() {
            return;
        }
        let now = SystemTime::now();
        let stored_at = now.duration_since(UNIX_EPOCH).map_or(0, seconds);
        let fresh_until =
            if is_told { stored_at.saturating_add(seconds(policy.time_to_live(now))) } else { i64::MIN };
        let meta = serde_json::to_vec(policy).unwrap_or_default();
        self.inner.cache.put(
            Bucket::Pages,
            "",
            entry_key,
            Stamp { status, stored_at, fresh_until },
            &meta,
            body,
        );
    }

    /// Whether an entry answers without asking: always when offline; never when older than a wanted refresh; by
    /// `--max-age` where the user gave one; by what the server said; by a default age where it said nothing.
    fn is_usable(&self, stamp: Stamp) -> bool {
        let settings = &self.inner.settings;
        if settings.offline {
            return true;
        }
        if settings.refresh && stamp.stored_at < self.inner.started {
            return false;
        }
        let now = now();
        // A clock that was set back must not make entries eternal.
        let age = now.saturating_sub(stamp.stored_at);
        if age < -60 {
            return false;
        }
        match settings.max_age {
            Some(max_age) => age < seconds(max_age),
            None if stamp.fresh_until == i64::MIN => age < seconds(IndexSettings::DEFAULT_MAX_AGE),
            None => now < stamp.fresh_until,
        }
    }

    /// An entry as a page; `None` when it cannot be understood.
    fn open(&self, project: &ProjectName, entry_key: &str, entry: &Entry) -> Option<Option<ProjectPage>> {
        let page = match entry.stamp.status {
            ABSENT => None,
            FOUND => match ProjectPage::decode(project.clone(), Arc::clone(&entry.bytes), entry.body_start())
            {
                Ok(page) => Some(page),
                Err(error) => {
                    self.inner.cache.reject(Bucket::Pages, "", entry_key, &error);
                    return None;
                }
            },
            _ => return None,
        };
        Counters::add(&self.inner.transport.counters.cache_hits, 1);
        Some(page)
    }
}

/// A project's files of a find-links listing.
fn pick(project: &ProjectName, listing: &Result<Arc<Vec<DistributionFile>>, FetchFailure>) -> Answer {
    let listing = listing.as_ref().map_err(Clone::clone)?;
    let files: Vec<_> = listing.iter().filter(|file| may_be_of(&file.filename, project)).cloned().collect();
    let page = ProjectPage::from_files(project.clone(), files);
    // What is left of other projects is told by reading the names in full.
    Ok((!page.releases().is_empty()).then_some(page))
}

fn disk_page(folder: &std::path::Path, project: &ProjectName) -> Answer {
    let Some(page) = local::index_page(&folder.join(project.as_str()))? else { return Ok(None) };
    Ok(Some(ProjectPage::from_files_with_faults(project.clone(), page.files, page.faults, page.fault_count)))
}

/// Whether a file name can be one of the project's, told cheaply: a listing may hold thousands for other projects.
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

fn page_key(location: &Location, url: &Url) -> String {
    key(&["page", url.as_str(), ACCEPT, &location.user])
}

fn page_request(url: &Url) -> Request<()> {
    let mut request = Request::new(());
    // The URL without credentials; an address that `http` cannot hold is only used to compare with itself.
    *request.uri_mut() = url.as_str().parse().unwrap_or_default();
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static(ACCEPT));
    request
}

fn response(status: StatusCode, headers: &HeaderMap) -> Response<()> {
    let mut response = Response::new(());
    *response.status_mut() = status;
    for name in KEPT {
        for value in headers.get_all(&name) {
            response.headers_mut().append(&name, value.clone());
        }
    }
    response
}

fn cache_options() -> CacheOptions {
    CacheOptions {
        // This cache is one user's.
        shared: false,
        // Without a word from the server, `--max-age` and its default decide and not a share of the page's age.
        cache_heuristic: 0.0,
        ..CacheOptions::default()
    }
}

/// Whether an answer holds a word on how long it may be used. The library has one zero for "not at all" and for
/// "nothing is said", and here the two differ.
fn says_freshness(headers: &HeaderMap) -> bool {
    let directives = ["max-age", "no-cache", "immutable", "must-revalidate"];
    let in_control = headers
        .get_all(header::CACHE_CONTROL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|directive| directive.split('=').next().unwrap_or_default().trim().to_ascii_lowercase())
        .any(|directive| directives.contains(&directive.as_str()));
    in_control || headers.contains_key(header::EXPIRES) || headers.contains_key(header::PRAGMA)
}

/// The headers that ask a server whether what is kept still holds.
fn validators(policy: &CachePolicy, url: &Url) -> HeaderMap {
    let mut request = page_request(url);
    // Also where the server would let it be used unasked: the user wants to know.
    request.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let mut headers = match policy.before_request(&request, SystemTime::now()) {
        BeforeRequest::Stale { request, matches: true } => request.headers,
        _ => page_request(url).headers().clone(),
    };
    headers.remove(header::CACHE_CONTROL);
    headers
}

fn read_page(body: &[u8], headers: &HeaderMap, url: &Url) -> Result<ParsedPage, FetchFailure> {
    let content_type =
        headers.get(header::CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    parse_page(body, content_type.as_deref(), url)
        .map_err(|error| FetchFailure::new(FailureKind::Broken, error.to_string()))
}

fn unexpected_page(url: &Url, status: StatusCode) -> FetchFailure {
    FetchFailure::at(FailureKind::Unreachable, url, format!("the index answers {}", status_text(status)))
}

fn offline(location: &Location, project: &ProjectName) -> FetchFailure {
    FetchFailure::new(
        FailureKind::Offline,
        format!(
            "the page of `{project}` on `{location}` is not in the cache, and the network may not be used (offline)"
        ),
    )
}

pub(super) fn join<T>(
    outcome: Result<Result<T, FetchFailure>, tokio::task::JoinError>,
) -> Result<T, FetchFailure> {
    outcome.unwrap_or_else(|error| {
        Err(FetchFailure::new(FailureKind::Broken, format!("a worker failed: {error}")))
    })
}
