//! Inspects wheels, directories and single files: what their compiled files require, and whether they load on targets.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::arguments::from_text_and_path;
use super::imports::{imports_of, imports_of_directory};
use super::index_options::{given_options, with_options};
use super::inspect::{is_for_linux, read_path, read_remote};
use super::request::{Check, Event, Subject, Tell};
use super::run::block_on;
use super::{FailureKind, FetchFailure, IndexClient, LocationRole, resolve_all};
use crate::error::{Error, ErrorKind};
use crate::index::DistributionFile;
use crate::report::{InspectedFile, InspectionReport, ReportTarget};
use crate::requirement::{Requirement, RequirementSource};
use crate::requirements::Options;
use crate::resolve::{Problem, ResolveOptions, RootRequirement, Selection};
use crate::source::Origin;
use crate::target::InstallerKind;
use crate::version::Specifier;
use crate::wheel::{Container, WheelFacts};

/// A file of [`Check::inspect_files`]: a text as an argument of `wheelbase inspect`, or a value.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum InspectionInput {
    /// A path, the URL of a wheel, or `name==version` or a name on the index.
    Text(String),
    /// A wheel, a directory with wheels or installed files, or an ELF file.
    Path(PathBuf),
    /// A project on the index, or the URL of a wheel.
    Requirement(Box<Requirement>),
    /// A wheel on an index.
    Wheel(Box<DistributionFile>),
}

from_text_and_path!(InspectionInput, InspectionInput::Text, InspectionInput::Path);

impl From<Requirement> for InspectionInput {
    fn from(requirement: Requirement) -> Self {
        Self::Requirement(Box::new(requirement))
    }
}

impl From<DistributionFile> for InspectionInput {
    fn from(wheel: DistributionFile) -> Self {
        Self::Wheel(Box::new(wheel))
    }
}

impl Check {
    /// Inspects compiled files instead of requirements: what they require, and whether they load on the targets. Without
    /// a target only their requirements are reported. The targets, the indexes, the options and the levels are those of
    /// this check.
    ///
    /// A file is a wheel, a directory with wheels or installed files, an ELF file, the URL of a wheel, or `name==version`
    /// or a name on the index.
    ///
    /// ```no_run
    /// use std::path::Path;
    ///
    /// use wheelbase::Check;
    ///
    /// let wheel = Path::new("dist/demo-1.0-cp312-cp312-manylinux_2_28_x86_64.whl");
    /// let report = Check::new().on("python:3.12-slim").inspect_files([wheel]).run_blocking()?;
    /// println!("{:#}", report.to_json()?);
    /// # Ok::<(), wheelbase::Error>(())
    /// ```
    pub fn inspect_files(
        self,
        files: impl IntoIterator<Item = impl Into<InspectionInput>>,
    ) -> FileInspection {
        let files = files.into_iter().map(Into::into).collect();
        FileInspection { check: self, files, all_wheels: false }
    }
}

/// A [`Check`] of compiled files.
#[derive(Debug)]
#[must_use = "an inspection does nothing until it is run"]
pub struct FileInspection {
    check: Check,
    files: Vec<InspectionInput>,
    all_wheels: bool,
}

impl FileInspection {
    /// Sets whether all Linux wheels of a project on the index are inspected if there is no target.
    pub fn all_wheels(mut self, all: bool) -> Self {
        self.all_wheels = all;
        self
    }

    /// Inspects all files. Files that cannot be read are in the [`faults`](InspectionReport::faults) of the report.
    ///
    /// # Errors
    ///
    /// If a target, an option or a setting is not valid.
    pub async fn run(self) -> Result<InspectionReport, Error> {
        self.run_with(|_| {}).await
    }

    /// As [`run`](Self::run), and calls `tell` with each event.
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run).
    pub async fn run_with(mut self, mut tell: impl FnMut(Event) + Send) -> Result<InspectionReport, Error> {
        let check = &mut self.check;
        let mut faults = std::mem::take(&mut check.faults);
        let named = check.named_targets().await.map_err(|fault| faults.push(fault)).unwrap_or_default();
        let options = given_options(std::mem::take(&mut check.options));
        let options = options.map_err(|fault| faults.push(fault)).unwrap_or_default();
        let other = !matches!(check.subject, Subject::Requirements);
        if other || !check.documents.is_empty() || check.request.lock.is_some() {
            let message = "files to inspect cannot be checked together with requirements, a lock, a Dockerfile or images";
            faults.push(Error::input(message));
        }
        Error::all(faults)?;
        let targets = named.targets;
        for detail in named.details {
            tell(Event::Note(detail));
        }
        let uv = targets.iter().any(|target| target.target.installer.kind == InstallerKind::Uv);
        check.settings = with_options(check.settings.clone(), &options, uv);
        let client = check.index_client()?;
        let reader = InputReader {
            targets: &targets,
            options: &options,
            all_wheels: self.all_wheels,
            client: &client,
            tell: Mutex::new(&mut tell),
        };
        let mut read = ReadFiles::default();
        for file in &self.files {
            reader.read(file, &mut read).await;
        }
        reader.read_imports(&mut read).await;
        for note in client.take_notes() {
            reader.tell(Event::Note(note));
        }
        let mut report = InspectionReport::of(&read.files, targets.clone(), &self.check.request.levels);
        report.folder = read.folder;
        report.faults = read.errors;
        Ok(report)
    }

    /// As [`run`](Self::run), for callers without an async runtime.
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run), and if it is called inside an async runtime, which must not be blocked.
    pub fn run_blocking(self) -> Result<InspectionReport, Error> {
        block_on(self.run())
    }
}

/// The location of the Python files that belong to the compiled files.
enum PythonFiles {
    Directory(PathBuf),
    Wheel(DistributionFile),
    None,
}

/// The files that were read, and the errors.
#[derive(Default)]
struct ReadFiles {
    files: Vec<InspectedFile>,
    /// For each of them.
    places: Vec<PythonFiles>,
    errors: Vec<Error>,
    /// Whether one of them is from a directory of wheels.
    folder: bool,
}

impl ReadFiles {
    fn add(&mut self, facts: WheelFacts, place: PythonFiles, only: Option<usize>) {
        self.files.push(InspectedFile::new(facts, only));
        self.places.push(place);
    }
}

/// Reads the files that the caller names.
struct InputReader<'a> {
    targets: &'a [ReportTarget],
    options: &'a Options,
    all_wheels: bool,
    client: &'a IndexClient,
    tell: Mutex<&'a mut Tell<'a>>,
}

impl InputReader<'_> {
    fn tell(&self, event: Event) {
        (self.tell.lock().unwrap_or_else(PoisonError::into_inner))(event);
    }

    async fn read(&self, file: &InspectionInput, read: &mut ReadFiles) {
        match file {
            InspectionInput::Text(text) => self.read_text(text, read).await,
            InspectionInput::Path(path) => self.read_path(path, read),
            InspectionInput::Requirement(requirement) => self.read_from_index(requirement, read).await,
            InspectionInput::Wheel(wheel) => self.fetch(wheel, None, read).await,
        }
    }

    async fn read_text(&self, what: &str, read: &mut ReadFiles) {
        let path = Path::new(what);
        if ["http://", "https://", "file://"].iter().any(|scheme| what.starts_with(scheme)) {
            match file_of_url(what) {
                Ok(file) => self.fetch(&file, None, read).await,
                Err(error) => read.errors.push(error),
            }
        } else if path.exists() {
            self.read_path(path, read);
        } else if what.ends_with(".whl") || what.contains(['/', '\\']) {
            let cause = std::io::Error::from(std::io::ErrorKind::NotFound);
            read.errors.push(Error::io(path, cause));
        } else {
            match what.parse::<Requirement>() {
                Ok(requirement) => self.read_from_index(&requirement, read).await,
                Err(error) => {
                    let lead = format!("`{what}` is not a file, a directory, a URL or name==version: ");
                    read.errors.push(Error::invalid(error).after(&lead));
                }
            }
        }
    }

    fn read_path(&self, path: &Path, read: &mut ReadFiles) {
        let before = read.files.len();
        for one in read_path(path, self.client) {
            match one {
                Ok(facts) => {
                    let place = place_of(path, &facts);
                    read.add(facts, place, None);
                }
                Err(error) => read.errors.push(error),
            }
        }
        let wheels = read.files.iter().skip(before).any(|one| one.facts.container == Container::Wheel);
        read.folder |= path.is_dir() && wheels;
    }

    /// Reads the Python files, which show how much a failure matters, of the files that fail to load.
    async fn read_imports(&self, read: &mut ReadFiles) {
        for (file, place) in read.files.iter_mut().zip(&read.places) {
            if !file.needs_imports(self.targets) {
                continue;
            }
            file.imports = match place {
                PythonFiles::Directory(path) => imports_of_directory(path).ok(),
                PythonFiles::Wheel(wheel) => {
                    imports_of(self.client, &file.project(), wheel, &|_| {}).await.ok()
                }
                PythonFiles::None => None,
            };
        }
    }

    async fn read_from_index(&self, requirement: &Requirement, read: &mut ReadFiles) {
        if self.targets.is_empty() {
            match self.newest(requirement).await {
                Ok(files) => {
                    for file in files {
                        self.fetch(&file, None, read).await;
                    }
                }
                Err(failure) => read.errors.push(failure.into()),
            }
            return;
        }
        // The installer's own choice, of the project alone.
        let mut options = ResolveOptions::of(self.options);
        options.no_deps = true;
        options.exclude_newer = self.client.settings().exclude_newer;
        options.find_links = self
            .client
            .locations()
            .iter()
            .zip(0..)
            .filter(|(location, _)| location.role() == LocationRole::FindLinks)
            .map(|(_, number)| number)
            .collect();
        let root = RootRequirement::new(requirement.clone(), Origin::new("argument", 0, 0));
        let problems: Vec<Arc<Problem>> = self
            .targets
            .iter()
            .map(|target| {
                let roots = vec![root.clone()];
                Arc::new(Problem::new(target.target.clone(), roots, Vec::new(), options.clone()))
            })
            .collect();
        let mut show = |counts| self.tell(Event::Progress(counts));
        let resolutions = match resolve_all(&problems, self.client, &mut show).await {
            Ok(resolutions) => resolutions,
            Err(error) => return read.errors.push(error),
        };
        for (number, (resolution, target)) in resolutions.iter().zip(self.targets).enumerate() {
            let chosen = resolution.projects.iter().find(|one| one.project == requirement.name);
            let nothing = |why: &str| {
                Error::new(ErrorKind::Network, format!("`{requirement}` on {}: {why}", target.id))
            };
            match chosen.map(|one| &one.selection) {
                Some(Selection::File(chosen)) if chosen.file.is_wheel() => {
                    self.tell(Event::Remark(format!(
                        "{} is the file that {} selects on {}",
                        chosen.file.filename, target.target.installer, target.id
                    )));
                    self.fetch(&chosen.file, Some(number), read).await;
                }
                Some(Selection::File(chosen)) => read.errors.push(nothing(&format!(
                    "{} builds `{}` from source, so there is no wheel to inspect",
                    target.target.installer, chosen.file.filename
                ))),
                Some(Selection::Tree { tree, .. }) => read
                    .errors
                    .push(nothing(&format!("it is built from {tree}, so there is no wheel to inspect"))),
                Some(Selection::Undetermined { reason }) => read.errors.push(nothing(&reason.to_string())),
                _ => read.errors.push(nothing("nothing can be installed")),
            }
        }
    }

    /// Returns the Linux wheels of the newest release that has any: with `all_wheels` each, otherwise one for
    /// each platform. Used without targets.
    async fn newest(&self, requirement: &Requirement) -> Result<Vec<DistributionFile>, FetchFailure> {
        let project = &requirement.name;
        let specifiers = match &requirement.source {
            RequirementSource::Url(url) => {
                return file_of_url(url)
                    .map(|file| vec![file])
                    .map_err(|error| FetchFailure::new(FailureKind::Unsupported, error.to_string()));
            }
            RequirementSource::Specifiers(specifiers) => specifiers,
        };
        let page = self.client.page(project).await?;
        let named = specifiers.iter().any(Specifier::is_pinned);
        let fits = page.releases().iter().filter(|release| specifiers.contains(release.version()));
        // A pre-release or a yanked release is selected only by an exact version (PEP 440 and 592).
        let pre = self.options.releases.allows_prereleases(project) == Some(true);
        let usable = fits.filter(|release| named || pre || !release.version().any_prerelease());
        let mut passed = 0;
        for release in usable {
            let wheels: Vec<DistributionFile> = release
                .files()
                .iter()
                .filter(|file| file.is_wheel() && (named || file.yanked.is_none()))
                .filter(|file| is_for_linux(&file.filename))
                .cloned()
                .collect();
            if wheels.is_empty() {
                passed += 1;
                continue;
            }
            let all = wheels.len();
            let taken = if self.all_wheels { wheels } else { one_a_platform(wheels) };
            let newest = match (named, passed) {
                (true, _) => "the requested release".to_owned(),
                (false, 0) => "the newest release".to_owned(),
                (false, passed) => {
                    format!("the newest release with a wheel for Linux ({passed} newer without one)")
                }
            };
            let which = if taken.len() == all {
                match all {
                    1 => "its wheel for Linux".to_owned(),
                    all => format!("all {all} wheels for Linux"),
                }
            } else {
                format!(
                    "{} of {all} wheels for Linux, one for each platform, with the newest Python; use --all for all \
                     of them, or --on for the wheel that the installer of a target selects",
                    taken.len()
                )
            };
            self.tell(Event::Remark(format!("{project} {}: {newest}; {which}", release.version())));
            return Ok(taken);
        }
        let message = format!("`{requirement}`: no release has a wheel for Linux");
        Err(FetchFailure::new(FailureKind::NotFound, message))
    }

    async fn fetch(&self, file: &DistributionFile, only: Option<usize>, read: &mut ReadFiles) {
        let fetched = AtomicU64::new(0);
        let facts = read_remote(self.client, file, &|more| {
            let so_far = fetched.fetch_add(more, Ordering::Relaxed) + more;
            self.tell(Event::Bytes { file: file.filename.clone(), bytes: so_far });
        })
        .await;
        match facts {
            Ok(facts) => {
                let fetched = fetched.load(Ordering::Relaxed);
                self.tell(Event::Note(match fetched {
                    0 => format!("{}: the result is cached, nothing was fetched", file.filename),
                    fetched => format!(
                        "{}: {fetched} of {} bytes fetched ({}%)",
                        file.filename,
                        facts.size,
                        fetched.saturating_mul(100) / facts.size.max(1)
                    ),
                }));
                // Several targets may select the same wheel, which is then reported once for each of them.
                read.add(facts, PythonFiles::Wheel(file.clone()), only);
            }
            Err(failure) => read.errors.push(failure.into()),
        }
    }
}

/// Where the Python files of what was read from a path are.
fn place_of(path: &Path, facts: &WheelFacts) -> PythonFiles {
    match facts.container {
        Container::Directory => PythonFiles::Directory(path.to_owned()),
        Container::Wheel => {
            let file = if path.is_dir() { path.join(&facts.file) } else { path.to_owned() };
            let address =
                std::path::absolute(&file).ok().and_then(|file| url::Url::from_file_path(file).ok());
            address.map_or(PythonFiles::None, |address| {
                let mut file = DistributionFile::new(facts.file.clone(), address);
                file.sha256.clone_from(&facts.sha256);
                PythonFiles::Wheel(file)
            })
        }
        _ => PythonFiles::None,
    }
}

/// A wheel named by its URL, with the hash of the fragment.
fn file_of_url(url: &str) -> Result<DistributionFile, Error> {
    let (address, fragment) = url.split_once('#').unwrap_or((url, ""));
    let name = address.split('?').next().unwrap_or(address).rsplit('/').next().unwrap_or_default();
    let name = name.replace("%2B", "+").replace("%2b", "+");
    if !name.to_ascii_lowercase().ends_with(".whl") {
        return Err(Error::input(format!("`{url}` is not the URL of a wheel")));
    }
    let mut file = DistributionFile::new(name, address);
    file.sha256 = fragment
        .split('&')
        .find_map(|part| part.strip_prefix("sha256="))
        .filter(|hash| hash.len() == 64)
        .map(str::to_ascii_lowercase);
    Ok(file)
}

/// Of the wheels of each platform that of the newest Python, and of its builds the plain one.
fn one_a_platform(wheels: Vec<DistributionFile>) -> Vec<DistributionFile> {
    let mut best: Vec<(String, (u64, bool), DistributionFile)> = Vec::new();
    for file in wheels {
        let stem = file.filename.get(..file.filename.len() - 4).unwrap_or(&file.filename);
        let mut parts = stem.rsplit('-');
        let (platform, abi, python) = (parts.next(), parts.next(), parts.next());
        let platform = platform.unwrap_or_default().to_owned();
        let newest = python.unwrap_or_default().split('.').filter_map(|tag| {
            tag.trim_start_matches(|letter: char| letter.is_ascii_alphabetic()).get(1..)?.parse::<u64>().ok()
        });
        // CPython before others, and builds with the lock before those without.
        let plain = python.unwrap_or_default().starts_with(['c', 'p'])
            && !python.unwrap_or_default().starts_with("pp")
            && !abi.unwrap_or_default().ends_with('t');
        let rank = (if plain { newest.max().unwrap_or_default() + 1 } else { 0 }, plain);
        match best.iter_mut().find(|(known, ..)| *known == platform) {
            Some(known) if known.1 < rank => *known = (platform, rank, file),
            Some(_) => {}
            None => best.push((platform, rank, file)),
        }
    }
    best.into_iter().map(|(_, _, file)| file).collect()
}
