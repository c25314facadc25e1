//! Where wheels are loaded, and which.

use crate::image::{ImageProfile, InstallLine, LibrarySet, PackageManager, Toolchain};
use crate::imports::Imports;
use crate::name::ProjectName;
use crate::target::{Arch, Target};
use crate::wheel::WheelFacts;

/// A wheel of one resolution.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Installed<'a> {
    /// The project.
    pub project: ProjectName,
    /// What its wheel holds.
    pub facts: &'a WheelFacts,
    /// Whether the wheels it depends on are among those that are judged. Where they are not, a search path that leads
    /// out of the wheel may lead to one of them.
    pub alone: bool,
    /// The wheels it depends on were left out by request, and may load what it needs before.
    pub left_out: bool,
    /// What its import runs, if its Python files were read.
    pub imports: Option<&'a Imports>,
    /// The projects that it depends on itself; `None` if that is not known, so that each of the others may be one.
    pub depends: Option<Vec<ProjectName>>,
}

impl<'a> Installed<'a> {
    /// A wheel that is judged together with what it depends on.
    pub fn new(project: ProjectName, facts: &'a WheelFacts) -> Self {
        Self { project, facts, alone: false, left_out: false, imports: None, depends: None }
    }

    /// A wheel whose dependencies are not looked at.
    pub fn alone(project: ProjectName, facts: &'a WheelFacts) -> Self {
        Self { alone: true, ..Self::new(project, facts) }
    }

    /// The same with what its import runs.
    #[must_use]
    pub fn with_imports(mut self, imports: Option<&'a Imports>) -> Self {
        self.imports = imports;
        self
    }

    /// The same with what it depends on.
    #[must_use]
    pub fn with_depends(mut self, depends: Option<Vec<ProjectName>>) -> Self {
        self.depends = depends;
        self
    }
}

/// What the image has, and what installs more of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoaderEnvironment {
    /// The libraries its loader finds.
    pub libraries: LibrarySet,
    /// The distribution release, such as `debian:13`.
    pub release: Option<String>,
    /// What installs packages there.
    pub package_manager: PackageManager,
    /// Pointer size of its programs.
    pub bits: u8,
    /// Whether it can compile, which says what else is in it.
    pub toolchain: Toolchain,
    /// Of the programs that Python projects are known to start, those that it has; `None` if they are not known.
    pub programs: Option<Vec<String>>,
    /// Packages of the distribution that were installed on top.
    pub added: Vec<String>,
    /// It is made for running Python, so that without a compiler it has no other tool of developers either.
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

    /// A target that names no image: only its C library is known.
    pub fn of_target(target: &Target) -> Self {
        let arch = target.machine.parse::<Arch>().unwrap_or_else(|_| Arch::x86_64());
        let why = "the target names no image, so nothing is known of its libraries but those of libc";
        Self {
            libraries: crate::image::libraries_of_libc(&target.libc, &arch, why),
            release: None,
            package_manager: PackageManager::Unknown,
            bits: target.bits,
            toolchain: Toolchain::Unknown,
            programs: None,
            added: Vec::new(),
            runs_python: false,
        }
    }

    /// Whether any distribution is known to have a package with this library.
    pub(super) fn is_packaged(&self, soname: &str) -> bool {
        crate::image::is_packaged(soname)
    }

    /// What installs these libraries here.
    pub fn install_line<'s>(&self, sonames: impl IntoIterator<Item = &'s str>) -> InstallLine {
        let release = self.release.as_deref().unwrap_or_default();
        crate::image::install_line(release, self.package_manager, self.bits, sonames)
    }
}
