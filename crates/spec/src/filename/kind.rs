//! The kind of a file on a project page, read from its name.

use super::project::names_project;
use super::sdist::SdistFault;
use super::wheel::{WheelName, WheelNameFault};
use super::{NameRules, SdistFilename, WheelFilename};
use crate::ProjectName;
use crate::version::Version;

use std::str::FromStr;

/// The kind of a file on a project page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A wheel.
    Wheel(WheelFilename),
    /// An sdist.
    Sdist(SdistFilename),
    /// A variant wheel (PEP 825). Current installers recognise it and do not install it.
    Variant {
        /// The version in the name.
        version: Version,
        /// The variant label.
        label: String,
    },
    /// Another format (egg, exe, rpm, `.tar.Z` ...), with its extension.
    OtherFormat(String),
    /// A wheel or sdist extension with an invalid name, and the cause.
    Invalid(String),
    /// A valid name of another project.
    OtherProject,
}

/// Source archives that pip unpacks (pip 26.3, `filetypes.py`).
const PIP_SDISTS: [&str; 11] = [
    ".tar.gz",
    ".zip",
    ".tgz",
    ".tar",
    ".tar.bz2",
    ".tbz",
    ".tar.xz",
    ".txz",
    ".tlz",
    ".tar.lz",
    ".tar.lzma",
];

/// Source archives that uv knew before 0.12.0 (uv-distribution-filename 0.0.72, `SourceDistExtension`).
const EARLY_UV_SDISTS: [&str; 12] = [
    ".tar.gz",
    ".zip",
    ".tgz",
    ".tar",
    ".tar.bz2",
    ".tbz",
    ".tar.xz",
    ".txz",
    ".tlz",
    ".tar.lz",
    ".tar.lzma",
    ".tar.zst",
];

impl FileKind {
    /// Returns the kind of `filename` as a file of `project`.
    ///
    /// ```
    /// use wheelbase::filename::{FileKind, NameRules};
    ///
    /// let project = "foo-bar".parse()?;
    /// let kind = |name| FileKind::of(name, &project, NameRules::Packaging);
    /// assert!(matches!(kind("foo_bar-1.0-py3-none-any.whl"), FileKind::Wheel(_)));
    /// assert!(matches!(kind("foo-bar-1.0.tar.bz2"), FileKind::Sdist(_)));
    /// assert!(matches!(kind("foo_bar-1.0-py3-none-manylinux_2_28_x86_64-x86_64_v3.whl"), FileKind::Variant { .. }));
    /// assert_eq!(kind("foo_bar-1.0-py3.6.egg"), FileKind::OtherFormat("egg".into()));
    /// assert!(matches!(kind("foo__bar-1.0-py3-none-any.whl"), FileKind::Invalid(_)));
    /// # Ok::<(), wheelbase::name::InvalidName>(())
    /// ```
    pub fn of(filename: &str, project: &ProjectName, rules: NameRules) -> Self {
        let (stem, extension) = split_extension(filename);
        if extension == ".whl" {
            return Self::wheel(filename, project, rules);
        }
        match sdist(filename, project, rules) {
            None => Self::OtherFormat(other_format(filename, extension)),
            Some(Ok(sdist)) => Self::Sdist(sdist),
            Some(Err(SdistFault::Version(version))) => {
                Self::Invalid(format!("the version `{}` does not follow PEP 440", version.escape_debug()))
            }
            Some(Err(SdistFault::Project)) if names_another(stem) => Self::OtherProject,
            Some(Err(SdistFault::Project)) => {
                Self::Invalid(format!("it does not contain a version of `{project}`"))
            }
        }
    }

    fn wheel(filename: &str, project: &ProjectName, rules: NameRules) -> Self {
        match WheelName::parse(filename, rules) {
            Ok(name) if !names_project(name.project(), project) => Self::OtherProject,
            Ok(name) => match WheelFilename::of(&name, project.clone()) {
                Ok(wheel) => Self::Wheel(wheel),
                Err(fault) => Self::Invalid(fault.to_string()),
            },
            Err(fault) => match Variant::parse(filename) {
                Some(variant) if !names_project(variant.project, project) => Self::OtherProject,
                Some(variant) => Self::Variant { version: variant.version, label: variant.label.to_owned() },
                None => Self::Invalid(fault.to_string()),
            },
        }
    }

    /// Returns the version text of an sdist if the version does not follow PEP 440, so that the name is
    /// [`Invalid`](Self::Invalid). pip keeps such a file as a candidate until it parses the version, and reports it
    /// separately from names without a version.
    ///
    /// ```
    /// use wheelbase::filename::{FileKind, NameRules};
    ///
    /// let project = "foo".parse()?;
    /// let text = |name| FileKind::unreadable_version(name, &project, NameRules::Packaging);
    /// assert_eq!(text("foo-1.0-py3.12.tar.gz").as_deref(), Some("1.0-py3.12"));
    /// assert_eq!(text("foo.tar.gz"), None);
    /// # Ok::<(), wheelbase::name::InvalidName>(())
    /// ```
    pub fn unreadable_version(filename: &str, project: &ProjectName, rules: NameRules) -> Option<String> {
        match sdist(filename, project, rules) {
            Some(Err(SdistFault::Version(text))) => Some(text),
            _ => None,
        }
    }

    /// Returns the version in the name, if it has a valid one.
    pub fn version(&self) -> Option<&Version> {
        match self {
            Self::Wheel(wheel) => Some(wheel.version()),
            Self::Sdist(sdist) => Some(sdist.version()),
            Self::Variant { version, .. } => Some(version),
            Self::OtherFormat(_) | Self::Invalid(_) | Self::OtherProject => None,
        }
    }

    /// Returns whether the file is a wheel or sdist that an installer can use, if its tags fit.
    pub fn is_distribution(&self) -> bool {
        matches!(self, Self::Wheel(_) | Self::Sdist(_))
    }
}

/// Parses the name of an sdist; returns `None` if the extension is not that of an sdist.
fn sdist(
    filename: &str,
    project: &ProjectName,
    rules: NameRules,
) -> Option<Result<SdistFilename, SdistFault>> {
    let (stem, extension) = split_extension(filename);
    let formats: &[&'static str] = match rules {
        NameRules::Uv => &[".tar.gz", ".zip"],
        NameRules::EarlyUv => &EARLY_UV_SDISTS,
        _ => &PIP_SDISTS,
    };
    // uv compares `.tar` ignoring case, and the rest exactly.
    let written = match extension.rsplit_once('.') {
        Some((tar, last)) if rules.is_uv() && tar.eq_ignore_ascii_case(".tar") => format!(".tar.{last}"),
        _ => extension.to_owned(),
    };
    let format = formats.iter().copied().find(|format| *format == written)?;
    if !rules.is_uv() && is_macos_zip(filename, format) {
        return None;
    }
    Some(SdistFilename::parse(stem, format, project, rules))
}

/// pip 26.3, `LinkEvaluator.evaluate_link`: zip files that bdist_dumb created on old macOS.
fn is_macos_zip(filename: &str, extension: &str) -> bool {
    extension == ".zip" && filename.contains("macosx10")
}

fn other_format(filename: &str, extension: &str) -> String {
    let name = if is_macos_zip(filename, extension) { "macosx10.zip" } else { extension };
    name.trim_start_matches('.').to_owned()
}

/// pip 26.3, `splitext` of utils/misc.py: Python's `posixpath.splitext`, except that `.tar` is part of the extension.
/// Dots at the start of a name are part of the name.
fn split_extension(filename: &str) -> (&str, &str) {
    let split = |name: &str| {
        let bare = name.trim_start_matches('.');
        bare.rfind('.').map_or(name.len(), |dot| name.len() - bare.len() + dot)
    };
    let mut at = split(filename);
    let base = filename.get(..at).unwrap_or(filename);
    let tar = base
        .len()
        .checked_sub(4)
        .filter(|tar| base.as_bytes().get(*tar..).is_some_and(|end| end.eq_ignore_ascii_case(b".tar")));
    if let Some(tar) = tar {
        at = tar;
    }
    filename.split_at_checked(at).unwrap_or((filename, ""))
}

/// Returns whether the stem of an sdist is a name and version of some project.
fn names_another(stem: &str) -> bool {
    stem.rsplit_once('-').is_some_and(|(name, version)| {
        name.parse::<ProjectName>().is_ok() && Version::from_str(version).is_ok()
    })
}

/// The name of a variant wheel: `name-version(-build)?-python-abi-platform-label.whl`
/// ([PEP 825](https://peps.python.org/pep-0825/), a draft).
struct Variant<'a> {
    project: &'a str,
    version: Version,
    label: &'a str,
}

impl<'a> Variant<'a> {
    fn parse(filename: &'a str) -> Option<Self> {
        let stem = filename.strip_suffix(".whl")?;
        let (rest, label) = stem.rsplit_once('-')?;
        let plain = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.');
        if label.is_empty() || !plain {
            return None;
        }
        // The part before the label must be a wheel name. Its platform must look like one; otherwise every name with an
        // invalid build tag would be read as a variant.
        let (head, platform) = rest.rsplit_once('-')?;
        let platform_like = |tag: &str| tag == "any" || tag == "win32" || tag.contains('_');
        if !platform.split('.').all(platform_like) {
            return None;
        }
        let parts: Vec<&str> = head.split('-').collect();
        let (project, version, python, build) = match parts.as_slice() {
            [project, version, python, _abi] => (*project, *version, *python, None),
            [project, version, build, python, _abi] => (*project, *version, *python, Some(*build)),
            _ => return None,
        };
        let python_like = |tag: &str| {
            tag.starts_with(|c: char| c.is_ascii_alphabetic()) && tag.ends_with(|c: char| c.is_ascii_digit())
        };
        let build_like = |build: &str| build.starts_with(|c: char| c.is_ascii_digit());
        if !python.split('.').all(python_like) || !build.is_none_or(build_like) {
            return None;
        }
        Some(Self { project, version: Version::from_str(version).ok()?, label })
    }
}

/// How pip and uv read the same file name.
///
/// ```
/// use wheelbase::filename::NameVerdicts;
///
/// let project = "foo-bar".parse()?;
/// let verdicts = NameVerdicts::of("foo__bar-1.0-py3-none-any.whl", &project);
/// assert!(!verdicts.packaging.is_distribution() && verdicts.uv.is_distribution());
/// # Ok::<(), wheelbase::name::InvalidName>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NameVerdicts {
    /// By the rules of packaging and current pip.
    pub packaging: FileKind,
    /// By the rules of current uv.
    pub uv: FileKind,
}

impl NameVerdicts {
    /// Reads a file name by the rules of both.
    pub fn of(filename: &str, project: &ProjectName) -> Self {
        Self {
            packaging: FileKind::of(filename, project, NameRules::Packaging),
            uv: FileKind::of(filename, project, NameRules::Uv),
        }
    }
}

impl WheelNameFault {
    /// Returns the fault of a wheel's file name by these rules; `None` if the name is valid.
    pub fn of(filename: &str, rules: NameRules) -> Option<Self> {
        WheelName::parse(filename, rules).err()
    }
}
