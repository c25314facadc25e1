//! The whole job in one call: requirements and target names in, a report out.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::documents::{Document, loader, placed_faults, places, relocate};
use super::index_options::{cut, given_options, with_lock, with_options};
use super::inputs::{self, Inputs};
use super::targets::{self, ImageSettings, Images, NamedTargets, Targets};
use super::{CheckRequest, IndexClient, IndexSettings, LocationRole, LockInput, Progress, Stats};
use crate::error::Error;
use crate::findings::{Code, Finding, Level};
use crate::image::{Date, UserImages};
use crate::name::ExtraName;
use crate::report::{Levels, Report, ReportTarget};
use crate::requirements::{FindLinks, Role, Selection, SettingKind};
use crate::resolve::ResolveOptions;
use crate::source::{Origin, without_credentials};
use crate::target::{Arch, Installer, InstallerKind, Python};
use crate::verdict::LineUndetermined;

/// What is told while a check goes on.
#[derive(Clone, Debug)]
pub enum Event {
    /// Something in the requirements is used otherwise than its writer may expect.
    Remark(String),
    /// Facts came in.
    Progress(Progress),
    /// Something that only matters to those who look closely, such as a damaged cache entry.
    Note(String),
    /// All is decided; what it took.
    Finished(Stats),
}

/// Checks requirements on targets, from their names to the report.
///
/// Nothing is read before [`run`](Self::run) or [`run_blocking`](Self::run_blocking), and what is wrong in any of
/// the parts is told there, all of it in one error.
///
/// ```
/// use wheelbase::Check;
/// use wheelbase::verdict::Kind;
///
/// // A folder in place of an index, so that this example needs no network. Without dependencies to follow, names are
/// // all that is looked at.
/// let folder = tempfile::tempdir()?;
/// for file in ["native-1.0-cp312-cp312-manylinux_2_28_x86_64.whl", "native-1.0.tar.gz"] {
///     std::fs::write(folder.path().join(file), "")?;
/// }
///
/// let report = Check::new()
///     .requirement("native>=1")
///     .on("python:3.12-slim")
///     .on("python:3.12-alpine")
///     .no_index()
///     .find_links(folder.path().display().to_string())
///     .no_deps()
///     .deny("builds-from-source")
///     .run_blocking()?;
///
/// let kinds: Vec<Kind> = report.results.iter().map(|result| result.distributions[0].kind).collect();
/// assert_eq!(kinds, [Kind::Wheel, Kind::Sdist]);
/// assert_eq!(report.gate().exit_status(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Check {
    names: Vec<String>,
    arches: Vec<Arch>,
    python: Option<Python>,
    installer: Option<Installer>,
    as_of: Option<Date>,
    images: UserImages,
    images_file: Option<PathBuf>,
    plain_http: bool,
    ready: Vec<ReportTarget>,
    image_findings: Vec<(String, Finding)>,
    documents: Vec<Document>,
    lock: Option<LockInput>,
    selection: Selection,
    undetermined: Vec<LineUndetermined>,
    /// What `${NAME}` stands for; `None` for the variables of the process.
    variables: Option<BTreeMap<String, String>>,
    options: Vec<SettingKind>,
    settings: IndexSettings,
    no_deps: bool,
    inspect: bool,
    levels: Levels,
    faults: Vec<String>,
}

impl Check {
    /// Nothing required and no target yet; the default index, the user's cache, and no installer's variables.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a requirement as an installer takes it for an argument: `flask>=3`, a path to an archive or a project.
    pub fn requirement(mut self, text: impl Into<String>) -> Self {
        self.documents.push(Document::Argument { text: text.into(), editable: false });
        self
    }

    /// Adds a project folder as pip's `-e` does.
    pub fn editable(mut self, project: impl Into<String>) -> Self {
        self.documents.push(Document::Argument { text: project.into(), editable: true });
        self
    }

    /// Adds a file or URL: a requirements file, or by its name a `pyproject.toml` or a script with inline metadata;
    /// `-` is standard input.
    pub fn requirements_file(mut self, file: impl Into<String>) -> Self {
        self.documents.push(Document::File(file.into()));
        self
    }

    /// Adds the text of a file that is at hand. Its name decides how it is read, as for
    /// [`requirements_file`](Self::requirements_file); what it includes is looked for beside it.
    pub fn requirements_text(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.documents.push(Document::Text { name: name.into(), text: text.into() });
        self
    }

    /// Adds a constraints file.
    pub fn constraints_file(mut self, file: impl Into<String>) -> Self {
        self.documents.push(Document::Constraints(file.into()));
        self
    }

    /// Adds a file whose requirements take the place of every other one on the same project, as uv's `--override` does.
    /// Targets whose installer is pip do without, since pip knows no such thing, and the run says so.
    pub fn overrides_file(mut self, file: impl Into<String>) -> Self {
        self.documents.push(Document::Overrides(file.into()));
        self
    }

    /// Adds a document with extras and groups of its own.
    pub fn selected_file(mut self, file: impl Into<String>, selection: Selection) -> Self {
        self.documents.push(Document::Selected { file: file.into(), selection });
        self
    }

    /// Adds requirements, constraints or overrides that stand inside another text, from `origin` on. `name` tells such texts of
    /// one run apart, and what they include is looked for beside it.
    pub fn placed_text(
        mut self,
        name: impl Into<String>,
        text: impl Into<String>,
        origin: Origin,
        role: Role,
    ) -> Self {
        self.documents.push(Document::Placed { name: name.into(), text: text.into(), origin, role });
        self
    }

    /// Adds something of which it is known from the first that it cannot be judged.
    pub fn undetermined(mut self, line: LineUndetermined) -> Self {
        self.undetermined.push(line);
        self
    }

    /// What `${NAME}` in requirements files stands for, in place of the variables of the process.
    pub fn variables(mut self, variables: BTreeMap<String, String>) -> Self {
        self.variables = Some(variables);
        self
    }

    /// Checks what a lock pins, in place of requirements: nothing is solved.
    pub fn lock(mut self, lock: LockInput) -> Self {
        self.lock = Some(lock);
        self
    }

    /// Takes an extra of the `pyproject.toml` that is checked.
    pub fn extra(mut self, name: &str) -> Self {
        let name = self.name("extra", name);
        self.selection.extras.extend(name);
        self
    }

    /// Takes a dependency group of the `pyproject.toml` that is checked.
    pub fn group(mut self, name: &str) -> Self {
        let name = self.name("group", name);
        self.selection.groups.extend(name);
        self
    }

    fn name(&mut self, what: &str, name: &str) -> Option<ExtraName> {
        name.parse().map_err(|error| self.faults.push(format!("{what}: {error}"))).ok()
    }

    /// Adds a target by its name, in every form that the command's `--on` takes: an image name (`python:3.12-slim`), a C
    /// library (`glibc:2.36`, `musl:1.2`), a file with a target or with an image's profile (`./target.json`), or an
    /// image that is read: `dir:ROOT`, `oci:LAYOUT[:TAG]`, `oci-archive:FILE`, `docker-archive:FILE`, `docker://REF`.
    ///
    /// An image of a registry is read with the credentials of Docker's configuration file, if there are any.
    pub fn on(mut self, target: impl Into<String>) -> Self {
        self.names.push(target.into());
        self
    }

    /// Adds an architecture for the targets that are named, by Docker's or Python's name. Without any, it is amd64, or
    /// what an image that is read is for.
    pub fn arch(mut self, name: impl AsRef<str>) -> Self {
        match name.as_ref().parse() {
            Ok(arch) => self.arches.push(arch),
            Err(error) => self.faults.push(format!("architecture: {error}")),
        }
        self
    }

    /// The Python of named targets that have none of their own, such as `3.12` or `3.13t`.
    pub fn python(mut self, version: impl AsRef<str>) -> Self {
        match version.as_ref().parse() {
            Ok(python) => self.python = Some(python),
            Err(error) => self.faults.push(format!("python: {error}")),
        }
        self
    }

    /// The installer in place of the one in the image: `pip`, `uv`, `pip==25.0.1`.
    pub fn installer(mut self, installer: impl AsRef<str>) -> Self {
        match targets::installer(installer.as_ref()) {
            Ok(installer) => self.installer = Some(installer),
            Err(error) => self.faults.push(format!("installer: {error}")),
        }
        self
    }

    /// The day at which image names are read; today unless set.
    pub fn as_of(mut self, day: Date) -> Self {
        self.as_of = Some(day);
        self
    }

    /// Images of the caller's own, which names may stand for.
    ///
    /// ```
    /// use wheelbase::Check;
    /// use wheelbase::image::UserImages;
    ///
    /// let settings = "[images.\"registry.corp/base:1\"]\nfrom = \"python:3.12-slim\"\n";
    /// let images = UserImages::parse(settings, "wheelbase.toml").map_err(|faults| faults[0].to_string())?;
    /// let check = Check::new().images(images).on("registry.corp/base:1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn images(mut self, images: UserImages) -> Self {
        self.images = images;
        self
    }

    /// The same from a settings file. Without it no such file is looked for.
    pub fn images_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.images_file = Some(path.into());
        self
    }

    /// Speaks plain http to registries of images that are not on this machine.
    pub fn plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// Adds a target that was made elsewhere; they come before those that are named.
    pub fn target(mut self, target: ReportTarget) -> Self {
        self.ready.push(target);
        self
    }

    /// Adds a finding on the image of a target, which is told with the others.
    pub fn image_finding(mut self, target_id: impl Into<String>, finding: Finding) -> Self {
        self.image_findings.push((target_id.into(), finding));
        self
    }

    /// Where and how to look for projects. The defaults ask the default index and no environment variable;
    /// [`IndexSettings::from_environment`] takes what the user's installers are told.
    pub fn settings(mut self, settings: IndexSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Adds an option as if it stood first in a requirements file.
    pub fn option(mut self, option: SettingKind) -> Self {
        self.options.push(option);
        self
    }

    /// The main index, a URL or a folder.
    pub fn index_url(self, url: impl Into<String>) -> Self {
        self.option(SettingKind::IndexUrl(url.into()))
    }

    /// Asks no index.
    pub fn no_index(self) -> Self {
        self.option(SettingKind::NoIndex)
    }

    /// Adds a page or folder with files.
    pub fn find_links(self, location: impl Into<String>) -> Self {
        self.option(SettingKind::FindLinks(FindLinks::new(location)))
    }

    /// Judges the requirements alone, not what they depend on.
    pub fn no_deps(mut self) -> Self {
        self.no_deps = true;
        self
    }

    /// Looks into the wheels that are chosen too: would they import on the target, and what do they lack?
    pub fn inspect(mut self) -> Self {
        self.inspect = true;
        self
    }

    /// Leaves out what was uploaded later: a day such as `2026-11-01`, which is included whole as uv reads it, or a
    /// time of RFC 3339, which is not.
    pub fn exclude_newer(mut self, date: &str) -> Self {
        match cut(date) {
            Ok(seconds) => self.settings.exclude_newer = Some(seconds),
            Err(fault) => self.faults.push(format!("exclude-newer: {fault}")),
        }
        self
    }

    /// Sets the levels of findings.
    pub fn levels(mut self, levels: Levels) -> Self {
        self.levels = levels;
        self
    }

    /// Makes a finding fail the gate.
    pub fn deny(self, code: &str) -> Self {
        self.level(code, Level::Deny)
    }

    /// Sets the level of a finding's code.
    pub fn level(mut self, code: &str, level: Level) -> Self {
        match code.parse::<Code>() {
            Ok(code) => self.levels.set(code, level),
            Err(error) => self.faults.push(error.to_string()),
        }
        self
    }

    /// Reads, asks the indexes, and judges.
    ///
    /// What an index does not answer is no error: it makes projects undetermined, and the report's
    /// [`gate`](Report::gate) undecided where nothing else is known.
    ///
    /// # Errors
    ///
    /// When a target, a requirement, a setting or a file cannot be read: everything that is wrong, a line each.
    /// [`Error::is_undetermined`] tells whether all of it is only that nobody knows an image.
    pub async fn run(self) -> Result<Report, Error> {
        self.run_with(|_| {}).await
    }

    /// As [`run`](Self::run), and tells what goes on.
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run).
    pub async fn run_with(mut self, mut tell: impl FnMut(Event) + Send) -> Result<Report, Error> {
        let named = self.named().await;
        let Self { ready, mut image_findings, documents, selection, options, faults, .. } = self;
        let mut faults: Vec<Error> = faults.into_iter().map(Error::input).collect();
        let mut targets = ready;
        match named {
            Ok(read) => {
                targets.extend(read.targets);
                image_findings.extend(read.findings);
                for detail in read.details {
                    tell(Event::Note(detail));
                }
            }
            Err(found) => faults.push(found),
        }
        let mut seen = std::collections::BTreeSet::new();
        targets.retain(|target| seen.insert(target.id.clone()));
        if targets.is_empty() && faults.is_empty() {
            faults.push(Error::input("no target to check for"));
        }
        let requires = documents
            .iter()
            .any(|document| !matches!(document, Document::Constraints(_) | Document::Overrides(_)));
        if !requires && self.lock.is_none() && self.undetermined.is_empty() {
            faults.push(Error::input(
                "nothing to check: no requirement is named, and no file with requirements",
            ));
        }
        let given =
            given_options(options).map_err(|fault| faults.push(Error::input(fault))).unwrap_or_default();
        Error::all(faults)?;

        // Documents may be named by a URL, and say themselves which index is to be asked.
        let reader = IndexClient::new(self.settings.clone())?;
        let variables = self.variables;
        let variable = |name: &str| match &variables {
            Some(variables) => variables.get(name).cloned(),
            None => std::env::var(name).ok(),
        };
        let places = places(&documents);
        let set = inputs::load(loader(documents, &selection, given, &variable), &reader).await;
        let mut set = set.map_err(|error| placed_faults(error, &places))?;
        relocate(&mut set, &places);
        let uv = targets.iter().any(|target| target.target.installer.kind == InstallerKind::Uv);
        let mut settings = with_options(self.settings, &set.options, uv);
        if let Some(input) = &self.lock {
            with_lock(&mut settings, &input.lock, &set.options);
        }
        let mut options = ResolveOptions::of(&set.options);
        options.exclude_newer = settings.exclude_newer;
        options.no_deps = self.no_deps;
        options.require_hashes = set.hash_mode();
        let client = IndexClient::new(settings)?;
        options.find_links = client
            .locations()
            .iter()
            .zip(0..)
            .filter(|(location, _)| location.role() == LocationRole::FindLinks)
            .map(|(_, number)| number)
            .collect();
        let Inputs { requirements, constraints, overrides, mut undetermined, requires_python, remarks } =
            inputs::prepare(set, &client).await?;
        let without: Vec<&str> = targets
            .iter()
            .filter(|target| target.target.installer.kind != InstallerKind::Uv)
            .map(|target| target.id.as_str())
            .collect();
        if let (Some(first), false) = (overrides.first(), without.is_empty()) {
            let what = format!("{}: overrides are uv's, and pip knows none", first.origin);
            tell(Event::Remark(format!("{what}: they are not applied on {}", without.join(", "))));
        }
        undetermined.extend(self.undetermined);
        for remark in remarks {
            tell(Event::Remark(without_credentials(&remark).into_owned()));
        }
        let mut request = CheckRequest::new(targets, requirements);
        request.constraints = constraints;
        request.overrides = overrides;
        request.undetermined = undetermined;
        request.requires_python = requires_python;
        request.image_findings = image_findings;
        request.options = options;
        request.lock = self.lock;
        request.inspect = self.inspect;
        request.levels = self.levels;
        let report = super::check(request, &client, |counts| tell(Event::Progress(counts))).await;
        for note in client.take_notes() {
            tell(Event::Note(without_credentials(&note).into_owned()));
        }
        tell(Event::Finished(client.stats()));
        report
    }

    /// The targets that are named.
    async fn named(&mut self) -> Result<NamedTargets, Error> {
        let settings = ImageSettings {
            cache: self.settings.cache.clone(),
            offline: self.settings.offline,
            plain_http: self.plain_http,
        };
        let as_of = self.as_of.unwrap_or_else(targets::today);
        let images = match &self.images_file {
            Some(path) => targets::read_user_images(path)?,
            None => std::mem::take(&mut self.images),
        };
        let targets = Targets {
            images: Images::new(images, as_of, settings),
            arches: std::mem::take(&mut self.arches),
            python: self.python.take(),
            installer: self.installer.take(),
        };
        targets.read(&std::mem::take(&mut self.names), "").await
    }

    /// As [`run`](Self::run), for callers without an async runtime.
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run), and when called inside of an async runtime, which must not be blocked.
    pub fn run_blocking(self) -> Result<Report, Error> {
        self.run_blocking_with(|_| {})
    }

    /// As [`run_blocking`](Self::run_blocking), and tells what goes on.
    ///
    /// # Errors
    ///
    /// As for [`run_blocking`](Self::run_blocking).
    pub fn run_blocking_with(self, tell: impl FnMut(Event) + Send) -> Result<Report, Error> {
        if tokio::runtime::Handle::try_current().is_ok() {
            return Err(Error::internal(
                "a blocking check was started inside of an async runtime; await `run` there",
            ));
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::internal("the runtime could not be started").with_source(error))?;
        runtime.block_on(self.run_with(tell))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_can_be_moved_to_another_thread() {
        fn is_send<T: Send>(value: T) -> T {
            value
        }
        drop(is_send(Check::new().run()));
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let error = Check::new()
            .on("python:3.12-slmi")
            .arch("amd46")
            .extra("!")
            .deny("builds-from-sorce")
            .exclude_newer("soon")
            .option(SettingKind::OnlyBinary("a b".to_owned()))
            .run_blocking()
            .unwrap_err();
        let text = error.to_string();
        for part in
            ["python:3.12-slim", "amd46", "extra: ", "builds-from-source", "`soon`", "nothing to check"]
        {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(error.is_input());
    }
}
