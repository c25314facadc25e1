//! The sentences of gaps.

use std::fmt;

use crate::gap::{DockerfileGap, UnknownPart};
use wheelbase_python::index::InvalidCutoff;

impl fmt::Display for UnknownPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BaseImage => f.write_str("the base image is unknown"),
            Self::WorkingDirectory => f.write_str("the working directory is unknown"),
            Self::CopyDestination => f.write_str("the destination of the copy is unknown"),
            Self::CopySource => f.write_str("the source of the copy is unknown"),
            Self::Command => f.write_str("the command is unknown"),
            Self::EvalCommands => f.write_str("the commands of `eval` are unknown"),
            Self::InnerScript => f.write_str("the script of the inner shell is unknown"),
            Self::Script(at) => write!(f, "the script `{at}` is unknown"),
            Self::Execution => f.write_str("it is unknown whether this runs"),
            Self::InputPath => f.write_str("the path of a file is unknown"),
            Self::File(at) => write!(f, "`{at}` is unknown"),
            Self::Requirement => f.write_str("a requirement is unknown"),
            Self::Project(written) => write!(f, "`{written}`"),
            Self::OptionValue(option) => write!(f, "the value of `--{option}` is unknown"),
            Self::EnvironmentPath => f.write_str("the path of a virtual environment is unknown"),
            Self::SystemPackage(program) => write!(f, "a package of `{program}` is unknown"),
        }
    }
}

impl fmt::Display for DockerfileGap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part { part, cause } => write!(f, "{part}: {cause}"),
            Self::LongValue { variable: Some(name) } => write!(f, "the value of `{name}` is too long"),
            Self::LongValue { variable: None } => f.write_str("the value is too long"),
            Self::Evaluated(text) => write!(f, "`{text}` is evaluated during the build"),
            Self::Substitution(command) => write!(f, "`$({command})` is known only during the build"),
            Self::Expansion(text) => write!(f, "`${{{text}}}` is not supported"),
            Self::InvalidSubstitution => f.write_str("the substitution is invalid"),
            Self::SpecialParameter(name) => write!(f, "`${name}` is known only during the build"),
            Self::UnsetVariable(name) => {
                write!(f, "`{name}` is not set in the Dockerfile; the base image may set it")
            }
            Self::LoopVariable(name) => write!(f, "the values of `{name}` are known only during the build"),
            Self::ReadVariable(name) => write!(f, "`{name}` is read during the build"),
            Self::XargsArguments => {
                f.write_str("the arguments that `xargs` adds are known only during the build")
            }
            Self::WhileLoop => f.write_str("a `while` loop decides whether it runs"),
            Self::OnlyOnFailure => f.write_str("it runs only if the command before `||` fails"),
            Self::OtherCommand => f.write_str("the success of another command decides whether it runs"),
            Self::ReadStatus => f.write_str("`read` decides whether it runs"),
            Self::Existence(what) => write!(f, "it depends on whether `{what}` exists"),
            Self::Test { operator, operand } => {
                write!(f, "`test {operator} {operand}` is known only during the build")
            }
            Self::NumberComparison => f.write_str("a comparison of numbers is known only during the build"),
            Self::UnsupportedTest(words) => write!(f, "`test {words}` is not supported"),
            Self::ManyCopies => f.write_str("the file is copied too many times to be followed"),
            Self::WrittenBy(command) => write!(f, "`{command}` writes it during the build"),
            Self::WrittenAt(origin) => write!(f, "{origin} writes it during the build"),
            Self::WrittenByPython => f.write_str("a Python program writes it during the build"),
            Self::OutputOf(command) => {
                write!(f, "the output of `{command}` is known only during the build")
            }
            Self::ChangedBy { program, at: Some(origin) } => write!(f, "`{program}` changes it at {origin}"),
            Self::ChangedBy { program, at: None } => write!(f, "`{program}` changes it during the build"),
            Self::MatchedFiles(pattern) => {
                write!(f, "the files that `{pattern}` matches are known only during the build")
            }
            Self::Address => f.write_str("the address is known only during the build"),
            Self::Downloaded => f.write_str("it is downloaded during the build"),
            Self::Cloned(url) => write!(f, "it comes from `{url}`, which is cloned during the build"),
            Self::EmptyInput => f.write_str("standard input is empty here"),
            Self::IgnoredFile { at, path, rule, origin } => {
                write!(f, "`{at}` is `{path}` of the build context, which `{rule}` at {origin} excludes")
            }
            Self::AbsentFile { at, paths } => {
                let paths = paths.join("` and no `");
                write!(f, "`{at}` is copied from the build context, which does not have `{paths}`")
            }
            Self::NoInstruction { at, image: None } => write!(f, "no instruction creates `{at}`"),
            Self::NoInstruction { at, image: Some(image) } => {
                write!(f, "no instruction creates `{at}`; the image `{image}` may contain it")
            }
            Self::ResolvedAgain { at, origin } => {
                write!(f, "`{at}` is resolved again during the build at {origin}")
            }
            Self::FetchedUrl(url) => write!(f, "`{url}` is fetched during the build"),
            Self::DownloadedFile { at, url } => {
                write!(f, "`{at}` is downloaded from `{url}` during the build")
            }
            Self::UnreadScript(paths) => write!(f, "the script `{}` was not read", paths.join("`, `")),
            Self::AbsentScript(paths) => {
                write!(f, "the build context does not have the script `{}`", paths.join("` or `"))
            }
            Self::NoInstructionForScript(at) => write!(f, "no instruction creates the script `{at}`"),
            Self::InvalidScript(error) => write!(f, "the shell script is invalid: {error}"),
            Self::DeepScripts => f.write_str("the scripts call each other too deeply"),
            Self::DeepFunctions => f.write_str("the functions call each other too deeply"),
            Self::ManyCommands => f.write_str("this `RUN` has too many commands"),
            Self::CreatedScript => {
                f.write_str("the script is created during the build, so its commands are unknown")
            }
            Self::ScriptCommands(script) => write!(f, "the commands of the script `{script}` are unknown"),
            Self::OtherShell(program) => write!(f, "`RUN` is not interpreted under the shell `{program}`"),
            Self::OtherLanguage => {
                f.write_str("a here-document in a language other than shell is not interpreted")
            }
            Self::PythonInstalls => {
                f.write_str("a Python program installs distributions; its commands are unknown")
            }
            Self::MayInstall(command) => {
                write!(f, "`{command}` may install distributions; the commands that it runs are unknown")
            }
            Self::ManyRepeats { limit } => write!(
                f,
                "this command runs more than {limit} times; what it installs after that is not checked"
            ),
            Self::ManyInstalls { limit } => write!(
                f,
                "this stage has more than {limit} installations; those after that are not checked"
            ),
            Self::IncompleteRequirement { text, arguments } => write!(
                f,
                "`{text}` is incomplete: the build argument `{}` has no value; set it with `--build-arg`",
                arguments.join("`, `")
            ),
            Self::InvalidCutoff { option, text, fault: InvalidCutoff::Relative } => write!(
                f,
                "the value of `--{option}` is unknown: `{text}` is relative to the time of the build"
            ),
            Self::InvalidCutoff { option, text, fault: _ } => write!(
                f,
                "`{text}` is not a valid date for `--{option}`: expected a date such as 2026-11-01 or a time such as 2026-11-01T00:00:00Z"
            ),
            Self::CondaPackages(program) => {
                write!(f, "the packages of `{program}` are not checked: they are not wheels")
            }
            Self::EasyInstall => f.write_str("`easy_install` is not checked"),
            Self::SetupPy(command) => {
                write!(f, "`setup.py {command}` is not checked: setuptools installs without pip")
            }
            Self::BuildDepPackages => {
                f.write_str("the packages of `apt-get build-dep` are known only during the build")
            }
            Self::NoVirtualEnvironment => f.write_str(
                "the Dockerfile creates no virtual environment and `--system` is not set; `uv pip` fails unless the base image has a virtual environment",
            ),
            Self::NoUvLock(folder) => write!(
                f,
                "`{folder}` does not contain `uv.lock`, so uv resolves the requirements during the build"
            ),
            Self::NoUvLockForExport => f.write_str(
                "`uv export` does not find `uv.lock`, so uv resolves the requirements during the build",
            ),
            Self::NoLock { folder, lock } => write!(
                f,
                "`{folder}` does not contain `{lock}`, so the requirements are resolved during the build"
            ),
            Self::InvalidReference { error, arguments } if arguments.is_empty() => f.write_str(error),
            Self::InvalidReference { error, arguments } => {
                write!(f, "{error}; set `{}` with `--build-arg`", arguments.join("`, `"))
            }
        }
    }
}
