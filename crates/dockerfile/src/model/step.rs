//! What a stage does: installations of Python distributions and of packages of the system.

use std::collections::{BTreeMap, BTreeSet};

use crate::files::StageFiles;
use crate::model::source::InputFile;
use crate::model::tool::{Action, Destination, Tool};
use wheelbase_image::PackageManager;
use wheelbase_python::lock::Selection;
use wheelbase_spec::name::ExtraName;
use wheelbase_spec::source::Origin;

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
