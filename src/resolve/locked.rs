//! What an installer takes of a lock: nothing is solved, and each pin is a question of files alone.

use std::sync::Arc;

use super::candidates::FileRules;
use super::direct::file_of_url;
use super::facts::{Fact, Facts, Need};
use super::problem::Problem;
use super::reasons::{self, Reason};
use super::resolution::{Chosen, RequestedBy, Resolution, ResolvedProject, Selection};
use super::table::Direct;
use crate::index::{DistributionFile, ProjectPage};
use crate::lock::{LockSource, LockedFile, LockedPackage, Selected, SelectedPackage};
use crate::name::ProjectName;

/// Judges what was selected of a lock on a problem's target, with the rules that a resolution follows too.
///
/// Files that the lock lists with their URL are taken as they stand; a lock that names them without, or knows their
/// hashes alone, is looked up in the index. A date cut does not apply: a lock's own tool takes what it pins, however
/// new it is.
///
/// # Errors
///
/// The facts that are missing; with them the same call is made again.
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

/// What becomes of a package; `None` for a folder, whose own dependencies are in the lock.
fn select(
    one: &SelectedPackage<'_>,
    rules: &FileRules<'_>,
    facts: &dyn Facts,
) -> Result<Option<Selection>, Need> {
    let package = one.package;
    match &package.source {
        LockSource::Project { .. } => Ok(None),
        LockSource::Vcs { .. } => Ok(Some(Selection::Undetermined {
            reason: "a version control checkout states nothing without running its code".to_owned(),
        })),
        LockSource::Path { path, .. } => Ok(is_archive(path).then(|| archive(package, path, rules))),
        LockSource::Url(url) => Ok(Some(archive(package, url, rules))),
        LockSource::Index(_) => of_index(package, rules, facts).map(Some),
    }
}

fn is_archive(path: &str) -> bool {
    [".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz"].iter().any(|end| path.ends_with(end))
}

/// An archive that is named in full.
fn archive(package: &LockedPackage, location: &str, rules: &FileRules<'_>) -> Selection {
    let hashes: Vec<(String, String)> =
        package.files.iter().flat_map(|file| file.hashes.clone()).chain(package.hashes.clone()).collect();
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
                page: None,
                confidence: None,
                unknown_dependencies: None,
            })),
            None => Selection::Undetermined {
                reason: format!("the version of `{}` is not known without building it", direct.file.filename),
            },
        },
    }
}

/// A pin of an index, by the lock's own files or those of the index.
fn of_index(package: &LockedPackage, rules: &FileRules<'_>, facts: &dyn Facts) -> Result<Selection, Need> {
    let name = &package.name;
    let Some(version) = &package.version else {
        return Ok(Selection::Undetermined { reason: "the lock names no version of it".to_owned() });
    };
    let located: Option<Vec<DistributionFile>> =
        package.files.iter().zip(0..).map(|(file, position)| distribution_file(file, position)).collect();
    let own = located.filter(|files| !files.is_empty());
    let from_lock = own.is_some();
    let page = match own {
        Some(files) => Arc::new(ProjectPage::from_files(name.clone(), files)),
        None => match facts.page(name) {
            Fact::Missing => return Err(Need::Page(name.clone())),
            Fact::Absent => {
                let reasons = vec![Reason::ProjectNotFound];
                return Ok(Selection::Nothing { version: Some(version.clone()), reasons, page: None });
            }
            Fact::Failed(why) => return Ok(Selection::Undetermined { reason: why.to_string() }),
            Fact::Known(page) => listed(name, package, page),
        },
    };
    let hashes: &[(String, String)] = if from_lock { &[] } else { &package.hashes };
    let release = page.releases().iter().find(|release| release.version() == version);
    let Some(release) = release else {
        let reasons = vec![match from_lock {
            true => Reason::RuledOut("no file that the lock lists is of its version".to_owned()),
            false => Reason::NoVersionSatisfies,
        }];
        return Ok(Selection::Nothing { version: Some(version.clone()), reasons, page: Some(page) });
    };
    // A pin takes a yanked file where there is no other (PEP 592).
    let candidates = rules.candidates(name, release, hashes);
    let best = candidates.iter().find(|candidate| !candidate.yanked).or_else(|| candidates.first());
    let file = best.and_then(|best| Some((best.clone(), release.files().get(best.file)?.clone())));
    Ok(match file {
        Some((candidate, file)) => Selection::File(Box::new(Chosen {
            version: release.version().clone(),
            file: Arc::new(file),
            candidate,
            page: Some(page.clone()),
            confidence: None,
            unknown_dependencies: None,
        })),
        None => Selection::Nothing {
            version: Some(version.clone()),
            reasons: reasons::of_release(name, release, hashes, rules),
            page: Some(page.clone()),
        },
    })
}

/// The files of an index that a lock names, where it names any.
fn listed(name: &ProjectName, package: &LockedPackage, page: Arc<ProjectPage>) -> Arc<ProjectPage> {
    if package.files.is_empty() {
        return page;
    }
    let named = |file: &DistributionFile| {
        package.files.iter().any(|locked| locked.filename == file.filename && agrees(locked, file))
    };
    let files = page.releases().iter().flat_map(|release| release.files().iter());
    let mut files: Vec<DistributionFile> = files.filter(|file| named(file)).cloned().collect();
    files.sort_by_key(|file| (file.index, file.position));
    Arc::new(ProjectPage::from_files(name.clone(), files))
}

/// A hash that both tell must be the same.
fn agrees(locked: &LockedFile, file: &DistributionFile) -> bool {
    locked.hashes.iter().all(|(algorithm, hex)| {
        let told = match algorithm.as_str() {
            "sha256" => file.sha256.as_deref(),
            _ => file.other_hashes.iter().find(|(own, _)| own == algorithm).map(|(_, hex)| hex.as_str()),
        };
        told.is_none_or(|told| told.eq_ignore_ascii_case(hex))
    })
}

/// A locked file as an index would list it; `None` if the lock does not tell where it is.
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
