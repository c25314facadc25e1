//! The parts of instructions and commands that can be unknown.

use crate::gap::DockerfileGap;

/// A part of an instruction or command that is unknown because of another gap.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum UnknownPart {
    /// The base image of a stage.
    BaseImage,
    /// The argument of `WORKDIR`.
    WorkingDirectory,
    /// The destination of `COPY` or `ADD`.
    CopyDestination,
    /// A source of `COPY` or `ADD`.
    CopySource,
    /// The program of a command.
    Command,
    /// The commands of `eval`.
    EvalCommands,
    /// The script of an inner shell.
    InnerScript,
    /// A script at this path.
    Script(String),
    /// Whether a step runs.
    Execution,
    /// The path of a file that a step reads.
    InputPath,
    /// The content of a file at this path.
    File(String),
    /// A requirement argument.
    Requirement,
    /// A project or archive, as written.
    Project(String),
    /// The value of an option: its name without dashes.
    OptionValue(String),
    /// The path of a virtual environment.
    EnvironmentPath,
    /// A package of the system: the program that installs it.
    SystemPackage(String),
}

impl UnknownPart {
    /// The gap that this part is unknown because of another gap.
    pub(crate) fn because(self, cause: &DockerfileGap) -> DockerfileGap {
        DockerfileGap::Part { part: self, cause: Box::new(cause.clone()) }
    }
}
