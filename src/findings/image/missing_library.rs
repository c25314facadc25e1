//! `missing-library`

use crate::findings::affected::{Affected, Verb};
use crate::findings::counts::SEVERAL;
use crate::findings::install_help::install_help;
use crate::findings::words::listed;
use crate::findings::{CodeInfo, Evidence, Level, Rule};
use crate::image::{InstallLine, PackageManager};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "missing-library",
    level: Level::Deny,
    summary: "a library that a wheel needs is neither in the wheels nor on the image",
    explanation: "Installing succeeds and importing fails with `cannot open shared object file`. Platform tags \
                  allow wheels to take some libraries from the system (libGL, libX11, libglib, libexpat), and \
                  slim, alpine and distroless images have few of them; other wheels need what no tag allows.\n\n\
                  The walk starts from what the interpreter opens: extension modules by their names, programs, \
                  and in wheels without modules the libraries that Python code opens. It goes by the rules of the \
                  image's loader: DT_RPATH is passed on, DT_RUNPATH is not, a SONAME that is loaded already \
                  serves, and other wheels of the same resolution count where a search path leads to them. \
                  Files that no module loads (plugins of GUI toolkits, say) are told apart and only with all \
                  findings; libraries of which nobody knows whether the image has them are `undetermined`.\n\n\
                  The help gives the distribution packages and the line that installs them. Often the project has \
                  a variant that does without (`opencv-python-headless`).",
    link: "https://github.com/docker-library/python/issues/750",
};

/// The loader of an image does not find libraries.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MissingLibrary {
    /// The files that need them, and what does not work.
    pub affected: Affected,
    /// Their SONAMEs, in the order in which the loader looks for them.
    pub libraries: Vec<String>,
    /// A wheel that was not looked at may have them: one that the wheel depends on.
    pub in_dependency: bool,
    /// What installs them.
    pub install: InstallLine,
    /// The image's package manager.
    pub package_manager: PackageManager,
}

impl Rule for MissingLibrary {
    fn message(&self) -> String {
        let libraries = listed(&self.libraries, SEVERAL);
        let lacks = match self.in_dependency {
            true => format!("unless a wheel it depends on brings it, the image lacks {libraries}"),
            false => format!("the image lacks {libraries}"),
        };
        let why = match self.affected.names_its_file() {
            true => lacks,
            false => format!("{lacks} (needed by {})", self.affected.needed_by()),
        };
        self.affected.sentence(Verb::Fails, &why)
    }

    fn help(&self) -> Option<String> {
        if self.in_dependency && self.install.command.is_none() {
            return Some("judge it together with what it depends on".to_owned());
        }
        install_help(&self.install, self.package_manager)
    }

    fn member(&self) -> Option<&str> {
        self.affected.member()
    }

    fn level(&self) -> Option<Level> {
        Some(self.affected.level(!self.in_dependency))
    }

    fn evidence(&self) -> Evidence {
        Evidence {
            packages: self.install.packages.clone(),
            install: self.install.command.clone(),
            ..self.affected.evidence(&self.libraries, None)
        }
    }
}
