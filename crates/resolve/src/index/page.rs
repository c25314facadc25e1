//! A project's files, grouped by version.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use super::DistributionFile;
use super::codec::{self, InvalidEncoding, PageBytes};
use wheelbase_spec::filename::{FileKind, NameRules};
use wheelbase_spec::name::ProjectName;
use wheelbase_spec::version::Version;

/// All files that one or more indexes list for a project, grouped by version.
///
/// Releases are decoded on first use, so a page of thousands of files costs only the releases that are used. Clones
/// share their content.
#[derive(Clone)]
pub struct ProjectPage {
    inner: Arc<Inner>,
}

struct Inner {
    project: ProjectName,
    releases: Vec<Release>,
    unreadable: OnceLock<Vec<(DistributionFile, String)>>,
    unreadable_parts: Vec<UnreadablePart>,
    faults: Vec<String>,
    fault_count: u32,
}

/// Encoded unreadable files of the index with number `index`.
#[derive(Clone)]
struct UnreadablePart {
    page: Arc<PageBytes>,
    index: Option<u16>,
}

/// The files of one version, in page order.
#[derive(Clone)]
pub struct Release {
    version: Version,
    files: OnceLock<Arc<[DistributionFile]>>,
    parts: Vec<Part>,
}

/// The encoded files of one version on one page.
#[derive(Clone)]
struct Part {
    page: Arc<PageBytes>,
    start: usize,
    end: usize,
    index: Option<u16>,
}

impl ProjectPage {
    /// Returns the project.
    pub fn project(&self) -> &ProjectName {
        &self.inner.project
    }

    /// Returns the releases, newest first (PEP 440 order). Versions that are equal under PEP 440 are one release.
    pub fn releases(&self) -> &[Release] {
        &self.inner.releases
    }

    /// Returns the files without a valid version in their names under the rules of any installer, with the cause.
    pub fn unreadable(&self) -> &[(DistributionFile, String)] {
        self.inner.unreadable.get_or_init(|| {
            let mut all = Vec::new();
            for part in &self.inner.unreadable_parts {
                let mut files = part.page.unreadable();
                if let Some(index) = part.index {
                    files.iter_mut().for_each(|(file, _)| file.index = index);
                }
                all.append(&mut files);
            }
            all
        })
    }

    /// Returns descriptions of invalid entries of the page, at most a few of [`fault_count`](Self::fault_count).
    pub fn faults(&self) -> &[String] {
        &self.inner.faults
    }

    /// Returns the number of invalid entries, which are missing from the page.
    pub fn fault_count(&self) -> u32 {
        self.inner.fault_count
    }

    /// Returns a page of files in page order.
    pub fn from_files(project: ProjectName, files: Vec<DistributionFile>) -> Self {
        Self::from_files_with_faults(project, files, Vec::new(), 0)
    }

    /// Returns a page of files in page order, with the descriptions and the number of its invalid entries.
    pub fn from_files_with_faults(
        project: ProjectName,
        files: Vec<DistributionFile>,
        faults: Vec<String>,
        fault_count: u32,
    ) -> Self {
        let mut keyed = Vec::with_capacity(files.len());
        let mut unreadable = Vec::new();
        for file in files {
            match version_of(&file.filename, &project) {
                Ok(version) => keyed.push((version, file)),
                Err(why) => unreadable.push((file, why)),
            }
        }
        // A stable sort keeps page order within a version.
        keyed.sort_by(|(a, _), (b, _)| b.cmp(a));
        let mut releases: Vec<(Version, Vec<DistributionFile>)> = Vec::new();
        for (version, file) in keyed {
            match releases.last_mut() {
                Some((last, files)) if *last == version => files.push(file),
                _ => releases.push((version, vec![file])),
            }
        }
        let releases = releases
            .into_iter()
            .map(|(version, files)| Release {
                version,
                files: OnceLock::from(Arc::from(files)),
                parts: Vec::new(),
            })
            .collect();
        Self {
            inner: Arc::new(Inner {
                project,
                releases,
                unreadable: OnceLock::from(unreadable),
                unreadable_parts: Vec::new(),
                faults,
                fault_count,
            }),
        }
    }

    /// Merges the pages of several indexes, each given with its index number.
    ///
    /// Files keep their position on their own page, so that index number and position together are the order in which
    /// an installer sees the files.
    pub fn merge(project: ProjectName, pages: &[(u16, Self)]) -> Self {
        if let [(index, page)] = pages {
            return page.numbered(*index);
        }
        let mut releases: BTreeMap<std::cmp::Reverse<Version>, Vec<Release>> = BTreeMap::new();
        let mut parts = Vec::new();
        let mut decoded = Vec::new();
        let mut faults = Vec::new();
        let mut fault_count = 0u32;
        for (index, page) in pages {
            let numbered = page.numbered(*index);
            for release in &numbered.inner.releases {
                releases.entry(std::cmp::Reverse(release.version.clone())).or_default().push(release.clone());
            }
            match numbered.inner.unreadable.get() {
                Some(files) => decoded.extend(files.iter().cloned()),
                None => parts.extend(numbered.inner.unreadable_parts.iter().cloned()),
            }
            faults.extend(numbered.inner.faults.iter().cloned());
            fault_count = fault_count.saturating_add(numbered.inner.fault_count);
        }
        // One list cannot mix decoded and encoded files. Decoding the few remaining ones is cheap.
        let unreadable = if decoded.is_empty() {
            OnceLock::new()
        } else {
            for part in parts.drain(..) {
                let mut files = part.page.unreadable();
                if let Some(index) = part.index {
                    files.iter_mut().for_each(|(file, _)| file.index = index);
                }
                decoded.append(&mut files);
            }
            decoded.sort_by_key(|(file, _)| (file.index, file.position));
            OnceLock::from(decoded)
        };
        let releases = releases.into_iter().map(|(version, same)| Release::union(version.0, same)).collect();
        Self {
            inner: Arc::new(Inner {
                project,
                releases,
                unreadable,
                unreadable_parts: parts,
                faults,
                fault_count,
            }),
        }
    }

    /// Returns the page with another index number on its files.
    fn numbered(&self, index: u16) -> Self {
        let same = self.inner.releases.iter().all(|release| release.is_numbered(index))
            && self.inner.unreadable_parts.iter().all(|part| part.index.unwrap_or(0) == index)
            && self
                .inner
                .unreadable
                .get()
                .is_none_or(|files| files.iter().all(|(file, _)| file.index == index));
        if same {
            return self.clone();
        }
        let unreadable = match self.inner.unreadable.get() {
            Some(files) => {
                let mut files = files.clone();
                files.iter_mut().for_each(|(file, _)| file.index = index);
                OnceLock::from(files)
            }
            None => OnceLock::new(),
        };
        let unreadable_parts = self
            .inner
            .unreadable_parts
            .iter()
            .map(|part| UnreadablePart { page: Arc::clone(&part.page), index: Some(index) })
            .collect();
        Self {
            inner: Arc::new(Inner {
                project: self.inner.project.clone(),
                releases: self.inner.releases.iter().map(|release| release.numbered(index)).collect(),
                unreadable,
                unreadable_parts,
                faults: self.inner.faults.clone(),
                fault_count: self.inner.fault_count,
            }),
        }
    }

    /// Returns the compact encoding that [`decode`](Self::decode) reads.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(
            self.inner.releases.iter().map(|release| (release.version(), &**release.files())),
            self.unreadable(),
            &self.inner.faults,
            self.inner.fault_count,
        )
    }

    /// Decodes the output of [`encode`](Self::encode), from `offset` to the end of `bytes`.
    ///
    /// Only the list of versions is decoded here. The files of a release are decoded on first use.
    ///
    /// # Errors
    ///
    /// If the bytes are damaged or in another format.
    pub fn decode(project: ProjectName, bytes: Arc<Vec<u8>>, offset: usize) -> Result<Self, InvalidEncoding> {
        let decoded = codec::decode(bytes, offset)?;
        let page = Arc::new(decoded.page);
        let releases = decoded
            .releases
            .into_iter()
            .map(|(version, start, end)| Release {
                version,
                files: OnceLock::new(),
                parts: vec![Part { page: Arc::clone(&page), start, end, index: None }],
            })
            .collect();
        let unreadable_parts = if page.has_unreadable() {
            vec![UnreadablePart { page: Arc::clone(&page), index: None }]
        } else {
            Vec::new()
        };
        Ok(Self {
            inner: Arc::new(Inner {
                project,
                releases,
                unreadable: OnceLock::new(),
                unreadable_parts,
                faults: decoded.faults,
                fault_count: decoded.fault_count,
            }),
        })
    }
}

impl fmt::Debug for ProjectPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProjectPage")
            .field("project", &self.inner.project)
            .field("releases", &self.inner.releases)
            .finish_non_exhaustive()
    }
}

impl Release {
    /// Returns the version, in its first spelling on the page.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Returns the files in page order. They are decoded on first use.
    pub fn files(&self) -> &Arc<[DistributionFile]> {
        self.files.get_or_init(|| {
            let mut files = Vec::new();
            for part in &self.parts {
                // The checksum was verified when the page was opened, so the block is what the encoder wrote.
                let from = files.len();
                part.page.files(part.start, part.end, &mut files);
                if let Some(index) = part.index {
                    files.iter_mut().skip(from).for_each(|file| file.index = index);
                }
            }
            files.into()
        })
    }

    /// Returns whether the files are known to have this index number without decoding them. Encoded pages have number
    /// 0.
    fn is_numbered(&self, index: u16) -> bool {
        match self.files.get() {
            Some(files) => files.iter().all(|file| file.index == index),
            None => self.parts.iter().all(|part| part.index.unwrap_or(0) == index),
        }
    }

    fn numbered(&self, index: u16) -> Self {
        let files = match self.files.get() {
            Some(files) => {
                let files: Vec<_> =
                    files.iter().cloned().map(|file| DistributionFile { index, ..file }).collect();
                OnceLock::from(Arc::from(files))
            }
            None => OnceLock::new(),
        };
        let parts = self.parts.iter().map(|part| Part { index: Some(index), ..part.clone() }).collect();
        Self { version: self.version.clone(), files, parts }
    }

    /// Merges the releases of one version on several pages, in the order of the pages.
    fn union(version: Version, mut same: Vec<Self>) -> Self {
        if same.len() == 1
            && let Some(only) = same.pop()
        {
            return only;
        }
        if same.iter().all(|release| release.files.get().is_none()) {
            let parts = same.into_iter().flat_map(|release| release.parts).collect();
            return Self { version, files: OnceLock::new(), parts };
        }
        let files: Vec<_> = same.iter().flat_map(|release| release.files().iter().cloned()).collect();
        Self { version, files: OnceLock::from(Arc::from(files)), parts: Vec::new() }
    }
}

impl fmt::Debug for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Release").field("version", &self.version).finish_non_exhaustive()
    }
}

/// Returns the version in a file name by the rules of packaging, or else of another installer.
fn version_of(filename: &str, project: &ProjectName) -> Result<Version, String> {
    let kind = FileKind::of(filename, project, NameRules::Packaging);
    if let Some(version) = kind.version() {
        return Ok(version.clone());
    }
    for rules in [NameRules::Uv, NameRules::EarlyPip, NameRules::EarlyUv] {
        if let Some(version) = FileKind::of(filename, project, rules).version() {
            return Ok(version.clone());
        }
    }
    Err(match kind {
        FileKind::OtherProject => format!("not a file of the project `{project}`"),
        FileKind::OtherFormat(extension) if !extension.is_empty() => {
            format!("neither a wheel nor an sdist: `.{}`", wheelbase_spec::source::shorten(&extension))
        }
        FileKind::Invalid(why) => why,
        _ => "neither a wheel nor an sdist".to_owned(),
    })
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;
