//! Files that are read in parts.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex};

use http::StatusCode;
use http::header;
use sha2::{Digest, Sha256};
use url::Url;

use super::failure::{FailureKind, FetchFailure};
use super::http::{Received, Trouble, unexpected};
use super::index_http::IndexHttp;
use crate::metadata::{Ask, SparseBytes, ZipDirectory};
use wheelbase_formats::limits;

/// The size of the first range: enough for directory and metadata of most wheels.
const TAIL: u64 = 16 << 10;
/// A whole body that was not requested is kept in memory up to this size, else in a file.
const SPOOL_MEMORY: usize = 8 << 20;
/// The largest part that is kept for later reads.
const KEPT_MAX: usize = 1 << 20;

/// A file on a server or on disk that is read in parts. Parts that were read are kept.
///
/// If the server does not support range requests, the whole file is fetched once and kept.
#[derive(Debug)]
pub struct RemoteFile {
    place: RemoteSource,
    length: u64,
    known: Mutex<SparseBytes>,
}

#[derive(Debug)]
enum RemoteSource {
    Server { http: Arc<IndexHttp>, url: Url },
    Disk { file: Mutex<File>, name: String },
}

impl RemoteFile {
    pub(super) fn open_path(path: &Path) -> Result<Self, FetchFailure> {
        let file = File::open(path).map_err(|error| disk_failure(&path.display(), &error))?;
        Self::from_file(file, path.display().to_string())
    }

    fn from_file(file: File, name: String) -> Result<Self, FetchFailure> {
        let length = file.metadata().map_err(|error| disk_failure(&name, &error))?.len();
        Ok(Self {
            place: RemoteSource::Disk { file: Mutex::new(file), name },
            length,
            known: Mutex::new(SparseBytes::new(length)),
        })
    }

    /// Requests the end of the file at `url`; `size` is the length that the index lists.
    pub(super) async fn open_url(
        http: &Arc<IndexHttp>,
        url: &Url,
        size: Option<u64>,
        sha256: Option<&str>,
        limit: u64,
    ) -> Result<Self, FetchFailure> {
        // A range from the end requires no length, but more servers support ranges from the start.
        let range = match size {
            Some(size) if size > 0 => format!("bytes={}-{}", size.saturating_sub(TAIL), size - 1),
            _ => format!("bytes=-{TAIL}"),
        };
        let begin = |received| Self::begin(http, url, received, sha256, limit);
        if let Some(file) = http.read_file(url, Some(&range), begin).await? {
            return Ok(file);
        }
        http.read_file(url, None, begin).await?.ok_or_else(|| {
            FetchFailure::at(
                FailureKind::Broken,
                url,
                "the server responds with another range than requested",
            )
        })
    }

    /// Returns the file of the first response; `None` if the response is neither a range nor the whole file.
    async fn begin(
        http: &Arc<IndexHttp>,
        url: &Url,
        mut received: Received,
        sha256: Option<&str>,
        limit: u64,
    ) -> Result<Option<Self>, Trouble> {
        match received.status {
            StatusCode::PARTIAL_CONTENT => {
                let Some((start, end, length)) =
                    received.header(&header::CONTENT_RANGE).and_then(parse_content_range)
                else {
                    return Ok(None);
                };
                if end != length || end - start > TAIL.saturating_mul(4) {
                    return Ok(None);
                }
                let bytes = read_exact(&mut received, end - start).await?;
                let mut known = SparseBytes::new(length);
                known.insert(start, bytes);
                Ok(Some(Self {
                    place: RemoteSource::Server { http: Arc::clone(http), url: received.url },
                    length,
                    known: Mutex::new(known),
                }))
            }
            StatusCode::OK => {
                let file = spool(&mut received, sha256, limit).await?;
                Ok(Some(match file {
                    SpooledFile::Memory(bytes) => Self {
                        place: RemoteSource::Server { http: Arc::clone(http), url: received.url },
                        length: bytes.len() as u64,
                        known: Mutex::new(SparseBytes::whole(bytes)),
                    },
                    SpooledFile::Disk(file) => {
                        Self::from_file(file, url.to_string()).map_err(Trouble::Final)?
                    }
                }))
            }
            // The server rejects the range; a request without a range may succeed.
            StatusCode::RANGE_NOT_SATISFIABLE
            | StatusCode::BAD_REQUEST
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::NOT_IMPLEMENTED => Ok(None),
            status => Err(Trouble::Final(unexpected(url, status))),
        }
    }

    /// The length of the file, in bytes.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Returns whether the file is empty.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Reads a range.
    ///
    /// # Errors
    ///
    /// If the range ends after the file, or cannot be fetched.
    pub async fn read_range(&self, range: Range<u64>) -> Result<Vec<u8>, FetchFailure> {
        if let Some(bytes) = self.known(&range) {
            return Ok(bytes);
        }
        let start = range.start;
        let bytes = self.fetch(range).await?;
        // Directories and headers are read repeatedly, the contents of a library only once.
        if bytes.len() <= KEPT_MAX {
            self.learn(start, &bytes);
        }
        Ok(bytes)
    }

    async fn fetch(&self, range: Range<u64>) -> Result<Vec<u8>, FetchFailure> {
        self.check(&range)?;
        match &self.place {
            RemoteSource::Disk { .. } => self.read_disk(range),
            RemoteSource::Server { http, url } => fetch_range(http, url, range, self.length).await,
        }
    }

    /// Calls a reader of the file until all bytes that it requires are fetched.
    pub(super) async fn answer<T, E: std::fmt::Display>(
        &self,
        question: impl Fn(&SparseBytes) -> Result<Ask<T>, E>,
    ) -> Result<T, FetchFailure> {
        for _ in 0..limits::RANGE_REQUESTS {
            let range = match self.put(&question)? {
                Ask::Ready(answer) => return Ok(answer),
                Ask::Need(range) => range,
            };
            let start = range.start;
            let bytes = self.fetch(range).await?;
            self.learn(start, &bytes);
        }
        Err(self.broken("too many range requests are required to read it"))
    }

    /// Reads the central directory of the wheel `name`. `progress` is called with the number of bytes from the
    /// directory to the end of the file.
    pub(super) async fn zip_directory(
        &self,
        name: &str,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<ZipDirectory, FetchFailure> {
        let directory = self.answer(ZipDirectory::read).await.map_err(|failure| {
            // The URL may not end with the name of the wheel.
            if failure.message().contains(name) {
                failure
            } else {
                FetchFailure::at(failure.kind(), name, failure.message())
            }
        })?;
        progress(self.length - directory.location().offset);
        Ok(directory)
    }

    /// As [`answer`](Self::answer), for files on disk.
    pub(super) fn answer_from_disk<T, E: std::fmt::Display>(
        &self,
        question: impl Fn(&SparseBytes) -> Result<Ask<T>, E>,
    ) -> Result<T, FetchFailure> {
        for _ in 0..limits::RANGE_REQUESTS {
            match self.put(&question)? {
                Ask::Ready(answer) => return Ok(answer),
                Ask::Need(range) => {
                    let bytes = self.read_disk(range.clone())?;
                    self.learn(range.start, &bytes);
                }
            }
        }
        Err(self.broken("too many range requests are required to read it"))
    }

    fn put<T, E: std::fmt::Display>(
        &self,
        question: &impl Fn(&SparseBytes) -> Result<Ask<T>, E>,
    ) -> Result<Ask<T>, FetchFailure> {
        let known = self.known.lock().map_err(|_| self.broken("an earlier read failed"))?;
        question(&known).map_err(|error| self.broken(error))
    }

    fn read_disk(&self, range: Range<u64>) -> Result<Vec<u8>, FetchFailure> {
        self.check(&range)?;
        let RemoteSource::Disk { file, name } = &self.place else { return Err(self.broken("not on disk")) };
        let mut file = file.lock().map_err(|_| self.broken("an earlier read failed"))?;
        let wanted = usize::try_from(range.end - range.start).map_err(|error| self.broken(error))?;
        file.seek(SeekFrom::Start(range.start)).map_err(|error| disk_failure(name, &error))?;
        let mut bytes = Vec::new();
        Read::by_ref(&mut *file)
            .take(wanted as u64)
            .read_to_end(&mut bytes)
            .map_err(|error| disk_failure(name, &error))?;
        if bytes.len() != wanted {
            return Err(self.broken("the file was truncated while it was read"));
        }
        Ok(bytes)
    }

    fn check(&self, range: &Range<u64>) -> Result<(), FetchFailure> {
        if range.start > range.end || range.end > self.length {
            return Err(self.broken(format_args!(
                "bytes {} to {} were requested; it has {}",
                range.start, range.end, self.length
            )));
        }
        Ok(())
    }

    fn known(&self, range: &Range<u64>) -> Option<Vec<u8>> {
        self.known.lock().ok()?.get(range.clone()).map(<[u8]>::to_vec)
    }

    fn learn(&self, start: u64, bytes: &[u8]) {
        if let Ok(mut known) = self.known.lock() {
            known.insert(start, bytes.to_vec());
        }
    }

    fn broken(&self, cause: impl std::fmt::Display) -> FetchFailure {
        match &self.place {
            RemoteSource::Server { url, .. } => FetchFailure::at(FailureKind::Broken, url, cause),
            RemoteSource::Disk { name, .. } => FetchFailure::at(FailureKind::Broken, name, cause),
        }
    }
}

async fn fetch_range(
    http: &IndexHttp,
    url: &Url,
    range: Range<u64>,
    length: u64,
) -> Result<Vec<u8>, FetchFailure> {
    if range.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = (range.start, range.end, length);
    let header = format!("bytes={}-{}", range.start, range.end - 1);
    http.read_file(url, Some(&header), |received| read_range_answer(url, received, wanted)).await
}

async fn read_range_answer(
    url: &Url,
    mut received: Received,
    wanted: (u64, u64, u64),
) -> Result<Vec<u8>, Trouble> {
    if received.status != StatusCode::PARTIAL_CONTENT {
        return Err(Trouble::Final(unexpected(url, received.status)));
    }
    if received.header(&header::CONTENT_RANGE).and_then(parse_content_range) != Some(wanted) {
        return Err(Trouble::Final(FetchFailure::at(
            FailureKind::Broken,
            url,
            "the server responds with another range than requested; the file may have changed",
        )));
    }
    read_exact(&mut received, wanted.1 - wanted.0).await
}

async fn read_exact(received: &mut Received, length: u64) -> Result<Vec<u8>, Trouble> {
    let bytes = received.read(length).await?;
    if bytes.len() as u64 != length {
        return Err(Trouble::Passing { cause: "the response is incomplete".to_owned(), after: None });
    }
    Ok(bytes)
}

enum SpooledFile {
    Memory(Vec<u8>),
    Disk(File),
}

/// Reads a whole body that may be large, and checks it against the index's hash.
async fn spool(received: &mut Received, sha256: Option<&str>, limit: u64) -> Result<SpooledFile, Trouble> {
    let url = received.url.clone();
    let failed = |error: std::io::Error| Trouble::Final(disk_failure(&url, &error));
    let mut hasher = Sha256::new();
    let mut memory = Vec::new();
    let mut disk: Option<File> = None;
    let mut length = 0u64;
    while let Some(chunk) = received.chunk().await? {
        length += chunk.len() as u64;
        if length > limit {
            return Err(Trouble::Final(FetchFailure::at(
                FailureKind::Broken,
                &url,
                format!(
                    "the server does not support range requests, and the file has more than {limit} bytes"
                ),
            )));
        }
        hasher.update(&chunk);
        if disk.is_none() && memory.len() + chunk.len() > SPOOL_MEMORY {
            let mut file = tempfile::tempfile().map_err(failed)?;
            file.write_all(&memory).map_err(failed)?;
            memory = Vec::new();
            disk = Some(file);
        }
        match &mut disk {
            Some(file) => file.write_all(&chunk).map_err(failed)?,
            None => memory.extend_from_slice(&chunk),
        }
    }
    check_hash(&url, hasher, sha256).map_err(Trouble::Final)?;
    Ok(match disk {
        Some(file) => SpooledFile::Disk(file),
        None => SpooledFile::Memory(memory),
    })
}

pub(super) fn check_hash(
    place: &dyn std::fmt::Display,
    hasher: Sha256,
    expected: Option<&str>,
) -> Result<(), FetchFailure> {
    let got: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    match expected {
        Some(expected) if !expected.eq_ignore_ascii_case(&got) => Err(FetchFailure::at(
            FailureKind::Broken,
            place,
            format!("its sha256 is {got}, but the index lists {expected}"),
        )),
        _ => Ok(()),
    }
}

pub(super) fn disk_failure(place: &dyn std::fmt::Display, error: &std::io::Error) -> FetchFailure {
    let kind = match error.kind() {
        std::io::ErrorKind::NotFound => FailureKind::NotFound,
        _ => FailureKind::Broken,
    };
    FetchFailure::at(kind, place, error)
}

/// `bytes 0-99/1234` (RFC 9110, section 14.4) as start, end and length.
fn parse_content_range(value: &str) -> Option<(u64, u64, u64)> {
    let (range, length) = value.trim().strip_prefix("bytes")?.trim().split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let length: u64 = length.trim().parse().ok()?;
    (first <= last && last < length).then_some((first, last + 1, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_range_is_read_strictly() {
        assert_eq!(parse_content_range("bytes 10-19/100"), Some((10, 20, 100)));
        for text in ["bytes */100", "bytes 10-19/*", "bytes 19-10/100", "bytes 10-100/100", "10-19/100", ""] {
            assert_eq!(parse_content_range(text), None, "{text}");
        }
    }
}
