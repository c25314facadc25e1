//! JSON pages (PEP 691, with PEP 700 and PEP 714).

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use url::Url;

use super::collector::{Collector, check_api_version};
use super::link::{NoFile, add_hash, read_link};
use super::{DistributionFile, MetadataAdvert};

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow, default)]
    meta: Meta<'a>,
    #[serde(borrow)]
    files: Vec<File<'a>>,
}

#[derive(Default, Deserialize)]
struct Meta<'a> {
    #[serde(borrow, rename = "api-version", default)]
    api_version: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    filename: Cow<'a, str>,
    #[serde(borrow)]
    url: Cow<'a, str>,
    #[serde(borrow, default)]
    hashes: Option<BTreeMap<Cow<'a, str>, Cow<'a, str>>>,
    #[serde(borrow, rename = "requires-python", default)]
    requires_python: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    yanked: Option<FlagOr<Cow<'a, str>>>,
    #[serde(borrow, rename = "core-metadata", default)]
    core_metadata: Option<FlagOr<BTreeMap<Cow<'a, str>, Cow<'a, str>>>>,
    #[serde(borrow, rename = "dist-info-metadata", default)]
    dist_info_metadata: Option<FlagOr<BTreeMap<Cow<'a, str>, Cow<'a, str>>>>,
    #[serde(borrow, rename = "upload-time", default)]
    upload_time: Option<Cow<'a, str>>,
    #[serde(default)]
    size: Option<u64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum FlagOr<T> {
    Flag(bool),
    Value(T),
}

/// Parses the files of `body`; relative links are resolved against `url`.
pub(super) fn read(body: &[u8], url: &Url, collector: &mut Collector) -> Result<(), String> {
    match serde_json::from_slice::<Page<'_>>(body) {
        Ok(page) => {
            if let Some(version) = page.meta.api_version {
                check_api_version(&version)?;
            }
            for file in page.files {
                take(file, url, collector);
            }
            Ok(())
        }
        // A page with an invalid entry is parsed entry by entry, so only that entry is lost.
        Err(error) => read_piecewise(body, url, collector, &error),
    }
}

fn read_piecewise(
    body: &[u8],
    url: &Url,
    collector: &mut Collector,
    first_error: &serde_json::Error,
) -> Result<(), String> {
    let text = String::from_utf8_lossy(body);
    let page: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| format!("the page is not valid JSON: {error}"))?;
    match page.get("meta").and_then(|meta| meta.get("api-version")) {
        Some(serde_json::Value::String(version)) => check_api_version(version)?,
        Some(other @ serde_json::Value::Number(_)) => check_api_version(&other.to_string())?,
        _ => {}
    }
    let Some(serde_json::Value::Array(files)) = page.get("files") else {
        return Err(format!("the JSON is not a project page: {first_error}"));
    };
    for (position, entry) in files.iter().enumerate() {
        match File::deserialize(entry) {
            Ok(file) => take(file, url, collector),
            Err(error) => {
                let name = entry.get("filename").and_then(serde_json::Value::as_str);
                collector.fault(match name {
                    Some(name) => {
                        format!("file {position}, `{}`: {error}", wheelbase_spec::source::shorten(name))
                    }
                    None => format!("file {position}: {error}"),
                });
            }
        }
    }
    Ok(())
}

fn take(entry: File<'_>, base: &Url, collector: &mut Collector) {
    let mut file = match read_link(&entry.url, base) {
        Ok(file) => file,
        // An entry names its file itself; the URL's path need not (PEP 691, "Project Detail").
        Err(NoFile::Folder) => {
            return collector.fault(format!(
                "`{}`: the URL does not contain a file name",
                wheelbase_spec::source::shorten(&entry.filename)
            ));
        }
        Err(NoFile::Broken(why)) => return collector.fault(why),
    };
    file.filename = entry.filename.into_owned();
    for (algorithm, digest) in entry.hashes.iter().flatten() {
        add_hash(&mut file, algorithm, digest);
    }
    file.requires_python =
        entry.requires_python.map(Cow::into_owned).filter(|specifiers| !specifiers.trim().is_empty());
    file.yanked = match entry.yanked {
        None | Some(FlagOr::Flag(false)) => None,
        Some(FlagOr::Flag(true)) => Some(String::new()),
        // PEP 691: yanked "where any truthy value" says so; the empty string is not truthy.
        Some(FlagOr::Value(reason)) => Some(reason.into_owned()).filter(|reason| !reason.is_empty()),
    };
    file.core_metadata = match entry.core_metadata.or(entry.dist_info_metadata) {
        None | Some(FlagOr::Flag(false)) => MetadataAdvert::Absent,
        Some(FlagOr::Flag(true)) => MetadataAdvert::Present,
        Some(FlagOr::Value(hashes)) => {
            let mut scratch = DistributionFile::new("", "");
            for (algorithm, digest) in &hashes {
                add_hash(&mut scratch, algorithm, digest);
            }
            scratch.sha256.map_or(MetadataAdvert::Present, MetadataAdvert::Sha256)
        }
    };
    if let Some(time) = entry.upload_time {
        collector.upload_time(&mut file, &time);
    }
    file.size = entry.size;
    collector.file(file);
}
