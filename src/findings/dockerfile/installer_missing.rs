//! `installer-missing`

use crate::findings::{CodeInfo, Level, Rule};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "installer-missing",
    level: Level::Deny,
    summary: "a step calls a pip that is not in the image",
    explanation: "The images of distributions (debian, ubuntu, alpine and their slim variants) hold no Python, and \
`python3` brings no pip: that is a package of its own, `python3-pip` or `py3-pip`. A `RUN pip install` without it ends \
the build with `pip: not found`.\n\nTake an image of the python family, or install the package, and then a virtual \
environment, since the distribution's own Python takes no installations (see externally-managed). A warning only where \
commands that are not followed may have brought it. Silent where a package, a copy or a download may have.",
    link: "https://packaging.python.org/en/latest/guides/installing-using-linux-tools/",
};

/// A step starts a program that is not in the image.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstallerMissing {
    /// The program, such as `pip3`.
    pub program: String,
    /// The image below the stage.
    pub image: String,
    /// The `ID` in the image's os-release file.
    pub os: Option<String>,
    /// Whether packages that the Dockerfile installs have Python, but no pip.
    pub has_python: bool,
    /// Whether the step certainly runs, and everything before it was followed.
    pub certain: bool,
}

impl Rule for InstallerMissing {
    fn message(&self) -> String {
        let Self { program, image, .. } = self;
        match self.has_python {
            true => format!(
                "`{program}` is not there: the packages that the Dockerfile installs on `{image}` bring Python and no pip"
            ),
            false => format!(
                "`{program}` is not there: `{image}` holds no Python, and nothing in the Dockerfile installs one"
            ),
        }
    }

    fn help(&self) -> Option<String> {
        let help = match self.os.as_deref() {
            Some("alpine") => "take an image of the python family, or install `py3-pip`",
            _ => {
                "take an image of the python family, or install `python3-pip`, and `python3-venv` for an environment"
            }
        };
        Some(help.to_owned())
    }

    fn level(&self) -> Option<Level> {
        (!self.certain).then_some(Level::Warn)
    }
}
