//! The state of a stage while its instructions are applied.

use crate::context::{Context, Purpose, WantedFile};
use crate::files::{Operation, StageFiles};
use crate::gap::{DockerfileGap, UnknownPart};
use crate::model::{FileSource, InstallStep, StageCopy, Step};
use crate::path;
use crate::shell::command::Source;
use crate::stage::environment::Environment;
use crate::stage::notes::Notes;
use crate::stage::packages::Packages;
use crate::stage::python::PythonState;
use crate::text::Text;
use wheelbase_formats::glob;
use wheelbase_spec::source::Origin;

/// The state of a stage. It is cloned for a stage that is based on this one.
#[derive(Clone, Debug)]
pub(crate) struct StageState<'p> {
    pub(crate) context: &'p Context,
    pub(crate) files: StageFiles,
    pub(crate) environment: Environment,
    pub(crate) packages: Packages,
    pub(crate) python: PythonState,
    pub(crate) steps: Steps,
    pub(crate) notes: Notes,
}

/// The steps of a stage, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Steps {
    pub(crate) done: Vec<Step>,
    pub(crate) copies: Vec<StageCopy>,
    /// Whether steps were dropped because there are too many.
    pub(crate) cut: bool,
    /// Whether commands with unknown effects ran.
    pub(crate) unread: bool,
    /// Whether the instruction is in `ONBUILD`.
    pub(crate) onbuild: bool,
}

impl<'p> StageState<'p> {
    pub(crate) fn new(context: &'p Context, base: Option<String>) -> Self {
        Self {
            context,
            environment: Environment::new(base.is_none()),
            files: StageFiles::on_image(base),
            packages: Packages::default(),
            python: PythonState::default(),
            steps: Steps::default(),
            notes: Notes::default(),
        }
    }

    /// Returns the state of a stage that is based on this one.
    pub(crate) fn child(&self) -> Self {
        let Steps { cut, unread, .. } = self.steps;
        Self { steps: Steps { cut, unread, ..Steps::default() }, notes: self.notes.child(), ..self.clone() }
    }

    pub(crate) fn undetermined(&mut self, origin: Origin, reason: DockerfileGap) {
        self.notes.undetermined(origin, reason);
    }

    /// Records that a text depends on the default of a build argument.
    pub(crate) fn assume(&mut self, text: &Text, origin: &Origin) {
        self.notes.assume(text, origin);
    }

    /// Returns the source of a file, without candidates that do not exist in the context.
    pub(crate) fn find(&self, at: &str) -> FileSource {
        self.settle(self.files.find(at, self.context.ignore()))
    }

    fn settle(&self, source: FileSource) -> FileSource {
        match source {
            FileSource::Context(candidates) => {
                let mut left = Vec::new();
                for candidate in &candidates {
                    match self.context.text(candidate) {
                        Some(None) => {}
                        Some(Some(_)) => {
                            left.push(candidate.clone());
                            break;
                        }
                        None => left.push(candidate.clone()),
                    }
                }
                if left.is_empty() { FileSource::Absent(candidates) } else { FileSource::Context(left) }
            }
            FileSource::Combined(parts) => {
                FileSource::Combined(parts.into_iter().map(|part| self.settle(part)).collect())
            }
            other => other,
        }
    }

    /// Returns whether the Dockerfile creates a file at exactly this path, not as part of a directory.
    pub(crate) fn is_put(&self, at: &str) -> bool {
        match self.files.find(at, self.context.ignore()) {
            FileSource::Inline { .. } => true,
            // A copied directory may contain any name. Only a source of the same name is evidence for the file.
            FileSource::Context(candidates) => {
                candidates.first().is_some_and(|first| path::name(first).ends_with(".conf"))
                    && self.files.names(at)
            }
            _ => false,
        }
    }

    /// Returns why the content of a file that a step reads is unknown.
    pub(crate) fn check_source(&mut self, at: &str, source: &FileSource, origin: &Origin) {
        let reason = match source {
            FileSource::Ignored { path, rule, origin } => {
                let (at, path, rule) = (at.to_owned(), path.clone(), rule.clone());
                DockerfileGap::IgnoredFile { at, path, rule, origin: origin.clone() }
            }
            FileSource::Absent(paths) => {
                DockerfileGap::AbsentFile { at: at.to_owned(), paths: paths.clone() }
            }
            FileSource::Missing => DockerfileGap::NoInstruction { at: at.to_owned(), image: None },
            FileSource::Image { reference, .. } => {
                DockerfileGap::NoInstruction { at: at.to_owned(), image: Some(reference.clone()) }
            }
            FileSource::Unknown(reason) => UnknownPart::File(at.to_owned()).because(reason),
            FileSource::Combined(parts) => {
                for part in parts {
                    self.check_source(at, part, origin);
                }
                return;
            }
            FileSource::Exported(exported) if exported.selection.is_none() => {
                DockerfileGap::ResolvedAgain { at: at.to_owned(), origin: exported.origin.clone() }
            }
            FileSource::Url(url) if url == at => DockerfileGap::FetchedUrl(url.clone()),
            FileSource::Url(url) => DockerfileGap::DownloadedFile { at: at.to_owned(), url: url.clone() },
            _ => return,
        };
        self.undetermined(origin.clone(), reason);
    }

    /// Requests the context files that a step reads.
    pub(crate) fn want_inputs(&mut self, step: &InstallStep) {
        let mut sources: Vec<&FileSource> = step.inputs().map(|file| &file.source).collect();
        while let Some(source) = sources.pop() {
            match source {
                FileSource::Context(candidates) => {
                    for candidate in candidates {
                        self.want(candidate, Purpose::Input);
                    }
                }
                FileSource::Combined(parts) => sources.extend(parts),
                FileSource::Exported(exported) => {
                    sources.extend(exported.from.iter().map(|file| &file.source));
                }
                _ => {}
            }
        }
    }

    fn want(&mut self, candidate: &str, purpose: Purpose) {
        let archive = [".whl", ".gz", ".zip", ".bz2", ".xz"].iter().any(|end| candidate.ends_with(end));
        if self.context.text(candidate).is_none() && !glob::is_pattern(candidate) && !archive {
            self.notes.wanted.insert(WantedFile { path: candidate.to_owned(), purpose });
        }
    }

    /// Returns the text of a shell script in the stage, or requests it if it is unknown.
    pub(crate) fn read_script(&mut self, at: &str, origin: &Origin) -> Option<Source> {
        match self.find(at) {
            FileSource::Inline { text, origin } => {
                is_shell(&text).then(|| Source::of_lines(&origin.file, &text, origin.line))
            }
            FileSource::Context(candidates) => {
                for candidate in &candidates {
                    if let Some(Some(text)) = self.context.text(candidate) {
                        return is_shell(text).then(|| Source::of_lines(candidate, text, 1));
                    }
                }
                for candidate in &candidates {
                    self.want(candidate, Purpose::Script);
                }
                self.undetermined(origin.clone(), DockerfileGap::UnreadScript(candidates));
                None
            }
            FileSource::Unknown(reason) => {
                self.undetermined(origin.clone(), UnknownPart::Script(at.to_owned()).because(&reason));
                None
            }
            FileSource::Absent(paths) => {
                self.undetermined(origin.clone(), DockerfileGap::AbsentScript(paths));
                None
            }
            FileSource::Missing => {
                self.undetermined(origin.clone(), DockerfileGap::NoInstructionForScript(at.to_owned()));
                None
            }
            _ => None,
        }
    }

    /// Adds mounts, and returns the index of the first one and their number.
    pub(crate) fn mount(&mut self, operations: Vec<Operation>) -> (usize, usize) {
        let at = self.files.len();
        let count = operations.len();
        for operation in operations {
            self.files.push(operation);
        }
        (at, count)
    }
}

/// Returns whether the text is a shell script: its first line does not select another language.
pub(crate) fn is_shell(text: &str) -> bool {
    match text.strip_prefix("#!") {
        Some(rest) => {
            let line = rest.lines().next().unwrap_or_default();
            line.split(['/', ' '])
                .any(|word| ["sh", "bash", "ash", "dash", "ksh", "zsh"].contains(&word.trim()))
        }
        None => !text.contains('\0'),
    }
}
