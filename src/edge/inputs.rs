//! Reads what the user requires: files, URLs, directories and standard input.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use url::Url;
use wheelbase_formats::limits;

use super::IndexClient;
use crate::error::Error;
use crate::filename::{SdistFilename, WheelFilename};
use crate::findings::UnknownCause;
use crate::lock::LockSelection;
use crate::locked::{LockInput, in_order, is_lock_file};
use crate::name::{ExtraName, ProjectName};
use crate::requirement::{Requirement, RequirementSource};
use crate::requirements::{
    DirectRequirement, DocumentLocation, Loader, ProjectSelection, RequirementKind, RequirementLine,
    RequirementSet,
};
use crate::resolve::RootRequirement;
use crate::source::{Fault, Origin};
use crate::verdict::LineUndetermined;
use crate::version::SpecifierSet;

/// The requirements in the form of the solver.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Inputs {
    /// The requirements.
    pub requirements: Vec<RootRequirement>,
    /// The constraints.
    pub constraints: Vec<RootRequirement>,
    /// The overrides of uv.
    pub overrides: Vec<RootRequirement>,
    /// The lines that are undetermined, because their code would have to be run.
    pub undetermined: Vec<LineUndetermined>,
    /// The `requires-python` of projects and scripts.
    pub requires_python: Vec<(SpecifierSet, Origin)>,
    /// Notes on lines that have another effect than their author may expect.
    pub remarks: Vec<String>,
}

/// Reads all documents that a loader requires; `client` fetches URLs.
///
/// # Errors
///
/// If a document is not valid. [`Error::faults`] lists all faults of all documents.
pub async fn load(mut loader: Loader<'_>, client: &IndexClient) -> Result<RequirementSet, Error> {
    loop {
        let needs = loader.needed();
        if needs.is_empty() {
            break;
        }
        for need in needs {
            match read(&need.location, client).await {
                Ok(bytes) => loader.supply(&need.location, &bytes),
                Err(cause) => loader.fail(&need.location, &cause),
            }
        }
    }
    loader.finish().map_err(|faults| Error::from(in_order(faults)))
}

/// Returns whether a file is a lock, by its name or by the content of a `.toml`, `.json` or `.lock` file.
pub fn is_lock(path: &str) -> bool {
    is_lock_file(path, || read_file(path).ok())
}

/// Reads a lock and the `pyproject.toml` next to it.
///
/// # Errors
///
/// If one of them is not valid. [`Error::faults`] lists all faults of both files.
pub fn read_lock(path: &str, selection: LockSelection) -> Result<LockInput, Error> {
    let regular = |name: &str| name == path || Path::new(name).is_file();
    LockInput::read(path, selection, |name| regular(name).then(|| read_file(name)).transpose())
}

async fn read(location: &DocumentLocation, client: &IndexClient) -> Result<Vec<u8>, String> {
    match location {
        DocumentLocation::Path(path) if path == "-" => {
            let mut bytes = Vec::new();
            std::io::stdin()
                .take(limits::INPUT_BYTES)
                .read_to_end(&mut bytes)
                .map_err(|error| error.to_string())?;
            Ok(bytes)
        }
        DocumentLocation::Path(path) => read_file(path),
        DocumentLocation::Url(url) => {
            client.get_bytes(url, limits::INPUT_BYTES).await.map_err(|failure| failure.to_string())
        }
    }
}

pub(super) fn read_file(path: &str) -> Result<Vec<u8>, String> {
    let file = std::fs::File::open(path).map_err(|error| plain(&error))?;
    let mut bytes = Vec::new();
    file.take(limits::INPUT_BYTES).read_to_end(&mut bytes).map_err(|error| plain(&error))?;
    Ok(bytes)
}

/// The cause without the error number of the operating system.
pub(super) fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "is a directory".to_owned(),
        _ => error.to_string(),
    }
}

/// Converts lines to the form of the solver. Reads the `pyproject.toml` of local projects.
///
/// # Errors
///
/// If an archive does not exist or a file of a local project is not valid.
pub async fn prepare(set: RequirementSet, client: &IndexClient) -> Result<Inputs, Error> {
    let mut inputs = Inputs::default();
    let mut faults = Vec::new();
    inputs.take(&set, &mut faults);
    // Only the documents of the run contain overrides; those of installed projects are ignored.
    inputs.take_overrides(&set, &mut faults);
    let mut folders: Vec<(RequirementLine, DirectRequirement)> = folders_of(&set);
    // A local project may require other local projects; each is read once.
    let mut seen: BTreeSet<(String, Vec<ExtraName>)> = BTreeSet::new();
    while let Some((line, folder)) = folders.pop() {
        if !seen.insert((folder.location.clone(), folder.extras.clone())) {
            continue;
        }
        match project_of(&line, &folder, client).await {
            Ok(set) => {
                inputs.take(&set, &mut faults);
                folders.extend(folders_of(&set));
            }
            Err(Unusable::Undetermined(cause)) => inputs.undetermined.push(LineUndetermined::new(
                folder.name.clone(),
                line.text.clone(),
                line.origin.clone(),
                cause,
            )),
            Err(Unusable::Invalid(error)) => faults.push(error),
        }
    }
    Error::all(faults)?;
    Ok(inputs)
}

fn folders_of(set: &RequirementSet) -> Vec<(RequirementLine, DirectRequirement)> {
    let folder = |line: &RequirementLine| match &line.kind {
        RequirementKind::Directory(folder) => Some((line.clone(), folder.clone())),
        _ => None,
    };
    set.requirements.iter().filter_map(folder).collect()
}

enum Unusable {
    Undetermined(UnknownCause),
    Invalid(Error),
}

/// The requirements of a project in a directory, by its static metadata.
async fn project_of(
    line: &RequirementLine,
    folder: &DirectRequirement,
    client: &IndexClient,
) -> Result<RequirementSet, Unusable> {
    let mut path = PathBuf::from(&folder.location);
    if let Some(subdirectory) = &folder.subdirectory {
        path.push(subdirectory);
    }
    if !path.is_dir() {
        let message = format!("`{}` is not a directory", folder.location);
        return Err(Unusable::Invalid(Fault::new(line.origin.clone(), message).into()));
    }
    let pyproject = path.join("pyproject.toml");
    if !pyproject.is_file() {
        return Err(Unusable::Undetermined(UnknownCause::NoProjectFile));
    }
    let no_variables = |_: &str| None;
    let mut loader = Loader::new(&no_variables);
    let mut selection = ProjectSelection::default();
    selection.extras.clone_from(&folder.extras);
    loader.add_project(DocumentLocation::Path(pyproject.display().to_string()), selection);
    load(loader, client).await.map_err(Unusable::Invalid)
}

impl Inputs {
    fn take(&mut self, set: &RequirementSet, faults: &mut Vec<Error>) {
        for line in &set.requirements {
            match root_of(line) {
                Ok(Some(root)) => self.requirements.push(root),
                Ok(None) => {}
                Err(Unusable::Undetermined(cause)) => self.undetermined.push(LineUndetermined::new(
                    line.name().cloned(),
                    line.text.clone(),
                    line.origin.clone(),
                    cause,
                )),
                Err(Unusable::Invalid(error)) => faults.push(error),
            }
        }
        for line in &set.constraints {
            match root_of(line) {
                Ok(Some(root)) => self.constraints.push(root),
                Ok(None) | Err(Unusable::Undetermined(_)) => {}
                Err(Unusable::Invalid(error)) => faults.push(error),
            }
        }
        self.requires_python.extend(set.requires_python.iter().cloned());
        self.remarks.extend(set.remarks.iter().map(ToString::to_string));
        for unknown in &set.undetermined {
            self.undetermined.push(LineUndetermined::new(
                None,
                unknown.origin.file.to_string(),
                unknown.origin.clone(),
                UnknownCause::Requirements { reason: unknown.message.clone() },
            ));
        }
    }
}

impl Inputs {
    fn take_overrides(&mut self, set: &RequirementSet, faults: &mut Vec<Error>) {
        for line in &set.overrides {
            let unknown = |cause| {
                LineUndetermined::new(line.name().cloned(), line.text.clone(), line.origin.clone(), cause)
            };
            match root_of(line) {
                Ok(Some(root)) => self.overrides.push(root),
                Ok(None) => {
                    self.undetermined.push(unknown(UnknownCause::FolderOverride));
                }
                Err(Unusable::Undetermined(cause)) => self.undetermined.push(unknown(cause)),
                Err(Unusable::Invalid(error)) => faults.push(error),
            }
        }
    }
}

/// Returns the requirement of a line; `None` for a directory, which is read separately.
fn root_of(line: &RequirementLine) -> Result<Option<RootRequirement>, Unusable> {
    let (direct, url) = match &line.kind {
        RequirementKind::Index(requirement) => {
            let root = RootRequirement::new(requirement.clone(), line.origin.clone());
            return Ok(Some(root.with_hashes(line.hashes.clone())));
        }
        RequirementKind::Directory(_) => return Ok(None),
        RequirementKind::Vcs(_) => {
            return Err(Unusable::Undetermined(UnknownCause::Checkout));
        }
        RequirementKind::Archive(direct) => (direct, direct.location.clone()),
        RequirementKind::LocalArchive(direct) => (direct, local_url(line, &direct.location)?),
    };
    let Some(name) = direct.name.clone().or_else(|| direct.file_name.as_deref().and_then(name_of)) else {
        return Err(Unusable::Undetermined(UnknownCause::NoProjectName));
    };
    let mut requirement = Requirement::of_project(name);
    requirement.extras.clone_from(&direct.extras);
    requirement.marker.clone_from(&direct.marker);
    let fragment: Vec<String> =
        direct.fragment_hashes.iter().map(|(name, hex)| format!("{name}={hex}")).collect();
    requirement.source = RequirementSource::Url(match fragment.as_slice() {
        [] => url,
        hashes => format!("{url}#{}", hashes.join("&")),
    });
    Ok(Some(RootRequirement::new(requirement, line.origin.clone()).with_hashes(line.hashes.clone())))
}

/// The project of an archive, by its file name.
fn name_of(filename: &str) -> Option<ProjectName> {
    let rules = crate::filename::NameRules::Packaging;
    WheelFilename::parse(filename, rules).map(|wheel| wheel.project().clone()).ok().or_else(|| {
        // The last `-` separates name and version of an sdist: normalized names do not contain one.
        let stem = filename.strip_suffix(".tar.gz").or_else(|| filename.strip_suffix(".zip"))?;
        let (name, _) = stem.rsplit_once('-')?;
        let name: ProjectName = name.parse().ok()?;
        matches!(
            crate::filename::FileKind::of(filename, &name, rules),
            crate::filename::FileKind::Sdist(SdistFilename { .. })
        )
        .then_some(name)
    })
}

/// The `file:` URL of an archive that exists.
fn local_url(line: &RequirementLine, location: &str) -> Result<String, Unusable> {
    let fault = |message: String| Unusable::Invalid(Fault::new(line.origin.clone(), message).into());
    let path = Path::new(location);
    if !path.is_file() {
        return Err(fault(format!("`{location}` does not exist")));
    }
    let absolute = std::path::absolute(path).map_err(|error| fault(error.to_string()))?;
    Url::from_file_path(absolute)
        .map(String::from)
        .map_err(|()| fault(format!("`{location}` is not a valid path")))
}
