//! The cached facts about a file, and the facts about files on disk.

use std::fs::File;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{FileFacts, PAGE_MAX, local};
use crate::edge::cache::key;
use crate::edge::failure::{FailureKind, FetchFailure};
use crate::edge::remote::{RemoteFile, check_hash, disk_failure};
use crate::index::{DistributionFile, MetadataAdvert};
use crate::metadata::{Confidence, CoreMetadata, SparseBytes, find_wheel_metadata, relevant_headers};
use crate::name::ProjectName;
use crate::sdist::{
    InvalidSdist, Languages, SdistFacts, SdistLimits, Search, SourceLanguage, is_zip, read_tarball, read_zip,
};

/// The cached facts about a file.
pub(super) struct StoredFacts {
    pub(super) confidence: Confidence,
    pub(super) language: Option<SourceLanguage>,
    pub(super) languages: Languages,
    pub(super) headers: String,
}

pub(super) type Facts = Result<Arc<FileFacts>, FetchFailure>;

/// Returns whether a more complete search cannot find better metadata.
pub(super) fn is_final(confidence: Confidence) -> bool {
    matches!(confidence, Confidence::Exact | Confidence::StaticSdist | Confidence::StaticPyproject)
}

pub(super) fn facts_key(file: &DistributionFile, search: Search) -> String {
    let search = match search {
        Search::Any => "any",
        Search::Static => "static",
        Search::Whole => "whole",
    };
    // Version 2 of the format for source distributions contains their languages.
    let kind = if file.is_wheel() { "wheel" } else { "sdist-2" };
    match &file.sha256 {
        Some(sha256) => key(&["metadata", kind, search, "sha256", sha256]),
        None => key(&["metadata", kind, search, "url", &file.url]),
    }
}

impl StoredFacts {
    /// Confidence, language, for native ones four digits of languages, headers.
    pub(super) fn encode(&self) -> Vec<u8> {
        let confidence = match self.confidence {
            Confidence::Exact => b'X',
            Confidence::StaticSdist => b'S',
            Confidence::StaticPyproject => b'P',
            Confidence::SiblingWheel => b'W',
            Confidence::EggInfo => b'E',
            Confidence::Unknown => b'U',
        };
        let language = match self.language {
            None => b'-',
            Some(SourceLanguage::Native) => b'n',
            Some(SourceLanguage::Pure) => b'p',
            Some(SourceLanguage::Unknown) => b'u',
        };
        let languages = match self.language {
            Some(SourceLanguage::Native) => self.languages.to_hex(),
            _ => String::new(),
        };
        [&[confidence, language], languages.as_bytes(), self.headers.as_bytes()].concat()
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (&confidence, rest) = bytes.split_first()?;
        let (&language, headers) = rest.split_first()?;
        let confidence = match confidence {
            b'X' => Confidence::Exact,
            b'S' => Confidence::StaticSdist,
            b'P' => Confidence::StaticPyproject,
            b'W' => Confidence::SiblingWheel,
            b'E' => Confidence::EggInfo,
            b'U' => Confidence::Unknown,
            _ => return None,
        };
        let language = match language {
            b'-' => None,
            b'n' => Some(SourceLanguage::Native),
            b'p' => Some(SourceLanguage::Pure),
            b'u' => Some(SourceLanguage::Unknown),
            _ => return None,
        };
        let headers = std::str::from_utf8(headers).ok()?;
        let (languages, headers) = match language {
            Some(SourceLanguage::Native) => {
                let (languages, headers) = headers.split_at_checked(4)?;
                (Languages::from_hex(languages)?, headers)
            }
            _ => (Languages::default(), headers),
        };
        Some(Self { confidence, language, languages, headers: headers.to_owned() })
    }
}

impl From<SdistFacts> for StoredFacts {
    fn from(facts: SdistFacts) -> Self {
        Self {
            confidence: facts.metadata.confidence,
            language: Some(facts.language),
            languages: facts.languages,
            headers: facts.headers,
        }
    }
}

pub(super) fn open(place: &dyn std::fmt::Display, found: &StoredFacts) -> Facts {
    let metadata = match found.language {
        // An sdist without static metadata is not damaged.
        Some(_) => CoreMetadata::read(found.headers.as_bytes(), found.confidence),
        None => CoreMetadata::parse(found.headers.as_bytes(), found.confidence)
            .map_err(|error| FetchFailure::at(FailureKind::Broken, place, error))?,
    };
    Ok(Arc::new(FileFacts {
        metadata: Arc::new(metadata),
        language: found.language,
        languages: found.languages,
    }))
}

/// As pip checks it: metadata of another project must not decide about this one.
pub(super) fn check_name(file: &DistributionFile, metadata: &CoreMetadata) -> Result<(), FetchFailure> {
    match (project_of(&file.filename), &metadata.name) {
        (Some(project), Some(name)) if file.is_wheel() && project != *name => Err(FetchFailure::at(
            FailureKind::Broken,
            &file.url,
            format!("its metadata belongs to the project `{name}`"),
        )),
        _ => Ok(()),
    }
}

pub(super) fn disk_facts(
    path: &Path,
    file: &DistributionFile,
    search: Search,
) -> Result<StoredFacts, FetchFailure> {
    let project = project_of(&file.filename);
    let found = if file.is_wheel() {
        disk_wheel(path, file, project.as_ref())?
    } else if is_zip(&file.filename) {
        let read = |known: &SparseBytes| read_zip(known, project.as_ref(), search, SdistLimits::default());
        RemoteFile::open_path(path)?.answer_from_disk(read)?.into()
    } else {
        let opened = File::open(path).map_err(|error| disk_failure(&path.display(), &error))?;
        read_tarball(opened, project.as_ref(), search, SdistLimits::default())
            .map_err(|error| archive_failure(&path.display(), &error))?
            .into()
    };
    let facts = open(&path.display(), &found)?;
    check_name(file, &facts.metadata)?;
    Ok(found)
}

fn disk_wheel(
    path: &Path,
    file: &DistributionFile,
    project: Option<&ProjectName>,
) -> Result<StoredFacts, FetchFailure> {
    let exact = |bytes: &[u8]| StoredFacts {
        confidence: Confidence::Exact,
        language: None,
        languages: Languages::default(),
        headers: relevant_headers(bytes),
    };
    if file.core_metadata != MetadataAdvert::Absent {
        let mut sibling = path.as_os_str().to_owned();
        sibling.push(".metadata");
        let sibling = Path::new(&sibling);
        match local::read_file(sibling, PAGE_MAX) {
            Ok(bytes) => {
                if let MetadataAdvert::Sha256(expected) = &file.core_metadata {
                    let mut hasher = Sha256::new();
                    hasher.update(&bytes);
                    check_hash(&sibling.display(), hasher, Some(expected))?;
                }
                return Ok(exact(&bytes));
            }
            Err(failure) if failure.is_not_found() => {}
            Err(failure) => return Err(failure),
        }
    }
    let metadata =
        RemoteFile::open_path(path)?.answer_from_disk(|known| find_wheel_metadata(known, project))?;
    Ok(exact(&metadata.bytes))
}

pub(super) fn archive_failure(place: &dyn std::fmt::Display, error: &InvalidSdist) -> FetchFailure {
    FetchFailure::at(FailureKind::Broken, place, error)
}

/// Returns the project of a file name.
pub(super) fn project_of(filename: &str) -> Option<ProjectName> {
    let name =
        if filename.ends_with(".whl") { filename.split('-').next()? } else { filename.rsplit_once('-')?.0 };
    ProjectName::from_str(name).ok()
}
