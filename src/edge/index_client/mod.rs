//! The client of simple indexes and find-links locations.

mod cached_facts;
mod local;
mod location;
mod metadata;
mod pages;
mod web;

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use http::StatusCode;
use tokio::sync::OnceCell;
use url::Url;

use super::auth::Auth;
use super::cache::{ABSENT, Bucket, Cache, FOUND, Stamp, key};
use super::failure::{FailureKind, FetchFailure};
use super::http::{Client, unexpected};
use super::index_http::IndexHttp;
use super::remote::RemoteFile;
use super::settings::IndexSettings;
use crate::error::Error;
use crate::index::{DistributionFile, ProjectPage};
use crate::metadata::CoreMetadata;
use crate::name::ProjectName;
use crate::sdist::{Languages, Search, SourceLanguage};
use crate::source::url_without_credentials;

pub use location::{IndexLocation, LocationRole};

/// The largest page or metadata file, in bytes.
const PAGE_MAX: u64 = wheelbase_formats::limits::INDEX_PAGE_BYTES;
/// How long it is remembered that a host has no `.metadata` files.
const HOST_MEMORY: Duration = Duration::from_secs(86_400);

type Slot<T> = Arc<OnceCell<Result<Arc<T>, FetchFailure>>>;
type Slots<K, T> = Mutex<HashMap<K, Slot<T>>>;

/// Fetches project pages and the metadata of files, and keeps the results.
///
/// A client represents one moment: it returns the same result for each call. Clones share everything, so that equal
/// calls at the same time cost one request.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use wheelbase::edge::{IndexClient, IndexSettings};
///
/// let client = IndexClient::new(IndexSettings::default())?;
/// let page = client.page(&"flask".parse()?).await?;
/// let newest = page.releases().first().ok_or("no release")?;
/// let metadata = client.metadata(&newest.files()[0]).await?;
/// println!("{} needs {} things", newest.version(), metadata.requires_dist.len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct IndexClient {
    inner: Arc<Inner>,
}

struct Inner {
    settings: IndexSettings,
    locations: Vec<IndexLocation>,
    http: Arc<IndexHttp>,
    cache: Arc<Cache>,
    started: i64,
    pages: Slots<ProjectName, ProjectPage>,
    listings: Slots<usize, Vec<DistributionFile>>,
    metadata: Slots<(String, Search), FileFacts>,
    siblings: Mutex<HashMap<String, SiblingState>>,
    cache_hits: Arc<AtomicU64>,
    revalidated: Arc<AtomicU64>,
}

/// Whether a host has `.metadata` files next to its wheels without advertising them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SiblingState {
    /// A request is running.
    Asked,
    Present,
    Absent,
}

/// The metadata of a file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FileFacts {
    /// The core metadata.
    pub metadata: Arc<CoreMetadata>,
    /// The language of the files of an sdist; `None` for wheels.
    pub language: Option<SourceLanguage>,
    /// The compiled languages among the files of an sdist that were read.
    pub languages: Languages,
}

/// The statistics of a client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// The requests sent, including redirects and retries.
    pub requests: u64,
    /// The retries.
    pub retries: u64,
    /// The bytes of the response bodies.
    pub bytes: u64,
    /// The results from the cache on disk.
    pub cache_hits: u64,
    /// The cached pages that a server confirmed as unchanged.
    pub revalidated: u64,
}

impl IndexClient {
    /// Creates a client. The cache directory depends on environment variables of the process.
    ///
    /// # Errors
    ///
    /// If a URL or directory in the settings is not valid, or the cache directory is unknown.
    pub fn new(settings: IndexSettings) -> Result<Self, Error> {
        Self::with_environment(settings, |name| std::env::var(name).ok())
    }

    /// As [`new`](Self::new), with environment variables looked up by `lookup`.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn with_environment(
        settings: IndexSettings,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        let http = Client::new(settings.http.clone());
        Self::with_http(settings, &http, lookup)
    }

    /// As [`with_environment`](Self::with_environment), with the connections of `http`; `settings.http` is ignored.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn with_http(
        settings: IndexSettings,
        http: &Client,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        let (locations, credentials) = location::read(&settings)?;
        let cache = Arc::new(Cache::open(&settings.cache, lookup)?);
        let auth = Auth::new(credentials, settings.netrc.clone());
        let http = Arc::new(IndexHttp::new(http.counted_apart(), auth, settings.offline));
        Ok(Self {
            inner: Arc::new(Inner {
                settings,
                locations,
                http,
                cache,
                started: now(),
                pages: Mutex::default(),
                listings: Mutex::default(),
                metadata: Mutex::default(),
                siblings: Mutex::default(),
                cache_hits: Arc::default(),
                revalidated: Arc::default(),
            }),
        })
    }

    /// Returns a client of the same run for other indexes. It shares the cache on disk, and, if the credentials are the
    /// same, connections and counters. With the same indexes it is the same client.
    ///
    /// # Errors
    ///
    /// If a URL or directory in the settings is not valid.
    pub fn with_settings(&self, settings: IndexSettings) -> Result<Self, Error> {
        let inner = &self.inner;
        let (locations, credentials) = location::read(&settings)?;
        let same = |one: &IndexSettings| {
            (
                one.no_index,
                one.index_url.clone(),
                one.extra_index_urls.clone(),
                one.find_links.clone(),
                one.exclude_newer,
            )
        };
        if same(&settings) == same(&inner.settings) {
            return Ok(self.clone());
        }
        let http = if inner.http.auth().is_for(&credentials) {
            Arc::clone(&inner.http)
        } else {
            let auth = Auth::new(credentials, settings.netrc.clone());
            Arc::new(IndexHttp::new(inner.http.client().clone(), auth, settings.offline))
        };
        Ok(Self {
            inner: Arc::new(Inner {
                settings,
                locations,
                http,
                cache: Arc::clone(&inner.cache),
                started: inner.started,
                pages: Mutex::default(),
                listings: Mutex::default(),
                metadata: Mutex::default(),
                siblings: Mutex::default(),
                cache_hits: Arc::clone(&inner.cache_hits),
                revalidated: Arc::clone(&inner.revalidated),
            }),
        })
    }

    /// The indexes and find-links locations. [`index`](DistributionFile::index) of a file is a position in this list.
    pub fn locations(&self) -> &[IndexLocation] {
        &self.inner.locations
    }

    /// The settings of the client.
    pub fn settings(&self) -> &IndexSettings {
        &self.inner.settings
    }

    /// The HTTP client.
    pub fn http(&self) -> &Client {
        self.inner.http.client()
    }

    /// The cache on disk.
    pub fn cache(&self) -> &Cache {
        &self.inner.cache
    }

    /// The statistics of the requests so far.
    pub fn stats(&self) -> Stats {
        let counters = &self.inner.http.client().counters;
        Stats {
            requests: counters.requests.load(Ordering::Relaxed),
            retries: counters.retries.load(Ordering::Relaxed),
            bytes: counters.bytes.load(Ordering::Relaxed),
            cache_hits: self.inner.cache_hits.load(Ordering::Relaxed),
            revalidated: self.inner.revalidated.load(Ordering::Relaxed),
        }
    }

    /// Returns notes that no result contains: damaged cache entries, find-links directories that do not exist, an
    /// invalid netrc file. Each is returned once.
    pub fn take_notes(&self) -> Vec<String> {
        let mut notes = self.inner.cache.take_notes();
        notes.extend(self.inner.http.auth().netrc_problem().map(str::to_owned));
        notes.sort();
        notes.dedup();
        notes
    }

    /// Returns the page of a project: all files of all indexes and find-links locations.
    ///
    /// # Errors
    ///
    /// [`FailureKind::NotFound`] if no location has the project. If a location cannot be read, its failure is returned,
    /// because a page without it might be wrong.
    pub async fn page(&self, project: &ProjectName) -> Result<Arc<ProjectPage>, FetchFailure> {
        let slot = slot(&self.inner.pages, project);
        let answer = slot.get_or_init(|| self.fetch_page(project)).await.clone();
        forget_passing(&self.inner.pages, project, &slot, &answer);
        answer
    }

    /// Returns the page of a project if no request is required: from memory, from a fresh cache entry, or from
    /// directories. Reads the disk, not the network. If it is `None`, call [`page`](Self::page).
    pub fn cached_page(&self, project: &ProjectName) -> Option<Result<Arc<ProjectPage>, FetchFailure>> {
        let slot = slot(&self.inner.pages, project);
        if let Some(answer) = slot.get() {
            return Some(answer.clone());
        }
        let answer = self.page_at_once(project)?;
        // Another thread may have been faster; its result is kept.
        let _ = slot.set(answer.clone());
        forget_passing(&self.inner.pages, project, &slot, &answer);
        Some(answer)
    }

    /// Returns the metadata of a wheel, or the static metadata of an sdist.
    ///
    /// # Errors
    ///
    /// If it cannot be fetched, or if it differs from what the index lists.
    pub async fn metadata(&self, file: &DistributionFile) -> Result<Arc<CoreMetadata>, FetchFailure> {
        Ok(Arc::clone(&self.file_facts(file, Search::Any).await?.metadata))
    }

    /// As [`metadata`](Self::metadata), with the languages of the files of an sdist. `search` selects whether guesses
    /// are accepted.
    ///
    /// # Errors
    ///
    /// As for [`metadata`](Self::metadata).
    pub async fn file_facts(
        &self,
        file: &DistributionFile,
        search: Search,
    ) -> Result<Arc<FileFacts>, FetchFailure> {
        let place = (identity(file), search);
        let slot = slot(&self.inner.metadata, &place);
        let answer = slot.get_or_init(|| self.fetch_facts(file, search)).await.clone();
        forget_passing(&self.inner.metadata, &place, &slot, &answer);
        answer
    }

    /// Returns the metadata of a file if no request is required; see [`cached_page`](Self::cached_page).
    pub fn cached_metadata(
        &self,
        file: &DistributionFile,
    ) -> Option<Result<Arc<CoreMetadata>, FetchFailure>> {
        let facts = self.cached_file_facts(file, Search::Any)?;
        Some(facts.map(|facts| Arc::clone(&facts.metadata)))
    }

    /// As [`cached_metadata`](Self::cached_metadata), for [`file_facts`](Self::file_facts).
    pub fn cached_file_facts(
        &self,
        file: &DistributionFile,
        search: Search,
    ) -> Option<Result<Arc<FileFacts>, FetchFailure>> {
        let place = (identity(file), search);
        let slot = slot(&self.inner.metadata, &place);
        if let Some(answer) = slot.get() {
            return Some(answer.clone());
        }
        let answer = self.facts_at_once(file, search)?;
        let _ = slot.set(answer.clone());
        forget_passing(&self.inner.metadata, &place, &slot, &answer);
        Some(answer)
    }

    /// Opens a file to read parts of it.
    ///
    /// # Errors
    ///
    /// If it cannot be fetched or does not exist.
    pub async fn open_file(&self, file: &DistributionFile) -> Result<RemoteFile, FetchFailure> {
        match self.read_place(&file.url)? {
            FilePlace::Disk(path) => RemoteFile::open_path(&path),
            FilePlace::Server(url) => {
                RemoteFile::open_url(
                    &self.inner.http,
                    &url,
                    file.size,
                    file.sha256.as_deref(),
                    self.inner.settings.max_file_bytes,
                )
                .await
            }
        }
    }

    /// Fetches a URL or path of at most `limit` bytes. The result is not cached.
    ///
    /// # Errors
    ///
    /// If it cannot be fetched or is larger.
    pub async fn get_bytes(&self, url: &str, limit: u64) -> Result<Vec<u8>, FetchFailure> {
        match self.read_place(url)? {
            FilePlace::Disk(path) => local::read_file(&path, limit),
            FilePlace::Server(url) => {
                let answer = self.inner.http.get_file(&url, limit).await?;
                if answer.status != StatusCode::OK {
                    return Err(unexpected(&url, answer.status));
                }
                Ok(answer.body)
            }
        }
    }

    /// Returns the cached fact about the file with this hash. `kind` is the kind of fact and the version of its format:
    /// lower-case letters, digits and `-`.
    pub fn facts_get(&self, kind: &str, sha256: &str) -> Option<Vec<u8>> {
        let name = fact_key(kind, sha256)?;
        let entry = self.inner.cache.get(Bucket::Facts, kind, &name)?;
        Some(entry.body().to_vec())
    }

    /// Caches a fact about the file with this hash; see [`facts_get`](Self::facts_get).
    pub fn facts_put(&self, kind: &str, sha256: &str, fact: &[u8]) {
        if let Some(name) = fact_key(kind, sha256) {
            self.inner.cache.put(Bucket::Facts, kind, &name, forever(), &[], fact);
        }
    }

    /// Returns the location of a file.
    fn read_place(&self, url: &str) -> Result<FilePlace, FetchFailure> {
        match Url::parse(url) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(FilePlace::Server(url)),
            Ok(url) if url.scheme() == "file" => url
                .to_file_path()
                .map(FilePlace::Disk)
                .map_err(|()| FetchFailure::at(FailureKind::Unsupported, &url, "not a path on this machine")),
            Ok(url) if url.scheme().len() > 1 => Err(FetchFailure::at(
                FailureKind::Unsupported,
                url_without_credentials(url.as_str()),
                format!("the URL scheme `{}:` is not supported", url.scheme()),
            )),
            // A path, with a drive letter perhaps.
            _ => Ok(FilePlace::Disk(self.inner.settings.working_dir.join(Path::new(url)))),
        }
    }
}

enum FilePlace {
    Server(Url),
    Disk(std::path::PathBuf),
}

impl fmt::Debug for IndexClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexClient").field("locations", &self.inner.locations).finish_non_exhaustive()
    }
}

fn slot<K: Clone + Eq + std::hash::Hash, T>(slots: &Slots<K, T>, key: &K) -> Slot<T> {
    match slots.lock() {
        Ok(mut slots) => match slots.get(key) {
            Some(slot) => Arc::clone(slot),
            None => Arc::clone(slots.entry(key.clone()).or_default()),
        },
        Err(_) => Slot::default(),
    }
}

/// Forgets a failure that may be temporary, so that later calls try again.
fn forget_passing<K: Eq + std::hash::Hash, T>(
    slots: &Slots<K, T>,
    key: &K,
    slot: &Slot<T>,
    answer: &Result<Arc<T>, FetchFailure>,
) {
    let passing = |failure: &FetchFailure| {
        matches!(failure.kind(), FailureKind::Unreachable | FailureKind::Refused | FailureKind::Broken)
    };
    if answer.as_ref().is_err_and(passing)
        && let Ok(mut slots) = slots.lock()
        && slots.get(key).is_some_and(|kept| Arc::ptr_eq(kept, slot))
    {
        slots.remove(key);
    }
}

/// The key of a file.
fn identity(file: &DistributionFile) -> String {
    match &file.sha256 {
        Some(sha256) => format!("sha256:{sha256}:{}", file.is_wheel()),
        None => format!("url:{}", file.url),
    }
}

fn fact_key(kind: &str, sha256: &str) -> Option<String> {
    let known_kind =
        !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let hex = sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit());
    (known_kind && hex).then(|| key(&["fact", &sha256.to_ascii_lowercase()]))
}

fn forever() -> Stamp {
    Stamp { status: FOUND, stored_at: now(), fresh_until: i64::MAX }
}

fn absent_for(time: Duration) -> Stamp {
    let now = now();
    Stamp { status: ABSENT, stored_at: now, fresh_until: now.saturating_add(seconds(time)) }
}

fn now() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, seconds)
}

fn seconds(time: Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

fn join<T>(outcome: Result<Result<T, FetchFailure>, tokio::task::JoinError>) -> Result<T, FetchFailure> {
    outcome.unwrap_or_else(|error| {
        Err(FetchFailure::new(FailureKind::Broken, format!("a worker failed: {error}")))
    })
}
