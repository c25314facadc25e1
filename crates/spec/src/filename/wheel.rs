//! File names of wheels.

use std::fmt;
use std::str::FromStr;

use super::{BuildTag, NameRules};
use crate::ProjectName;
use crate::tags::{Scan, SupportedTags, TagRank, TagSet, is_identifier};
use crate::version::Version;

/// The parts of a wheel's file name, borrowed from it and checked by the rules of an installer.
///
/// Use this type for long project pages: parsing a name and [ranking](SupportedTags::rank_name) it does not allocate.
/// The project name and the version are kept as written.
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
    /// The file name without the extension.
    stem: &'a str,
    cuts: Cuts,
    /// `None` for a name that is too long for a scan.
    scan: Option<Scan>,
    rules: NameRules,
}

/// Where the parts of a stem end; each is followed by a dash or the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cuts {
    project_end: usize,
    version_end: usize,
    /// Equal to `version_end` if there is no build tag.
    build_end: usize,
    abi: usize,
    platform: usize,
}

impl Cuts {
    /// Returns where the python tags start.
    fn python(&self) -> usize {
        self.build_end + 1
    }

    /// Finds the parts by the mask of the dashes.
    #[inline]
    fn scanned(dashes: u128) -> Option<Self> {
        let count = dashes.count_ones();
        if count != 4 && count != 5 {
            return None;
        }
        let lowest = |mask: u128| mask.trailing_zeros() as usize;
        let first = dashes;
        let second = first & (first - 1);
        let third = second & (second - 1);
        let fourth = third & (third - 1);
        let fifth = fourth & fourth.wrapping_sub(1);
        let (project_end, version_end) = (lowest(first), lowest(second));
        let (build_end, abi, platform) = if count == 4 {
            (version_end, lowest(third) + 1, lowest(fourth) + 1)
        } else {
            (lowest(third), lowest(fourth) + 1, lowest(fifth) + 1)
        };
        Some(Self { project_end, version_end, build_end, abi, platform })
    }

    /// Finds the parts of a text of any length, byte by byte.
    fn walked(stem: &str) -> Option<Self> {
        let mut at = stem.bytes().enumerate().filter(|(_, byte)| *byte == b'-').map(|(at, _)| at);
        let (first, second, third, fourth) = (at.next()?, at.next()?, at.next()?, at.next()?);
        let fifth = at.next();
        if at.next().is_some() {
            return None;
        }
        let (build_end, abi, platform) = match fifth {
            None => (second, third + 1, fourth + 1),
            Some(fifth) => (third, fourth + 1, fifth + 1),
        };
        Some(Self { project_end: first, version_end: second, build_end, abi, platform })
    }
}

/// The fault of an invalid wheel file name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WheelNameFault {
    /// The name does not end in `.whl`.
    Extension,
    /// The name does not have five or six parts separated by `-`.
    Parts,
    /// The project name contains invalid characters.
    Project,
    /// The version does not follow [PEP 440](https://peps.python.org/pep-0440/).
    Version,
    /// The build tag does not start with a digit, or contains characters that uv rejects.
    BuildTag,
    /// A member of a tag set is empty.
    EmptyTag,
    /// A python tag is not an identifier.
    PythonTag,
    /// A tag contains characters that uv rejects.
    TagCharacters,
}

impl fmt::Display for WheelNameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Extension => "the name does not end in `.whl`",
            Self::Parts => "the name does not have five or six parts separated by `-`",
            Self::Project => "the project name is not valid in a wheel file name",
            Self::Version => "the version does not follow PEP 440",
            Self::BuildTag => "the build tag must start with a digit",
            Self::EmptyTag => "a tag is empty",
            Self::PythonTag => "a python tag is not an identifier",
            Self::TagCharacters => "a tag contains characters other than letters, digits and `_`",
        })
    }
}

impl std::error::Error for WheelNameFault {}

impl<'a> WheelName<'a> {
    /// Parses a file name.
    ///
    /// # Errors
    ///
    /// If an installer with these rules rejects the name.
    pub fn parse(filename: &'a str, rules: NameRules) -> Result<Self, WheelNameFault> {
        let stem = filename.strip_suffix(".whl").ok_or(WheelNameFault::Extension)?;
        let scan = Scan::of(stem.as_bytes());
        let cuts = match &scan {
            Some(scan) => Cuts::scanned(scan.dashes),
            None => Cuts::walked(stem),
        };
        let name = Self { stem, cuts: cuts.ok_or(WheelNameFault::Parts)?, scan, rules };
        name.check()?;
        Ok(name)
    }

    fn check(&self) -> Result<(), WheelNameFault> {
        let project = self.project();
        let project = match self.rules {
            // packaging 26.3, `parse_wheel_filename` and `_wheel_name_regex`.
            NameRules::Packaging | NameRules::PackagingBefore26_3 => is_packaging_name(project),
            // uv-distribution-filename 0.0.72: the name must follow PEP 508.
            NameRules::Uv | NameRules::EarlyUv => is_pep508_name(project),
            // pip 25.2, `Wheel.legacy_wheel_file_re`: anything but spaces and dashes.
            NameRules::EarlyPip => !project.is_empty() && !project.contains(char::is_whitespace),
        };
        if !project {
            return Err(WheelNameFault::Project);
        }
        if !is_version(self.version(), self.rules) {
            return Err(WheelNameFault::Version);
        }
        if self.build().is_some_and(|build| !is_build(build, self.rules)) {
            return Err(WheelNameFault::BuildTag);
        }
        self.check_tags()
    }

    fn check_tags(&self) -> Result<(), WheelNameFault> {
        match self.rules {
            NameRules::Packaging => {
                if self.has_empty_member() {
                    return Err(WheelNameFault::EmptyTag);
                }
                if !are_identifiers(self.python()) {
                    return Err(WheelNameFault::PythonTag);
                }
            }
            NameRules::Uv | NameRules::EarlyUv => {
                if self.has_empty_member() {
                    return Err(WheelNameFault::EmptyTag);
                }
                // Dots and dashes are the separators here.
                let allowed = |b: &u8| CLASS.get(usize::from(*b)).is_some_and(|class| *class != OTHER);
                if !self
                    .stem
                    .as_bytes()
                    .get(self.cuts.python()..)
                    .is_some_and(|tags| tags.iter().all(allowed))
                {
                    return Err(WheelNameFault::TagCharacters);
                }
            }
            NameRules::PackagingBefore26_3 => {}
            NameRules::EarlyPip => {
                let parts = [self.python(), self.abi(), self.platform()];
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

    /// Returns whether a member of the tag sets is empty: two adjacent separators.
    #[inline]
    fn has_empty_member(&self) -> bool {
        // uv-distribution-filename 0.0.72, splitter.rs: an empty member after the last dot is ignored.
        let trailing_dot = self.rules.is_uv();
        let Some(scan) = &self.scan else {
            return [self.python(), self.abi(), self.platform()].iter().any(|part| {
                let part = if trailing_dot { part.strip_suffix('.').unwrap_or(part) } else { part };
                part.split('.').any(str::is_empty)
            });
        };
        // The end of the name and the dash before the tags count as separators. A name of the maximum length has no bit
        // for its end.
        let end = 1_u128.checked_shl(self.stem.len() as u32).unwrap_or(0);
        let (dashes, dots) = (scan.dashes, scan.dots);
        let (pairs, last) = if trailing_dot {
            let pairs = (dashes | dots) & (dots >> 1) | dashes & ((dashes | end) >> 1);
            (pairs, self.stem.ends_with('-'))
        } else {
            let separators = dashes | dots | end;
            (separators & (separators >> 1), self.stem.ends_with(['.', '-']))
        };
        pairs >> self.cuts.build_end != 0 || last
    }

    fn part(&self, from: usize, to: usize) -> &'a str {
        self.stem.get(from..to).unwrap_or_default()
    }

    /// Returns the project name as written.
    pub fn project(&self) -> &'a str {
        self.part(0, self.cuts.project_end)
    }

    /// Returns the version as written.
    pub fn version(&self) -> &'a str {
        self.part(self.cuts.project_end + 1, self.cuts.version_end)
    }

    /// Returns the build tag as written.
    pub fn build(&self) -> Option<&'a str> {
        let (from, to) = (self.cuts.version_end, self.cuts.build_end);
        (from != to).then(|| self.part(from + 1, to))
    }

    /// Returns the python tags as written, separated by dots.
    pub fn python(&self) -> &'a str {
        self.part(self.cuts.python(), self.cuts.abi - 1)
    }

    /// Returns the ABI tags as written, separated by dots.
    pub fn abi(&self) -> &'a str {
        self.part(self.cuts.abi, self.cuts.platform - 1)
    }

    /// Returns the platform tags as written, separated by dots.
    pub fn platform(&self) -> &'a str {
        self.part(self.cuts.platform, self.stem.len())
    }

    /// Returns the tags as an owned set.
    pub fn tags(&self) -> TagSet {
        let start = self.cuts.python();
        let text = self.part(start, self.stem.len());
        TagSet::of(text, self.cuts.abi - start, self.cuts.platform - start, self.rules.folds_case())
    }

    pub(super) fn parse_version(&self) -> Option<Version> {
        // pip before 25.3 replaced underscores by dashes.
        if self.rules == NameRules::EarlyPip && self.version().contains('_') {
            return Version::from_str(&self.version().replace('_', "-")).ok();
        }
        Version::from_str(self.version()).ok()
    }
}

impl SupportedTags {
    /// Returns the best rank of a parsed file name; `None` if the wheel does not fit. Does not allocate.
    pub fn rank_name(&self, name: &WheelName<'_>) -> Option<TagRank> {
        let (python, abi, platform) = (name.cuts.python(), name.cuts.abi, name.cuts.platform);
        let text = name.stem.as_bytes();
        match &name.scan {
            Some(scan) if !name.rules.folds_case() || !scan.is_odd_from(python) => {
                self.rank_scanned(text, scan, python, abi, platform)
            }
            None if !name.rules.folds_case() => self.rank_text(text, python, abi, platform),
            // Upper-case tags and very long names are rare, so this path may be slow.
            _ => self.rank(&name.tags()),
        }
    }

    /// Parses a wheel's file name by the rules of the target's installer and returns its best rank; `None` if the name
    /// is invalid or the wheel does not fit. Does not allocate.
    pub fn rank_filename(&self, filename: &str) -> Option<TagRank> {
        WheelName::parse(filename, self.name_rules()).ok().and_then(|name| self.rank_name(&name))
    }
}

const OTHER: u8 = 0;
const WORD: u8 = 1;
const DIGIT: u8 = 2;
const SEPARATOR: u8 = 3;

/// The class of each byte: part of a word, of a number, or a separator.
const CLASS: [u8; 256] = {
    let mut class = [OTHER; 256];
    let mut byte = 0;
    while byte < 128 {
        let b = byte as u8;
        if b.is_ascii_digit() {
            class[byte] = DIGIT;
        } else if b.is_ascii_alphabetic() || b == b'_' {
            class[byte] = WORD;
        } else if b == b'.' || b == b'-' {
            class[byte] = SEPARATOR;
        }
        byte += 1;
    }
    class
};

fn class(byte: u8) -> u8 {
    CLASS.get(usize::from(byte)).copied().unwrap_or(OTHER)
}

/// packaging 26.3: `[\w.]+` with letters and digits of any script, and no double underscore.
#[inline]
fn is_packaging_name(text: &str) -> bool {
    let mut before = 0;
    for byte in text.bytes() {
        if class(byte) == OTHER || byte == b'_' && before == b'_' {
            return is_unicode_name(text);
        }
        before = byte;
    }
    !text.is_empty()
}

#[cold]
fn is_unicode_name(text: &str) -> bool {
    !text.is_empty()
        && !text.contains("__")
        && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.')
}

#[inline]
fn is_pep508_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    edge(bytes.first()) && edge(bytes.last()) && bytes.iter().all(|b| class(*b) != OTHER)
}

/// Returns whether every member is an identifier. The members must not be empty.
#[inline]
fn are_identifiers(part: &str) -> bool {
    let mut before = SEPARATOR;
    for byte in part.bytes() {
        let class = class(byte);
        if class == OTHER || before == SEPARATOR && class == DIGIT {
            return part.split('.').all(is_identifier);
        }
        before = class;
    }
    true
}

fn is_build(text: &str, rules: NameRules) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return false;
    }
    if rules.is_uv() {
        // uv-distribution-filename 0.0.72, build_tag.rs: the number must fit in 64 bits.
        return text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.')
            && text.get(..digits).is_some_and(|number| number.parse::<u64>().is_ok());
    }
    true
}

/// Returns whether a text is a version. Most are `N.N.N` and need no parser.
fn is_version(text: &str, rules: NameRules) -> bool {
    if is_plain_version(text.as_bytes()) {
        return true;
    }
    if rules == NameRules::EarlyPip && text.contains('_') {
        return Version::from_str(&text.replace('_', "-")).is_ok();
    }
    Version::from_str(text).is_ok()
}

/// Returns whether a text is numbers of at most nine digits separated by dots, with at most a pre-release in normal
/// form.
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

/// The file name of a wheel, owned. [`WheelName`] is the borrowed form for long pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WheelFilename {
    project: ProjectName,
    version: Version,
    build: Option<BuildTag>,
    tags: TagSet,
}

impl WheelFilename {
    /// Parses a file name.
    ///
    /// # Errors
    ///
    /// If an installer with these rules rejects the name, or the project name does not follow PEP 508.
    pub fn parse(filename: &str, rules: NameRules) -> Result<Self, WheelNameFault> {
        let name = WheelName::parse(filename, rules)?;
        let project = name.project().parse().map_err(|_| WheelNameFault::Project)?;
        Self::of(&name, project)
    }

    pub(super) fn of(name: &WheelName<'_>, project: ProjectName) -> Result<Self, WheelNameFault> {
        Ok(Self {
            project,
            version: name.parse_version().ok_or(WheelNameFault::Version)?,
            build: name.build().and_then(BuildTag::parse),
            tags: name.tags(),
        })
    }

    /// Returns the project.
    pub fn project(&self) -> &ProjectName {
        &self.project
    }

    /// Returns the version.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Returns the build tag. Its order is that of installers; `None` sorts first.
    pub fn build_tag(&self) -> Option<&BuildTag> {
        self.build.as_ref()
    }

    /// Returns the compressed tag set.
    pub fn tags(&self) -> &TagSet {
        &self.tags
    }
}

impl fmt::Display for WheelFilename {
    /// Writes the file name in normal form.
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

    /// Parses a file name by the rules of packaging and current pip.
    fn from_str(text: &str) -> Result<Self, WheelNameFault> {
        Self::parse(text, NameRules::Packaging)
    }
}
