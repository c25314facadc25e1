//! Steps: installations of Python distributions and of packages of the system.

use std::collections::{BTreeMap, BTreeSet};

use crate::files::StageFiles;
use crate::gap::DockerfileGap;
use crate::model::source::InputFile;
use crate::model::tool::{Action, Destination, Tool};
use wheelbase_image::PackageManager;
use wheelbase_python::index::Cutoff;
use wheelbase_python::lock::LockSelection;
use wheelbase_spec::name::ExtraName;
use wheelbase_spec::source::Origin;

/// A project or archive in the stage.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LocalProject {
    /// The path as written, without extras.
    pub written: String,
    /// The archive, or the `pyproject.toml` of a directory.
    pub file: InputFile,
    /// The extras in brackets after the path.
    pub extras: Vec<ExtraName>,
    /// Whether `-e` precedes it.
    pub editable: bool,
}

/// A restriction to wheels or sdists. Of several, later ones override earlier ones
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
    pub exclude_newer: Option<Cutoff>,
    /// Why the moment of `--exclude-newer` is unknown, and the position of its value.
    pub exclude_newer_gap: Option<(DockerfileGap, Origin)>,
    /// `--locked`, `--deploy`, `--check`: the lock must be up to date
    pub locked: bool,
    /// `--frozen`: the lock is not checked
    pub frozen: bool,
    /// `--break-system-packages`: the marker file of PEP 668 is ignored
    pub break_system_packages: bool,
}

/// The version of an installer at a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum InstallerVersion {
    /// The version in the image, or in the source of the installation.
    #[default]
    OfImage,
    /// A version that satisfies this specifier (`==24.0`, `<24`).
    Specified(String),
    /// The newest version at the time of the build.
    Newest,
}

/// The tools for building from source that the Dockerfile installed before a step.
///
/// The tools of the base image are not included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Toolchain {
    /// The names of the tools: `c`, `c++`, `fortran`, `rust`, `make`, `cmake`, `libc-headers`, `python-headers` ...,
    /// each with the package that provides it.
    pub tools: BTreeMap<String, String>,
}

/// A command that installs Python distributions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstallStep {
    /// The program.
    pub tool: Tool,
    /// The action.
    pub action: Action,
    /// The requirement arguments, expanded, each with its position.
    pub requirements: Vec<(String, Origin)>,
    /// Local projects and archives: `.`, `-e ./lib[extra]`, `/wheels/*.whl`.
    pub projects: Vec<LocalProject>,
    /// `-r`
    pub requirement_files: Vec<InputFile>,
    /// `-c`
    pub constraint_files: Vec<InputFile>,
    /// The `pip.conf` files that the Dockerfile creates and that pip reads.
    pub config_files: Vec<InputFile>,
    /// `--overrides` of uv
    pub override_files: Vec<InputFile>,
    /// The dependency groups (`--group`) and extras that are selected of a project file or lock.
    pub selection: Option<LockSelection>,
    /// The lock that is installed from.
    pub lock: Option<InputFile>,
    /// The project file (`pyproject.toml`, `Pipfile`, `setup.py`) of the lock.
    pub project: Option<InputFile>,
    /// The effective options.
    pub options: InstallOptions,
    /// The variables `PIP_*`, `UV_*`, `POETRY_*`, `PIPENV_*` and `PDM_*`.
    pub environment: BTreeMap<String, String>,
    /// The destination of the distributions.
    pub destination: Destination,
    /// The interpreter or environment of the installer. It is the destination unless an option sets another one.
    pub interpreter: Destination,
    /// Whether commands with unknown effects ran before it: downloads, archives, unknown programs.
    pub after_unread: bool,
    /// The version of the program.
    pub installer: InstallerVersion,
    /// The tools for building from source that the Dockerfile installed before it.
    pub toolchain: Toolchain,
    /// The packages of the system that the Dockerfile installed before it and did not remove.
    pub packages: BTreeSet<String>,
    /// Why it may not run, if that depends on an unknown condition.
    pub conditional: Option<DockerfileGap>,
    /// Whether it is in `ONBUILD`: it runs in the build of an image that is based on this one.
    pub onbuild: bool,
    /// The position of the command.
    pub origin: Origin,
    /// The files of the stage at this step, for the includes of requirements files.
    pub files: StageFiles,
}

impl InstallStep {
    /// The files that the step reads, in order.
    pub fn inputs(&self) -> impl Iterator<Item = &InputFile> {
        let lists =
            [&self.requirement_files, &self.constraint_files, &self.override_files, &self.config_files];
        let projects = self.projects.iter().map(|project| &project.file);
        lists.into_iter().flatten().chain(projects).chain(&self.lock).chain(&self.project)
    }
}

/// A command that installs or removes packages of the system.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SystemStep {
    /// The package manager.
    pub manager: PackageManager,
    /// Whether the packages are removed (`purge`, `remove`, `del`).
    pub removes: bool,
    /// The names, without versions and architectures.
    pub packages: Vec<String>,
    /// Whether recommended packages are installed too. Only apt supports them; `--no-install-recommends` excludes them.
    pub recommends: bool,
    /// Whether packages that no other package requires are removed too (`autoremove`, `apk del`).
    pub autoremove: bool,
    /// Why it may not run, if that depends on an unknown condition.
    pub conditional: Option<DockerfileGap>,
    /// The position of the command.
    pub origin: Origin,
}

/// A step of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// An installation of Python distributions.
    Install(Box<InstallStep>),
    /// A change of the packages of the system.
    System(SystemStep),
}
