//! The profile of an image.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::PackageManager;
use crate::arch;
use crate::read::{Contradiction, UnknownImageFact};
use crate::{Date, Development, EndOfLife, ImageFamily, LibrarySet, Note, Unverified};
use wheelbase_spec::target::{Arch, Installer, InstallerKind, Libc, Python, Target};
use wheelbase_spec::version::Version;

/// The facts about an image on a day, for one architecture.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ImageProfile {
    /// The image as written: a reference, or the location it was read from.
    pub name: String,
    /// The day of the facts.
    pub as_of: Date,
    /// The origin of the facts.
    pub family: ImageFamily,
    /// The tag with all its parts: `3.12-slim-trixie`.
    pub meaning: String,
    /// The distribution release.
    pub os: Option<Os>,
    /// The C library; `None` for an image without one.
    pub libc: Option<ImageLibc>,
    /// The checked interpreter; `None` if neither the image nor its distribution has a known one.
    pub python: Option<ImagePython>,
    /// The pip of the image; `None` if it has none or if it is unknown.
    pub pip: Option<ImagePip>,
    /// The uv of the image, if its tag contains the version.
    pub uv: Option<String>,
    /// The newest known pip of the day, which is assumed if the image has none.
    pub newest_pip: Version,
    /// The distribution's package manager, if the image has one.
    pub package_manager: PackageManager,
    /// Whether the image has a compiler and headers.
    pub toolchain: CompilerPresence,
    /// Whether the image has a shell. Without a shell `RUN pip install` fails.
    pub shell: bool,
    /// The architecture of the facts.
    pub arch: Arch,
    /// The architectures the tag is published for.
    pub arches: Published,
    /// Recorded sizes of this image or of similar ones.
    pub sizes: Vec<Size>,
    /// The dates of the tag.
    pub dates: Dates,
    /// The ends of life of Python, of the distribution and of the tag.
    pub end_of_life: Vec<EndOfLife>,
    /// The libraries that the loader finds.
    pub libraries: LibrarySet,
    /// The programs in the directories of `PATH` that Python projects are known to start; `None` if they are unknown.
    pub programs: Option<Vec<String>>,
    /// Packages of the distribution that were installed in addition.
    pub added: Vec<String>,
    /// The assumptions.
    pub assumptions: Vec<Assumption>,
    /// The facts that were not verified with the publisher or an image.
    pub unverified: Vec<Unverified>,
    /// Additional information.
    pub notes: Vec<Note>,
    /// The sources of the facts.
    pub sources: Vec<Source>,
    /// The environment that its configuration sets.
    pub environment: ImageEnvironment,
    /// The marker that the distribution manages the interpreter; `None` if there is none or if it is unknown.
    pub externally_managed: Option<ExternallyManagedFile>,
    /// Sources in the image that contradict each other. The first one is used.
    pub contradictions: Vec<Contradiction>,
    /// Facts of a read image that are unknown, with the cause.
    pub undetermined: Vec<UnknownImageFact>,
    /// Its build tools if they are known; otherwise [`development`](Self::development) derives them.
    pub(crate) development: Option<Development>,
    /// The whole target, if it was read or described. Otherwise [`target`](Self::target) builds it from the other fields.
    pub(crate) exact_target: Option<Target>,
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
    /// Whether the image may have a newer version.
    pub lower_bound: bool,
    /// Whether it was read from an image or an inventory.
    pub verified: bool,
}

/// The interpreter of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImagePython {
    /// The implementation, the known version (`3.12.13` or only `3.12`) and the ABI flags.
    pub python: Python,
    /// Its path.
    pub interpreter: Option<String>,
    /// Whether it is installed in the image. Otherwise it is a package of the distribution.
    pub installed: bool,
}

/// The pip of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImagePip {
    /// Its version.
    pub version: Version,
    /// Whether it was read from a recipe or a change log.
    pub verified: bool,
}

impl ImagePython {
    /// An interpreter that is installed in the image.
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

/// The environment that the configuration of an image sets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ImageEnvironment {
    /// `Env`
    pub variables: BTreeMap<String, String>,
    /// `WorkingDir`; `None` if it is unknown.
    pub workdir: Option<String>,
    /// Whether the variables are complete.
    pub complete: bool,
}

/// The marker file of PEP 668: the interpreter is managed by the distribution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ExternallyManagedFile {
    /// The path of the file.
    pub marker: String,
    /// Whether the file or its effect was verified.
    pub verified: bool,
}

/// Whether an image has a compiler for extension modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CompilerPresence {
    /// The image has a C compiler and headers.
    Present,
    /// The image has no C compiler.
    Absent,
    /// It is unknown.
    Unknown,
}

impl fmt::Display for CompilerPresence {
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
    /// Only these.
    Only(Vec<Arch>),
    /// At least these.
    AtLeast(Vec<Arch>),
    /// It is unknown.
    Unknown,
}

impl Published {
    /// Returns the known architectures.
    pub fn known(&self) -> &[Arch] {
        match self {
            Self::Only(arches) | Self::AtLeast(arches) => arches,
            Self::Unknown => &[],
        }
    }
}

/// A recorded size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Size {
    /// The image of the size.
    pub image: String,
    /// Its architecture.
    pub arch: String,
    /// The size of the download in bytes.
    pub compressed_bytes: Option<u64>,
    /// The size on disk, as written in the source.
    pub unpacked: Option<String>,
    /// The date of the measurement.
    pub seen: String,
}

/// The dates of a tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Dates {
    /// The first day on which the tag meant this release.
    pub since: Option<Date>,
    /// The day of the state.
    pub state: Option<Date>,
    /// The first day on which the tag was no longer built.
    pub frozen: Option<Date>,
}

/// An assumption.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Assumption {
    /// The tag moves and had this meaning on the day.
    Tag {
        /// The tag as written; `None` if there was none.
        written: Option<String>,
        /// The tag with all its parts.
        meaning: String,
    },
    /// The repository mirrors this one.
    Mirror(String),
    /// No architecture was requested.
    Arch(Arch),
    /// The last state in the catalogue is before the requested day.
    LastState(Date),
    /// The image has no pip, or its version is unknown.
    NewestPip(Version),
    /// The interpreter is that of the distribution. It is not installed in the image.
    DistributionPython(Version),
    /// The interpreter is the newest known one.
    NewestPython(Version),
    /// The version of the C library is a lower bound.
    LibcAtLeast(String),
    /// The facts come from a rule because the table has no row.
    ByRule(String),
    /// The facts come from an entry of a settings file.
    Settings(String),
}

impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag { written: Some(written), meaning } => write!(f, "`{written}` means {meaning}"),
            Self::Tag { written: None, meaning } => write!(f, "without a tag, `{meaning}` is assumed"),
            Self::Mirror(of) => write!(f, "the repository mirrors {of}"),
            Self::Arch(arch) => write!(f, "the architecture is {}", arch::published_name(arch)),
            Self::LastState(last) => write!(f, "nothing changed after {last}, the last day in the catalogue"),
            Self::NewestPip(version) => {
                write!(f, "the installer is pip {version}, the newest known version of the day")
            }
            Self::DistributionPython(version) => {
                write!(
                    f,
                    "the interpreter is Python {version} of the distribution, which is not installed in the image"
                )
            }
            Self::NewestPython(version) => {
                write!(f, "the interpreter is Python {version}, the newest known version")
            }
            Self::LibcAtLeast(libc) => {
                write!(f, "the C library is {libc}; the image may have a newer one")
            }
            Self::ByRule(text) | Self::Settings(text) => f.write_str(text),
        }
    }
}

/// The source of facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Source {
    /// The file of the publisher, the measurement or the inventory.
    pub source: String,
    /// The date of the source.
    pub date: Date,
}

impl Source {
    pub(crate) fn new(source: impl Into<String>, date: Date) -> Self {
        Self { source: source.into(), date }
    }
}

/// Options that override facts of the image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TargetOptions {
    /// The interpreter (`--python`).
    pub python: Option<Python>,
    /// The installer (`--installer`).
    pub installer: Option<Installer>,
}

/// The error for an image without a target.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoTarget {
    /// The interpreter is unknown.
    NoPython(String),
}

impl fmt::Display for NoTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPython(image) => {
                write!(f, "the Python of `{image}` is unknown: use `--python`, for example `--python 3.12`")
            }
        }
    }
}

impl std::error::Error for NoTarget {}

impl ImageProfile {
    /// Returns whether an installer refuses to install into the interpreter of a target (PEP 668, "Specification").
    pub fn refuses_installs(&self, target: &Target) -> bool {
        // pip checks the marker since 23.0, uv since its first release with `uv pip`.
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

    /// A profile with only the name of the image. Without an architecture x86_64 is assumed, with an
    /// [`Assumption::Arch`].
    pub fn new(name: impl Into<String>, as_of: Date, arch: Option<Arch>) -> Self {
        let assumed = arch.is_none().then(|| Assumption::Arch(Arch::x86_64()));
        Self {
            name: name.into(),
            as_of,
            family: ImageFamily::Unknown,
            meaning: String::new(),
            os: None,
            libc: None,
            python: None,
            pip: None,
            uv: None,
            newest_pip: crate::catalogue::pip::newest_pip(as_of),
            package_manager: PackageManager::Unknown,
            toolchain: CompilerPresence::Unknown,
            shell: true,
            arch: arch.unwrap_or_else(Arch::x86_64),
            arches: Published::Unknown,
            sizes: Vec::new(),
            dates: Dates { since: None, state: Some(as_of), frozen: None },
            end_of_life: Vec::new(),
            libraries: LibrarySet::unknown("the libraries of this image are not recorded"),
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
            exact_target: None,
        }
    }

    /// A profile of a described target. It has only the libraries of its C library, and no package manager.
    pub fn of_target(name: impl Into<String>, as_of: Date, target: Target) -> Self {
        let arch = target.machine.parse::<Arch>().unwrap_or_else(|_| Arch::x86_64());
        let why = "the target has no image, so only the libraries of libc are known";
        let mut profile = Self::new(name, as_of, Some(arch.clone()));
        profile.family = ImageFamily::Target;
        profile.libraries = crate::catalogue::libraries_of_libc(&target.libc, &arch, why);
        profile.libc = Some(ImageLibc { libc: target.libc.clone(), lower_bound: false, verified: true });
        let python = target.python.clone();
        profile.python = Some(ImagePython { python, interpreter: None, installed: false });
        profile.dates = Dates::default();
        profile.exact_target = Some(target);
        profile
    }

    /// Returns the target of the image, on which tags, markers and the choice of files depend. The installer is the pip of
    /// the image, unless `options` has another one.
    ///
    /// # Errors
    ///
    /// If neither the image nor `options` has an interpreter.
    pub fn target(&self, options: &TargetOptions) -> Result<Target, NoTarget> {
        if let Some(exact) = &self.exact_target {
            let mut target = exact.clone();
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

    /// Returns the interpreter that the target has without options, if it is known and installed.
    pub fn own_python(&self) -> Option<&Python> {
        let installed = || self.python.as_ref().filter(|own| own.installed).map(|own| &own.python);
        self.exact_target.as_ref().map(|target| &target.python).or_else(installed)
    }

    /// Returns whether the image has an installer; `None` if that is unknown.
    pub fn has_installer(&self) -> Option<bool> {
        let read = self.development.as_ref();
        if self.pip.is_some() || self.uv.is_some() || read.is_some_and(|known| known.tools.contains("uv")) {
            return Some(true);
        }
        (self.notes.contains(&Note::NoPip) || !self.shell).then_some(false)
    }

    /// Returns the installer that is used if the caller has no other.
    pub fn installer(&self) -> Installer {
        let version = self.pip.as_ref().map_or(&self.newest_pip, |pip| &pip.version);
        Installer::new(InstallerKind::Pip, version.clone())
    }

    /// Returns a summary in one line: `python:3.12-slim -> 3.12-slim-trixie, glibc 2.41, pip 25.0.1`.
    pub fn summary(&self) -> String {
        let mut parts: Vec<String> =
            [&self.meaning].into_iter().filter(|meaning| !meaning.is_empty()).cloned().collect();
        parts.push(match &self.libc {
            Some(libc) => libc.to_string(),
            None if self.is_libc_unknown() => "libc unknown".to_owned(),
            None => "no libc".to_owned(),
        });
        // The tag of a python image contains its Python.
        match &self.python {
            Some(_) if self.family.as_str() == crate::catalogue::data::PYTHON => {}
            Some(python) if python.installed => parts.push(python.python.to_string()),
            // A target without an image has no files, so nothing can be missing from it.
            Some(python) if self.family == ImageFamily::Target => {
                parts.push(format!("{} assumed", python.python));
            }
            Some(python) => parts.push(format!("{} not in the image", python.python)),
            None => parts.push("no Python".to_owned()),
        }
        match &self.pip {
            Some(pip) => parts.push(format!("pip {}", pip.version)),
            None if self.has_installer() == Some(false) => parts.push("no pip".to_owned()),
            None => parts.push("pip unknown".to_owned()),
        }
        format!("{} -> {}", self.name, parts.join(", "))
    }

    /// Returns whether the C library is unknown. Otherwise `libc` is `None` only if the image has none.
    pub(crate) fn is_libc_unknown(&self) -> bool {
        self.libc.is_none() && self.unverified.iter().any(Unverified::is_unknown_libc)
    }

    /// Returns the release as written in `releases.json`: `debian:13`.
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
