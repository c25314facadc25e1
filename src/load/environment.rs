//! The wheels that are loaded, and the image that loads them.

use crate::image::{CompilerPresence, ImageProfile, InstallLine, LibrarySet, PackageManager};
use crate::imports::Imports;
use crate::name::ProjectName;
use crate::target::{Arch, Target};
use crate::wheel::WheelFacts;

/// A wheel of one resolution.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InstalledWheel<'a> {
    /// The project.
    pub project: ProjectName,
    /// The facts of its wheel.
    pub facts: &'a WheelFacts,
    /// Whether the wheels of its dependencies are checked too. If they are not, a search path that leads out of the wheel
    /// may lead to one of them.
    pub alone: bool,
    /// Whether its dependencies were excluded by an option. They may load the required libraries before it.
    pub left_out: bool,
    /// The statements that its import runs, if its Python files were read.
    pub imports: Option<&'a Imports>,
    /// Its direct dependencies; `None` if they are unknown, so that each other project may be one.
    pub depends: Option<Vec<ProjectName>>,
}

impl<'a> InstalledWheel<'a> {
    /// A wheel that is checked together with its dependencies.
    pub fn new(project: ProjectName, facts: &'a WheelFacts) -> Self {
        Self { project, facts, alone: false, left_out: false, imports: None, depends: None }
    }

    /// A wheel that is checked without its dependencies.
    pub fn alone(project: ProjectName, facts: &'a WheelFacts) -> Self {
        Self { alone: true, ..Self::new(project, facts) }
    }

    /// Sets the statements that its import runs.
    #[must_use]
    pub fn with_imports(mut self, imports: Option<&'a Imports>) -> Self {
        self.imports = imports;
        self
    }

    /// Sets its dependencies.
    #[must_use]
    pub fn with_depends(mut self, depends: Option<Vec<ProjectName>>) -> Self {
        self.depends = depends;
        self
    }
}

/// The libraries and programs of an image, and its package manager.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoaderEnvironment {
    /// The libraries its loader finds.
    pub libraries: LibrarySet,
    /// The distribution release, such as `debian:13`.
    pub release: Option<String>,
    /// Its package manager.
    pub package_manager: PackageManager,
    /// Pointer size of its programs.
    pub bits: u8,
    /// Its build tools, which indicate other programs in it.
    pub toolchain: CompilerPresence,
    /// The programs in the image that Python projects are known to run; `None` if they are unknown.
    pub programs: Option<Vec<String>>,
    /// Packages of the distribution that were installed in addition.
    pub added: Vec<String>,
    /// Whether it is an image for running Python, which has no development tools if it has no compiler.
    pub runs_python: bool,
}

impl LoaderEnvironment {
    /// An image of the catalogue.
    pub fn of_profile(profile: &ImageProfile) -> Self {
        Self {
            libraries: profile.libraries.clone(),
            release: profile.release_id(),
            package_manager: profile.package_manager,
            bits: profile.arch.bits(),
            toolchain: profile.toolchain,
            programs: profile.programs.clone(),
            added: profile.added.clone(),
            runs_python: profile.python.as_ref().is_some_and(|python| python.installed),
        }
    }

    /// A target that is not an image: only its C library is known.
    pub fn of_target(target: &Target) -> Self {
        let arch = target.machine.parse::<Arch>().unwrap_or_else(|_| Arch::x86_64());
        Self {
            libraries: crate::image::libraries_of_target(&target.libc, &arch),
            release: None,
            package_manager: PackageManager::Unknown,
            bits: target.bits,
            toolchain: CompilerPresence::Unknown,
            programs: None,
            added: Vec::new(),
            runs_python: false,
        }
    }

    /// Whether any distribution is known to have a package with this library.
    pub(super) fn is_packaged(&self, soname: &str) -> bool {
        crate::image::is_packaged(soname)
    }

    /// The command that installs these libraries.
    pub fn install_line<'s>(&self, sonames: impl IntoIterator<Item = &'s str>) -> InstallLine {
        let release = self.release.as_deref().unwrap_or_default();
        crate::image::install_line(release, self.package_manager, self.bits, sonames)
    }
}
