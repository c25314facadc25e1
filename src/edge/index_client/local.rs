//! Indexes and find-links locations on disk.

use std::fs;
use std::io::Read;
use std::path::Path;

use url::Url;
use wheelbase_formats::limits::INDEX_PAGE_BYTES;

use crate::edge::failure::{FailureKind, FetchFailure};
use crate::edge::remote::disk_failure;
use crate::index::{DistributionFile, ParsedPage, parse_page};

/// Reads a file of at most `limit` bytes.
pub(super) fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>, FetchFailure> {
    let failed = |error: std::io::Error| disk_failure(&path.display(), &error);
    let file = fs::File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(FetchFailure::at(
            FailureKind::Broken,
            path.display(),
            format!("it has more than {limit} bytes"),
        ));
    }
    Ok(bytes)
}

/// Reads the page of a project in an index that is a directory: `index.html` as in pip, `index.json`, or else the
/// files. `None` if the directory does not exist.
pub(super) fn index_page(folder: &Path) -> Result<Option<ParsedPage>, FetchFailure> {
    if !folder.is_dir() {
        return Ok(None);
    }
    for (name, content_type) in [("index.html", "text/html"), ("index.json", "application/json")] {
        let path = folder.join(name);
        if path.is_file() {
            return page_file(&path, content_type).map(Some);
        }
    }
    Ok(Some(ParsedPage { files: list(folder)?, ..ParsedPage::default() }))
}

/// Returns the files of a find-links location on disk; `None` if it does not exist.
pub(super) fn listing(path: &Path) -> Result<Option<Vec<DistributionFile>>, FetchFailure> {
    if path.is_dir() {
        return list(path).map(Some);
    }
    if !path.exists() {
        return Ok(None);
    }
    // pip accepts the path of a page or of an archive.
    let is_page = path.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| {
        extension.eq_ignore_ascii_case("html") || extension.eq_ignore_ascii_case("htm")
    });
    if is_page {
        return Ok(Some(page_file(path, "text/html")?.files));
    }
    Ok(Some(file_of(path, 0).into_iter().collect()))
}

fn page_file(path: &Path, content_type: &str) -> Result<ParsedPage, FetchFailure> {
    let bytes = read_file(path, INDEX_PAGE_BYTES)?;
    let absolute = std::path::absolute(path).map_err(|error| disk_failure(&path.display(), &error))?;
    let url = Url::from_file_path(&absolute).map_err(|()| {
        FetchFailure::at(FailureKind::Broken, path.display(), "the path cannot be written as a URL")
    })?;
    parse_page(&bytes, Some(content_type), url.as_str())
        .map_err(|error| FetchFailure::new(FailureKind::Broken, error.to_string()))
}

/// Returns the files of a directory, sorted by name, so that their order does not depend on the file system.
fn list(folder: &Path) -> Result<Vec<DistributionFile>, FetchFailure> {
    let failed = |error: std::io::Error| disk_failure(&folder.display(), &error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        // Links are followed, because a directory may contain links to a store.
        if path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok((0..).zip(paths).filter_map(|(position, path)| file_of(&path, position)).collect())
}

fn file_of(path: &Path, position: u32) -> Option<DistributionFile> {
    let name = path.file_name()?.to_str()?;
    // The metadata next to a wheel is not a distribution.
    if name.ends_with(".metadata") {
        return None;
    }
    let url = Url::from_file_path(std::path::absolute(path).ok()?).ok()?;
    let mut file = DistributionFile::new(name, url);
    file.position = position;
    file.size = fs::metadata(path).ok().map(|metadata| metadata.len());
    Some(file)
}
