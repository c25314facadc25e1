//! The files that an installer chooses from a lock. Versions are pinned, so nothing is solved.

use std::path::Path;
use std::sync::Arc;

use crate::error::Error;
use crate::filename::{FileKind, NameRules};
use crate::index::{DistributionFile, ProjectPage};
use crate::lock::{
    Lock, LockFormat, LockProject, LockSelection, LockSource, LockedFile, LockedPackage, Selected,
    SelectedPackage,
};
use crate::name::ProjectName;
use crate::resolve::{
    Chosen, Direct, Fact, Facts, FileRules, Need, Problem, Reason, RequestedBy, Resolution, ResolvedProject,
    Selection, SourceTree, UnknownReason, file_of_url, reasons,
};
#[cfg(feature = "net")]
use crate::source::Fault;
use crate::version::Version;

/// A lock with a selection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LockInput {
    /// The lock.
    pub lock: Lock,
    /// The extras and groups.
    pub selection: LockSelection,
    /// The project file next to it.
    pub project: Option<LockProject>,
}

impl LockInput {
    /// Creates it from a lock, a selection and the project file next to it.
    pub fn new(lock: Lock, selection: LockSelection, project: Option<LockProject>) -> Self {
        Self { lock, selection, project }
    }

    /// Reads a lock and the `pyproject.toml` in its directory. `read` returns the bytes of a file, or `None` if it does
    /// not exist.
    ///
    /// # Errors
    ///
    /// All faults of both, each with its position.
    pub fn read(
        path: &str,
        selection: LockSelection,
        read: impl Fn(&str) -> Result<Option<Vec<u8>>, String>,
    ) -> Result<Self, Error> {
        let fault = |name: &str, cause: String| Error::input(format!("{name}: {cause}"));
        let bytes = read(path).map_err(|cause| fault(path, cause))?;
        let bytes = bytes.ok_or_else(|| fault(path, "file not found".to_owned()))?;
        let folder = Path::new(path).parent().unwrap_or(Path::new(""));
        let name = folder.join("pyproject.toml").display().to_string();
        let beside = read(&name).map_err(|cause| fault(&name, cause))?;
        let lock = Lock::parse(&bytes, path);
        let project = beside.map(|bytes| LockProject::parse(&bytes, &name)).transpose();
        match (lock, project) {
            (Ok(lock), Ok(project)) => Ok(Self::new(lock, selection, project)),
            (Err(lock), Err(project)) => Err(Error::from([lock.faults(), project.faults()].concat())),
            (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error.into()),
        }
    }
}

/// Whether a file is a lock, by its name, or else by the content of a `.toml`, `.json` or `.lock` of another name.
/// A file that cannot be read is not a lock, so the reader of another format reports the error.
pub fn is_lock_file(path: &str, read: impl FnOnce() -> Option<Vec<u8>>) -> bool {
    if LockFormat::of_name(path).is_some() {
        return true;
    }
    let path = Path::new(path);
    let may_be_lock =
        path.extension().is_some_and(|end| ["toml", "json", "lock"].iter().any(|known| end == *known));
    if !may_be_lock || path.file_name().is_some_and(|name| name == "pyproject.toml") {
        return false;
    }
    read().is_some_and(|bytes| Lock::is_lock(&bytes))
}

/// Sorts faults by file, in the order in which the files were read, and by position in the file.
#[cfg(feature = "net")]
pub(crate) fn in_order(mut faults: Vec<Fault>) -> Vec<Fault> {
    let mut files: Vec<Arc<str>> = Vec::new();
    for fault in &faults {
        if !files.contains(&fault.origin.file) {
            files.push(fault.origin.file.clone());
        }
    }
    let file = |fault: &Fault| files.iter().position(|file| *file == fault.origin.file);
    faults.sort_by_key(|fault| (file(fault), fault.origin.line, fault.origin.column));
    faults
}

/// Chooses files for the selected packages of a lock on the target of a problem, by the rules of a resolution.
///
/// Files with a URL in the lock are used as listed. Files without a URL, or with only a hash, are searched for on the
/// index. `--exclude-newer` does not apply: the tool of a lock installs pinned versions of any date.
///
/// # Errors
///
/// The missing facts. Repeat the call when they are known.
pub fn resolve_locked(
    problem: &Problem,
    selected: &Selected<'_>,
    facts: &dyn Facts,
) -> Result<Resolution, Vec<Need>> {
    let mut rules = problem.rules();
    rules.exclude_newer = None;
    let mut needs = Vec::new();
    let mut projects: Vec<ResolvedProject> = Vec::new();
    for one in &selected.packages {
        match select(one, &rules, facts) {
            Ok(None) => {}
            Ok(Some(selection)) => projects.push(resolved(one, selection)),
            Err(need) => needs.push(need),
        }
    }
    if !needs.is_empty() {
        return Err(needs);
    }
    projects.sort_by(|a, b| a.project.cmp(&b.project));
    Ok(Resolution { projects, conflicts: Vec::new(), rounds: 1 })
}

fn resolved(one: &SelectedPackage<'_>, selection: Selection) -> ResolvedProject {
    let package = one.package;
    let extras: Vec<&str> = one.extras.iter().map(|extra| extra.as_str()).collect();
    let extras = if extras.is_empty() { String::new() } else { format!("[{}]", extras.join(",")) };
    let requirement = match &package.version {
        Some(version) => format!("{}{extras}=={version}", package.name),
        None => format!("{}{extras}", package.name),
    };
    ResolvedProject {
        project: package.name.clone(),
        extras: one.extras.clone(),
        unknown_extras: Vec::new(),
        selection,
        requested_by: vec![RequestedBy::Line { requirement, origin: package.origin.clone() }],
        conditional_on: Vec::new(),
        passed_over: Vec::new(),
        undefined_markers: Vec::new(),
    }
}

/// The selection for a package; `None` for the locked project itself, which is not a requirement.
fn select(
    one: &SelectedPackage<'_>,
    rules: &FileRules<'_>,
    facts: &dyn Facts,
) -> Result<Option<Selection>, Need> {
    let package = one.package;
    let folder = |path: &str, editable| {
        let tree = SourceTree::Folder { path: path.to_owned(), editable };
        Ok(Some(Selection::Tree { version: package.version.clone(), tree }))
    };
    match &package.source {
        LockSource::Project { path, .. } if path == "." => Ok(None),
        LockSource::Project { path, .. } => folder(path, true),
        LockSource::Vcs { url, revision, subdirectory } => {
            let (url, revision, subdirectory) = (url.clone(), revision.clone(), subdirectory.clone());
            let tree = SourceTree::Checkout { url, revision, subdirectory };
            Ok(Some(Selection::Tree { version: package.version.clone(), tree }))
        }
        LockSource::Path { path, editable } if !is_archive(path) => folder(path, *editable),
        LockSource::Path { path, .. } => Ok(Some(archive(package, path, rules))),
        // pip and pdm write a directory by its URL too.
        LockSource::Url(url) if url.starts_with("file:") && !is_archive(url) => folder(url, false),
        LockSource::Url(url) => Ok(Some(archive(package, url, rules))),
        LockSource::Index(_) => of_index(package, rules, facts).map(Some),
    }
}

fn is_archive(path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    [".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz"].iter().any(|end| path.ends_with(end))
}

/// An archive with a path or URL.
fn archive(package: &LockedPackage, location: &str, rules: &FileRules<'_>) -> Selection {
    let hashes = hashes_of(package);
    let direct = Direct::of(&package.name, location, rules, &hashes);
    match direct.usable {
        Err(why) => Selection::Nothing {
            version: package.version.clone(),
            reasons: vec![Reason::Direct(why)],
            page: None,
        },
        Ok(candidate) => match package.version.clone().or(direct.version) {
            Some(version) => Selection::File(Box::new(Chosen {
                version,
                file: direct.file,
                candidate,
                hashes,
                page: None,
                confidence: None,
                unknown_dependencies: None,
            })),
            None => Selection::Undetermined {
                reason: UnknownReason::VersionUntilBuilt { file: direct.file.filename.clone() },
            },
        },
    }
}

/// A pin of an index, by the lock's own files or those of the index.
fn of_index(package: &LockedPackage, rules: &FileRules<'_>, facts: &dyn Facts) -> Result<Selection, Need> {
    let name = &package.name;
    let located: Option<Vec<DistributionFile>> =
        package.files.iter().zip(0..).map(|(file, position)| distribution_file(file, position)).collect();
    let own = located.filter(|files| package.complete || !files.is_empty());
    // PEP 751: the version is optional if the file names contain it.
    let in_file_names = || own.iter().flatten().find_map(|file| version_of(name, file, rules));
    let Some(version) = package.version.clone().or_else(in_file_names) else {
        return Ok(Selection::Undetermined { reason: UnknownReason::NotPinned });
    };
    let nothing = |reason: Reason, page: Option<Arc<ProjectPage>>| Selection::Nothing {
        version: Some(version.clone()),
        reasons: vec![reason],
        page,
    };
    let from_lock = own.is_some();
    let page = match own {
        // uv 0.13.9 stops: it "doesn't have a source distribution or wheel".
        Some(files) if files.is_empty() => {
            return Ok(nothing(Reason::NoLockedFile, None));
        }
        Some(files) => Arc::new(ProjectPage::from_files(name.clone(), files)),
        None => match facts.page(name) {
            Fact::Missing => return Err(Need::Page(name.clone())),
            Fact::Absent => return Ok(nothing(Reason::ProjectNotFound, None)),
            Fact::Failed(error) => {
                return Ok(Selection::Undetermined { reason: UnknownReason::Page(error.to_string()) });
            }
            Fact::Known(page) => page,
        },
    };
    let has_version = |page: &ProjectPage| page.releases().iter().any(|one| *one.version() == version);
    if !from_lock && !has_version(&page) {
        return Ok(nothing(Reason::NoVersionSatisfies, Some(page)));
    }
    // The files of the index and of the lock are compared by name and hash. A lock without both accepts the files of the
    // index (poetry 2.5.1, `Chooser._choose_hash_verified_link`).
    let page = if from_lock { page } else { listed(name, package, page) };
    let hashes = if from_lock { Vec::new() } else { hashes_of(package) };
    let release = page.releases().iter().find(|release| *release.version() == version);
    let Some(release) = release else {
        let reason = match from_lock {
            true => Reason::NoLockedFileOfVersion,
            false => Reason::NoLockedFileOnIndex,
        };
        return Ok(nothing(reason, Some(page)));
    };
    // A pin selects a yanked file if there is no other (PEP 592).
    let candidates = rules.candidates(name, release, &hashes);
    let best = candidates.iter().find(|candidate| !candidate.yanked).or_else(|| candidates.first());
    let file = best.and_then(|best| Some((best.clone(), release.files().get(best.file)?.clone())));
    Ok(match file {
        Some((candidate, file)) => Selection::File(Box::new(Chosen {
            version: release.version().clone(),
            file: Arc::new(file),
            candidate,
            hashes,
            page: Some(page.clone()),
            confidence: None,
            unknown_dependencies: None,
        })),
        None => Selection::Nothing {
            version: Some(version.clone()),
            reasons: reasons::of_release(name, release, &hashes, rules),
            page: Some(page.clone()),
        },
    })
}

/// The files of an index that the lock lists, or all if it lists none.
fn listed(name: &ProjectName, package: &LockedPackage, page: Arc<ProjectPage>) -> Arc<ProjectPage> {
    if package.files.is_empty() {
        return page;
    }
    let named = |file: &DistributionFile| package.files.iter().any(|locked| locked.filename == file.filename);
    let files = page.releases().iter().flat_map(|release| release.files().iter());
    let mut files: Vec<DistributionFile> = files.filter(|file| named(file)).cloned().collect();
    files.sort_by_key(|file| (file.index, file.position));
    Arc::new(ProjectPage::from_files(name.clone(), files))
}

/// All hashes of a package in the lock.
fn hashes_of(package: &LockedPackage) -> Vec<(String, String)> {
    let of_files = package.files.iter().flat_map(|file| file.hashes.iter());
    of_files.chain(&package.hashes).cloned().collect()
}

/// The version in the name of a file.
fn version_of(name: &ProjectName, file: &DistributionFile, rules: &FileRules<'_>) -> Option<Version> {
    match FileKind::of(&file.filename, name, NameRules::of(&rules.target.installer)) {
        FileKind::Wheel(wheel) => Some(wheel.version().clone()),
        FileKind::Sdist(sdist) => Some(sdist.version().clone()),
        _ => None,
    }
}

/// A locked file in the form of an index; `None` if the lock does not have its location.
fn distribution_file(locked: &LockedFile, position: u32) -> Option<DistributionFile> {
    let location = locked.url.as_deref().or(locked.path.as_deref())?;
    let mut file = file_of_url(location);
    file.filename.clone_from(&locked.filename);
    let sha256 = locked.hashes.iter().find(|(algorithm, _)| algorithm == "sha256");
    file.sha256 = sha256.map(|(_, hex)| hex.to_ascii_lowercase()).or(file.sha256);
    file.other_hashes.extend(locked.hashes.iter().filter(|(algorithm, _)| algorithm != "sha256").cloned());
    file.size = locked.size;
    file.upload_time = locked.upload_time;
    file.position = position;
    Some(file)
}
