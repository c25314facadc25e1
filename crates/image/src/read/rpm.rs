//! The header of an installed `rpm` package, as the databases store it.
//!
//! Format: rpm's `doc/manual/format_header.md`: two big-endian counts, an index of 16-byte entries, a store. The
//! databases leave out the magic number that the package file has in front.

use super::databases::PackageDatabase;
use super::detected::{InstalledPackage, PackageFormat};
use super::fault::ImageFault;
use super::limits::Budget;

const NAME: u32 = 1000;
const VERSION: u32 = 1001;
const RELEASE: u32 = 1002;
const EPOCH: u32 = 1003;
const ARCH: u32 = 1022;

/// Name, `epoch:version-release` and machine.
pub(super) fn package(blob: &[u8]) -> Option<InstalledPackage> {
    let entries = usize::try_from(be32(blob, 0)?).ok()?;
    let store_size = usize::try_from(be32(blob, 4)?).ok()?;
    let index_end = entries.checked_mul(16)?.checked_add(8)?;
    let store = blob.get(index_end..index_end.checked_add(store_size)?)?;
    let index = blob.get(8..index_end)?;
    let field = |tag: u32| {
        let entry = index.chunks_exact(16).find(|entry| be32(entry, 0) == Some(tag))?;
        store.get(usize::try_from(be32(entry, 8)?).ok()?..)
    };
    let string = |tag: u32| {
        let bytes = field(tag)?;
        let end = bytes.iter().position(|byte| *byte == 0)?;
        Some(String::from_utf8_lossy(bytes.get(..end)?).into_owned())
    };
    let epoch = field(EPOCH).and_then(|bytes| be32(bytes, 0));
    let mut version = epoch.map(|epoch| format!("{epoch}:")).unwrap_or_default();
    version.push_str(&string(VERSION)?);
    if let Some(release) = string(RELEASE) {
        version.push('-');
        version.push_str(&release);
    }
    Some(InstalledPackage { name: string(NAME)?, version, architecture: string(ARCH) })
}

/// Collects the headers of one database file.
pub(super) struct Headers<'a> {
    database: PackageDatabase,
    budget: &'a Budget,
    /// The bytes that all remaining headers may have. A damaged or hostile file may refer to one page many times.
    left: usize,
}

impl<'a> Headers<'a> {
    pub(super) fn of_file(size: usize, budget: &'a Budget) -> Self {
        Self { database: PackageDatabase::new(PackageFormat::Rpm), budget, left: size }
    }

    pub(super) fn add(&mut self, blob: &[u8]) -> Result<(), DatabaseError> {
        self.left =
            self.left.checked_sub(blob.len()).ok_or("its package headers are larger than the file")?;
        let package = package(blob).ok_or("one of its package headers is damaged")?;
        // Keys of signatures are also stored as packages.
        if package.name != "gpg-pubkey" {
            self.database.push(package, self.budget)?;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<PackageDatabase, DatabaseError> {
        if self.database.packages.is_empty() {
            return Err("it contains no packages".into());
        }
        Ok(self.database)
    }
}

/// The cause why a database cannot be read.
#[derive(Debug)]
pub(super) enum DatabaseError {
    /// The file is not readable.
    Unreadable(String),
    /// The image is refused.
    Fault(ImageFault),
}

impl From<String> for DatabaseError {
    fn from(why: String) -> Self {
        Self::Unreadable(why)
    }
}

impl From<&str> for DatabaseError {
    fn from(why: &str) -> Self {
        Self::Unreadable(why.to_owned())
    }
}

impl From<ImageFault> for DatabaseError {
    fn from(fault: ImageFault) -> Self {
        Self::Fault(fault)
    }
}

pub(super) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk::<4>().map(|raw| u32::from_be_bytes(*raw))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
pub(super) mod tests {
    use super::*;

    /// A header as rpm writes it, with the tags in use and one more.
    pub(crate) fn blob(
        name: &str,
        version: &str,
        release: &str,
        epoch: Option<u32>,
        filler: usize,
    ) -> Vec<u8> {
        let mut store = Vec::new();
        let mut index: Vec<[u32; 4]> = Vec::new();
        for (tag, text) in [(NAME, name), (VERSION, version), (RELEASE, release), (ARCH, "x86_64")] {
            index.push([tag, 6, store.len() as u32, 1]);
            store.extend_from_slice(text.as_bytes());
            store.push(0);
        }
        if let Some(epoch) = epoch {
            store.resize(store.len().next_multiple_of(4), 0);
            index.push([EPOCH, 4, store.len() as u32, 1]);
            store.extend_from_slice(&epoch.to_be_bytes());
        }
        index.push([1004, 6, store.len() as u32, 1]);
        store.extend(std::iter::repeat_n(b'x', filler));
        store.push(0);
        let mut blob = (index.len() as u32).to_be_bytes().to_vec();
        blob.extend_from_slice(&(store.len() as u32).to_be_bytes());
        blob.extend(index.iter().flatten().flat_map(|number| number.to_be_bytes()));
        blob.extend(store);
        blob
    }

    #[test]
    fn header_gives_name_version_release_and_epoch() {
        let one = package(&blob("glibc", "2.34", "100.el9", None, 3)).unwrap();
        assert_eq!((one.name.as_str(), one.version.as_str()), ("glibc", "2.34-100.el9"));
        assert_eq!(
            package(&blob("openssl-libs", "3.0.7", "28.el9", Some(1), 0)).unwrap().version,
            "1:3.0.7-28.el9"
        );
    }

    #[test]
    fn damaged_headers_are_not_packages() {
        let whole = blob("glibc", "2.34", "1", Some(2), 0);
        for length in 0..whole.len() {
            let _ = package(whole.get(..length).unwrap());
        }
        assert!(package(whole.get(..40).unwrap()).is_none());
    }
}
