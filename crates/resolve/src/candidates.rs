//! Which file of a release an installer would take, and why it takes none of the others.

use std::fmt;

use crate::index::{DistributionFile, Release};
use wheelbase_spec::filename::{BuildTag, FileKind, NameRules};
use wheelbase_spec::name::ProjectName;
use wheelbase_spec::options::{FormatControl, ReleaseControl};
use wheelbase_spec::tags::{SupportedTags, TagRank};
use wheelbase_spec::target::{InstallerKind, Target};
use wheelbase_spec::version::{Operator, SpecifierSet, Version};

/// Why a file is no candidate.
///
/// In the order in which pip 26.3 asks (`LinkEvaluator.evaluate_link`), so that a file with several faults gives the
/// same first one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// Neither a wheel nor an sdist format that the installer knows: the extension.
    FormatUnsupported(String),
    /// Wheels of this project are forbidden by `--no-binary`.
    BinaryForbidden,
    /// The name breaks the rules of its format, and how.
    InvalidName(String),
    /// A variant wheel (PEP 825), which no installer of today takes.
    Variant(String),
    /// A file of another project.
    OtherProject,
    /// No tag of the wheel is supported; [`SupportedTags::mismatch`] tells why, which is not worked out here: most
    /// files of most releases are rejected so, and nobody asks.
    Tags,
    /// Uploaded after the date of the cut, or at an unknown time.
    ExcludedByDate {
        /// Whether the index gives an upload time.
        dated: bool,
    },
    /// Source distributions of this project are forbidden by `--only-binary`.
    SourceForbidden,
    /// `Requires-Python` does not take the target's Python.
    RequiresPython(String),
    /// None of the hashes asked for is this file's.
    HashMismatch,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FormatUnsupported(extension) => write!(f, "installers do not take `{extension}` files"),
            Self::BinaryForbidden => f.write_str("wheels are forbidden by --no-binary"),
            Self::InvalidName(why) => write!(f, "invalid file name: {why}"),
            Self::Variant(label) => write!(f, "variant wheel `{label}`, which installers do not take yet"),
            Self::OtherProject => f.write_str("belongs to another project"),
            Self::Tags => f.write_str("its tags are not supported"),
            Self::ExcludedByDate { dated: true } => f.write_str("uploaded after the date of the cut"),
            Self::ExcludedByDate { dated: false } => {
                f.write_str("the index gives no upload time, and a date cut is in force")
            }
            Self::SourceForbidden => f.write_str("source distributions are forbidden by --only-binary"),
            Self::RequiresPython(text) => write!(f, "requires Python {text}"),
            Self::HashMismatch => f.write_str("its hash is not among those asked for"),
        }
    }
}

/// A file that may be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Position of the file in [`Release::files`].
    pub file: usize,
    /// The rank of its best tag; `None` for an sdist.
    pub rank: Option<TagRank>,
    /// The build tag of a wheel.
    pub build_tag: Option<BuildTag>,
    /// Whether the index has yanked it.
    pub yanked: bool,
}

impl Candidate {
    /// Whether it is a wheel.
    pub fn is_wheel(&self) -> bool {
        self.rank.is_some()
    }
}

/// What decides whether a file may be taken: the target and the options of the run, for one project.
#[derive(Clone, Debug)]
pub struct FileRules<'a> {
    pub target: &'a Target,
    pub(crate) tags: &'a SupportedTags,
    pub(crate) formats: &'a FormatControl,
    /// Seconds since the epoch; files uploaded at this time or later are out.
    pub exclude_newer: Option<i64>,
    pub(crate) ignore_requires_python: bool,
    pub(crate) releases: &'a ReleaseControl,
}

impl FileRules<'_> {
    /// Whether pre-releases of a project do not count at all.
    pub(crate) fn final_only(&self, project: &ProjectName) -> bool {
        self.releases.allows_prereleases(project) == Some(false)
    }

    /// Whether `text`, a `Requires-Python`, takes the target's Python.
    ///
    /// An invalid specifier is ignored (pip 26.3, `_check_link_requires_python`). uv 0.13.8 looks at the lower bound
    /// only (astral-sh/uv#4022).
    pub(crate) fn takes_python(&self, text: &str) -> bool {
        let Ok(specifiers) = SpecifierSet::parse_lenient(text) else { return true };
        let python = full_python(&self.target.python.version);
        match self.target.installer.kind {
            InstallerKind::Uv => above_lower_bound(&specifiers, &python),
            _ => specifiers.contains(&python),
        }
    }

    /// Judges one file. `hashes` are the (algorithm, hex) pairs asked for; none means any file.
    pub(crate) fn judge(
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
        // uv 0.13.8 treats a file without upload time as uploaded after any cut.
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

    /// All files of a release that may be taken, best first.
    ///
    /// Wheels before sdists, by tag rank, then by build tag. Of equals, pip takes the last on the page: its resolver
    /// walks the sorted list backwards (pip 26.3, `Factory._iter_found_candidates`); uv keeps the first.
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
            .filter_map(|(position, file)| self.judge(project, position, file, hashes).ok())
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

/// Whether the file has one of the hashes; a file of which the index tells no hash passes, since the installer
/// would download it and see.
fn has_hash(file: &DistributionFile, hashes: &[(String, String)]) -> bool {
    let known = |algorithm: &str, hex: &str| {
        hashes.iter().any(|(a, h)| a == algorithm && h.eq_ignore_ascii_case(hex))
    };
    let algorithms_told = file.sha256.iter().count() + file.other_hashes.len();
    algorithms_told == 0
        || file.sha256.as_deref().is_some_and(|hex| known("sha256", hex))
        || file.other_hashes.iter().any(|(algorithm, hex)| known(algorithm, hex))
        // An algorithm asked for that the index does not tell cannot be compared before the download.
        || hashes.iter().all(|(asked, _)| {
            asked != "sha256" && !file.other_hashes.iter().any(|(told, _)| told == asked)
        })
}

/// `3.12` means `3.12.0`, as uv 0.13.8 reads it; packaging compares versions by padding with zeros anyway.
fn full_python(version: &Version) -> Version {
    if version.release().len() >= 3 {
        return version.clone();
    }
    let mut release: Vec<u64> = version.release().to_vec();
    release.resize(3, 0);
    version.clone().with_release(release)
}

/// Whether `python` is not below the lower bound of the set.
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
