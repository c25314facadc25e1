//! What is known of an image.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::PackageManager;
use crate::arch;
use crate::read::{Contradiction, Undetermined};
use crate::{Date, Development, LibrarySet};
use wheelbase_spec::target::{Arch, Installer, InstallerKind, Libc, Python, Target};
use wheelbase_spec::version::Version;

/// Everything the catalogue says of an image on a day, for one architecture.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ImageProfile {
    /// The image as written: a reference, or where it was read from.
    pub name: String,
    /// The day the answer is for.
    pub as_of: Date,
    /// The row of `data/images/families.json`, or `user` for an image of a settings file.
    pub family: String,
    /// What the tag meant in full: `3.12-slim-trixie`.
    pub meaning: String,
    /// The distribution release.
    pub os: Option<Os>,
    /// The C library; `None` for an image without one.
    pub libc: Option<ImageLibc>,
    /// The interpreter that is judged; `None` if neither the image nor its distribution tells one.
    pub python: Option<ImagePython>,
    /// The pip of the image; `None` if it has none or nobody knows.
    pub pip: Option<ImagePip>,
    /// The uv of the image, as far as its tag tells.
    pub uv: Option<String>,
    /// The newest pip known for the day, taken where the image has none.
    pub newest_pip: Version,
    /// The distribution's package manager, if the image has one.
    pub package_manager: PackageManager,
    /// Whether a compiler and headers are in the image.
    pub toolchain: Toolchain,
    /// Whether the image has a shell, so whether `RUN pip install` can run at all.
    pub shell: bool,
    /// The architecture the answer is for.
    pub arch: Arch,
    /// The architectures the tag is published for.
    pub arches: Published,
    /// Sizes that somebody read.
    pub sizes: Vec<Size>,
    /// The days of the tag.
    pub dates: Dates,
    /// Ends of support, of Python, of the distribution and of the tag.
    pub end_of_life: Vec<EndOfLife>,
    /// The libraries the loader finds.
    pub libraries: LibrarySet,
    /// Of the programs that Python projects are known to start, those in the directories of `PATH`; `None` where nobody
    /// has looked.
    pub programs: Option<Vec<String>>,
    /// Packages of the distribution that were installed on top.
    pub added: Vec<String>,
    /// What was taken for granted.
    pub assumptions: Vec<Assumption>,
    /// What nobody read from the publisher or from an image.
    pub unverified: Vec<String>,
    /// What is worth knowing beside it.
    pub notes: Vec<Note>,
    /// Where it comes from.
    pub sources: Vec<Source>,
    /// What its configuration sets.
    pub environment: ImageEnvironment,
    /// The mark that the interpreter belongs to the distribution; `None` if it has none that anybody read.
    pub externally_managed: Option<ExternallyManaged>,
    /// Sources in the image that disagree; the first was believed.
    pub contradictions: Vec<Contradiction>,
    /// What of a read image could not be had, and why.
    pub undetermined: Vec<Undetermined>,
    /// What it has for building, where it was read or told; [`development`](Self::development) else derives it.
    pub(crate) development: Option<Development>,
    /// The target that a file gave, which counts before what is put together from the rest.
    pub given: Option<Target>,
}

/// A distribution release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Os {
    /// The ID of `os-release`: `debian`, `alpine` ...
    pub id: String,
    /// `13`, `3.24`
    pub version: String,
    /// `trixie`
    pub codename: Option<String>,
}

/// The C library of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageLibc {
    /// Family and version as tags see it.
    pub libc: Libc,
    /// The image has this version or a newer one.
    pub lower_bound: bool,
    /// Seen in a measurement or an inventory.
    pub verified: bool,
}

/// The interpreter of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImagePython {
    /// Implementation, version as exact as known (`3.12.13`, or `3.12` alone) and ABI flags.
    pub python: Python,
    /// Where it stands.
    pub interpreter: Option<String>,
    /// Whether it is in the image, and not only in the distribution.
    pub installed: bool,
}

/// The pip of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImagePip {
    /// Its version.
    pub version: Version,
    /// Read from a recipe or a change log, not inferred.
    pub verified: bool,
}

impl ImagePython {
    /// An interpreter that was put into the image.
    pub fn new(python: Python) -> Self {
        Self { python, interpreter: None, installed: true }
    }
}

impl ImagePip {
    /// A pip by its version.
    pub fn new(version: Version, verified: bool) -> Self {
        Self { version, verified }
    }
}

/// What an image's configuration sets for those who build on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ImageEnvironment {
    /// `Env`
    pub variables: BTreeMap<String, String>,
    /// `WorkingDir`; `None` if it is not known.
    pub workdir: Option<String>,
    /// Whether these are all variables that are set.
    pub complete: bool,
}

/// The marker file of PEP 668: the interpreter belongs to somebody else than pip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ExternallyManaged {
    /// Path of the file.
    pub marker: String,
    /// Whether it, or what it does, was seen.
    pub verified: bool,
}

/// Whether extension modules can be compiled in the image as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Toolchain {
    /// A C compiler and headers.
    Present,
    /// None.
    Absent,
    /// Not known.
    Unknown,
}

impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Present => "present",
            Self::Absent => "none",
            Self::Unknown => "unknown",
        })
    }
}

/// The architectures a tag is published for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Published {
    /// These and no others.
    Only(Vec<Arch>),
    /// These at least.
    AtLeast(Vec<Arch>),
    /// Not known.
    Unknown,
}

impl Published {
    /// Those that are known.
    pub fn known(&self) -> &[Arch] {
        match self {
            Self::Only(arches) | Self::AtLeast(arches) => arches,
            Self::Unknown => &[],
        }
    }
}

/// A size that somebody read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Size {
    /// The image it was read from.
    pub image: String,
    /// Its architecture.
    pub arch: String,
    /// Bytes to download.
    pub compressed_bytes: Option<u64>,
    /// On disk, as the source gives it.
    pub unpacked: Option<String>,
    /// When.
    pub seen: String,
}

/// The days of a tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Dates {
    /// Since when the tag has meant this release.
    pub since: Option<Date>,
    /// The day whose state was taken.
    pub state: Option<Date>,
    /// Since when the tag is not built any more.
    pub frozen: Option<Date>,
}

/// An end of support.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EndOfLife {
    /// `Python 3.10`, `debian 11`, `the tag`
    pub what: String,
    /// The day; support ends with it.
    pub on: Date,
    /// The end of long-term support, if there is such a thing.
    pub extended: Option<Date>,
}

impl EndOfLife {
    /// What a frozen tag is called in `what`.
    pub(crate) const TAG: &'static str = "the tag";

    /// The end as part of a sentence, on a day after it.
    pub fn told(&self, as_of: Date) -> String {
        if self.what == Self::TAG {
            return format!("the tag has not been built since {}", self.on);
        }
        match self.extended {
            Some(extended) if extended >= as_of => {
                format!("support of {} ended on {} (long-term support until {extended})", self.what, self.on)
            }
            _ => format!("support of {} ended on {}", self.what, self.on),
        }
    }

    pub(crate) fn new(what: impl Into<String>, on: Date, extended: Option<Date>) -> Self {
        Self { what: what.into(), on, extended: extended.filter(|extended| *extended > on) }
    }
}

/// Something taken for granted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Assumption {
    /// The tag moves, and meant this on the day.
    Tag {
        /// As written, if one was.
        written: Option<String>,
        /// In full.
        meaning: String,
    },
    /// The repository is a mirror of this one.
    Mirror(String),
    /// No architecture was asked for.
    Arch(Arch),
    /// The catalogue ends before the day asked for.
    LastState(Date),
    /// The image has no pip, or nobody knows which.
    NewestPip(Version),
    /// The interpreter is the distribution's, which the image does not hold.
    DistributionPython(Version),
    /// The interpreter is the newest known.
    NewestPython(Version),
    /// The libc is a lower bound.
    LibcAtLeast(String),
    /// A rule stands in for a row.
    ByRule(String),
    /// An entry of a settings file says so.
    Settings(String),
}

impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag { written: Some(written), meaning } => write!(f, "`{written}` is {meaning}"),
            Self::Tag { written: None, meaning } => write!(f, "no tag is {meaning}"),
            Self::Mirror(of) => write!(f, "the repository mirrors {of}"),
            Self::Arch(arch) => write!(f, "the architecture is {}", arch::published_name(arch)),
            Self::LastState(last) => write!(f, "nothing changed after {last}, where the catalogue ends"),
            Self::NewestPip(version) => {
                write!(f, "the installer is pip {version}, the newest known for the day")
            }
            Self::DistributionPython(version) => {
                write!(
                    f,
                    "the interpreter is the distribution's Python {version}, which the image does not hold"
                )
            }
            Self::NewestPython(version) => write!(f, "the interpreter is Python {version}, the newest known"),
            Self::LibcAtLeast(libc) => {
                write!(f, "the C library is {libc}, which the image has or a newer one")
            }
            Self::ByRule(text) | Self::Settings(text) => f.write_str(text),
        }
    }
}

/// Something worth knowing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// A full version does not pin the distribution.
    PatchTagIsNoPin {
        /// A tag that names the release too.
        pin: String,
    },
    /// The tag is built no more and stays pullable.
    Frozen {
        /// Since when.
        since: Date,
        /// A later patch release took over.
        superseded: bool,
    },
    /// The digest was not looked at.
    Digest(String),
    /// There is no pip in the image.
    NoPip,
    /// There is no shell in the image.
    NoShell,
    /// From the catalogue.
    Text(String),
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PatchTagIsNoPin { pin } => write!(
                f,
                "a full Python version is no pin of the system: the release under it moves while it is the newest \
                 patch; `{pin}` or a digest pins more"
            ),
            Self::Frozen { since, superseded: false } => {
                write!(f, "the tag has not been built since {since}; its last build can still be pulled")
            }
            Self::Frozen { since, superseded: true } => {
                write!(f, "a later patch release took over on {since}; the last build can still be pulled")
            }
            Self::Digest(digest) => write!(f, "the tag was judged, not the bytes of {digest}"),
            Self::NoPip => f.write_str("the image has no pip"),
            Self::NoShell => f.write_str("the image has no shell, so no RUN line works in it"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Source {
    /// The publisher's file, a measurement, an inventory.
    pub source: String,
    /// When it was taken.
    pub date: Date,
}

impl Source {
    pub(crate) fn new(source: impl Into<String>, date: Date) -> Self {
        Self { source: source.into(), date }
    }
}

/// What the caller knows better than the image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TargetOptions {
    /// The interpreter, as of `--python`.
    pub python: Option<Python>,
    /// The installer, as of `--installer`.
    pub installer: Option<Installer>,
}

/// Why an image makes no target.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoTarget {
    /// Nobody knows an interpreter for it.
    NoPython(String),
}

impl fmt::Display for NoTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPython(image) => {
                write!(
                    f,
                    "`{image}` does not tell which Python runs in it: name one with `--python`, as in `--python 3.12`"
                )
            }
        }
    }
}

impl std::error::Error for NoTarget {}

impl ImageProfile {
    /// Whether an installer refuses to install into the interpreter of a target (PEP 668, "Specification").
    pub fn refuses_installs(&self, target: &Target) -> bool {
        // pip 23.0 brought the check; uv has had it from its first release with an interface like pip's.
        let old_pip =
            target.installer.kind == InstallerKind::Pip && target.installer.version < Version::new([23, 0]);
        let own = self.python.as_ref().map(|own| &own.python);
        let is_own = own.is_some_and(|own| {
            own.implementation == target.python.implementation
                && own.language_version() == target.python.language_version()
                && own.abi_flags == target.python.abi_flags
        });
        self.externally_managed.is_some() && is_own && !old_pip
    }

    /// A profile that knows nothing of the image but its name. All fields can be set afterwards; it is how images that
    /// were read become profiles. Without an architecture x86_64 is assumed, and said so.
    pub fn new(name: impl Into<String>, as_of: Date, arch: Option<Arch>) -> Self {
        let assumed = arch.is_none().then(|| Assumption::Arch(Arch::x86_64()));
        Self {
            name: name.into(),
            as_of,
            family: "unknown".to_owned(),
            meaning: String::new(),
            os: None,
            libc: None,
            python: None,
            pip: None,
            uv: None,
            newest_pip: crate::catalogue::pip::newest_pip(as_of),
            package_manager: PackageManager::Unknown,
            toolchain: Toolchain::Unknown,
            shell: true,
            arch: arch.unwrap_or_else(Arch::x86_64),
            arches: Published::Unknown,
            sizes: Vec::new(),
            dates: Dates { since: None, state: Some(as_of), frozen: None },
            end_of_life: Vec::new(),
            libraries: LibrarySet::unknown("nobody has read the libraries of this image"),
            programs: None,
            added: Vec::new(),
            assumptions: assumed.into_iter().collect(),
            unverified: Vec::new(),
            notes: Vec::new(),
            sources: Vec::new(),
            environment: ImageEnvironment::default(),
            externally_managed: None,
            contradictions: Vec::new(),
            undetermined: Vec::new(),
            development: None,
            given: None,
        }
    }

    /// The family of profiles that were made of a target.
    pub const OF_TARGET: &'static str = "target";

    /// A profile of which nothing is known but the target that somebody described: no libraries beside those of its C
    /// library, and nothing that would install more.
    pub fn of_target(name: impl Into<String>, as_of: Date, target: Target) -> Self {
        let arch = target.machine.parse::<Arch>().unwrap_or_else(|_| Arch::x86_64());
        let why = "the target names no image, so nothing is known of its libraries but those of libc";
        let mut profile = Self::new(name, as_of, Some(arch.clone()));
        Self::OF_TARGET.clone_into(&mut profile.family);
        profile.libraries = crate::catalogue::libraries_of_libc(&target.libc, &arch, why);
        profile.libc = Some(ImageLibc { libc: target.libc.clone(), lower_bound: false, verified: true });
        let python = target.python.clone();
        profile.python = Some(ImagePython { python, interpreter: None, installed: false });
        profile.dates = Dates::default();
        profile.given = Some(target);
        profile
    }

    /// The target of the image: what tags, markers and file choice derive from. The image's own pip is the installer
    /// unless `options` names another.
    ///
    /// # Errors
    ///
    /// If neither the image nor `options` tells the interpreter.
    pub fn target(&self, options: &TargetOptions) -> Result<Target, NoTarget> {
        if let Some(given) = &self.given {
            let mut target = given.clone();
            if let Some(python) = &options.python {
                target.python = python.clone();
            }
            if let Some(installer) = &options.installer {
                target.installer = installer.clone();
            }
            return Ok(target);
        }
        let known = self.python.as_ref().map(|known| &known.python);
        let python = options.python.as_ref().or(known);
        let python = python.ok_or_else(|| NoTarget::NoPython(self.name.clone()))?.clone();
        let libc = self.libc.as_ref().map_or(Libc::Static, |libc| libc.libc.clone());
        let installer = options.installer.clone().unwrap_or_else(|| self.installer());
        Ok(Target::new(self.arch.clone(), libc, python, installer))
    }

    /// Whether the image has an installer of its own; `None` if nobody knows.
    pub fn has_installer(&self) -> Option<bool> {
        let read = self.development.as_ref();
        if self.pip.is_some() || self.uv.is_some() || read.is_some_and(|known| known.tools.contains("uv")) {
            return Some(true);
        }
        // A profile that went through JSON has its notes as texts.
        let says_so = self.notes.iter().any(|note| note.to_string() == Note::NoPip.to_string());
        (says_so || !self.shell).then_some(false)
    }

    /// The installer that is taken unless the caller names one.
    pub fn installer(&self) -> Installer {
        let version = self.pip.as_ref().map_or(&self.newest_pip, |pip| &pip.version);
        Installer::new(InstallerKind::Pip, version.clone())
    }

    /// What was taken, in one line: `python:3.12-slim -> 3.12-slim-trixie, glibc 2.41, pip 25.0.1`.
    pub fn summary(&self) -> String {
        let mut parts: Vec<String> =
            [&self.meaning].into_iter().filter(|meaning| !meaning.is_empty()).cloned().collect();
        parts.push(match &self.libc {
            Some(libc) => libc.to_string(),
            None if self.is_libc_unknown() => "libc not known".to_owned(),
            None => "no libc".to_owned(),
        });
        // The tag of a python image says its Python.
        match &self.python {
            Some(_) if self.family == crate::catalogue::data::PYTHON => {}
            Some(python) if python.installed => parts.push(python.python.to_string()),
            Some(python) => parts.push(format!("{} to be installed", python.python)),
            None => parts.push("no Python".to_owned()),
        }
        match &self.pip {
            Some(pip) => parts.push(format!("pip {}", pip.version)),
            None => parts.push("no pip known".to_owned()),
        }
        format!("{} -> {}", self.name, parts.join(", "))
    }

    /// Whether nobody knows the C library, as opposed to there being none.
    pub(crate) fn is_libc_unknown(&self) -> bool {
        self.libc.is_none() && self.unverified.iter().any(|text| text.starts_with("libc: "))
    }

    /// The release as `releases.json` names it: `debian:13`.
    pub fn release_id(&self) -> Option<String> {
        self.os.as_ref().map(|os| format!("{}:{}", os.id, os.version))
    }
}

impl fmt::Display for ImageLibc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bound = if self.lower_bound { " or later" } else { "" };
        write!(f, "{}{bound}", self.libc)
    }
}
