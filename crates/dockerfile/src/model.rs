//! What a plan of a Dockerfile says: stages, steps and where their inputs come from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::files::StageFiles;
use crate::image_ref::ImageReference;
use wheelbase_python::lock::Selection;
use wheelbase_spec::name::ExtraName;
use wheelbase_spec::source::Origin;

/// A program that installs Python distributions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Tool {
    /// pip
    Pip,
    /// `uv pip`
    UvPip,
    /// uv's project commands: `uv sync`, `uv run`
    Uv,
    /// `uv tool install`, `uvx`
    UvTool,
    /// poetry
    Poetry,
    /// pipenv
    Pipenv,
    /// pdm
    Pdm,
    /// `pip-sync` of pip-tools
    PipSync,
    /// pipx
    Pipx,
    /// `python setup.py install`
    SetupPy,
    /// conda, mamba, micromamba: recognised, not judged
    Conda,
}

impl Tool {
    /// The name as a user would type it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pip => "pip",
            Self::UvPip => "uv pip",
            Self::Uv => "uv",
            Self::UvTool => "uv tool",
            Self::Poetry => "poetry",
            Self::Pipenv => "pipenv",
            Self::Pdm => "pdm",
            Self::PipSync => "pip-sync",
            Self::Pipx => "pipx",
            Self::SetupPy => "setup.py",
            Self::Conda => "conda",
        }
    }

    /// Whether the answer to this step can come from wheels and indexes.
    pub fn is_judged(self) -> bool {
        !matches!(self, Self::Conda | Self::SetupPy)
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a step does with the distributions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// installs them
    Install,
    /// builds or fetches wheels into a folder (`pip wheel`)
    Wheel,
    /// fetches files into a folder (`pip download`)
    Download,
    /// makes an environment equal to a lock
    Sync,
}

/// Where a step puts what it installs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Destination {
    /// The interpreter of the stage: its program as named, `python` if only implied.
    Interpreter(String),
    /// A virtual environment.
    Venv(String),
    /// `--target`
    Target(String),
    /// `--prefix` or `--root`
    Prefix(String),
    /// `--user`, as the folder
    User(String),
    /// A folder of wheels or sdists.
    Wheels(String),
    /// Environments of tools, as the folder above them.
    Tools(String),
}

impl Destination {
    /// The folder, unless it is the interpreter's own.
    pub fn folder(&self) -> Option<&str> {
        match self {
            Self::Interpreter(_) => None,
            Self::Venv(path)
            | Self::Target(path)
            | Self::Prefix(path)
            | Self::User(path)
            | Self::Wheels(path)
            | Self::Tools(path) => Some(path),
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, at) = match self {
            Self::Interpreter(name) => ("interpreter", name),
            Self::Venv(path) => ("venv", path),
            Self::Target(path) => ("target", path),
            Self::Prefix(path) => ("prefix", path),
            Self::User(path) => ("user", path),
            Self::Wheels(path) => ("wheels", path),
            Self::Tools(path) => ("tools", path),
        };
        write!(f, "{kind} {at}")
    }
}

/// Where a file inside a stage comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileSource {
    /// The build context: the first of these paths that exists there.
    Context(Vec<String>),
    /// Text in the Dockerfile itself.
    Inline {
        /// the text
        text: String,
        /// its first line
        origin: Origin,
    },
    /// An installer's export of a lock.
    Exported(Box<Exported>),
    /// Several files, one behind the other.
    Combined(Vec<Self>),
    /// A download.
    Url(String),
    /// Wheels or sdists that an earlier `pip wheel` or `pip download` put there.
    Built(Origin),
    /// The context was asked, and has none of these.
    Absent(Vec<String>),
    /// An image, the base image as a rule.
    Image {
        /// the reference as expanded
        reference: String,
        /// the path in it
        path: String,
    },
    /// The context has it, and `.dockerignore` keeps it out.
    Ignored {
        /// path in the context
        path: String,
        /// the rule that speaks
        rule: String,
        /// where the rule stands
        origin: Origin,
    },
    /// Nothing in the Dockerfile makes it.
    Missing,
    /// Something makes it that cannot be read, and why.
    Unknown(String),
}

/// `poetry export`, `uv export`, `pipenv requirements`, `pdm export`, `uv pip compile`: a requirements file
/// that is made during the build.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exported {
    /// The program.
    pub tool: Tool,
    /// The lock that it reads, or for a compilation its first input.
    pub from: Vec<InputFile>,
    /// What it takes of the lock; `None` for a compilation, which solves anew.
    pub selection: Option<Selection>,
    /// The command's place.
    pub origin: Origin,
}

/// A file that a step reads.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputFile {
    /// Absolute path in the stage.
    pub path: String,
    /// Where it comes from.
    pub source: FileSource,
    /// Where it is named.
    pub origin: Origin,
}

impl InputFile {
    /// A file by its path, where it comes from, and where it is named.
    pub fn new(path: String, source: FileSource, origin: Origin) -> Self {
        Self { path, source, origin }
    }
}

/// A project or archive that lies in the stage.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LocalProject {
    /// As written, without extras.
    pub written: String,
    /// The archive, or the `pyproject.toml` of a folder.
    pub file: InputFile,
    /// Extras in brackets behind it.
    pub extras: Vec<ExtraName>,
    /// Whether `-e` stands before it.
    pub editable: bool,
}

/// Which wheels or sdists an installer may take, in the order given; later ones override
/// (pip, `FormatControl.handle_mutual_excludes`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FormatRule {
    /// `--only-binary`: a project, `:all:` or `:none:`
    OnlyBinary(String),
    /// `--no-binary`: a project, `:all:` or `:none:`
    NoBinary(String),
}

/// Options that decide what is installed, from the command line and the environment (`PIP_*`, `UV_*`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstallOptions {
    /// `--index-url`, `--default-index`
    pub index_url: Option<String>,
    /// `--extra-index-url`, `--index`
    pub extra_index_urls: Vec<String>,
    /// `--no-index`
    pub no_index: bool,
    /// `--find-links`
    pub find_links: Vec<String>,
    /// `--only-binary`, `--no-binary`, uv's `--no-build`
    pub formats: Vec<FormatRule>,
    /// `--prefer-binary`
    pub prefer_binary: bool,
    /// `--pre`, `--prerelease allow`
    pub pre: bool,
    /// `--no-deps`
    pub no_deps: bool,
    /// `--require-hashes`
    pub require_hashes: bool,
    /// `--no-build-isolation`
    pub no_build_isolation: bool,
    /// `--upgrade`
    pub upgrade: bool,
    /// `--platform`, `--python-platform`
    pub platforms: Vec<String>,
    /// `--python-version`
    pub python_version: Option<String>,
    /// `--implementation`
    pub implementation: Option<String>,
    /// `--abi`
    pub abis: Vec<String>,
    /// `--python`, `poetry env use`
    pub python: Option<String>,
    /// `--index-strategy`
    pub index_strategy: Option<String>,
    /// `--resolution`
    pub resolution: Option<String>,
    /// `--exclude-newer`, `--uploaded-prior-to`
    pub exclude_newer: Option<String>,
    /// `--locked`, `--deploy`, `--check`: the lock must be up to date
    pub locked: bool,
    /// `--frozen`: the lock is not checked
    pub frozen: bool,
    /// `--break-system-packages`: a mark of PEP 668 is not heeded
    pub break_system_packages: bool,
}

/// The version of an installer at a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum InstallerVersion {
    /// That of the image, or of where it was installed from.
    #[default]
    OfImage,
    /// What this requirement takes (`==24.0`, `<24`).
    Specified(String),
    /// The newest at build time.
    Newest,
}

/// Tools for building from source that the Dockerfile itself installed, at one step.
///
/// What the base image brings is not in here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Toolchain {
    /// Names of the tools: `c`, `c++`, `fortran`, `rust`, `make`, `cmake`, `libc-headers`, `python-headers` ...,
    /// each with the package that brings it.
    pub tools: BTreeMap<String, String>,
}

/// One thing that a stage installs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstallStep {
    /// The program.
    pub tool: Tool,
    /// What it does.
    pub action: Action,
    /// Requirement arguments, expanded, each with its place.
    pub requirements: Vec<(String, Origin)>,
    /// Local projects and archives: `.`, `-e ./lib[extra]`, `/wheels/*.whl`.
    pub projects: Vec<LocalProject>,
    /// `-r`
    pub requirement_files: Vec<InputFile>,
    /// `-c`
    pub constraint_files: Vec<InputFile>,
    /// `pip.conf` files that the Dockerfile puts where pip reads them.
    pub config_files: Vec<InputFile>,
    /// `--overrides` of uv
    pub override_files: Vec<InputFile>,
    /// Dependency groups (`--group`) and extras that are asked for, when a project file or lock is read.
    pub selection: Option<Selection>,
    /// The lock that is installed from.
    pub lock: Option<InputFile>,
    /// The project file (`pyproject.toml`, `Pipfile`, `setup.py`) beside it.
    pub project: Option<InputFile>,
    /// The options in force.
    pub options: InstallOptions,
    /// `PIP_*`, `UV_*`, `POETRY_*`, `PIPENV_*` and `PDM_*` in force.
    pub environment: BTreeMap<String, String>,
    /// Where it goes.
    pub destination: Destination,
    /// The interpreter or environment that it runs with, which is where it goes unless an option says otherwise.
    pub interpreter: Destination,
    /// Whether commands that are not followed ran before it: downloads, archives, programs that nobody knows.
    pub after_unread: bool,
    /// Which version of the program runs.
    pub installer: InstallerVersion,
    /// Tools for building that were installed before.
    pub toolchain: Toolchain,
    /// Packages of the system that the Dockerfile installed before and has not removed.
    pub packages: BTreeSet<String>,
    /// Why it may not run at all, if a condition decides that cannot be read.
    pub conditional: Option<String>,
    /// True for `ONBUILD`: it runs in the image that builds on this one.
    pub onbuild: bool,
    /// Place of the command.
    pub origin: Origin,
    /// The files of the stage at this step, for what requirement files include.
    pub files: StageFiles,
}

impl InstallStep {
    /// Every file that the step reads, in order.
    pub fn inputs(&self) -> impl Iterator<Item = &InputFile> {
        let lists =
            [&self.requirement_files, &self.constraint_files, &self.override_files, &self.config_files];
        let projects = self.projects.iter().map(|project| &project.file);
        lists.into_iter().flatten().chain(projects).chain(&self.lock).chain(&self.project)
    }
}

/// A package manager of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PackageManager {
    /// apt, apt-get, aptitude
    Apt,
    /// apk
    Apk,
    /// dnf, microdnf, yum
    Dnf,
    /// zypper
    Zypper,
    /// pacman
    Pacman,
}

impl PackageManager {
    /// The name of the family: `apt`, `apk`, `dnf`, `zypper`, `pacman`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Apt => "apt",
            Self::Apk => "apk",
            Self::Dnf => "dnf",
            Self::Zypper => "zypper",
            Self::Pacman => "pacman",
        }
    }
}

/// Packages of the system that are installed or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SystemStep {
    /// Whose packages.
    pub manager: PackageManager,
    /// True for `purge`, `remove`, `del`.
    pub removes: bool,
    /// Names without versions and architectures.
    pub packages: Vec<String>,
    /// Whether recommended packages come along (`--no-install-recommends` says no); only apt knows such.
    pub recommends: bool,
    /// Whether what nothing needs goes too (`autoremove`, `apk del`).
    pub autoremove: bool,
    /// Why it may not run at all.
    pub conditional: Option<String>,
    /// Place of the command.
    pub origin: Origin,
}

/// Something a stage does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Python distributions.
    Install(Box<InstallStep>),
    /// Packages of the system.
    System(SystemStep),
}

/// A virtual environment that a stage made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Venv {
    /// Absolute path in the stage.
    pub path: String,
    /// The interpreter it was made with, as named.
    pub python: Option<String>,
    /// Place of the command.
    pub origin: Origin,
}

/// Where `COPY --from` takes from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CopyOrigin {
    /// An earlier stage, by its position in the file.
    Stage(usize),
    /// An image.
    Image(String),
}

/// `COPY --from`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StageCopy {
    /// From where.
    pub from: CopyOrigin,
    /// Absolute path there, may hold wildcards.
    pub source: String,
    /// Absolute path here.
    pub destination: String,
    /// True for a mount, which ends with its `RUN`.
    pub temporary: bool,
    /// Place of the instruction.
    pub origin: Origin,
}

/// What a stage is built on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Base {
    /// An image.
    Image(ImageReference),
    /// An earlier stage, by its position in the file.
    Stage(usize),
    /// Nothing.
    Scratch,
    /// The reference cannot be known, and why.
    Unknown(String),
    /// Something that a question puts under the stage and that `FROM` could not name: a folder, an archive, a file with
    /// a profile, a C library.
    Named(String),
}

/// One stage, with what happens in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StagePlan {
    /// Position in the file, 0 first.
    pub index: usize,
    /// The name after `AS`, in lower case.
    pub name: Option<String>,
    /// What `FROM` names, expanded.
    pub base: Base,
    /// What `FROM` says, as written.
    pub written: String,
    /// `--platform`, expanded; `None` if the target platform holds.
    pub platform: Option<String>,
    /// The platform it runs on: its own, that of the stage below, or the target's.
    pub machine_platform: String,
    /// The steps in order, without those of the stage below.
    pub steps: Vec<Step>,
    /// Virtual environments made here or below.
    pub venvs: Vec<Venv>,
    /// `COPY --from`, in order.
    pub copies: Vec<StageCopy>,
    /// Packages of the system installed here or below and in force at the end.
    pub packages: BTreeSet<String>,
    /// Those of them that came without what they recommend.
    pub bare_packages: BTreeSet<String>,
    /// Packages that were installed and removed again alone, so that what they took along is still there.
    pub left_packages: BTreeSet<String>,
    /// Whether the target stage needs this one.
    pub needed: bool,
    /// Place of `FROM`.
    pub origin: Origin,
}

impl StagePlan {
    /// The name, or the position.
    pub fn label(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.index.to_string())
    }

    /// The install steps.
    pub fn installs(&self) -> impl Iterator<Item = &InstallStep> {
        self.steps.iter().filter_map(|step| match step {
            Step::Install(step) => Some(step.as_ref()),
            Step::System(_) => None,
        })
    }
}

/// Something that cannot be known from the text, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Undetermined {
    /// Where.
    pub origin: Origin,
    /// Why, in one sentence without final stop.
    pub reason: String,
}
