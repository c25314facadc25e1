//! Why a fact about a Dockerfile is unknown, as values. The file `words` has their sentences.

mod part;
mod texts;
mod words;

pub use part::UnknownPart;

use wheelbase_python::index::InvalidCutoff;
use wheelbase_spec::source::Origin;

/// Why a fact about a Dockerfile is unknown.
///
/// `Display` writes one sentence without a final period.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DockerfileGap {
    /// A part of an instruction or command is unknown because of another gap.
    Part {
        /// The unknown part.
        part: UnknownPart,
        /// Why it is unknown.
        cause: Box<Self>,
    },

    // Values.
    /// A value is too long to be followed.
    LongValue {
        /// The variable; `None` for another word.
        variable: Option<String>,
    },
    /// The build evaluates an arithmetic expansion or another form that is not followed.
    Evaluated(String),
    /// The output of the command of `$(...)` is unknown.
    Substitution(String),
    /// An expansion `${...}` is not supported.
    Expansion(String),
    /// The substitution of an instruction is invalid, which is reported as a fault.
    InvalidSubstitution,
    /// A special parameter such as `$$` or `$!`.
    SpecialParameter(String),
    /// The Dockerfile does not set the variable, and the base image may set it.
    UnsetVariable(String),
    /// The variable of a `for` loop with unknown words.
    LoopVariable(String),
    /// The variable is set by `read`.
    ReadVariable(String),
    /// The arguments that `xargs` adds.
    XargsArguments,

    // Conditions.
    /// A `while` loop decides.
    WhileLoop,
    /// The command is after `||`. A build in which everything succeeds does not run it.
    OnlyOnFailure,
    /// The success of another command decides.
    OtherCommand,
    /// The success of `read` decides.
    ReadStatus,
    /// It depends on whether a file or program exists.
    Existence(String),
    /// The result of a test with one operand.
    Test {
        /// The operator, such as `-d`.
        operator: String,
        /// The operand.
        operand: String,
    },
    /// A comparison of numbers.
    NumberComparison,
    /// The words of a test that is not supported.
    UnsupportedTest(String),

    // Contents of files.
    /// The file is copied too many times to be followed.
    ManyCopies,
    /// A program writes it during the build: the command.
    WrittenBy(String),
    /// The command at this position writes it during the build.
    WrittenAt(Origin),
    /// A Python program writes it during the build.
    WrittenByPython,
    /// The output of a command.
    OutputOf(String),
    /// A program changes it during the build.
    ChangedBy {
        /// The program.
        program: String,
        /// The position of the command; `None` if its output is meant.
        at: Option<Origin>,
    },
    /// The files that a pattern matches.
    MatchedFiles(String),
    /// The address of a download.
    Address,
    /// It is downloaded from an unknown address.
    Downloaded,
    /// It is in a repository that is cloned during the build: its URL.
    Cloned(String),
    /// A command reads standard input, which is empty.
    EmptyInput,

    // Files that a step reads.
    /// The ignore file excludes a file from the build context.
    IgnoredFile {
        /// The path in the stage.
        at: String,
        /// The path in the build context.
        path: String,
        /// The rule that excludes it.
        rule: String,
        /// The position of the rule.
        origin: Origin,
    },
    /// A file is copied from the build context, which does not have it.
    AbsentFile {
        /// The path in the stage.
        at: String,
        /// The paths in the build context.
        paths: Vec<String>,
    },
    /// No instruction creates a file.
    NoInstruction {
        /// The path in the stage.
        at: String,
        /// The image that may contain it.
        image: Option<String>,
    },
    /// A requirements file is resolved again during the build.
    ResolvedAgain {
        /// The path in the stage.
        at: String,
        /// The position of the command.
        origin: Origin,
    },
    /// An installer fetches a URL during the build.
    FetchedUrl(String),
    /// A file is downloaded during the build.
    DownloadedFile {
        /// The path in the stage.
        at: String,
        /// The URL.
        url: String,
    },

    // Scripts and commands.
    /// A script of the build context was not read: its possible paths.
    UnreadScript(Vec<String>),
    /// The build context does not have a script: its possible paths.
    AbsentScript(Vec<String>),
    /// No instruction creates a script.
    NoInstructionForScript(String),
    /// A shell script is invalid: the error of the parser.
    InvalidScript(String),
    /// Scripts call each other too deeply.
    DeepScripts,
    /// Functions call each other too deeply.
    DeepFunctions,
    /// A `RUN` has too many commands.
    ManyCommands,
    /// A script is created during the build.
    CreatedScript,
    /// The commands of a script that is downloaded or copied from elsewhere.
    ScriptCommands(String),
    /// `RUN` uses a shell that is not interpreted.
    OtherShell(String),
    /// A here-document in a language other than shell.
    OtherLanguage,
    /// A Python program installs distributions.
    PythonInstalls,
    /// A program such as `make` may install distributions: the command.
    MayInstall(String),

    // Steps.
    /// The same command runs too often.
    ManyRepeats {
        /// The limit.
        limit: usize,
    },
    /// A stage has too many installations.
    ManyInstalls {
        /// The limit.
        limit: usize,
    },
    /// A requirement ends with an operator, because build arguments have no value.
    IncompleteRequirement {
        /// The requirement as expanded.
        text: String,
        /// The build arguments.
        arguments: Vec<String>,
    },
    /// The value of an option is not a date or a time.
    InvalidCutoff {
        /// The name of the option, without dashes.
        option: String,
        /// The value.
        text: String,
        /// Why it is not one.
        fault: InvalidCutoff,
    },
    /// The packages of conda, mamba or micromamba are not wheels: the program.
    CondaPackages(String),
    /// `easy_install` is not checked.
    EasyInstall,
    /// `setup.py` installs without pip: its command.
    SetupPy(String),
    /// The packages of `apt-get build-dep`.
    BuildDepPackages,
    /// `uv pip` has no virtual environment and does not use the system.
    NoVirtualEnvironment,
    /// uv resolves the requirements of a folder without a lock.
    NoUvLock(String),
    /// `uv export` does not find a lock.
    NoUvLockForExport,
    /// A tool resolves the requirements of a folder without a lock.
    NoLock {
        /// The folder.
        folder: String,
        /// The name of the lock.
        lock: String,
    },

    // Bases.
    /// The base image is not a valid reference.
    InvalidReference {
        /// The error of the parser of references.
        error: String,
        /// The build arguments without a value in it.
        arguments: Vec<String>,
    },
}
