//! Why a release cannot be taken, or is built from source: as values, with a sentence for each.

use std::fmt;

use super::candidates::{Candidate, FileRules, Rejection};
use super::problem::Problem;
use super::set::Position;
use super::source_tree::SourceTree;
use super::table::Table;
use crate::index::{DistributionFile, Release};
use wheelbase_spec::filename::{FileKind, NameRules, WheelFilename};
use wheelbase_spec::name::ProjectName;
use wheelbase_spec::tags::{Distance, TagMismatch};
use wheelbase_spec::version::Version;

/// One reason of a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The release has no wheel at all.
    NoWheel,
    /// The release has wheels, and none fits the target.
    NoWheelFits {
        /// How many wheels it has.
        wheels: usize,
        /// The one that comes nearest.
        nearest: String,
        /// Every part in which it fails.
        mismatches: Vec<TagMismatch>,
    },
    /// The release has no source distribution.
    NoSdist,
    /// Files of the release that are left out for another cause.
    Rejected {
        /// The cause.
        cause: Rejection,
        /// One such file.
        file: String,
        /// How many files.
        files: usize,
    },
    /// Everything usable is yanked, and no pin asks for it.
    Yanked {
        /// The reason that the index gives; may be empty.
        reason: String,
    },
    /// The version turned out not to be installable when its metadata was read.
    RuledOut(String),
    /// No index lists the project.
    ProjectNotFound,
    /// No version of the project satisfies what is asked.
    NoVersionSatisfies,
    /// A source tree that is built: where it is.
    Tree(SourceTree),
    /// A direct URL that cannot be taken.
    Direct(String),
    /// The requirement clashes with others.
    Conflict(String),
    /// A newer version satisfies everybody but has no file for the target.
    PassedOver {
        /// That version.
        newest: Version,
    },
    /// A fact could not be had: which, and why.
    Undetermined(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoWheel => f.write_str("no wheel"),
            Self::NoWheelFits { wheels, nearest, mismatches } => {
                match wheels {
                    1 => write!(f, "its only wheel does not fit: `{nearest}`")?,
                    _ => write!(f, "none of {wheels} wheels fits; nearest `{nearest}`")?,
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
            Self::Tree(tree) => write!(f, "built from {tree}"),
            Self::PassedOver { newest } => write!(f, "{newest} is newer and has no file for this target"),
            Self::ProjectNotFound => f.write_str("no index has a project of this name"),
            Self::NoVersionSatisfies => f.write_str("no version on the index satisfies what is asked"),
        }
    }
}

/// What speaks against the files of a release, most telling first.
pub fn of_release(
    project: &ProjectName,
    release: &Release,
    hashes: &[(String, String)],
    rules: &FileRules<'_>,
) -> Vec<Reason> {
    let files = release.files();
    let mut wheels = 0;
    let mut nearest: Option<(Distance, &str, WheelFilename)> = None;
    let mut has_sdist = false;
    let mut rejected: Vec<(Rejection, String, usize)> = Vec::new();
    let mut yanked: Option<&str> = None;
    for (position, file) in files.iter().enumerate() {
        let is_wheel = file.filename.ends_with(".whl");
        wheels += usize::from(is_wheel);
        match rules.judge(project, position, file, hashes) {
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
                    if nearest.as_ref().is_none_or(|(known, _, _)| distance < *known) {
                        nearest = Some((distance, &file.filename, wheel));
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
    if let Some((_, nearest, wheel)) = nearest {
        let mismatches = rules.tags.mismatch(wheel.tags());
        reasons.push(Reason::NoWheelFits { wheels, nearest: nearest.to_owned(), mismatches });
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

/// Why a version cannot be taken.
pub fn why_unusable(table: &mut Table, position: Position, rules: &FileRules<'_>) -> Vec<Reason> {
    if let Some(why) = table.ruled_out.get(&position) {
        return vec![Reason::RuledOut(why.clone())];
    }
    if let Some(direct) = table.direct_at(position) {
        return direct.usable.as_ref().err().map(|why| Reason::Direct(why.clone())).into_iter().collect();
    }
    if rules.final_only(&table.project) && table.version(position).is_some_and(Version::any_prerelease) {
        return vec![Reason::RuledOut("it is a pre-release, and these are forbidden".to_owned())];
    }
    match table.release(position) {
        Some((_, release)) => of_release(&table.project, release, &table.hashes, rules),
        None => Vec::new(),
    }
}

/// What speaks against the files of a release under a problem's target and options, most telling first.
///
/// `hashes` are the (algorithm, hex) pairs asked for; none means any file.
pub fn release_reasons(
    project: &ProjectName,
    release: &Release,
    hashes: &[(String, String)],
    problem: &Problem,
) -> Vec<Reason> {
    of_release(project, release, hashes, &problem.rules())
}

/// The file of a release that the problem's installer would take, were this release its choice; files that are
/// yanked do not count.
pub fn best_candidate(project: &ProjectName, release: &Release, problem: &Problem) -> Option<Candidate> {
    problem.rules().candidates(project, release, &[]).into_iter().find(|candidate| !candidate.yanked)
}

/// Why a file is no candidate for a problem's installer, or the candidate that it is (its position is 0).
///
/// # Errors
///
/// The first cause in the order in which the installer looks for one.
pub fn judge_file(
    project: &ProjectName,
    file: &DistributionFile,
    problem: &Problem,
) -> Result<Candidate, Rejection> {
    problem.rules().judge(project, 0, file, &[])
}
