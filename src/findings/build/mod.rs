//! The rules on building from source. `src/build` computes their values; the help is shared.

use crate::image::InstallLine;

use super::Fact;

pub(super) mod build_needs_library;
pub(super) mod compiler_missing;

/// What installs what a build needs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildRemedy {
    /// The packages, and the command for them.
    pub line: InstallLine,
    /// Whether packages can be installed in the image at all.
    pub installs: bool,
}

impl BuildRemedy {
    /// The command that installs the packages; if none can be installed, where to build instead.
    fn help(&self) -> String {
        match &self.line.command {
            Some(command) if self.installs => {
                let doubt = if self.line.verified { "" } else { " (package names not verified)" };
                format!("run `{command}`{doubt} before installing, or build in another stage and copy the result")
            }
            _ if self.installs => {
                "install it before this step, or build in another stage and copy the result".to_owned()
            }
            _ => "packages cannot be installed in this image: build in another stage with the same minor version of \
                  Python and a C library that is not newer, and copy the result"
                .to_owned(),
        }
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        let InstallLine { packages, command, .. } = &self.line;
        let install = command.as_deref().map(Fact::Install);
        [Fact::Packages(packages)].into_iter().chain(install).collect()
    }
}
