//! The cache on disk.
//!
//! Each entry is a file that is written under another name and renamed, so that a reader sees a whole entry or none. A
//! checksum detects entries that were damaged by a crash or a bad disk; they count as missing.
//!
//! ```text
//! "wbCE" format:u8 status:u8 reserved:[u8; 2]
//! stored_at:i64le fresh_until:i64le meta length:u32le body length:u64le crc32:u32le
//! meta body
//! ```

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use etcetera::BaseStrategy;
use sha2::{Digest, Sha256};

use crate::error::Error;

const MAGIC: &[u8; 4] = b"wbCE";
const FORMAT: u8 = 1;
const HEADER: usize = 40;
/// The largest number of notes that are kept.
const NOTES_MAX: usize = 200;

/// The location of the cache.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CacheMode {
    /// `$WHEELBASE_CACHE_DIR`, or `wheelbase` in the cache directory of the user (`$XDG_CACHE_HOME`, `~/.cache`).
    #[default]
    Default,
    /// This directory.
    Folder(PathBuf),
    /// No cache on disk.
    Off,
}

/// The keys of image results are digests, so results never change.
impl super::images::ResultCache for Cache {
    fn get(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.get(Bucket::Images, "", &key(&[name]))?;
        (entry.meta() == name.as_bytes()).then(|| entry.body().to_vec())
    }

    fn put(&self, name: &str, value: &[u8]) {
        let stored_at = jiff::Timestamp::now().as_second();
        let stamp = Stamp { status: FOUND, stored_at, fresh_until: i64::MAX };
        self.put(Bucket::Images, "", &key(&[name]), stamp, name.as_bytes(), value);
    }

    fn folder(&self) -> Option<PathBuf> {
        let folder = self.folder()?;
        // The directory is created with the first entry and may not exist yet.
        fs::create_dir_all(folder).ok()?;
        Some(folder.to_owned())
    }
}

/// A kind of entry; a directory of the cache. The number changes with the format of its bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Bucket {
    Pages,
    Metadata,
    Hosts,
    Facts,
    Images,
}

impl Bucket {
    fn folder(self) -> &'static str {
        match self {
            Self::Pages => "pages-1",
            Self::Metadata => "metadata-1",
            Self::Hosts => "hosts-1",
            Self::Facts => "facts-1",
            Self::Images => "images-1",
        }
    }
}

/// The fields that are stored with a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// 1: a body, 2: does not exist.
    pub(super) status: u8,
    /// In seconds since 1970-01-01T00:00Z.
    pub(super) stored_at: i64,
    /// When the server requires revalidation, in seconds since 1970-01-01T00:00Z; `i64::MAX` if the content cannot
    /// change, `i64::MIN` if the server does not specify it.
    pub(super) fresh_until: i64,
}

pub(super) const FOUND: u8 = 1;
pub(super) const ABSENT: u8 = 2;

/// A valid entry.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) stamp: Stamp,
    pub(super) bytes: Arc<Vec<u8>>,
    meta_end: usize,
}

impl Entry {
    pub(super) fn meta(&self) -> &[u8] {
        self.bytes.get(HEADER..self.meta_end).unwrap_or_default()
    }

    pub(super) fn body(&self) -> &[u8] {
        self.bytes.get(self.meta_end..).unwrap_or_default()
    }

    /// The start of the body in [`bytes`](Self::bytes).
    pub(super) fn body_start(&self) -> usize {
        self.meta_end
    }
}

/// The cache directory, or none.
#[derive(Debug)]
pub struct Cache {
    root: Option<PathBuf>,
    notes: Mutex<Vec<String>>,
    /// Whether writing failed, so that a full disk causes one note instead of one per file.
    broken: std::sync::atomic::AtomicBool,
}

impl Cache {
    /// Opens the cache. Its directory is created with the first entry.
    ///
    /// `lookup` returns environment variables.
    ///
    /// # Errors
    ///
    /// If the cache directory of the user is unknown.
    pub fn open(mode: &CacheMode, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let root = match mode {
            CacheMode::Off => None,
            CacheMode::Folder(folder) => Some(folder.clone()),
            CacheMode::Default => Some(match lookup("WHEELBASE_CACHE_DIR").filter(|path| !path.is_empty()) {
                Some(folder) => PathBuf::from(folder),
                None => etcetera::choose_base_strategy()
                    .map_err(|error| {
                        Error::input("the cache directory is unknown: set WHEELBASE_CACHE_DIR")
                            .with_source(error)
                    })?
                    .cache_dir()
                    .join("wheelbase"),
            }),
        };
        Ok(Self { root, notes: Mutex::default(), broken: std::sync::atomic::AtomicBool::new(false) })
    }

    /// The directory, if there is one.
    pub fn folder(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// Returns the problems since the last call: damaged entries, a directory that cannot be written.
    pub fn take_notes(&self) -> Vec<String> {
        self.notes.lock().map(|mut notes| std::mem::take(&mut *notes)).unwrap_or_default()
    }

    pub(super) fn note(&self, message: String) {
        if let Ok(mut notes) = self.notes.lock()
            && notes.len() < NOTES_MAX
        {
            notes.push(message);
        }
    }

    fn path(&self, bucket: Bucket, kind: &str, key: &str) -> Option<PathBuf> {
        let mut path = self.root.as_ref()?.join(bucket.folder());
        if !kind.is_empty() {
            path.push(kind);
        }
        // Directories of many thousand entries are slow on some file systems.
        path.push(key.get(..2)?);
        path.push(key.get(2..)?);
        Some(path)
    }

    pub(super) fn get(&self, bucket: Bucket, kind: &str, key: &str) -> Option<Entry> {
        let path = self.path(bucket, kind, key)?;
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
            Err(error) => {
                self.note(format!("cache: `{}`: {error}", path.display()));
                return None;
            }
        };
        let entry = open_entry(bytes);
        if entry.is_none() {
            self.note(format!("cache: `{}` is damaged and ignored", path.display()));
        }
        entry
    }

    /// Reports that the content of a valid entry is not valid.
    pub(super) fn reject(&self, bucket: Bucket, kind: &str, key: &str, why: &dyn std::fmt::Display) {
        if let Some(path) = self.path(bucket, kind, key) {
            self.note(format!("cache: `{}` is ignored: {why}", path.display()));
        }
    }

    /// Writes an entry and returns it.
    pub(super) fn put(
        &self,
        bucket: Bucket,
        kind: &str,
        key: &str,
        stamp: Stamp,
        meta: &[u8],
        body: &[u8],
    ) -> Entry {
        let bytes = close_entry(stamp, meta, body);
        if let Some(path) = self.path(bucket, kind, key)
            && let Err(error) = self.write(&path, &bytes)
            && !self.broken.swap(true, std::sync::atomic::Ordering::Relaxed)
        {
            self.note(format!("cache: `{}` cannot be written: {error}", path.display()));
        }
        Entry { stamp, bytes: Arc::new(bytes), meta_end: HEADER + meta.len() }
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        if self.broken.load(std::sync::atomic::Ordering::Relaxed) {
            return Ok(());
        }
        let folder = path.parent().unwrap_or(path);
        let mut aside = match tempfile::NamedTempFile::new_in(folder) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                fs::create_dir_all(folder)?;
                self.mark();
                tempfile::NamedTempFile::new_in(folder)?
            }
            Err(error) => return Err(error),
        };
        aside.write_all(bytes)?;
        aside.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Backup programs skip directories with this file (<https://bford.info/cachedir/>).
    fn mark(&self) {
        let Some(root) = &self.root else { return };
        let tag = root.join("CACHEDIR.TAG");
        if !tag.exists() {
            let _ = fs::write(
                tag,
                "Signature: 8a477f597d28d172789f06886806bc55\n# The cache of wheelbase; this directory can be deleted.\n",
            );
        }
    }
}

fn close_entry(stamp: Stamp, meta: &[u8], body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + meta.len() + body.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&[FORMAT, stamp.status, 0, 0]);
    bytes.extend_from_slice(&stamp.stored_at.to_le_bytes());
    bytes.extend_from_slice(&stamp.fresh_until.to_le_bytes());
    bytes.extend_from_slice(&u32::try_from(meta.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend_from_slice(&(body.len() as u64).to_le_bytes());
    let checksum = checksum(&bytes, meta, body);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes.extend_from_slice(meta);
    bytes.extend_from_slice(body);
    bytes
}

fn checksum(header: &[u8], meta: &[u8], body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for part in [header, meta, body] {
        hasher.update(part);
    }
    hasher.finalize()
}

fn open_entry(bytes: Vec<u8>) -> Option<Entry> {
    let array = |at: usize| bytes.get(at..at + 8).and_then(|part| part.try_into().ok());
    if bytes.get(..4)? != MAGIC || *bytes.get(4)? != FORMAT {
        return None;
    }
    let stamp = Stamp {
        status: *bytes.get(5)?,
        stored_at: i64::from_le_bytes(array(8)?),
        fresh_until: i64::from_le_bytes(array(16)?),
    };
    let meta_length = usize::try_from(u32::from_le_bytes(bytes.get(24..28)?.try_into().ok()?)).ok()?;
    let body_length = usize::try_from(u64::from_le_bytes(array(28)?)).ok()?;
    let stored = u32::from_le_bytes(bytes.get(36..40)?.try_into().ok()?);
    let meta_end = HEADER.checked_add(meta_length)?;
    if meta_end.checked_add(body_length)? != bytes.len() {
        return None;
    }
    if checksum(bytes.get(..36)?, bytes.get(HEADER..meta_end)?, bytes.get(meta_end..)?) != stored {
        return None;
    }
    Some(Entry { stamp, bytes: Arc::new(bytes), meta_end })
}

/// The key of an entry: a hash, so that neither names nor secrets of URLs end up in file names.
pub(super) fn key(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().iter().take(20).map(|byte| format!("{byte:02x}")).collect()
}
