//! Installers, their actions and their destinations.

use std::fmt;

/// A program that installs Python distributions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Tool {
    /// pip
    Pip,
    /// `uv pip`
    UvPip,
    /// uv's project commands: `uv sync`, `uv run`
    Uv,
    /// `uv tool install`, `uvx`
    UvTool,
    /// poetry
    Poetry,
    /// pipenv
    Pipenv,
    /// pdm
    Pdm,
    /// `pip-sync` of pip-tools
    PipSync,
    /// pipx
    Pipx,
    /// `python setup.py install`
    SetupPy,
    /// conda, mamba, micromamba: recognised, but not checked
    Conda,
}

impl Tool {
    /// The name of the command.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pip => "pip",
            Self::UvPip => "uv pip",
            Self::Uv => "uv",
            Self::UvTool => "uv tool",
            Self::Poetry => "poetry",
            Self::Pipenv => "pipenv",
            Self::Pdm => "pdm",
            Self::PipSync => "pip-sync",
            Self::Pipx => "pipx",
            Self::SetupPy => "setup.py",
            Self::Conda => "conda",
        }
    }

    /// Returns whether the tool installs wheels and sdists from an index.
    pub fn is_checked(self) -> bool {
        !matches!(self, Self::Conda | Self::SetupPy)
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The action of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// installs them
    Install,
    /// builds or fetches wheels into a directory (`pip wheel`)
    Wheel,
    /// fetches files into a directory (`pip download`)
    Download,
    /// synchronises an environment with a lock
    Sync,
}

/// The destination of an installation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Destination {
    /// The interpreter of the stage: its program as written, or `python` if the command does not contain it.
    Interpreter(String),
    /// A virtual environment.
    Venv(String),
    /// `--target`
    Target(String),
    /// `--prefix` or `--root`
    Prefix(String),
    /// `--user`, with the directory
    User(String),
    /// A directory of wheels or sdists.
    Wheels(String),
    /// The environments of tools, with the directory that contains them.
    Tools(String),
}

impl Destination {
    /// The directory; `None` for the directories of the interpreter.
    pub fn folder(&self) -> Option<&str> {
        match self {
            Self::Interpreter(_) => None,
            Self::Venv(path)
            | Self::Target(path)
            | Self::Prefix(path)
            | Self::User(path)
            | Self::Wheels(path)
            | Self::Tools(path) => Some(path),
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, at) = match self {
            Self::Interpreter(name) => ("interpreter", name),
            Self::Venv(path) => ("venv", path),
            Self::Target(path) => ("target", path),
            Self::Prefix(path) => ("prefix", path),
            Self::User(path) => ("user", path),
            Self::Wheels(path) => ("wheels", path),
            Self::Tools(path) => ("tools", path),
        };
        write!(f, "{kind} {at}")
    }
}
