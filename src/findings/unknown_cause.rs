//! Why a fact is unknown.

use std::fmt;

use super::dockerfile::AbsentFile;
use super::words;
use crate::dockerfile::{DockerfileGap, Tool};
use crate::resolve::UnknownReason;

/// Why a fact is unknown.
///
/// The variants with a `reason` have the text of a reader of another crate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnknownCause {
    /// A fact about a Dockerfile is unknown.
    Dockerfile(DockerfileGap),
    /// The cause in the text of the reader of requirements and project files.
    Requirements {
        /// The text, without final period.
        reason: String,
    },
    /// The cause in the text of the reader of locks.
    Lock {
        /// The text, without final period.
        reason: String,
    },
    /// The cause in the text of the reader of images and of the catalogue.
    Image {
        /// The text, without final period.
        reason: String,
    },
    /// The selection for a project, or the dependencies of a file, are unknown.
    Resolution(UnknownReason),
    /// A file or page cannot be read or fetched.
    Unreadable {
        /// The error.
        error: String,
    },
    /// The content of a distribution file cannot be read.
    Contents {
        /// The file name.
        file: String,
        /// The failure.
        failure: ReadFailure,
    },
    /// Neither the Dockerfile nor its build context has the file.
    File(AbsentFile),
    /// A tool exports the file from a lock, and the lock is unknown.
    Export {
        /// The tool.
        tool: Tool,
        /// Why the lock is unknown; `None` if it is not a single file of the build context.
        cause: Option<Box<Self>>,
    },
    /// The file is created from files that are created from files, and so on.
    NestedFiles,
    /// Too many files include each other.
    TooManyIncludes,
    /// The input is created from several files, or during the build.
    NotOneFile,
    /// The settings of the input are ignored because it is unknown.
    NotApplied(Box<Self>),
    /// A local project has no readable `pyproject.toml` in the build context.
    UnreadableProject,
    /// A local project has no `pyproject.toml`.
    NoProjectFile,
    /// A project file of another tool has neither a lock nor static requirements.
    NoLock,
    /// A step installs from two locks.
    SecondLock,
    /// The lock is created during the build.
    CreatedLock,
    /// The lock is unknown, so the project file is resolved.
    ProjectInstead(Box<Self>),
    /// No requirements of a step were found.
    NoRequirements {
        /// The tool of the step.
        tool: Tool,
    },
    /// The packages of a tool are not from an index.
    NotFromIndex {
        /// The tool.
        tool: Tool,
    },
    /// A program without a version in its name may be one of several interpreters.
    PythonOfProgram {
        /// The program.
        program: String,
        /// The versions that the Dockerfile installs.
        installed: Vec<String>,
    },
    /// The interpreter is selected during the build.
    PythonDuringBuild {
        /// The interpreter as written.
        named: String,
    },
    /// The requirement is a version control checkout.
    Checkout,
    /// The URL of the requirement does not contain the name of a project.
    NoProjectName,
    /// An override is a directory.
    FolderOverride,
    /// The files of the image are not in a directory.
    NotInFolder,
}

impl fmt::Display for UnknownCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dockerfile(gap) => gap.fmt(f),
            Self::Requirements { reason }
            | Self::Lock { reason }
            | Self::Image { reason } => f.write_str(reason),
            Self::Resolution(reason) => reason.fmt(f),
            Self::Unreadable { error } => f.write_str(error),
            Self::Contents { file, failure } => write!(f, "`{file}` could not be inspected: {failure}"),
            Self::File(file) => file.fmt(f),
            Self::Export { tool, cause: Some(cause) } => write!(f, "{tool} exports it from a lock: {cause}"),
            Self::Export { tool, cause: None } => {
                write!(f, "{tool} exports it from a lock that cannot be read")
            }
            Self::NestedFiles => f.write_str("it includes too many other files"),
            Self::TooManyIncludes => f.write_str("too many files include each other"),
            Self::NotOneFile => f.write_str("it is not a single file of the build context"),
            Self::NotApplied(cause) => write!(f, "{cause}; it is not applied"),
            Self::UnreadableProject => f.write_str(
                "it has no readable pyproject.toml, so its requirements are unknown until its code runs",
            ),
            Self::NoProjectFile => f.write_str(
                "its directory has no pyproject.toml; its requirements are unknown until its code is run",
            ),
            Self::NoLock => f.write_str("its requirements are unknown without its lock or its code"),
            Self::SecondLock => f.write_str("the second lock of a step is not checked"),
            Self::CreatedLock => f.write_str("a lock that is created during the build is not read"),
            Self::ProjectInstead(cause) => write!(f, "{cause}; the project file is resolved instead"),
            Self::NoRequirements { tool } => write!(f, "no requirements for {tool} were found"),
            Self::NotFromIndex { tool } => {
                write!(f, "packages that `{tool}` installs are not from an index")
            }
            Self::PythonOfProgram { program, installed } => {
                let installed: Vec<String> =
                    installed.iter().map(|version| format!("python{version}")).collect();
                write!(
                    f,
                    "the Python version of `{program}` is unknown: the Dockerfile installs only {}",
                    words::quoted(&installed)
                )
            }
            Self::PythonDuringBuild { named } => {
                write!(f, "the Python version of `{named}` is unknown until the build")
            }
            Self::Checkout => f.write_str(
                "the requirements of a version control checkout are unknown until its code is run",
            ),
            Self::NoProjectName => f.write_str("its project is unknown: the file name does not contain it"),
            Self::FolderOverride => f.write_str("an override with a directory is not supported"),
            Self::NotInFolder => f.write_str(
                "the installed compiled files are checked only in directories; unpack the image and use `dir:ROOT`",
            ),
        }
    }
}

/// Why the content of a distribution file is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadFailure {
    /// The file cannot be fetched, or is not a valid archive.
    Unreadable {
        /// The error.
        error: String,
    },
    /// The reader stopped before the end, which is a bug.
    Stopped {
        /// The error.
        error: String,
    },
}

impl fmt::Display for ReadFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { error } => f.write_str(error),
            Self::Stopped { error } => write!(f, "it could not be read: {error}"),
        }
    }
}
