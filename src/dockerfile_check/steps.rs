//! The files that an install step of a Dockerfile reads, found in the build context.

use crate::dockerfile::{
    FileSource, Ignore, InputFile, InstallStep, LocalProject, UnknownFact, join_path as join,
    parent_path as parent,
};
use crate::error::Error;
use crate::findings::{AbsentFile, UnknownCause};
use crate::lock::{Extras, LockSelection};
use crate::locked::LockInput;
use crate::requirements::{ProjectSelection, Role};
use crate::source::{Origin, without_credentials};
use crate::verdict::LineUndetermined;
use wheelbase_formats::{glob, limits};

use super::files::{ContextFiles, is_lock, read_lock};
use super::options::configuration;
use super::places::{At, Place, includes, is_plain};

/// The inputs of one step.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct StepInputs {
    /// Requirements, constraints and overrides.
    pub documents: Vec<StepDocument>,
    /// The lock from which it installs, or why it cannot be read.
    pub lock: Option<Result<LockInput, Error>>,
    /// The inputs that cannot be read, with the reasons.
    pub undetermined: Vec<LineUndetermined>,
    /// Steps that built wheels for this one, by their indexes.
    pub(super) builders: Vec<Origin>,
    /// Whether only those are used.
    pub(super) only_builders: bool,
    /// Documents that are downloaded during the build.
    downloads: Vec<DownloadedInput>,
}

/// A document of a step.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StepDocument {
    /// A path, or a unique name for text that is not a file.
    pub name: String,
    /// Text that is not a file, and its position.
    pub text: Option<(String, Origin)>,
    /// Its role.
    pub role: Role,
    /// Its extras and groups.
    pub selection: ProjectSelection,
}

/// A document that is downloaded during the build.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DownloadedInput {
    /// Its URL.
    pub url: String,
    /// Its role.
    pub role: Role,
    /// The position that names it.
    pub origin: Origin,
}

impl StepInputs {
    /// Only an input that cannot be checked.
    pub(super) fn undetermined(what: &str, origin: &Origin, cause: UnknownCause) -> Self {
        let mut out = Self::default();
        out.gap(what, origin, cause);
        out
    }

    fn is_empty(&self) -> bool {
        let Self { documents, lock, undetermined, builders, only_builders: _, downloads } = self;
        documents.is_empty()
            && lock.is_none()
            && undetermined.is_empty()
            && builders.is_empty()
            && downloads.is_empty()
    }

    /// Whether it names only files that another step built.
    pub(super) fn is_only_built(&self) -> bool {
        !self.builders.is_empty()
            && self.documents.is_empty()
            && self.downloads.is_empty()
            && self.lock.is_none()
            && self.undetermined.is_empty()
    }

    /// Removes and returns the documents that are downloaded during the build. If one cannot be fetched, it is a gap and not
    /// a fault.
    pub fn take_downloads(&mut self) -> Vec<DownloadedInput> {
        std::mem::take(&mut self.downloads)
    }

    /// Adds a downloaded document, or the reason why it could not be fetched.
    pub fn downloaded(&mut self, download: DownloadedInput, got: Result<Vec<u8>, String>) {
        let DownloadedInput { url, role, origin } = download;
        match got {
            Ok(bytes) => self.documents.push(StepDocument {
                name: url.clone(),
                // A URL may contain a password, and this text is shown.
                text: Some((
                    String::from_utf8_lossy(&bytes).into_owned(),
                    Origin::new(without_credentials(&url).into_owned(), 1, 1),
                )),
                role,
                selection: ProjectSelection::default(),
            }),
            Err(error) => self.gap(&url, &origin, UnknownCause::Unreadable { error }),
        }
    }

    pub(super) fn text(&mut self, text: String, origin: &Origin, role: Role) {
        // The name has a unique suffix, and is in the directory of the Dockerfile.
        let name = format!("{}#{}.{}", origin.file, origin.line, self.documents.len());
        self.documents.push(StepDocument {
            name,
            text: Some((text, origin.clone())),
            role,
            selection: ProjectSelection::default(),
        });
    }

    /// A file that is not there. Nothing puts it there if the image below cannot have it.
    fn file_gap(&mut self, input: &InputFile, cause: UnknownCause, at: &At<'_>) {
        let missing = match (&input.source, &cause) {
            (FileSource::Missing | FileSource::Ignored { .. }, UnknownCause::File(file)) => {
                Some(file.clone())
            }
            (
                FileSource::Image { .. },
                UnknownCause::File(AbsentFile::NotCreated { unchecked_image: Some(_), similar }),
            ) if at.base_is_published => {
                Some(AbsentFile::NotCreated { unchecked_image: None, similar: similar.clone() })
            }
            _ => None,
        };
        let Some(file) = missing else { return self.gap(&input.path, &input.origin, cause) };
        let conditional = at.step.conditional.is_some();
        self.undetermined.push(LineUndetermined::missing(
            &input.path,
            input.origin.clone(),
            file,
            conditional,
        ));
    }

    fn gap(&mut self, what: &str, origin: &Origin, cause: UnknownCause) {
        self.undetermined.push(LineUndetermined::new(None, what, origin.clone(), cause));
    }

    /// Adds a requirements file with its included files: they are named by their paths in the image, which usually differ
    /// from those in the build context.
    fn take(
        &mut self,
        input: &InputFile,
        place: Place,
        role: Role,
        selection: &ProjectSelection,
        at: &At<'_>,
    ) {
        match place {
            Place::File(path) if role == Role::Requirements && is_lock(at.context, &path) => {
                self.lock(&input.path, &input.origin, &path, lock_selection(selection), at);
            }
            Place::File(path) if is_plain(&path) => match at.context.read(&path) {
                Ok(bytes) => {
                    let origin = Origin::new(path.clone(), 1, 1);
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    match self.without_includes(&text, &input.path, &origin, role, at) {
                        Some(text) => self.documents.push(StepDocument {
                            name: path,
                            text: Some((text, origin)),
                            role,
                            selection: selection.clone(),
                        }),
                        None => self.file(path, role, selection),
                    }
                }
                Err(_) => self.file(path, role, selection),
            },
            Place::File(path) => self.file(path, role, selection),
            Place::Text(text, origin) => {
                let changed = self.without_includes(&text, &input.path, &origin, role, at);
                self.text(changed.unwrap_or(text), &origin, role);
            }
            Place::Several(places) => {
                for place in places {
                    self.take(input, place, role, selection, at);
                }
            }
            Place::Url(url) => {
                self.downloads.push(DownloadedInput { url, role, origin: input.origin.clone() });
            }
            Place::Lock(path, selection) => self.lock(&input.path, &input.origin, &path, selection, at),
            Place::Built(origins) => self.builders.extend(origins),
            Place::Gap(cause) => self.file_gap(input, cause, at),
        }
    }

    /// The text without the lines that include others, which are added one by one; `None` if it includes none.
    fn without_includes(
        &mut self,
        text: &str,
        path: &str,
        origin: &Origin,
        role: Role,
        at: &At<'_>,
    ) -> Option<String> {
        let found = includes(text);
        if found.is_empty() {
            return None;
        }
        let mut lines: Vec<&str> = text.lines().collect();
        for include in found {
            // The line remains empty, so that the others keep their numbers.
            for line in lines.iter_mut().skip(include.line).take(include.lines) {
                *line = "";
            }
            let below = u32::try_from(include.line).unwrap_or(u32::MAX);
            let place = Origin::new(origin.file.clone(), origin.line.saturating_add(below), 1);
            let inner = join(parent(path), &include.file);
            if at.seen.borrow().len() >= limits::DOCKERFILE_INCLUDED_FILES {
                self.gap(&inner, &place, UnknownCause::TooManyIncludes);
                continue;
            }
            // Files that a constraints file includes are constraints too.
            let role = if include.constraint { Role::Constraints } else { role };
            // Files may include each other in a circle.
            if !at.seen.borrow_mut().insert((inner.clone(), role as u8)) {
                continue;
            }
            let source = at.step.files.find(&inner, Some(at.ignore));
            let input = InputFile::new(inner, source, place);
            let found = at.place(&input);
            self.take(&input, found, role, &ProjectSelection::default(), at);
        }
        Some(lines.join("\n"))
    }

    fn file(&mut self, name: String, role: Role, selection: &ProjectSelection) {
        self.documents.push(StepDocument { name, text: None, role, selection: selection.clone() });
    }

    /// A local project, or an archive.
    fn project(&mut self, project: &LocalProject, found: Place, selection: &ProjectSelection, at: &At<'_>) {
        match found {
            Place::File(path) if !path.ends_with(".toml") => {
                self.text(at.context.absolute(&path), &project.file.origin, Role::Requirements);
            }
            Place::Built(origins) => {
                let folder = parent(&project.file.path);
                let all = at.step.files.builders(folder);
                self.builders.extend(if all.is_empty() { origins } else { all });
            }
            Place::Gap(_) if project.file.path.ends_with("pyproject.toml") => {
                self.gap(&project.written, &project.file.origin, UnknownCause::UnreadableProject);
            }
            found => self.take(&project.file, found, Role::Requirements, selection, at),
        }
    }

    fn lock(&mut self, what: &str, origin: &Origin, path: &str, selection: LockSelection, at: &At<'_>) {
        if self.lock.is_some() {
            self.gap(what, origin, UnknownCause::SecondLock);
            return;
        }
        self.lock = Some(read_lock(at.context, path, selection));
    }
}

/// Finds all inputs of a step.
///
/// `gaps` are the unknown facts of the file. If a step has no known inputs, its result contains the cause.
/// `base_is_published` says whether the image below is a published one, which contains no files of the project.
pub(super) fn gather(
    step: &InstallStep,
    context: &dyn ContextFiles,
    ignore: &Ignore,
    gaps: &[UnknownFact],
    base_is_published: bool,
) -> StepInputs {
    let mut out = StepInputs::default();
    let at = At { base_is_published, ..At::new(step, context, ignore) };
    for (text, origin) in &step.requirements {
        out.text(text.clone(), origin, Role::Requirements);
    }
    let selection = step.selection.as_ref().map(plain_selection).unwrap_or_default();
    for input in &step.requirement_files {
        out.take(input, at.place(input), Role::Requirements, &selection, &at);
    }
    for input in &step.constraint_files {
        out.take(input, at.place(input), Role::Constraints, &ProjectSelection::default(), &at);
    }
    for input in &step.override_files {
        out.take(input, at.place(input), Role::Overrides, &ProjectSelection::default(), &at);
    }
    for input in &step.config_files {
        if let Err(cause) = configuration(input, &at) {
            out.gap(&input.path, &input.origin, UnknownCause::NotApplied(Box::new(cause)));
        }
    }
    if let Some((reason, origin)) = &step.options.exclude_newer_gap {
        out.gap("--exclude-newer", origin, UnknownCause::Dockerfile(reason.clone()));
    }
    for project in &step.projects {
        let mut selection = ProjectSelection::default();
        selection.extras.clone_from(&project.extras);
        match at.place(&project.file) {
            // A pattern means all archives that it matches.
            Place::Several(places) if glob::is_pattern(&project.file.path) => {
                for place in places {
                    out.project(project, place, &selection, &at);
                }
            }
            found => out.project(project, found, &selection, &at),
        }
    }
    project_or_lock(&at, &mut out);
    if out.is_empty() {
        let here =
            |gap: &&UnknownFact| (&gap.origin.file, gap.origin.line) == (&step.origin.file, step.origin.line);
        return match gaps.iter().find(here) {
            Some(gap) => {
                let cause = UnknownCause::Dockerfile(gap.reason.clone());
                StepInputs::undetermined(step.tool.as_str(), &gap.origin, cause)
            }
            None => {
                let cause = UnknownCause::NoRequirements { tool: step.tool };
                StepInputs::undetermined(step.tool.as_str(), &step.origin, cause)
            }
        };
    }
    if !step.options.find_links.is_empty() {
        let links = &step.options.find_links;
        let found: Vec<Vec<Origin>> = links.iter().map(|links| step.files.builders(links)).collect();
        // If an index is used too, it has all files that a step before fetched from it.
        if step.options.no_index && found.iter().all(|origins| !origins.is_empty()) {
            out.only_builders = true;
            out.builders.extend(found.into_iter().flatten());
        }
    }
    out.builders.sort();
    out.builders.dedup();
    out
}

/// The lock of a project, or the project file if it has none.
fn project_or_lock(at: &At<'_>, out: &mut StepInputs) {
    let step = at.step;
    let selection = step.selection.clone().unwrap_or_default();
    if let Some(input) = &step.lock {
        match at.place(input) {
            Place::File(path) => {
                out.lock(&input.path, &input.origin, &path, selection, at);
                return;
            }
            Place::Lock(path, own) => {
                out.lock(&input.path, &input.origin, &path, own, at);
                return;
            }
            found => {
                let cause = match found {
                    Place::Gap(cause) => cause,
                    _ => UnknownCause::CreatedLock,
                };
                let cause = match step.project.is_some() {
                    true => UnknownCause::ProjectInstead(Box::new(cause)),
                    false => cause,
                };
                out.gap(&input.path, &input.origin, cause);
            }
        }
    }
    let Some(input) = &step.project else { return };
    match at.place(input) {
        Place::File(path) if !path.ends_with("pyproject.toml") => {
            out.gap(&input.path, &input.origin, UnknownCause::NoLock);
        }
        found => out.take(input, found, Role::Requirements, &plain_selection(&selection), at),
    }
}

/// The part of a selection that applies to a project file.
fn plain_selection(selection: &LockSelection) -> ProjectSelection {
    let mut plain = ProjectSelection::default();
    match &selection.extras {
        Extras::None => {}
        Extras::Some(extras) => plain.extras.clone_from(extras),
        Extras::All => plain.all_extras = true,
    }
    plain.groups =
        selection.with.iter().filter(|group| !selection.without.contains(group)).cloned().collect();
    plain.only_groups = !selection.project;
    plain
}

fn lock_selection(selection: &ProjectSelection) -> LockSelection {
    let mut out = LockSelection::default();
    for extra in &selection.extras {
        out = out.with_extra(extra.clone());
    }
    for group in &selection.groups {
        out = out.with_group(group.clone());
    }
    out
}
