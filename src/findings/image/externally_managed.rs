//! `externally-managed`

use crate::dockerfile::Tool;
use crate::findings::{CodeInfo, Level, Rule};
use crate::target::InstallerKind;
use crate::version::Version;

use super::ImageContext;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "externally-managed",
    level: Level::Warn,
    summary: "installers refuse to install into the Python of the distribution",
    explanation: "A file `EXTERNALLY-MANAGED` in the directory of the standard library marks an interpreter that \
belongs to the package manager of the system (PEP 668). Debian has it since 12, Ubuntu since 23.04, Alpine since \
3.19. pip 23.0 and newer and `uv pip install --system` fail with `externally-managed-environment`, also with \
`--user`. They do not refuse `--target`, `--prefix`, `--root`, virtual environments, or the Python of the official \
python images.\n\n\
For an image, the level is warn, because the destination of the installation is unknown. In a Dockerfile, the \
finding is reported at the refused command with the level deny, because the build fails there. The code is silent \
if the command has `--break-system-packages`, if the variable of that name is set, or if the Dockerfile removes the \
file.\n\n\
Create a virtual environment and install into it, use an image of the python family, or pass \
`--break-system-packages` if no program of the distribution uses that Python.",
    link: "https://packaging.python.org/en/latest/specifications/externally-managed-environments/",
};

/// Installers refuse to install into an interpreter (PEP 668).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExternallyManaged {
    /// The image as written.
    pub image: String,
    /// The interpreter's version.
    pub python: Version,
    /// The marker file.
    pub marker: String,
    /// The installer.
    pub installer: InstallerKind,
    /// The step of a Dockerfile that is refused; `None` where only the image is known.
    pub step: Option<RefusedStep>,
}

/// A step of a Dockerfile that an installer refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusedStep {
    /// The tool that installs.
    pub tool: Tool,
    /// Whether the step runs only under a condition.
    pub conditional: bool,
}

impl Rule for ExternallyManaged {
    /// Checks whether the target's installer refuses. Only the image is known here: a virtual environment in it can be
    /// installed into. `src/dockerfile_check` checks install steps.
    fn on_image(cx: &ImageContext<'_>) -> Vec<Self> {
        let (image, Some(target)) = (cx.image, cx.target) else { return Vec::new() };
        // Without a shell, no command can install anything.
        let marked = image.externally_managed.as_ref().filter(|_| image.shell);
        let marked = marked.filter(|_| image.refuses_installs(target));
        let refused = marked.map(|marked| Self {
            image: image.name.clone(),
            python: target.python.version.clone(),
            marker: marked.marker.clone(),
            installer: target.installer.kind,
            step: None,
        });
        refused.into_iter().collect()
    }

    fn message(&self) -> String {
        let Self { image, python, marker, installer, step } = self;
        if let Some(RefusedStep { tool, .. }) = step {
            return format!(
                "{tool} refuses to install into Python {python} of `{image}`, which belongs to the distribution ({marker})"
            );
        }
        let system = match installer {
            InstallerKind::Uv => "`uv pip install --system`",
            _ => "`pip install`",
        };
        format!(
            "`{image}`: {system} refuses to install into Python {python}, which belongs to the distribution ({marker})"
        )
    }

    fn help(&self) -> Option<String> {
        let make = match self.installer {
            InstallerKind::Uv => "`uv venv /opt/venv`",
            _ => "`python3 -m venv /opt/venv`",
        };
        Some(format!(
            "install into a virtual environment ({make}), use an image of the python family, or pass \
             `--break-system-packages` if no other program uses that Python"
        ))
    }

    fn level(&self) -> Option<Level> {
        // The build may skip this step.
        self.step.filter(|step| !step.conditional).map(|_| Level::Deny)
    }
}
