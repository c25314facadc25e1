//! Zip archives: only the directory and a few files are read.

use super::findings::Findings;
use super::{InvalidSdist, SdistFacts, SdistLimits, Search};
use crate::metadata::{Ask, InvalidArchive, SparseBytes, ZipDirectory};
use wheelbase_spec::name::ProjectName;

/// Reads an sdist in zip format from the ranges that are in memory.
///
/// # Errors
///
/// If the archive is damaged or exceeds `limits`.
pub fn read_zip(
    archive: &SparseBytes,
    project: Option<&ProjectName>,
    search: Search,
    limits: SdistLimits,
) -> Result<Ask<SdistFacts>, InvalidSdist> {
    let invalid = |error: InvalidArchive| InvalidSdist::new(error.to_string());
    let directory = match ZipDirectory::read(archive).map_err(invalid)? {
        Ask::Ready(directory) => directory,
        Ask::Need(range) => return Ok(Ask::Need(range)),
    };
    if directory.entries().len() as u64 > limits.entries {
        return Err(InvalidSdist::new(format!("the archive has more than {} entries", limits.entries)));
    }
    let mut findings = Findings::new(project, search);
    let mut wanted = Vec::new();
    for entry in directory.entries() {
        if let Some(interest) = findings.see(&entry.name) {
            wanted.push((interest, entry));
        }
    }
    // All names are known, so the most reliable file is read first, and others only if it is not sufficient.
    wanted.sort_by_key(|(interest, _)| match interest {
        super::findings::Interest::PkgInfo => (0, None),
        super::findings::Interest::Pyproject => (1, None),
        super::findings::Interest::Requires(egg_info) => (2, Some(egg_info.clone())),
    });
    for (interest, entry) in wanted {
        // Of several entries of one kind, the first one is used.
        if findings.see(&entry.name).as_ref() != Some(&interest) {
            continue;
        }
        match ZipDirectory::extract(archive, entry, limits.file_bytes).map_err(invalid)? {
            Ask::Ready(bytes) => findings.take(interest, bytes),
            Ask::Need(range) => return Ok(Ask::Need(range)),
        }
        if findings.is_complete() {
            break;
        }
    }
    Ok(Ask::Ready(findings.finish(true)))
}
