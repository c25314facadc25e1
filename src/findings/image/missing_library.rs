//! `missing-library`

use crate::findings::affected::{Affected, Verb};
use crate::findings::counts::SEVERAL;
use crate::findings::install_help::install_help;
use crate::findings::words::listed;
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::image::{InstallLine, PackageManager};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "missing-library",
    level: Level::Deny,
    summary: "a library that a wheel requires is neither in the wheels nor in the image",
    explanation: "The installation succeeds, and the import fails with `cannot open shared object file`. Platform \
tags allow wheels to use some libraries of the system (libGL, libX11, libglib, libexpat), and slim, alpine and \
distroless images have few of them. Other wheels require libraries that no platform tag allows.\n\n\
The check starts with the files that the interpreter opens: extension modules, programs, and the libraries that \
Python code opens if a wheel has no modules. It follows the rules of the loader of the image: DT_RPATH is \
inherited, DT_RUNPATH is not, a SONAME that is already loaded is used, and the files of other wheels are found \
through search paths. Files that no module loads, such as plugins of GUI toolkits, are reported as \
`optional-part-fails`. If it is unknown whether the image has a library, `undetermined` is reported.\n\n\
The help lists the packages of the distribution and the command that installs them. Many projects have a variant \
without the library (`opencv-python-headless`).",
    link: "https://github.com/docker-library/python/issues/750",
};

/// The loader of an image does not find libraries.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MissingLibrary {
    /// The files that require them, and the imports that fail.
    pub affected: Affected,
    /// Their SONAMEs, in the order in which the loader looks for them.
    pub libraries: Vec<String>,
    /// Whether a wheel that was not read, a dependency of the wheel, may contain them.
    pub in_dependency: bool,
    /// What installs them.
    pub install: InstallLine,
    /// The image's package manager.
    pub package_manager: PackageManager,
}

impl Rule for MissingLibrary {
    fn message(&self) -> String {
        let libraries = listed(&self.libraries, SEVERAL);
        let (verb, pronoun) = if self.libraries.len() == 1 { ("is", "it") } else { ("are", "them") };
        let missing = match self.in_dependency {
            true => {
                format!("{libraries} {verb} missing from the image, unless a dependency contains {pronoun}")
            }
            false => format!("{libraries} {verb} missing from the image"),
        };
        let why = match self.affected.names_its_file() {
            true => missing,
            false => format!("{missing} (required by {})", self.affected.needed_by()),
        };
        self.affected.sentence(Verb::Fails, &why)
    }

    fn help(&self) -> Option<String> {
        if self.in_dependency && self.install.command.is_none() {
            return Some("check it together with its dependencies".to_owned());
        }
        install_help(&self.install, self.package_manager)
    }

    fn member(&self) -> Option<&str> {
        self.affected.member()
    }

    fn level(&self) -> Option<Level> {
        Some(self.affected.level(!self.in_dependency))
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        let mut facts = vec![Fact::libraries(&self.libraries), Fact::Packages(&self.install.packages)];
        facts.extend(self.install.command.as_deref().map(Fact::Install));
        facts.extend(self.affected.facts());
        facts
    }
}
