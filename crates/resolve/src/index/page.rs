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
/// Releases decode lazily so that a page of thousands of files costs only what is looked at. Clones share everything.
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

/// Encoded unreadable files, of index number `index`.
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
    /// project
    pub fn project(&self) -> &ProjectName {
        &self.inner.project
    }

    /// releases, newest first (PEP 440 order); versions that are equal under PEP 440 are one release
    pub fn releases(&self) -> &[Release] {
        &self.inner.releases
    }

    /// files whose names give no version under either tool's rules, with the reason
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

    /// What was wrong with single entries of the page, in words; the first few of [`fault_count`](Self::fault_count).
    pub fn faults(&self) -> &[String] {
        &self.inner.faults
    }

    /// How many entries of the page could not be read and are missing from it.
    pub fn fault_count(&self) -> u32 {
        self.inner.fault_count
    }

    /// for tests and callers: from files in page order
    pub fn from_files(project: ProjectName, files: Vec<DistributionFile>) -> Self {
        Self::from_files_with_faults(project, files, Vec::new(), 0)
    }

    /// From files in page order, with the faults that reading the page met.
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

    /// One page of several, each with its index number, as the union of their files.
    ///
    /// Files keep their position on their own page, so that index number and position together give the order in
    /// which an installer meets them.
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
        // Decoded and encoded ones cannot be mixed in one list; to decode the few that are left is cheap.
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

    /// The same page with another index number on its files.
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

    /// The page in the compact form that [`decode`](Self::decode) reads.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(
            self.inner.releases.iter().map(|release| (release.version(), &**release.files())),
            self.unreadable(),
            &self.inner.faults,
            self.inner.fault_count,
        )
    }

    /// Reads what [`encode`](Self::encode) wrote, from `offset` of `bytes` to their end.
    ///
    /// Only the list of versions is read here; the files of a release are when they are asked for.
    ///
    /// # Errors
    ///
    /// When the bytes are damaged or of another format.
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
    /// version (first spelling seen)
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// decoded on first use, then kept
    pub fn files(&self) -> &Arc<[DistributionFile]> {
        self.files.get_or_init(|| {
            let mut files = Vec::new();
            for part in &self.parts {
                // The page's checksum was right when it was read, so what its encoder wrote is what is here; there
                // is nothing left that could be damaged.
                let from = files.len();
                part.page.files(part.start, part.end, &mut files);
                if let Some(index) = part.index {
                    files.iter_mut().skip(from).for_each(|file| file.index = index);
                }
            }
            files.into()
        })
    }

    /// Whether files are known to carry this index number without decoding them; encoded pages are written with 0.
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

    /// The releases of one version on several pages, in the order of the pages.
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

/// The version in a file name, by packaging's rules or, where those find none, by any other installer's.
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
        FileKind::OtherProject => format!("a file of another project than `{project}`"),
        FileKind::OtherFormat(extension) if !extension.is_empty() => {
            format!("neither a wheel nor an sdist, but `.{}`", wheelbase_spec::source::shorten(&extension))
        }
        FileKind::Invalid(why) => why,
        _ => "neither a wheel nor an sdist".to_owned(),
    })
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;
