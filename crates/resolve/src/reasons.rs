//! Why a release cannot be used or is built from source: values, with a sentence for each.

use std::fmt;

use super::candidates::{Candidate, FileRules, Rejection};
use super::problem::Problem;
use super::set::Position;
use super::source_tree::SourceTree;
use super::table::VersionTable;
use crate::index::{DistributionFile, Release};
use wheelbase_spec::filename::{FileKind, NameRules, WheelFilename};
use wheelbase_spec::name::ProjectName;
use wheelbase_spec::tags::{Distance, TagMismatch};
use wheelbase_spec::version::Version;

/// A reason of a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The release has no wheel.
    NoWheel,
    /// The release has wheels, but none fits the target.
    NoWheelFits {
        /// The number of wheels.
        wheels: usize,
        /// The file name of the closest wheel.
        nearest: String,
        /// Every part of its tags that does not fit.
        mismatches: Vec<TagMismatch>,
    },
    /// The release has no source distribution.
    NoSdist,
    /// Files of the release are rejected for another cause.
    Rejected {
        /// The cause.
        cause: Rejection,
        /// The name of one such file.
        file: String,
        /// The number of files.
        files: usize,
    },
    /// All usable files are yanked, and no requirement pins the version.
    Yanked {
        /// The reason on the index; may be empty.
        reason: String,
    },
    /// The metadata of the version excludes it; the cause.
    RuledOut(String),
    /// The only directory from which the installer takes wheels has none of the project.
    NotInFolder {
        /// The directory.
        folder: String,
    },
    /// The lock lists no file, and its tool does not query the index.
    NoLockedFile,
    /// The lock lists no file of the version.
    NoLockedFileOfVersion,
    /// The index has none of the files in the lock.
    NoLockedFileOnIndex,
    /// No index lists the project.
    ProjectNotFound,
    /// No version of the project satisfies the requirements.
    NoVersionSatisfies,
    /// A source tree is built; its location.
    Tree(SourceTree),
    /// The direct URL cannot be used; the cause.
    Direct(String),
    /// The requirement conflicts with others; the conflict.
    Conflict(String),
    /// A newer version satisfies all requirements but has no file for the target.
    PassedOver {
        /// The newest such version.
        newest: Version,
    },
    /// A fact is unknown; which one, and why.
    Undetermined(String),
    /// The dependencies of the file are unknown; the cause.
    DependenciesUnknown(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoWheel => f.write_str("no wheel"),
            Self::NoWheelFits { wheels, nearest, mismatches } => {
                match wheels {
                    1 => write!(f, "its only wheel does not fit: `{nearest}`")?,
                    _ => write!(f, "none of {wheels} wheels fits; the closest is `{nearest}`")?,
                }
                for (index, mismatch) in mismatches.iter().enumerate() {
                    write!(f, "{} {mismatch}", if index == 0 { ":" } else { ";" })?;
                }
                Ok(())
            }
            Self::NoSdist => f.write_str("no source distribution"),
            Self::Rejected { cause, file, files } => match files {
                1 => write!(f, "`{file}`: {cause}"),
                _ => write!(f, "{files} files, such as `{file}`: {cause}"),
            },
            Self::Yanked { reason } if reason.is_empty() => f.write_str("yanked"),
            Self::Yanked { reason } => write!(f, "yanked: {reason}"),
            Self::RuledOut(why) | Self::Direct(why) | Self::Conflict(why) | Self::Undetermined(why) => {
                f.write_str(why)
            }
            Self::NotInFolder { folder } => {
                write!(f, "the step installs only from `{folder}`, which has no wheel of the project")
            }
            Self::DependenciesUnknown(why) => write!(f, "dependencies unknown: {why}"),
            Self::NoLockedFile => {
                f.write_str("the lock lists no file, and its tool does not query the index")
            }
            Self::NoLockedFileOfVersion => f.write_str("the lock lists no file of this version"),
            Self::NoLockedFileOnIndex => f.write_str("the index has none of the files in the lock"),
            Self::Tree(tree) => write!(f, "built from {tree}"),
            Self::PassedOver { newest } => write!(f, "{newest} is newer and has no file for this target"),
            Self::ProjectNotFound => f.write_str("the project was not found on any index"),
            Self::NoVersionSatisfies => f.write_str("no version on the index satisfies the requirements"),
        }
    }
}

/// Returns why the files of a release cannot be used, most important reason first.
pub fn of_release(
    project: &ProjectName,
    release: &Release,
    hashes: &[(String, String)],
    rules: &FileRules<'_>,
) -> Vec<Reason> {
    let files = release.files();
    let mut wheels = 0;
    let mut closest: Option<(Distance, &str, WheelFilename)> = None;
    let mut has_sdist = false;
    let mut rejected: Vec<(Rejection, String, usize)> = Vec::new();
    let mut yanked: Option<&str> = None;
    for (position, file) in files.iter().enumerate() {
        let is_wheel = file.filename.ends_with(".whl");
        wheels += usize::from(is_wheel);
        match rules.check(project, position, file, hashes) {
            Ok(_) => {
                has_sdist |= !is_wheel;
                if let Some(reason) = &file.yanked {
                    yanked.get_or_insert(reason);
                }
            }
            Err(Rejection::Tags) => {
                let kind = FileKind::of(&file.filename, project, NameRules::of(&rules.target.installer));
                if let FileKind::Wheel(wheel) = kind {
                    let distance = rules.tags.distance(wheel.tags());
                    if closest.as_ref().is_none_or(|(known, _, _)| distance < *known) {
                        closest = Some((distance, &file.filename, wheel));
                    }
                }
            }
            Err(Rejection::OtherProject | Rejection::FormatUnsupported(_)) => {}
            Err(cause) => {
                has_sdist |= !is_wheel;
                match rejected.iter_mut().find(|(known, _, _)| *known == cause) {
                    Some((_, _, count)) => *count += 1,
                    None => rejected.push((cause, file.filename.clone(), 1)),
                }
            }
        }
    }
    let mut reasons = Vec::new();
    if let Some((_, filename, wheel)) = closest {
        let mismatches = rules.tags.mismatch(wheel.tags());
        reasons.push(Reason::NoWheelFits { wheels, nearest: filename.to_owned(), mismatches });
    } else if wheels == 0 {
        reasons.push(Reason::NoWheel);
    }
    if !has_sdist {
        reasons.push(Reason::NoSdist);
    }
    reasons.extend(rejected.into_iter().map(|(cause, file, files)| Reason::Rejected { cause, file, files }));
    if let Some(reason) = yanked {
        reasons.push(Reason::Yanked { reason: reason.to_owned() });
    }
    reasons
}

/// Returns why a version cannot be used.
pub fn why_unusable(table: &mut VersionTable, position: Position, rules: &FileRules<'_>) -> Vec<Reason> {
    if let Some(why) = table.ruled_out.get(&position) {
        return vec![Reason::RuledOut(why.clone())];
    }
    if let Some(direct) = table.direct_at(position) {
        return direct.usable.as_ref().err().map(|why| Reason::Direct(why.clone())).into_iter().collect();
    }
    if rules.final_only(&table.project) && table.version(position).is_some_and(Version::any_prerelease) {
        return vec![Reason::RuledOut("it is a pre-release, and pre-releases are not allowed".to_owned())];
    }
    match table.release(position) {
        Some((_, release)) => of_release(&table.project, release, &table.hashes, rules),
        None => Vec::new(),
    }
}

/// Returns why the files of a release cannot be used with a problem's target and options, most important reason first.
///
/// `hashes` are the required (algorithm, hex) pairs; an empty list accepts every file.
pub fn release_reasons(
    project: &ProjectName,
    release: &Release,
    hashes: &[(String, String)],
    problem: &Problem,
) -> Vec<Reason> {
    of_release(project, release, hashes, &problem.rules())
}

/// Returns the file that the problem's installer would use if it chose this release. Yanked files are ignored.
pub fn best_candidate(project: &ProjectName, release: &Release, problem: &Problem) -> Option<Candidate> {
    problem.rules().candidates(project, release, &[]).into_iter().find(|candidate| !candidate.yanked)
}

/// Checks a single file for a problem's installer. The position of the returned candidate is 0.
///
/// # Errors
///
/// If the file is rejected: the first cause in the order of the installer's checks.
pub fn check_file(
    project: &ProjectName,
    file: &DistributionFile,
    problem: &Problem,
) -> Result<Candidate, Rejection> {
    problem.rules().check(project, 0, file, &[])
}
