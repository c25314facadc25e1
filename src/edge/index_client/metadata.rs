//! Reads the metadata of files with as few bytes as possible.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::future::{Either, select};
use http::StatusCode;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use url::Url;

use super::cached_facts::{
    Facts, StoredFacts, archive_failure, check_name, disk_facts, facts_key, is_final, open, project_of,
};
use super::{
    FileFacts, FilePlace, HOST_MEMORY, IndexClient, PAGE_MAX, SiblingState, absent_for, forever, now,
};
use crate::edge::cache::{ABSENT, Bucket, key};
use crate::edge::failure::{FailureKind, FetchFailure};
use crate::edge::http::{BodyReader, Received, Trouble, unexpected};
use crate::edge::remote::{RemoteFile, check_hash};
use crate::index::{DistributionFile, MetadataAdvert};
use crate::metadata::{Confidence, CoreMetadata, SparseBytes, find_wheel_metadata, relevant_headers};
use crate::name::ProjectName;
use crate::sdist::{
    Languages, SdistFacts, SdistLimits, Search, SourceLanguage, is_zip, read_tarball, read_zip,
};

impl IndexClient {
    pub(super) async fn fetch_facts(&self, file: &DistributionFile, search: Search) -> Facts {
        let place = self.read_place(&file.url)?;
        if let FilePlace::Disk(path) = &place {
            let (path, file) = (path.clone(), file.clone());
            let read = tokio::task::spawn_blocking(move || disk_facts(&path, &file, search)).await;
            return super::join(read).and_then(|found| open(&file_name(&place), &found));
        }
        if let Some(facts) = self.kept_facts(file, search) {
            return Ok(facts);
        }
        let FilePlace::Server(url) = place else {
            return Err(FetchFailure::at(FailureKind::Unsupported, &file.url, "not a file"));
        };
        let found = if file.is_wheel() {
            self.wheel_facts(file, &url).await?
        } else {
            self.sdist_facts(file, &url, search).await?
        };
        let facts = open(&url.as_str(), &found)?;
        check_name(file, &facts.metadata)?;
        self.keep_facts(file, search, &found);
        Ok(facts)
    }

    /// Returns the facts if no request is required.
    pub(super) fn facts_at_once(&self, file: &DistributionFile, search: Search) -> Option<Facts> {
        match self.read_place(&file.url) {
            Err(failure) => return Some(Err(failure)),
            Ok(FilePlace::Disk(path)) => {
                let name = path.display().to_string();
                return Some(disk_facts(&path, file, search).and_then(|found| open(&name, &found)));
            }
            Ok(FilePlace::Server(_)) => {}
        }
        if let Some(facts) = self.kept_facts(file, search) {
            return Some(Ok(facts));
        }
        self.inner.settings.offline.then(|| {
            Err(FetchFailure::at(
                FailureKind::Offline,
                &file.url,
                "its metadata is not in the cache, and --offline disables the network",
            ))
        })
    }

    async fn wheel_facts(&self, file: &DistributionFile, url: &Url) -> Result<StoredFacts, FetchFailure> {
        if file.core_metadata != MetadataAdvert::Absent {
            // If the advertised file does not exist, the metadata is read from the wheel.
            if let Some(found) = self.advertised(file, url, Confidence::Exact).await? {
                return Ok(found);
            }
            return self.inside_wheel(file, url).await;
        }
        let origin = url.origin().ascii_serialization();
        match self.sibling_state(&origin) {
            SiblingState::Present => match self.unadvertised(url).await {
                Ok(Some(found)) => Ok(found),
                // A host that has such files only for some wheels is not queried again: a failed request takes
                // longer than the end of the wheel.
                answer => {
                    self.learn_siblings(&origin, &answer);
                    self.inside_wheel(file, url).await
                }
            },
            SiblingState::Absent => self.inside_wheel(file, url).await,
            SiblingState::Asked => {
                if !self.begin_asking(&origin) {
                    return self.inside_wheel(file, url).await;
                }
                // The first call requests both, so that it does not wait for a missing file. The result is used for
                // later files even if it arrives last.
                let (client, sibling_of) = (self.clone(), url.clone());
                let sibling = tokio::spawn(async move {
                    let answer = client.unadvertised(&sibling_of).await;
                    client.learn_siblings(&origin, &answer);
                    answer.ok().flatten()
                });
                let wheel = std::pin::pin!(self.inside_wheel(file, url));
                match select(sibling, wheel).await {
                    // The wheel, which may be sent as a whole, is no longer required.
                    Either::Left((Ok(Some(found)), _)) => Ok(found),
                    Either::Left((_, wheel)) => wheel.await,
                    Either::Right((Ok(found), _)) => Ok(found),
                    Either::Right((Err(failure), sibling)) => sibling.await.ok().flatten().ok_or(failure),
                }
            }
        }
    }

    /// Records whether the host has `.metadata` files.
    fn learn_siblings(&self, origin: &str, answer: &Result<Option<StoredFacts>, FetchFailure>) {
        match answer {
            Ok(Some(_)) => self.set_sibling_state(origin, Some(SiblingState::Present)),
            Ok(None) => {
                self.set_sibling_state(origin, Some(SiblingState::Absent));
                let stamp = absent_for(HOST_MEMORY);
                self.inner.cache.put(Bucket::Hosts, "", &key(&["siblings", origin]), stamp, &[], &[]);
            }
            // The result is unknown; the next file tries again.
            Err(_) => self.set_sibling_state(origin, None),
        }
    }

    /// Fetches the advertised `.metadata` file; `None` if it does not exist.
    async fn advertised(
        &self,
        file: &DistributionFile,
        url: &Url,
        confidence: Confidence,
    ) -> Result<Option<StoredFacts>, FetchFailure> {
        let sibling = sibling_url(url);
        let answer = self.inner.http.get_file(&sibling, PAGE_MAX).await?;
        match answer.status {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(None),
            status => return Err(unexpected(&sibling, status)),
        }
        if let MetadataAdvert::Sha256(expected) = &file.core_metadata {
            let mut hasher = Sha256::new();
            hasher.update(&answer.body);
            check_hash(&sibling, hasher, Some(expected))?;
        }
        Ok(Some(StoredFacts {
            confidence,
            language: None,
            languages: Languages::default(),
            headers: relevant_headers(&answer.body),
        }))
    }

    /// Fetches a `.metadata` file that is not advertised; `None` if it does not exist or is something else.
    async fn unadvertised(&self, url: &Url) -> Result<Option<StoredFacts>, FetchFailure> {
        let sibling = sibling_url(url);
        let answer = match self.inner.http.get_file(&sibling, PAGE_MAX).await {
            // Some stores respond with 403 for missing files.
            Err(failure) if failure.kind() == FailureKind::Refused => return Ok(None),
            answer => answer?,
        };
        if answer.status != StatusCode::OK || CoreMetadata::parse(&answer.body, Confidence::Exact).is_err() {
            return Ok(None);
        }
        Ok(Some(StoredFacts {
            confidence: Confidence::Exact,
            language: None,
            languages: Languages::default(),
            headers: relevant_headers(&answer.body),
        }))
    }

    /// Reads the metadata inside a wheel, with range requests or, if the server does not support them, from the whole
    /// file.
    async fn inside_wheel(&self, file: &DistributionFile, url: &Url) -> Result<StoredFacts, FetchFailure> {
        let remote = RemoteFile::open_url(
            &self.inner.http,
            url,
            file.size,
            file.sha256.as_deref(),
            self.inner.settings.max_file_bytes,
        )
        .await?;
        let project = project_of(&file.filename);
        let metadata = remote.answer(|known| find_wheel_metadata(known, project.as_ref())).await?;
        Ok(StoredFacts {
            confidence: Confidence::Exact,
            language: None,
            languages: Languages::default(),
            headers: relevant_headers(&metadata.bytes),
        })
    }

    async fn sdist_facts(
        &self,
        file: &DistributionFile,
        url: &Url,
        search: Search,
    ) -> Result<StoredFacts, FetchFailure> {
        // PEP 658 covers any distribution whose metadata cannot change when it is installed.
        if search != Search::Whole
            && file.core_metadata != MetadataAdvert::Absent
            && let Some(found) = self.advertised(file, url, Confidence::StaticSdist).await?
        {
            let is_static = CoreMetadata::parse(found.headers.as_bytes(), Confidence::StaticSdist)
                .is_ok_and(|metadata| !metadata.requires_dist_is_dynamic());
            if is_static {
                return Ok(found);
            }
        }
        let project = project_of(&file.filename);
        if is_zip(&file.filename) {
            let remote = RemoteFile::open_url(
                &self.inner.http,
                url,
                file.size,
                file.sha256.as_deref(),
                self.inner.settings.max_file_bytes,
            )
            .await?;
            let read =
                |known: &SparseBytes| read_zip(known, project.as_ref(), search, SdistLimits::default());
            return remote.answer(read).await.map(StoredFacts::from);
        }
        self.stream_sdist(url, project, search).await.map(StoredFacts::from)
    }

    async fn stream_sdist(
        &self,
        url: &Url,
        project: Option<ProjectName>,
        search: Search,
    ) -> Result<SdistFacts, FetchFailure> {
        let read = |received| self.stream_try(url, received, project.clone(), search);
        self.inner.http.read_file(url, None, read).await
    }

    /// Reads an archive while it is fetched, and closes the connection when its reader is finished.
    async fn stream_try(
        &self,
        url: &Url,
        mut received: Received,
        project: Option<ProjectName>,
        search: Search,
    ) -> Result<SdistFacts, Trouble> {
        if received.status != StatusCode::OK {
            return Err(Trouble::Final(unexpected(url, received.status)));
        }
        let limit = self.inner.settings.max_file_bytes;
        let (sender, receiver) = mpsc::channel(4);
        let reader = tokio::task::spawn_blocking(move || {
            read_tarball(BodyReader::new(receiver), project.as_ref(), search, SdistLimits::default())
        });
        let mut cut: Option<Trouble> = None;
        let mut length = 0u64;
        loop {
            match received.chunk().await {
                Ok(Some(chunk)) => {
                    length += chunk.len() as u64;
                    if length > limit {
                        cut = Some(Trouble::Final(FetchFailure::at(
                            FailureKind::Broken,
                            url,
                            format!("its metadata is not within the first {limit} bytes"),
                        )));
                        break;
                    }
                    if sender.send(Ok(chunk)).await.is_err() {
                        break;
                    }
                }
                Ok(None) => break,
                Err(trouble) => {
                    let _ = sender.send(Err(io::Error::from(io::ErrorKind::ConnectionAborted))).await;
                    cut = Some(trouble);
                    break;
                }
            }
        }
        drop(sender);
        match reader.await {
            Ok(Ok(facts)) => Ok(facts),
            // An interrupted connection is an error only if the reader was not finished.
            Ok(Err(error)) => Err(cut.unwrap_or_else(|| Trouble::Final(archive_failure(url, &error)))),
            Err(error) => Err(Trouble::Final(FetchFailure::at(FailureKind::Broken, url, error))),
        }
    }

    fn kept_facts(&self, file: &DistributionFile, search: Search) -> Option<Arc<FileFacts>> {
        // The result of a more complete search can be used unless it is a guess.
        let answers = |of: Search, found: &StoredFacts| match search {
            Search::Whole => of == Search::Whole || found.language == Some(SourceLanguage::Pure),
            Search::Any => of != Search::Static || is_final(found.confidence),
            Search::Static => of == Search::Static || is_final(found.confidence),
        };
        let found = [Search::Whole, Search::Any, Search::Static]
            .into_iter()
            .find_map(|of| self.kept(file, of).filter(|found| answers(of, found)))?;
        let facts = open(&file.url.as_str(), &found).ok()?;
        self.inner.cache_hits.fetch_add(1, Ordering::Relaxed);
        Some(facts)
    }

    fn kept(&self, file: &DistributionFile, search: Search) -> Option<StoredFacts> {
        if file.is_wheel() && search != Search::Any {
            return None;
        }
        let entry_key = facts_key(file, search);
        let entry = self.inner.cache.get(Bucket::Metadata, "", &entry_key)?;
        // Without a hash the file at a URL may have changed, so `--refresh` fetches it again.
        let settings = &self.inner.settings;
        if file.sha256.is_none()
            && settings.refresh
            && !settings.offline
            && entry.stamp.stored_at < self.inner.started
        {
            return None;
        }
        let found = StoredFacts::decode(entry.body());
        if found.is_none() {
            self.inner.cache.reject(Bucket::Metadata, "", &entry_key, &"its format is unknown");
        }
        found
    }

    fn keep_facts(&self, file: &DistributionFile, search: Search, found: &StoredFacts) {
        let search = if file.is_wheel() { Search::Any } else { search };
        self.inner.cache.put(Bucket::Metadata, "", &facts_key(file, search), forever(), &[], &found.encode());
    }

    fn sibling_state(&self, origin: &str) -> SiblingState {
        if let Ok(siblings) = self.inner.siblings.lock() {
            match siblings.get(origin) {
                Some(SiblingState::Asked) | None => {}
                Some(state) => return *state,
            }
            if siblings.contains_key(origin) {
                return SiblingState::Asked;
            }
        }
        let kept = self.inner.cache.get(Bucket::Hosts, "", &key(&["siblings", origin]));
        let settings = &self.inner.settings;
        let absent = kept.is_some_and(|entry| {
            let fresh = settings.offline || now() < entry.stamp.fresh_until;
            let wanted = !settings.refresh || entry.stamp.stored_at >= self.inner.started;
            entry.stamp.status == ABSENT && fresh && wanted
        });
        if absent {
            self.set_sibling_state(origin, Some(SiblingState::Absent));
            return SiblingState::Absent;
        }
        SiblingState::Asked
    }

    /// Returns whether this call has to find out.
    fn begin_asking(&self, origin: &str) -> bool {
        match self.inner.siblings.lock() {
            Ok(mut siblings) => {
                if siblings.contains_key(origin) {
                    return false;
                }
                siblings.insert(origin.to_owned(), SiblingState::Asked);
                true
            }
            Err(_) => false,
        }
    }

    fn set_sibling_state(&self, origin: &str, state: Option<SiblingState>) {
        if let Ok(mut siblings) = self.inner.siblings.lock() {
            match state {
                Some(state) => siblings.insert(origin.to_owned(), state),
                None => siblings.remove(origin),
            };
        }
    }
}

fn file_name(place: &FilePlace) -> String {
    match place {
        FilePlace::Disk(path) => path.display().to_string(),
        FilePlace::Server(url) => url.to_string(),
    }
}

/// Returns the URL of a file with `.metadata` after its path (PEP 658). The query is kept.
fn sibling_url(url: &Url) -> Url {
    let mut sibling = url.clone();
    let path = format!("{}.metadata", url.path());
    sibling.set_path(&path);
    sibling
}
