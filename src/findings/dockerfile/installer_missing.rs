//! `installer-missing`

use crate::findings::{CodeInfo, Level, Rule};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "installer-missing",
    level: Level::Deny,
    summary: "a step runs a pip that is not in the image",
    explanation: "The images of distributions (debian, ubuntu, alpine and their slim variants) do not contain \
Python, and the package `python3` does not include pip: pip is in `python3-pip` or `py3-pip`. `RUN pip install` \
fails with `pip: not found`.\n\n\
Use an image of the python family. Or install the package and create a virtual environment, because the Python of a \
distribution does not accept installations (see externally-managed). The level is warn if commands that are not \
followed may have installed pip. The code is silent if a package, a copy or a download may provide it.",
    link: "https://packaging.python.org/en/latest/guides/installing-using-linux-tools/",
};

/// A step runs a pip that is not in the image.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstallerMissing {
    /// The program, such as `pip3`.
    pub program: String,
    /// The image below the stage.
    pub image: String,
    /// The `ID` in the image's os-release file.
    pub os: Option<String>,
    /// Whether the Dockerfile installs packages with Python but without pip.
    pub has_python: bool,
    /// Whether the step certainly runs, and everything before it was followed.
    pub certain: bool,
}

impl Rule for InstallerMissing {
    fn message(&self) -> String {
        let Self { program, image, .. } = self;
        match self.has_python {
            true => format!(
                "`{program}` not found: the packages that the Dockerfile installs on `{image}` contain Python but not pip"
            ),
            false => format!(
                "`{program}` not found: `{image}` has no Python, and the Dockerfile does not install one"
            ),
        }
    }

    fn help(&self) -> Option<String> {
        let help = match self.os.as_deref() {
            Some("alpine") => "use an image of the python family, or install `py3-pip`",
            _ => {
                "use an image of the python family, or install `python3-pip`, and `python3-venv` for virtual environments"
            }
        };
        Some(help.to_owned())
    }

    fn level(&self) -> Option<Level> {
        (!self.certain).then_some(Level::Warn)
    }
}
