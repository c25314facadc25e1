//! Which file of a release an installer uses, and why it rejects the others.

use std::fmt;

use crate::index::{DistributionFile, Release};
use wheelbase_spec::filename::{BuildTag, FileKind, NameRules};
use wheelbase_spec::name::ProjectName;
use wheelbase_spec::options::{FormatControl, ReleaseControl};
use wheelbase_spec::tags::{SupportedTags, TagRank};
use wheelbase_spec::target::{InstallerKind, Target};
use wheelbase_spec::version::{Operator, SpecifierSet, Version};

/// Why a file is rejected.
///
/// The checks run in the order of pip 26.3 (`LinkEvaluator.evaluate_link`), so a file with several faults is rejected
/// for the same first one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// The file is neither a wheel nor an sdist in a format that the installer supports; the extension.
    FormatUnsupported(String),
    /// `--no-binary` excludes wheels of this project.
    BinaryForbidden,
    /// The file name is invalid; the cause.
    InvalidName(String),
    /// A variant wheel (PEP 825), which current installers do not install; the label.
    Variant(String),
    /// The file belongs to another project.
    OtherProject,
    /// No tag of the wheel is supported. [`SupportedTags::mismatch`] returns the cause. It is not computed here,
    /// because most files of most releases are rejected for their tags and the cause is rarely needed.
    Tags,
    /// The file was uploaded after the `--exclude-newer` date, or at an unknown time.
    ExcludedByDate {
        /// Whether the index provides an upload time.
        dated: bool,
    },
    /// `--only-binary` excludes sdists of this project.
    SourceForbidden,
    /// `Requires-Python` excludes the target's Python; its text.
    RequiresPython(String),
    /// The file has none of the required hashes.
    HashMismatch,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FormatUnsupported(extension) => write!(f, "installers do not support `{extension}` files"),
            Self::BinaryForbidden => f.write_str("--no-binary excludes wheels"),
            Self::InvalidName(why) => write!(f, "invalid file name: {why}"),
            Self::Variant(label) => write!(f, "variant wheel `{label}`, which installers do not support yet"),
            Self::OtherProject => f.write_str("belongs to another project"),
            Self::Tags => f.write_str("its tags are not supported"),
            Self::ExcludedByDate { dated: true } => f.write_str("uploaded after the --exclude-newer date"),
            Self::ExcludedByDate { dated: false } => {
                f.write_str("the index provides no upload time, which --exclude-newer requires")
            }
            Self::SourceForbidden => f.write_str("--only-binary excludes source distributions"),
            Self::RequiresPython(text) => write!(f, "requires Python {text}"),
            Self::HashMismatch => f.write_str("its hash does not match any required hash"),
        }
    }
}

/// A file that the installer may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The position of the file in [`Release::files`], counted from 0.
    pub file: usize,
    /// The rank of its best tag; `None` for an sdist.
    pub rank: Option<TagRank>,
    /// The build tag of a wheel, if it has one.
    pub build_tag: Option<BuildTag>,
    /// Whether the file is yanked.
    pub yanked: bool,
}

impl Candidate {
    /// Returns whether the file is a wheel.
    pub fn is_wheel(&self) -> bool {
        self.rank.is_some()
    }
}

/// The rules by which files are accepted or rejected: the target's tags and the options of the run.
#[derive(Clone, Debug)]
pub struct FileRules<'a> {
    /// The target.
    pub target: &'a Target,
    pub(crate) tags: &'a SupportedTags,
    pub(crate) formats: &'a FormatControl,
    /// The `--exclude-newer` time in seconds since 1970-01-01T00:00Z. Files uploaded at this time or later are
    /// rejected.
    pub exclude_newer: Option<i64>,
    pub(crate) ignore_requires_python: bool,
    pub(crate) releases: &'a ReleaseControl,
}

impl FileRules<'_> {
    /// Returns whether pre-releases of a project are not used at all.
    pub(crate) fn final_only(&self, project: &ProjectName) -> bool {
        self.releases.allows_prereleases(project) == Some(false)
    }

    /// Returns whether `text`, a `Requires-Python`, accepts the target's Python.
    ///
    /// An invalid specifier is ignored (pip 26.3, `_check_link_requires_python`). uv 0.13.8 checks the lower bound only
    /// (astral-sh/uv#4022).
    pub(crate) fn takes_python(&self, text: &str) -> bool {
        let Ok(specifiers) = SpecifierSet::parse_lenient(text) else { return true };
        let python = full_python(&self.target.python.version);
        match self.target.installer.kind {
            InstallerKind::Uv => above_lower_bound(&specifiers, &python),
            _ => specifiers.contains(&python),
        }
    }

    /// Checks one file. `hashes` are the required (algorithm, hex) pairs; an empty list accepts every file.
    pub(crate) fn check(
        &self,
        project: &ProjectName,
        position: usize,
        file: &DistributionFile,
        hashes: &[(String, String)],
    ) -> Result<Candidate, Rejection> {
        let wheels_allowed = self.formats.allows_wheels(project);
        let sdists_allowed = self.formats.allows_sdists(project);
        let kind = FileKind::of(&file.filename, project, NameRules::of(&self.target.installer));
        let (rank, build_tag) = match &kind {
            FileKind::OtherFormat(extension) => return Err(Rejection::FormatUnsupported(extension.clone())),
            FileKind::Wheel(_) | FileKind::Variant { .. } | FileKind::Invalid(_)
                if !wheels_allowed && is_wheel_name(&file.filename) =>
            {
                return Err(Rejection::BinaryForbidden);
            }
            FileKind::Invalid(why) => return Err(Rejection::InvalidName(why.clone())),
            FileKind::Variant { label, .. } => return Err(Rejection::Variant(label.clone())),
            FileKind::OtherProject => return Err(Rejection::OtherProject),
            FileKind::Wheel(wheel) => match self.tags.rank(wheel.tags()) {
                Some(rank) => (Some(rank), wheel.build_tag().cloned()),
                None => return Err(Rejection::Tags),
            },
            FileKind::Sdist(_) => (None, None),
        };
        // uv 0.13.8 treats a file without upload time as newer than any date.
        if let Some(cut) = self.exclude_newer {
            match file.upload_time {
                Some(time) if time < cut => {}
                time => return Err(Rejection::ExcludedByDate { dated: time.is_some() }),
            }
        }
        if rank.is_none() && !sdists_allowed {
            return Err(Rejection::SourceForbidden);
        }
        if let Some(text) = &file.requires_python
            && !self.ignore_requires_python
            && !self.takes_python(text)
        {
            return Err(Rejection::RequiresPython(text.clone()));
        }
        if !hashes.is_empty() && !has_hash(file, hashes) {
            return Err(Rejection::HashMismatch);
        }
        Ok(Candidate { file: position, rank, build_tag, yanked: file.yanked.is_some() })
    }

    /// Returns all accepted files of a release, most preferred first.
    ///
    /// Wheels come before sdists, sorted by tag rank, then by build tag. Of equal files pip uses the last one on the
    /// page, because its resolver iterates over the sorted list backwards (pip 26.3, `Factory._iter_found_candidates`).
    /// uv uses the first one.
    pub fn candidates(
        &self,
        project: &ProjectName,
        release: &Release,
        hashes: &[(String, String)],
    ) -> Vec<Candidate> {
        let mut found: Vec<Candidate> = release
            .files()
            .iter()
            .enumerate()
            .filter_map(|(position, file)| self.check(project, position, file, hashes).ok())
            .collect();
        let last_wins = self.target.installer.kind != InstallerKind::Uv;
        found.sort_by(|a, b| {
            let order = |candidate: &Candidate| candidate.rank.map_or((1, None), |rank| (0, Some(rank)));
            order(a)
                .cmp(&order(b))
                .then_with(|| b.build_tag.cmp(&a.build_tag))
                .then_with(|| if last_wins { b.file.cmp(&a.file) } else { a.file.cmp(&b.file) })
        });
        found
    }
}

fn is_wheel_name(filename: &str) -> bool {
    filename.ends_with(".whl")
}

/// Returns whether the file has one of the hashes. A file without hashes on the index is accepted, because the
/// installer checks it after the download.
fn has_hash(file: &DistributionFile, hashes: &[(String, String)]) -> bool {
    let known = |algorithm: &str, hex: &str| {
        hashes.iter().any(|(a, h)| a == algorithm && h.eq_ignore_ascii_case(hex))
    };
    let listed_hashes = file.sha256.iter().count() + file.other_hashes.len();
    listed_hashes == 0
        || file.sha256.as_deref().is_some_and(|hex| known("sha256", hex))
        || file.other_hashes.iter().any(|(algorithm, hex)| known(algorithm, hex))
        // If the index provides no hash of the required algorithm, the installer compares after the download.
        || hashes.iter().all(|(required, _)| {
            required != "sha256" && !file.other_hashes.iter().any(|(listed, _)| listed == required)
        })
}

/// Returns `3.12.0` for `3.12`, as uv 0.13.8 does. packaging pads versions with zeros when it compares them.
fn full_python(version: &Version) -> Version {
    if version.release().len() >= 3 {
        return version.clone();
    }
    let mut release: Vec<u64> = version.release().to_vec();
    release.resize(3, 0);
    version.clone().with_release(release)
}

/// Returns whether `python` is not below the lower bound of the set.
fn above_lower_bound(specifiers: &SpecifierSet, python: &Version) -> bool {
    specifiers.iter().all(|specifier| {
        let Some(bound) = specifier.version() else { return true };
        match specifier.operator() {
            Operator::GreaterEqual | Operator::Compatible | Operator::Equal | Operator::Arbitrary => {
                python >= bound
            }
            Operator::Greater => python > bound,
            Operator::Less | Operator::LessEqual | Operator::NotEqual => true,
        }
    })
}
