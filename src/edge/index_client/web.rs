//! Pages of web servers, cached according to HTTP.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{SystemTime, UNIX_EPOCH};

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Request, Response, StatusCode};
use http_cache_semantics::{AfterResponse, BeforeRequest, CacheOptions, CachePolicy};
use url::Url;

use super::location::IndexLocation;
use super::{IndexClient, PAGE_MAX, join, now, seconds};
use crate::edge::cache::{ABSENT, Bucket, Entry, FOUND, Stamp, key};
use crate::edge::failure::{FailureKind, FetchFailure};
use crate::edge::http::{Answer, shown, status_text};
use crate::edge::settings::IndexSettings;
use crate::index::{
    DistributionFile, InvalidEncoding, ParsedPage, ProjectPage, decode_listing, encode_listing, parse_page,
};
use crate::name::ProjectName;

/// PEP 691, "Version + Format Selection". The plain HTML type comes last, so that an index that supports JSON sends it.
const ACCEPT: &str =
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

/// The response headers that a cache requires. Others, such as cookies, are not written to disk.
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

/// A kind of page: how its files are converted and cached.
pub(super) trait Content: Clone + Send + Sync + 'static {
    /// The converted page.
    type Value: Send + 'static;

    /// The name of the page for messages.
    fn name(&self) -> String;
    fn gather(&self, page: ParsedPage) -> Self::Value;
    fn encode(value: &Self::Value) -> Vec<u8>;
    fn decode(&self, bytes: Arc<Vec<u8>>, offset: usize) -> Result<Self::Value, InvalidEncoding>;
}

/// The page of a project on an index.
#[derive(Clone)]
pub(super) struct OfProject(pub(super) ProjectName);

impl Content for OfProject {
    type Value = ProjectPage;

    fn name(&self) -> String {
        format!("the page of `{}`", self.0)
    }

    fn gather(&self, page: ParsedPage) -> ProjectPage {
        ProjectPage::from_files_with_faults(self.0.clone(), page.files, page.faults, page.fault_count)
    }

    fn encode(value: &ProjectPage) -> Vec<u8> {
        value.encode()
    }

    fn decode(&self, bytes: Arc<Vec<u8>>, offset: usize) -> Result<ProjectPage, InvalidEncoding> {
        ProjectPage::decode(self.0.clone(), bytes, offset)
    }
}

/// A find-links page, with files of all projects.
#[derive(Clone)]
pub(super) struct OfAll;

impl Content for OfAll {
    type Value = Vec<DistributionFile>;

    fn name(&self) -> String {
        "the list of files".to_owned()
    }

    fn gather(&self, page: ParsedPage) -> Vec<DistributionFile> {
        page.files
    }

    fn encode(value: &Vec<DistributionFile>) -> Vec<u8> {
        encode_listing(value)
    }

    fn decode(&self, bytes: Arc<Vec<u8>>, offset: usize) -> Result<Vec<DistributionFile>, InvalidEncoding> {
        decode_listing(bytes, offset)
    }
}

/// Fetches a page; `None` if the server does not have it.
type PageAnswer<C> = Result<Option<<C as Content>::Value>, FetchFailure>;

impl IndexClient {
    /// Returns a cached page that can be used without a request; `None` if a request is required.
    pub(super) fn kept_page<C: Content>(
        &self,
        location: &IndexLocation,
        url: &Url,
        content: &C,
    ) -> Option<PageAnswer<C>> {
        let entry_key = page_key(location, url);
        let kept = self
            .inner
            .cache
            .get(Bucket::Pages, "", &entry_key)
            .filter(|entry| self.is_usable(entry.stamp))
            .and_then(|entry| self.open_page(content, &entry_key, &entry));
        match kept {
            Some(kept) => Some(Ok(kept)),
            None if self.inner.settings.offline => Some(Err(offline(location, content))),
            None => None,
        }
    }

    pub(super) async fn web_page<C: Content>(
        &self,
        location: &IndexLocation,
        url: &Url,
        content: &C,
    ) -> PageAnswer<C> {
        let entry_key = page_key(location, url);
        let mut entry = self.inner.cache.get(Bucket::Pages, "", &entry_key);
        if let Some(found) = entry.as_ref().filter(|entry| self.is_usable(entry.stamp)) {
            match self.open_page(content, &entry_key, found) {
                Some(page) => return Ok(page),
                None => entry = None,
            }
        }
        if self.inner.settings.offline {
            return Err(offline(location, content));
        }
        let request = page_request(url);
        let policy =
            entry.as_ref().and_then(|entry| serde_json::from_slice::<CachePolicy>(entry.meta()).ok());
        if let (Some(entry), Some(policy)) = (entry, policy) {
            let headers = validators(&policy, url);
            if headers.contains_key(header::IF_NONE_MATCH) || headers.contains_key(header::IF_MODIFIED_SINCE)
            {
                let answer = self.inner.http.get_page(url, &headers, PAGE_MAX).await?;
                if answer.status != StatusCode::NOT_MODIFIED {
                    return self.take(&entry_key, content, &request, answer).await;
                }
                let response = response(answer.status, &answer.headers);
                if let AfterResponse::NotModified(policy, _) =
                    policy.after_response(&request, &response, SystemTime::now())
                    && let Some(page) =
                        self.confirm(&entry_key, content, &entry, &policy, &answer.headers).await
                {
                    return Ok(page);
                }
                // The cached entry is not valid.
            }
        }
        let answer = self.inner.http.get_page(url, request.headers(), PAGE_MAX).await?;
        self.take(&entry_key, content, &request, answer).await
    }

    /// Reads and caches the response of a server.
    async fn take<C: Content>(
        &self,
        entry_key: &str,
        content: &C,
        request: &Request<()>,
        answer: Answer,
    ) -> PageAnswer<C> {
        let absent = match answer.status {
            StatusCode::OK => false,
            StatusCode::NOT_FOUND | StatusCode::GONE => true,
            status => return Err(unexpected_page(&answer.url, status)),
        };
        let response = response(answer.status, &answer.headers);
        let policy = CachePolicy::new_options(request, &response, SystemTime::now(), cache_options());
        let is_told = says_freshness(&answer.headers);
        let client = self.clone();
        let (entry_key, content) = (entry_key.to_owned(), content.clone());
        // A large page takes milliseconds to read: not on the thread that drives the connections.
        let work = move || {
            let page = if absent { None } else { Some(content.gather(read_page(&answer)?)) };
            let encoded = page.as_ref().map(C::encode).unwrap_or_default();
            client.keep(&entry_key, if absent { ABSENT } else { FOUND }, &policy, is_told, &encoded);
            Ok(page)
        };
        join(tokio::task::spawn_blocking(work).await)
    }

    /// Updates an entry that a server confirmed as unchanged.
    async fn confirm<C: Content>(
        &self,
        entry_key: &str,
        content: &C,
        entry: &Entry,
        policy: &CachePolicy,
        headers: &HeaderMap,
    ) -> Option<Option<C::Value>> {
        // A response with status 304 keeps the previous headers.
        let is_told = says_freshness(headers) || entry.stamp.fresh_until != i64::MIN;
        self.inner.revalidated.fetch_add(1, Ordering::Relaxed);
        let page = self.open_page(content, entry_key, entry)?;
        let (client, entry_key, entry, policy) =
            (self.clone(), entry_key.to_owned(), entry.clone(), policy.clone());
        let _ = tokio::task::spawn_blocking(move || {
            client.keep(&entry_key, entry.stamp.status, &policy, is_told, entry.body());
        })
        .await;
        Some(page)
    }

    fn keep(&self, entry_key: &str, status: u8, policy: &CachePolicy, is_told: bool, body: &[u8]) {
        // `no-store` allows the page only in memory.
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

    /// Returns whether an entry can be used without a request: always with `--offline`; never if it is older than a
    /// `--refresh`; else up to `--max-age`, the age that the server specifies, or the default age.
    fn is_usable(&self, stamp: Stamp) -> bool {
        let settings = &self.inner.settings;
        if settings.offline {
            return true;
        }
        if settings.refresh && stamp.stored_at < self.inner.started {
            return false;
        }
        let now = now();
        // If the clock was set back, an entry must not stay fresh.
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

    /// Returns the page of an entry; `None` if it is not valid.
    fn open_page<C: Content>(&self, content: &C, entry_key: &str, entry: &Entry) -> Option<Option<C::Value>> {
        let page = match entry.stamp.status {
            ABSENT => None,
            FOUND => match content.decode(Arc::clone(&entry.bytes), entry.body_start()) {
                Ok(page) => Some(page),
                Err(error) => {
                    self.inner.cache.reject(Bucket::Pages, "", entry_key, &error);
                    return None;
                }
            },
            _ => return None,
        };
        self.inner.cache_hits.fetch_add(1, Ordering::Relaxed);
        Some(page)
    }
}

fn page_key(location: &IndexLocation, url: &Url) -> String {
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
        // The cache belongs to one user.
        shared: false,
        // If the server does not specify an age, `--max-age` or its default applies, not a part of the age of the page.
        cache_heuristic: 0.0,
        ..CacheOptions::default()
    }
}

/// Returns whether a response specifies how long it may be used. The library returns 0 both for "not at all" and for
/// "not specified", which differ here.
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

/// Returns the headers of a conditional request for a cached page.
fn validators(policy: &CachePolicy, url: &Url) -> HeaderMap {
    let mut request = page_request(url);
    // The user requests revalidation even if the entry is still fresh for the server.
    request.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let mut headers = match policy.before_request(&request, SystemTime::now()) {
        BeforeRequest::Stale { request, matches: true } => request.headers,
        _ => page_request(url).headers().clone(),
    };
    headers.remove(header::CACHE_CONTROL);
    headers
}

fn read_page(answer: &Answer) -> Result<ParsedPage, FetchFailure> {
    let content_type =
        answer.headers.get(header::CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    parse_page(&answer.body, content_type.as_deref(), answer.url.as_str())
        .map_err(|error| FetchFailure::new(FailureKind::Broken, error.to_string()))
}

fn unexpected_page(url: &Url, status: StatusCode) -> FetchFailure {
    FetchFailure::at(
        FailureKind::Unreachable,
        shown(url),
        format_args!("the index responds with {}", status_text(status)),
    )
}

fn offline(location: &IndexLocation, content: &impl Content) -> FetchFailure {
    let name = content.name();
    FetchFailure::new(
        FailureKind::Offline,
        format!("{name} on `{location}` is not in the cache, and --offline disables the network"),
    )
}
