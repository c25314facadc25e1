//! Reads the facts about wheels, directories and files on disk, and about wheels on an index.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::num::NonZero;
use std::path::{Path, PathBuf};

use futures_util::stream::{self, StreamExt as _};
use sha2::{Digest as _, Sha256};
use wheelbase_formats::limits;

use super::{FailureKind, FetchFailure, IndexClient, RemoteFile};
use crate::elf::looks_like_elf;
use crate::error::Error;
use crate::index::DistributionFile;
use crate::policy::PlatformClaim;
use crate::wheel::{
    FIRST, MemberReading, Portion, RemoteReading, Seeking, TreeReading, WheelFacts, WheelReadOptions,
};

/// The kind of the cached facts. The encoding has its own version.
const KIND: &str = "wheel-facts";
/// The number of requests for small members at the same time.
const AT_ONCE: usize = 4;
/// The size of the parts in which a large member is fetched, in bytes.
const SPOOL_PART: u64 = 8 << 20;

/// A cache for facts, by the hash of their file.
pub trait FactsCache {
    /// Returns the cached facts of a file.
    fn known(&self, sha256: &str) -> Option<WheelFacts>;
    /// Caches the facts of a file.
    fn keep(&self, sha256: &str, facts: &WheelFacts);
}

impl FactsCache for IndexClient {
    fn known(&self, sha256: &str) -> Option<WheelFacts> {
        WheelFacts::from_bytes(&self.facts_get(KIND, sha256)?)
    }

    fn keep(&self, sha256: &str, facts: &WheelFacts) {
        // Facts that cannot be encoded are not cached.
        if let Ok(bytes) = facts.to_bytes() {
            self.facts_put(KIND, sha256, &bytes);
        }
    }
}

/// A cache without entries.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCache;

impl FactsCache for NoCache {
    fn known(&self, _sha256: &str) -> Option<WheelFacts> {
        None
    }

    fn keep(&self, _sha256: &str, _facts: &WheelFacts) {}
}

/// Reads the facts of a wheel, an ELF file or a directory. For a directory with wheels, it returns the facts of each
/// wheel, sorted by name.
///
/// # Errors
///
/// One error for each file that cannot be read.
pub fn read_path(path: &Path, cache: &dyn FactsCache) -> Vec<Result<WheelFacts, Error>> {
    match fs::metadata(path) {
        Err(error) => vec![Err(Error::io(path, error))],
        Ok(found) if found.is_dir() => match wheels_in(path) {
            Err(error) => vec![Err(Error::io(path, error))],
            Ok(wheels) if !wheels.is_empty() => wheels.iter().map(|wheel| read_file(wheel, cache)).collect(),
            Ok(_) => vec![read_directory(path)],
        },
        Ok(_) => vec![read_file(path, cache)],
    }
}

/// Returns the wheels in a directory, sorted by name.
fn wheels_in(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut wheels = Vec::new();
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("whl")) && path.is_file() {
            wheels.push(path);
        }
    }
    wheels.sort();
    Ok(wheels)
}

fn shown_name(path: &Path) -> String {
    let name = path.file_name().or_else(|| path.components().next_back().map(|last| last.as_os_str()));
    name.unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Reads the facts of a wheel or an ELF file. The first bytes determine which of them it is.
///
/// # Errors
///
/// If the file cannot be read or is neither of them.
pub fn read_file(path: &Path, cache: &dyn FactsCache) -> Result<WheelFacts, Error> {
    let io = |error| Error::io(path, error);
    let mut file = File::open(path).map_err(io)?;
    let sha256 = hash(&mut file).map_err(io)?;
    if let Some(mut facts) = cache.known(&sha256) {
        // A file with the same content may have another name, and the name is part of the facts.
        facts.file = shown_name(path);
        return Ok(facts);
    }
    let mut magic = [0; 4];
    file.seek(SeekFrom::Start(0)).map_err(io)?;
    let read = file.read(&mut magic).map_err(io)?;
    let name = shown_name(path);
    let mut facts = if looks_like_elf(magic.get(..read).unwrap_or_default()) {
        WheelFacts::read_elf(&name, file)?
    } else {
        let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
        let options = WheelReadOptions { threads, ..WheelReadOptions::default() };
        WheelFacts::read(&name, file, &options)?
    };
    facts.sha256 = Some(sha256.clone());
    cache.keep(&sha256, &facts);
    Ok(facts)
}

fn hash(file: &mut File) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Reads the facts of all ELF files below a directory. Links are recorded and not followed.
///
/// # Errors
///
/// If the directory cannot be read. Files below it that cannot be read are listed in the facts.
pub fn read_directory(path: &Path) -> Result<WheelFacts, Error> {
    let mut reading = TreeReading::new(&shown_name(path));
    let mut open = vec![(path.to_owned(), String::new(), 0)];
    while let Some((directory, prefix, depth)) = open.pop() {
        let entries = match fs::read_dir(&directory) {
            Ok(entries) => entries,
            Err(error) if depth == 0 => return Err(Error::io(&directory, error)),
            Err(error) => {
                reading.problem(&prefix, error.to_string());
                continue;
            }
        };
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    reading.problem(&prefix, error.to_string());
                    continue;
                }
            };
            let name = entry.file_name().to_string_lossy().into_owned();
            let below = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
            if let Err(error) = take(&mut reading, &mut open, &entry, &below, depth) {
                reading.problem(&below, error.to_string());
            }
        }
    }
    Ok(reading.finish())
}

fn take(
    reading: &mut TreeReading,
    open: &mut Vec<(PathBuf, String, usize)>,
    entry: &fs::DirEntry,
    below: &str,
    depth: usize,
) -> io::Result<()> {
    let kind = entry.file_type()?;
    if kind.is_symlink() {
        reading.link(below, &fs::read_link(entry.path())?.to_string_lossy());
    } else if kind.is_dir() {
        if depth < limits::FOLDER_DEPTH {
            open.push((entry.path(), below.to_owned(), depth + 1));
        }
    } else if kind.is_file() {
        let size = entry.metadata()?.len();
        reading.count(size);
        let path = entry.path();
        if path.extension() == Some(OsStr::new("py")) {
            return Ok(());
        }
        if below.ends_with(".dist-info/WHEEL") {
            let mut raw = Vec::new();
            File::open(&path)?.take(limits::INSTALLED_WHEEL_FILE_BYTES).read_to_end(&mut raw)?;
            reading.label(below, &raw);
            return Ok(());
        }
        let mut file = File::open(&path)?;
        let mut magic = [0; 4];
        if file.read(&mut magic)? == 4 && looks_like_elf(&magic) {
            reading.elf(below, size, file)?;
        }
    }
    Ok(())
}

/// Reads the facts of a wheel on an index or at a URL. Only its directory and the required parts of members that may be
/// ELF files are fetched. `progress` is called with the number of bytes of each part.
///
/// # Errors
///
/// If the file cannot be fetched or is not an archive.
pub async fn read_remote(
    client: &IndexClient,
    file: &DistributionFile,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<WheelFacts, FetchFailure> {
    if let Some(sha256) = &file.sha256
        && let Some(mut facts) = client.known(sha256)
    {
        facts.file.clone_from(&file.filename);
        return Ok(facts);
    }
    let remote = client.open_file(file).await?;
    let facts = read_open(&remote, &file.filename, file.sha256.clone(), progress).await?;
    if let Some(sha256) = &file.sha256 {
        client.keep(sha256, &facts);
    }
    Ok(facts)
}

async fn read_open(
    remote: &RemoteFile,
    name: &str,
    sha256: Option<String>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<WheelFacts, FetchFailure> {
    let broken = |error: &dyn std::fmt::Display| FetchFailure::new(FailureKind::Broken, error.to_string());
    let fetch = async |range: std::ops::Range<u64>| {
        let bytes = remote.read_range(range).await?;
        progress(bytes.len() as u64);
        Ok::<_, FetchFailure>(bytes)
    };
    let directory = remote.zip_directory(name, progress).await?;
    let mut reading = RemoteReading::new(name, sha256, directory);
    let (groups, large): (Vec<_>, Vec<_>) =
        reading.portions().into_iter().partition(|portion| matches!(portion, Portion::Group { .. }));

    let mut fetched = stream::iter(groups)
        .map(|portion| async {
            match portion {
                Portion::Group { range, which } => Ok((range.start, fetch(range).await?, which)),
                Portion::Large { .. } => Ok((0, Vec::new(), Vec::new())),
            }
        })
        .buffered(AT_ONCE);
    while let Some(group) = fetched.next().await {
        let (start, bytes, which) = group?;
        reading.group(start, &bytes, &which).map_err(|error| broken(&error))?;
    }
    drop(fetched);

    for portion in large {
        let Portion::Large { at, range } = portion else { continue };
        let mut bytes = fetch(range.start..(range.start + FIRST).min(range.end)).await?;
        loop {
            match reading.large(at, &bytes) {
                MemberReading::Done => break,
                MemberReading::Need(size) => {
                    let have = range.start + bytes.len() as u64;
                    let end = range.start.saturating_add(size).min(range.end);
                    if end <= have {
                        // The whole member is not enough, so its error is returned.
                        return Err(broken(&format_args!("`{name}` has a truncated member")));
                    }
                    bytes.extend(fetch(have..end).await?);
                }
                MemberReading::Spool => {
                    drop(std::mem::take(&mut bytes));
                    let io = |error: io::Error| broken(&error);
                    let mut spool = tempfile::tempfile().map_err(io)?;
                    let mut at_byte = range.start;
                    while at_byte < range.end {
                        let end = (at_byte + SPOOL_PART).min(range.end);
                        spool.write_all(&fetch(at_byte..end).await?).map_err(io)?;
                        at_byte = end;
                    }
                    reading.spooled(at, &mut Seeking::new(spool)).map_err(io)?;
                    break;
                }
            }
        }
    }
    Ok(reading.finish())
}

/// Returns whether a platform tag of a wheel name is for Linux or for all platforms.
pub fn is_for_linux(filename: &str) -> bool {
    let platform = filename.strip_suffix(".whl").and_then(|stem| stem.rsplit('-').next());
    platform
        .into_iter()
        .flat_map(|tags| tags.split('.'))
        .any(|tag| PlatformClaim::of(tag) != PlatformClaim::Other)
}
