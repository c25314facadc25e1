//! `externally-managed`

use crate::dockerfile::Tool;
use crate::findings::{CodeInfo, Level, Rule};
use crate::image::ImageProfile;
use crate::target::{InstallerKind, Target};
use crate::version::Version;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "externally-managed",
    level: Level::Warn,
    summary: "installers refuse to install into the interpreter, which belongs to the distribution",
    explanation: "A file `EXTERNALLY-MANAGED` beside the standard library says that the interpreter belongs to the \
                  system's package manager (PEP 668). Debian marks its Python since 12, Ubuntu since 23.04, Alpine \
                  since 3.19. pip since 23.0 and uv with `--system` stop there with `externally-managed-environment`, \
                  also for `--user`; `--target`, `--prefix` and `--root` are not refused, nor is a virtual \
                  environment, nor the Python of the official python images.\n\n\
                  For an image alone it is a warning, since nobody knows where you install. In a Dockerfile it is \
                  told at the command that is refused, and denied, because the build ends there; it is silent \
                  where the command passes `--break-system-packages`, where the variable of that name is set, and \
                  where the Dockerfile removes the file.\n\n\
                  Make a virtual environment and install into it, take an image that brings a Python of its own, \
                  or pass `--break-system-packages` where no program of the distribution uses that Python.",
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
    /// The file that says so.
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
    /// Whether the step may not run at all.
    pub conditional: bool,
}

impl ExternallyManaged {
    /// Whether the target's installer refuses. Only the image is known here: a virtual environment in it can be
    /// installed into.
    pub(crate) fn check(image: &ImageProfile, target: &Target) -> Option<Self> {
        // Where there is no shell nothing is installed anyway.
        let marker = &image.externally_managed.as_ref().filter(|_| image.shell)?.marker;
        image.refuses_installs(target).then(|| Self {
            image: image.name.clone(),
            python: target.python.version.clone(),
            marker: marker.clone(),
            installer: target.installer.kind,
            step: None,
        })
    }
}

impl Rule for ExternallyManaged {
    fn message(&self) -> String {
        let Self { image, python, marker, installer, step } = self;
        if let Some(RefusedStep { tool, .. }) = step {
            return format!(
                "{tool} refuses to install into Python {python} of `{image}`, which belongs to the distribution ({marker})"
            );
        }
        let system = match installer {
            InstallerKind::Uv => "`uv pip install --system`",
            _ => "a plain `pip install`",
        };
        format!(
            "`{image}`: Python {python} belongs to the distribution, and {system} refuses to change it ({marker})"
        )
    }

    fn help(&self) -> Option<String> {
        let make = match self.installer {
            InstallerKind::Uv => "`uv venv /opt/venv`",
            _ => "`python3 -m venv /opt/venv`",
        };
        Some(format!(
            "install into a virtual environment ({make}), take an image of the python family, or pass \
             `--break-system-packages` where nothing else uses that Python"
        ))
    }

    fn level(&self) -> Option<Level> {
        // A step that may not run at all does not end the build for sure.
        self.step.filter(|step| !step.conditional).map(|_| Level::Deny)
    }
}
