//! The texts of the Dockerfile in gaps, which may contain secrets.

use crate::gap::{DockerfileGap, UnknownPart};

impl UnknownPart {
    fn change_texts(&mut self, change: &mut dyn FnMut(&mut String)) {
        match self {
            Self::Script(text)
            | Self::File(text)
            | Self::Project(text)
            | Self::OptionValue(text)
            | Self::SystemPackage(text) => change(text),
            Self::BaseImage
            | Self::WorkingDirectory
            | Self::CopyDestination
            | Self::CopySource
            | Self::Command
            | Self::EvalCommands
            | Self::InnerScript
            | Self::Execution
            | Self::InputPath
            | Self::Requirement
            | Self::EnvironmentPath => {}
        }
    }
}

impl DockerfileGap {
    /// Changes all texts of the Dockerfile that the gap quotes.
    pub(crate) fn change_texts(&mut self, change: &mut dyn FnMut(&mut String)) {
        match self {
            Self::Part { part, cause } => {
                part.change_texts(change);
                cause.change_texts(change);
            }
            Self::Evaluated(text)
            | Self::Substitution(text)
            | Self::Expansion(text)
            | Self::SpecialParameter(text)
            | Self::UnsetVariable(text)
            | Self::LoopVariable(text)
            | Self::ReadVariable(text)
            | Self::Existence(text)
            | Self::UnsupportedTest(text)
            | Self::WrittenBy(text)
            | Self::OutputOf(text)
            | Self::ChangedBy { program: text, at: _ }
            | Self::MatchedFiles(text)
            | Self::Cloned(text)
            | Self::ResolvedAgain { at: text, origin: _ }
            | Self::FetchedUrl(text)
            | Self::NoInstructionForScript(text)
            | Self::InvalidScript(text)
            | Self::ScriptCommands(text)
            | Self::OtherShell(text)
            | Self::MayInstall(text)
            | Self::CondaPackages(text)
            | Self::SetupPy(text)
            | Self::NoUvLock(text) => change(text),
            Self::LongValue { variable } => variable.iter_mut().for_each(change),
            Self::Test { operator, operand } => [operator, operand].into_iter().for_each(change),
            Self::IgnoredFile { at, path, rule, origin: _ } => {
                [at, path, rule].into_iter().for_each(change);
            }
            Self::AbsentFile { at, paths } => [at].into_iter().chain(paths).for_each(change),
            Self::NoInstruction { at, image } => [at].into_iter().chain(image).for_each(change),
            Self::DownloadedFile { at, url } => [at, url].into_iter().for_each(change),
            Self::UnreadScript(paths) | Self::AbsentScript(paths) => paths.iter_mut().for_each(change),
            Self::IncompleteRequirement { text, arguments }
            | Self::InvalidReference { error: text, arguments } => {
                [text].into_iter().chain(arguments).for_each(change);
            }
            Self::InvalidCutoff { option, text, fault: _ } => [option, text].into_iter().for_each(change),
            Self::NoLock { folder, lock } => [folder, lock].into_iter().for_each(change),
            Self::InvalidSubstitution
            | Self::XargsArguments
            | Self::WhileLoop
            | Self::OnlyOnFailure
            | Self::OtherCommand
            | Self::ReadStatus
            | Self::NumberComparison
            | Self::ManyCopies
            | Self::WrittenAt(_)
            | Self::WrittenByPython
            | Self::Address
            | Self::Downloaded
            | Self::EmptyInput
            | Self::DeepScripts
            | Self::DeepFunctions
            | Self::ManyCommands
            | Self::CreatedScript
            | Self::OtherLanguage
            | Self::PythonInstalls
            | Self::ManyRepeats { .. }
            | Self::ManyInstalls { .. }
            | Self::EasyInstall
            | Self::BuildDepPackages
            | Self::NoVirtualEnvironment
            | Self::NoUvLockForExport => {}
        }
    }
}
