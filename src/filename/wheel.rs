//! Wheel file names.

use std::fmt;
use std::str::FromStr;

use super::{BuildTag, NameRules};
use crate::ProjectName;
use crate::tags::{SupportedTags, TagRank, TagSet, is_identifier};
use crate::version::Version;

/// The parts of a wheel's file name, borrowed from it and checked by an installer's rules.
///
/// This is the form for long project pages: reading a name and [ranking](SupportedTags::rank_name) it allocates
/// nothing. The project's name and the version are kept as they are written.
///
/// ```
/// use wheelbase::filename::{NameRules, WheelName};
///
/// let name = WheelName::parse("Foo_Bar-1.0-2-py2.py3-none-any.whl", NameRules::Packaging)?;
/// assert_eq!((name.project(), name.version(), name.build()), ("Foo_Bar", "1.0", Some("2")));
/// # Ok::<(), wheelbase::filename::WheelNameFault>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WheelName<'a> {
    project: &'a str,
    version: &'a str,
    build: Option<&'a str>,
    python: &'a str,
    abi: &'a str,
    platform: &'a str,
    rules: NameRules,
}

/// What is wrong with a wheel's file name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WheelNameFault {
    /// The name does not end in `.whl`.
    Extension,
    /// There are not five or six parts with `-` between them.
    Parts,
    /// The project's name holds characters that it must not.
    Project,
    /// The version does not follow [PEP 440](https://peps.python.org/pep-0440/).
    Version,
    /// The build tag does not start with a digit, or holds characters that uv refuses.
    BuildTag,
    /// A member of a tag set is empty.
    EmptyTag,
    /// A python tag is not an identifier.
    PythonTag,
    /// A tag holds characters that uv refuses.
    TagCharacters,
}

impl fmt::Display for WheelNameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Extension => "the name does not end in `.whl`",
            Self::Parts => "the name does not have five or six parts with `-` between them",
            Self::Project => "the project's name is not one that a wheel may have",
            Self::Version => "the version does not follow PEP 440",
            Self::BuildTag => "the build tag must start with a digit",
            Self::EmptyTag => "a tag is empty",
            Self::PythonTag => "a python tag is not an identifier",
            Self::TagCharacters => "a tag holds other characters than letters, digits and `_`",
        })
    }
}

impl std::error::Error for WheelNameFault {}

impl<'a> WheelName<'a> {
    /// Reads a file name.
    ///
    /// # Errors
    /// If an installer with these rules would not read it.
    pub fn parse(filename: &'a str, rules: NameRules) -> Result<Self, WheelNameFault> {
        let stem = filename.strip_suffix(".whl").ok_or(WheelNameFault::Extension)?;
        let (rest, platform) = stem.rsplit_once('-').ok_or(WheelNameFault::Parts)?;
        let (rest, abi) = rest.rsplit_once('-').ok_or(WheelNameFault::Parts)?;
        let (rest, python) = rest.rsplit_once('-').ok_or(WheelNameFault::Parts)?;
        let (project, rest) = rest.split_once('-').ok_or(WheelNameFault::Parts)?;
        let (version, build) = match rest.split_once('-') {
            None => (rest, None),
            Some((version, build)) => (version, Some(build)),
        };
        if build.is_some_and(|build| build.contains('-')) {
            return Err(WheelNameFault::Parts);
        }
        let name = Self { project, version, build, python, abi, platform, rules };
        name.check()?;
        Ok(name)
    }

    fn check(&self) -> Result<(), WheelNameFault> {
        let project = match self.rules {
            // packaging 26.3, `parse_wheel_filename` and `_wheel_name_regex`.
            NameRules::Packaging | NameRules::PackagingBefore26_3 => {
                is_packaging_name(self.project) && !self.project.contains("__")
            }
            // uv-distribution-filename 0.0.72: the name must be one by PEP 508.
            NameRules::Uv | NameRules::EarlyUv => is_pep508_name(self.project),
            // pip 25.2, `Wheel.legacy_wheel_file_re`: anything but spaces and dashes.
            NameRules::EarlyPip => !self.project.is_empty() && !self.project.contains(char::is_whitespace),
        };
        if !project {
            return Err(WheelNameFault::Project);
        }
        if !is_version(self.version, self.rules) {
            return Err(WheelNameFault::Version);
        }
        if self.build.is_some_and(|build| !is_build(build, self.rules)) {
            return Err(WheelNameFault::BuildTag);
        }
        self.check_tags()
    }

    fn check_tags(&self) -> Result<(), WheelNameFault> {
        let parts = [self.python, self.abi, self.platform];
        match self.rules {
            NameRules::Packaging => {
                for part in parts {
                    if has_empty_member(part) {
                        return Err(WheelNameFault::EmptyTag);
                    }
                }
                if !self.python.split('.').all(is_identifier_fast) {
                    return Err(WheelNameFault::PythonTag);
                }
            }
            NameRules::Uv | NameRules::EarlyUv => {
                for part in parts {
                    if has_empty_member(part) {
                        return Err(WheelNameFault::EmptyTag);
                    }
                    // The dots are the separators.
                    if !part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.') {
                        return Err(WheelNameFault::TagCharacters);
                    }
                }
            }
            NameRules::PackagingBefore26_3 => {}
            NameRules::EarlyPip => {
                if parts.iter().any(|part| part.is_empty()) {
                    return Err(WheelNameFault::EmptyTag);
                }
                if parts.iter().any(|part| part.contains(char::is_whitespace)) {
                    return Err(WheelNameFault::TagCharacters);
                }
            }
        }
        Ok(())
    }

    /// The project's name as written.
    pub fn project(&self) -> &'a str {
        self.project
    }

    /// The version as written.
    pub fn version(&self) -> &'a str {
        self.version
    }

    /// The build tag as written.
    pub fn build(&self) -> Option<&'a str> {
        self.build
    }

    /// The python tags as written, with dots between them.
    pub fn python(&self) -> &'a str {
        self.python
    }

    /// The ABI tags as written, with dots between them.
    pub fn abi(&self) -> &'a str {
        self.abi
    }

    /// The platform tags as written, with dots between them.
    pub fn platform(&self) -> &'a str {
        self.platform
    }

    /// The tags as an owned set.
    pub fn tags(&self) -> TagSet {
        TagSet::new(self.python, self.abi, self.platform, self.rules.folds_case())
    }

    pub(super) fn parse_version(&self) -> Option<Version> {
        // pip before 25.3 took underscores for dashes.
        if self.rules == NameRules::EarlyPip && self.version.contains('_') {
            return Version::from_str(&self.version.replace('_', "-")).ok();
        }
        Version::from_str(self.version).ok()
    }
}

impl SupportedTags {
    /// Best rank of a file name that was read before; no allocation.
    pub fn rank_name(&self, name: &WheelName<'_>) -> Option<TagRank> {
        let parts = [name.python, name.abi, name.platform];
        let odd = |part: &str| part.bytes().any(|b| b.is_ascii_uppercase() || !b.is_ascii());
        if name.rules.folds_case() && parts.iter().any(|part| odd(part)) {
            return self.rank(&name.tags());
        }
        self.rank_parts(name.python.as_bytes(), name.abi.as_bytes(), name.platform.as_bytes())
    }

    /// Reads a wheel's file name by the rules of the target's installer and ranks it; `None` if the name is broken or
    /// the wheel does not fit. No allocation.
    pub fn rank_filename(&self, filename: &str) -> Option<TagRank> {
        WheelName::parse(filename, self.name_rules()).ok().and_then(|name| self.rank_name(&name))
    }
}

/// `[\w.]+` of Python: letters and digits of any script.
fn is_packaging_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.' || !b.is_ascii())
        && (text.is_ascii() || text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.'))
}

fn is_pep508_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    edge(bytes.first())
        && edge(bytes.last())
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

fn is_identifier_fast(text: &str) -> bool {
    let bytes = text.as_bytes();
    if text.is_ascii() {
        bytes.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
            && bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
    } else {
        is_identifier(text)
    }
}

fn has_empty_member(part: &str) -> bool {
    part.is_empty() || part.starts_with('.') || part.ends_with('.') || part.contains("..")
}

fn is_build(text: &str, rules: NameRules) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return false;
    }
    if rules.is_uv() {
        // uv-distribution-filename 0.0.72, build_tag.rs: the number must fit 64 bits.
        return text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.')
            && text.get(..digits).is_some_and(|number| number.parse::<u64>().is_ok());
    }
    true
}

/// Whether a text is a version. Most are `N.N.N`, seen at a glance; the rest is left to the parser.
fn is_version(text: &str, rules: NameRules) -> bool {
    if is_plain_version(text.as_bytes()) {
        return true;
    }
    if rules == NameRules::EarlyPip && text.contains('_') {
        return Version::from_str(&text.replace('_', "-")).is_ok();
    }
    Version::from_str(text).is_ok()
}

/// Numbers of at most nine digits with full stops between them, and a pre-release in normal form.
fn is_plain_version(text: &[u8]) -> bool {
    let mut digits = 0;
    for (index, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' if digits < 9 => digits += 1,
            b'.' if digits > 0 => digits = 0,
            b'a' | b'b' | b'r' if digits > 0 => {
                let tail = text.get(index..).unwrap_or_default();
                let number = match tail {
                    [b'r', b'c', number @ ..] | [b'a' | b'b', number @ ..] => number,
                    _ => return false,
                };
                return (1..=9).contains(&number.len()) && number.iter().all(u8::is_ascii_digit);
            }
            _ => return false,
        }
    }
    digits > 0
}

/// A wheel file name (owned; the hot path works on [`WheelName`], which borrows).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WheelFilename {
    project: ProjectName,
    version: Version,
    build: Option<BuildTag>,
    tags: TagSet,
}

impl WheelFilename {
    /// Reads a file name.
    ///
    /// # Errors
    /// If an installer with these rules would not read it, or the project's name is no name by PEP 508.
    pub fn parse(filename: &str, rules: NameRules) -> Result<Self, WheelNameFault> {
        let name = WheelName::parse(filename, rules)?;
        let project = name.project.parse().map_err(|_| WheelNameFault::Project)?;
        Self::of(&name, project)
    }

    pub(super) fn of(name: &WheelName<'_>, project: ProjectName) -> Result<Self, WheelNameFault> {
        Ok(Self {
            project,
            version: name.parse_version().ok_or(WheelNameFault::Version)?,
            build: name.build.and_then(BuildTag::parse),
            tags: name.tags(),
        })
    }

    /// The project.
    pub fn project(&self) -> &ProjectName {
        &self.project
    }

    /// The version.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Build tag, ordered as installers order it; `None` sorts first.
    pub fn build_tag(&self) -> Option<&BuildTag> {
        self.build.as_ref()
    }

    /// Compressed tag set.
    pub fn tags(&self) -> &TagSet {
        &self.tags
    }
}

impl fmt::Display for WheelFilename {
    /// The name in normal form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.project.as_str().replace('-', "_"), self.version)?;
        if let Some(build) = &self.build {
            write!(f, "-{build}")?;
        }
        write!(f, "-{}.whl", self.tags)
    }
}

impl FromStr for WheelFilename {
    type Err = WheelNameFault;

    /// By the rules of packaging and today's pip.
    fn from_str(text: &str) -> Result<Self, WheelNameFault> {
        Self::parse(text, NameRules::Packaging)
    }
}
