//! A whole check in one call: from requirements and target names to a report.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::documents::Document;
use super::http::Client;
use super::targets::{self, ImageSettings, Images, NamedTargets, TargetInput, Targets};
use super::{
    CheckRequest, Cutoff, DockerfileInput, IndexAddress, IndexClient, IndexSettings, Progress,
    RequirementInput, Stats,
};
use crate::error::Error;
use crate::findings::{Code, Level};
use crate::image::{Date, UserImages};
use crate::locked::LockInput;
use crate::name::ExtraName;
use crate::report::Levels;
use crate::requirements::{DocumentLocation, FindLinks, ProjectSelection, Role, SettingKind};
use crate::source::Origin;
use crate::target::{Arch, Installer, Python};
use crate::target_choice::TargetChoice;
use crate::verdict::LineUndetermined;

/// An event of a running check.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// Something in the requirements has another effect than its author may expect.
    Remark(String),
    /// Facts were fetched.
    Progress(Progress),
    /// Bytes of a file were fetched.
    Bytes {
        /// The name of the file.
        file: String,
        /// The number of bytes so far.
        bytes: u64,
    },
    /// A detail, such as a damaged cache entry.
    Note(String),
    /// The check is finished; the statistics of its requests.
    Finished(Stats),
}

/// The receiver of events.
pub(super) type Tell<'a> = dyn FnMut(Event) + Send + 'a;

/// Checks on targets how requirements or a lock would be installed, what a [Dockerfile](Self::dockerfile) installs,
/// what [is installed](Self::installed) in an image, or what [compiled files](Self::inspect_files) require.
///
/// Targets, requirements and files are text, as on the command line, or values of the types of this crate. Nothing is
/// read before [`run`](Self::run) or [`run_blocking`](Self::run_blocking). They return all faults of the inputs in one
/// error.
///
/// ```
/// use wheelbase::Check;
/// use wheelbase::verdict::Kind;
///
/// // A directory instead of an index, so that this example does not use the network. Without dependencies only the
/// // names of files are read.
/// let folder = tempfile::tempdir()?;
/// for file in ["native-1.0-cp312-cp312-manylinux_2_28_x86_64.whl", "native-1.0.tar.gz"] {
///     std::fs::write(folder.path().join(file), "")?;
/// }
///
/// let report = Check::new()
///     .requirement("native>=1")
///     .on("python:3.12-slim")
///     .on("python:3.12-alpine")
///     .no_index(true)
///     .find_links(folder.path())
///     .no_deps(true)
///     .deny("builds-from-source".parse()?)
///     .run_blocking()?;
///
/// let kinds: Vec<Kind> = report.results.iter().map(|result| result.distributions[0].kind).collect();
/// assert_eq!(kinds, [Kind::Wheel, Kind::Sdist]);
/// assert_eq!(report.gate().exit_status(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
#[must_use = "a check does nothing until it is run"]
pub struct Check {
    pub(super) subject: Subject,
    pub(super) on: Vec<TargetInput>,
    choice: TargetChoice,
    as_of: Option<Date>,
    /// Whether the day of `as_of` also limits upload times.
    index_as_of: bool,
    images: UserImages,
    images_file: Option<PathBuf>,
    plain_http: bool,
    pub(super) documents: Vec<Document>,
    /// The overrides of targets with uv if there are no others.
    pub(super) uv_overrides: Vec<DocumentLocation>,
    pub(super) selection: ProjectSelection,
    /// The values of `${NAME}`; `None` for the environment variables of the process.
    pub(super) variables: Option<BTreeMap<String, String>>,
    pub(super) options: Vec<SettingKind>,
    pub(super) settings: IndexSettings,
    /// The HTTP client of the run, once there is one.
    http: Option<Client>,
    /// The faults of the caller.
    pub(super) faults: Vec<Error>,
    /// The part that is passed on unchanged.
    pub(super) request: CheckRequest,
}

/// What is checked.
#[derive(Debug, Default)]
pub(super) enum Subject {
    /// Requirements, or a lock.
    #[default]
    Requirements,
    /// What a Dockerfile installs.
    Dockerfile(DockerfileInput),
    /// What is installed in the targets' images.
    Installed,
}

/// Addresses and texts may contain credentials, so they are not printed.
impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").finish_non_exhaustive()
    }
}

impl Check {
    /// Returns a check without requirements and targets, with the default index and the cache of the user. The
    /// environment variables of installers are not read.
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks the requirements that a Dockerfile installs, on its base images. The check is repeated with each target
    /// of [`on`](Self::on) as the base image. The architecture, Python, installer and options of this check override
    /// those of the file.
    ///
    /// ```
    /// use wheelbase::Check;
    /// use wheelbase::verdict::Kind;
    ///
    /// let folder = tempfile::tempdir()?;
    /// std::fs::write(folder.path().join("demo-1.0-py3-none-any.whl"), "")?;
    /// let file = folder.path().join("Dockerfile");
    /// std::fs::write(&file, "FROM python:3.12-slim\nRUN pip install --no-deps demo\n")?;
    ///
    /// let report = Check::new()
    ///     .dockerfile(file)
    ///     .on("python:3.12-alpine")
    ///     .no_index(true)
    ///     .find_links(folder.path())
    ///     .run_blocking()?;
    ///
    /// let ids: Vec<&str> = report.targets.iter().map(|target| target.id.as_str()).collect();
    /// assert_eq!(ids, ["python:3.12-slim", "python:3.12-alpine"]);
    /// assert_eq!(report.results[1].distributions[0].kind, Kind::Wheel);
    /// assert!(report.faults.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn dockerfile(mut self, file: impl Into<DockerfileInput>) -> Self {
        self.subject = Subject::Dockerfile(file.into());
        self
    }

    /// Sets whether the distributions that are installed in the images are checked instead of requirements:
    /// dependencies as `pip check` does, tags, and in directories whether compiled files load. No index is queried. The
    /// targets must be images that are read: `dir:ROOT`, `oci:LAYOUT`, `oci-archive:FILE`, `docker-archive:FILE`,
    /// `docker://REF`.
    ///
    /// ```no_run
    /// use wheelbase::Check;
    ///
    /// let report = Check::new().on("dir:rootfs").installed(true).run_blocking()?;
    /// let installed = report.results[0].installed.as_ref().expect("requested");
    /// println!("{} distributions for {}", installed.distributions.len(), installed.python);
    /// # Ok::<(), wheelbase::Error>(())
    /// ```
    pub fn installed(mut self, installed: bool) -> Self {
        self.subject = if installed { Subject::Installed } else { Subject::Requirements };
        self
    }

    /// Adds a requirement: a text as an argument of the installer (`flask>=3`, or a path to an archive or a project), a
    /// [`Requirement`](crate::Requirement), or the path of an archive or a project.
    ///
    /// ```
    /// use std::path::Path;
    ///
    /// use wheelbase::{Check, Requirement};
    ///
    /// let requirement: Requirement = "flask>=3".parse()?;
    /// let check = Check::new().requirement(requirement).requirement(Path::new("services/app")).requirement("gunicorn");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn requirement(mut self, requirement: impl Into<RequirementInput>) -> Self {
        self.documents.push(Document::Argument { requirement: requirement.into(), editable: false });
        self
    }

    /// Adds a project directory as pip's `-e` does.
    pub fn editable(mut self, project: impl Into<RequirementInput>) -> Self {
        self.documents.push(Document::Argument { requirement: project.into(), editable: true });
        self
    }

    /// Adds a file or URL: a requirements file, or by its name a `pyproject.toml` or a script with inline metadata. The
    /// text `-` is standard input; a [`Path`](std::path::Path) is always a file.
    pub fn requirements_file(mut self, file: impl Into<DocumentLocation>) -> Self {
        self.documents.push(Document::File(file.into()));
        self
    }

    /// Adds the text of a file. Its name determines the format, as for [`requirements_file`](Self::requirements_file).
    /// Included files are searched in its directory.
    pub fn requirements_text(mut self, name: impl Into<DocumentLocation>, text: impl Into<String>) -> Self {
        self.documents.push(Document::Text { name: name.into(), text: text.into() });
        self
    }

    /// Adds a constraints file.
    pub fn constraints_file(mut self, file: impl Into<DocumentLocation>) -> Self {
        self.documents.push(Document::Constraints(file.into()));
        self
    }

    /// Adds a file whose requirements override all others on the same project, as uv's `--override` does. Targets with
    /// pip ignore it, because pip does not support overrides; the run reports this.
    pub fn overrides_file(mut self, file: impl Into<DocumentLocation>) -> Self {
        self.documents.push(Document::Overrides(file.into()));
        self
    }

    /// Sets the override files of uv's environment, as
    /// [`EnvironmentVariables::overrides`](super::EnvironmentVariables::overrides) returns them. They are used if a target
    /// has the installer uv and there is no [`overrides_file`](Self::overrides_file).
    pub fn uv_overrides(mut self, files: impl IntoIterator<Item = impl Into<DocumentLocation>>) -> Self {
        self.uv_overrides = files.into_iter().map(Into::into).collect();
        self
    }

    /// Adds a document with its own extras and groups.
    pub fn selected_file(mut self, file: impl Into<DocumentLocation>, selection: ProjectSelection) -> Self {
        self.documents.push(Document::Selected { file: file.into(), selection });
        self
    }

    /// Adds requirements, constraints or overrides inside another file, which start at `origin`. `name` must be unique
    /// in the run. Included files are searched in its directory.
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

    /// Adds a line that is undetermined.
    pub fn undetermined(mut self, line: LineUndetermined) -> Self {
        self.request.inputs.undetermined.push(line);
        self
    }

    /// Sets the values of `${NAME}` in requirements files, instead of the environment variables of the process.
    pub fn variables(mut self, variables: BTreeMap<String, String>) -> Self {
        self.variables = Some(variables);
        self
    }

    /// Checks the pins of a lock instead of requirements. Nothing is resolved.
    pub fn lock(mut self, lock: LockInput) -> Self {
        self.request.lock = Some(lock);
        self
    }

    /// Includes an extra of the `pyproject.toml`.
    pub fn extra(mut self, name: ExtraName) -> Self {
        self.selection.extras.push(name);
        self
    }

    /// Includes a dependency group of the `pyproject.toml`.
    pub fn group(mut self, name: ExtraName) -> Self {
        self.selection.groups.push(name);
        self
    }

    /// Adds a target. Text has the forms that `--on` of the command accepts: an image name (`python:3.12-slim`), a C
    /// library (`glibc:2.36`, `musl:1.2`), a file with a target or with an image's profile (`./target.json`), or an
    /// image that is read: `dir:ROOT`, `oci:LAYOUT[:TAG]`, `oci-archive:FILE`, `docker-archive:FILE`, `docker://REF`.
    /// Values are [`ImageRef`](crate::ImageRef), [`Libc`](crate::Libc), [`Target`](crate::Target),
    /// [`ImageProfile`](crate::ImageProfile), [`ImageLocation`](crate::image::read::ImageLocation) and
    /// [`ReportTarget`](crate::ReportTarget).
    ///
    /// An image of a registry is read with the credentials of Docker's configuration file, if there are any.
    ///
    /// ```
    /// use wheelbase::{Catalogue, Check, Libc, Target};
    ///
    /// let target = Target::new("arm64".parse()?, Libc::Musl(1, 2, None), "3.12".parse()?, "uv==0.13.8".parse()?);
    /// // An image that is derived from one of the catalogue.
    /// let mut image = Catalogue::default().profile(&"debian:12".parse()?, "2026-08-13".parse()?, None)?;
    /// image.name = "registry.corp/base:1".to_owned();
    /// image.environment.workdir = Some("/srv".to_owned());
    /// let check = Check::new().on("python:3.12-slim").on(Libc::Glibc(2, 36)).on(target).on(image);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn on(mut self, target: impl Into<TargetInput>) -> Self {
        self.on.push(target.into());
        self
    }

    /// Adds an architecture for the targets of [`on`](Self::on). The default is amd64, or the architecture of an image
    /// that is read.
    pub fn arch(mut self, arch: Arch) -> Self {
        self.choice.arches.push(arch);
        self
    }

    /// Sets the Python of targets without Python.
    pub fn python(mut self, python: Python) -> Self {
        self.choice.python = Some(python);
        self
    }

    /// Sets the installer that replaces the one in the image; see [`Installer::newest`] for the newest version.
    pub fn installer(mut self, installer: Installer) -> Self {
        self.choice.installer = Some(installer);
        self
    }

    /// Sets the day for which image names are resolved. The default is today.
    pub fn as_of(mut self, day: Date) -> Self {
        self.as_of = Some(day);
        self
    }

    /// Sets whether files that were uploaded after the day of [`as_of`](Self::as_of) are ignored in a check of
    /// requirements or a Dockerfile: a check with an image of last year is about the index of that day. The default is
    /// `false`. It has no effect if the day is not in the past or if there is another limit
    /// ([`exclude_newer`](Self::exclude_newer)); otherwise the run reports a [remark](Event::Remark).
    pub fn index_as_of(mut self, apply: bool) -> Self {
        self.index_as_of = apply;
        self
    }

    /// Sets the images of the caller, which [`on`](Self::on) accepts by name.
    ///
    /// ```
    /// use wheelbase::Check;
    /// use wheelbase::image::UserImages;
    ///
    /// let settings = "[images.\"registry.corp/base:1\"]\nfrom = \"python:3.12-slim\"\n";
    /// let images = UserImages::parse(settings, "wheelbase.toml")?;
    /// let check = Check::new().images(images).on("registry.corp/base:1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn images(mut self, images: UserImages) -> Self {
        self.images = images;
        self
    }

    /// Reads the images of the caller from a settings file. There is no default file.
    pub fn images_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.images_file = Some(path.into());
        self
    }

    /// Sets whether plain HTTP is used for registries that are not on this machine.
    pub fn plain_http(mut self, plain: bool) -> Self {
        self.plain_http = plain;
        self
    }

    /// Sets the indexes and their settings. The default is the default index without environment variables;
    /// [`IndexSettings::from_environment`] reads the environment variables of installers.
    pub fn settings(mut self, settings: IndexSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Uses the connections of this client for indexes and registries. Without it, the run creates a client with the
    /// [settings](Self::settings).
    pub fn http_client(mut self, client: Client) -> Self {
        self.http = Some(client);
        self
    }

    /// Adds an option, as if it were at the start of a requirements file.
    pub fn option(mut self, option: SettingKind) -> Self {
        self.options.push(option);
        self
    }

    /// Sets the main index, a URL or a directory.
    pub fn index_url(self, url: impl Into<IndexAddress>) -> Self {
        self.option(SettingKind::IndexUrl(url.into().0))
    }

    /// Sets whether indexes are ignored, so that only [`find_links`](Self::find_links) locations are used.
    pub fn no_index(mut self, none: bool) -> Self {
        self.options.retain(|option| *option != SettingKind::NoIndex);
        self.options.extend(none.then_some(SettingKind::NoIndex));
        self
    }

    /// Adds a page or directory with distribution files.
    pub fn find_links(self, location: impl Into<IndexAddress>) -> Self {
        self.option(SettingKind::FindLinks(FindLinks::new(location.into().0)))
    }

    /// Sets whether dependencies are ignored.
    pub fn no_deps(mut self, none: bool) -> Self {
        self.request.options.no_deps = none;
        self
    }

    /// Sets whether the compiled files of the selected wheels are checked on the targets.
    pub fn inspect(mut self, inspect: bool) -> Self {
        self.request.inspect = inspect;
        self
    }

    /// Ignores files that were uploaded later.
    pub fn exclude_newer(mut self, cutoff: Cutoff) -> Self {
        self.settings.exclude_newer = Some(cutoff.seconds());
        self
    }

    /// Sets the levels of findings.
    pub fn levels(mut self, levels: Levels) -> Self {
        self.request.levels = levels;
        self
    }

    /// Sets the level of a finding to `deny`, which fails the gate.
    pub fn deny(self, code: Code) -> Self {
        self.level(code, Level::Deny)
    }

    /// Sets the level of a finding.
    pub fn level(mut self, code: Code, level: Level) -> Self {
        self.request.levels.set(code, level);
        self
    }

    /// Adds an error of the caller, such as an option that is not valid. The run returns it with all faults of its own
    /// inputs, and checks nothing.
    pub fn fault(mut self, error: Error) -> Self {
        self.faults.push(error);
        self
    }

    /// Resolves the targets of [`on`](Self::on) and checks nothing.
    ///
    /// ```
    /// use wheelbase::Check;
    ///
    /// # async fn example() -> Result<(), wheelbase::Error> {
    /// let named = Check::new().on("python:3.12-slim").on("alpine:3.22").resolve_targets().await?;
    /// println!("{}", named.targets[0].target.libc);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If a target or a setting is not valid, or an image is unknown. All errors are returned.
    pub async fn resolve_targets(mut self) -> Result<NamedTargets, Error> {
        let mut faults = std::mem::take(&mut self.faults);
        let named = self.named_targets().await.map_err(|fault| faults.push(fault)).unwrap_or_default();
        Error::all(faults)?;
        Ok(named)
    }

    /// Applies the day of `as_of` to the index if this is requested.
    pub(super) fn cut_index(&mut self, tell: &mut Tell<'_>) {
        let past = self.as_of.filter(|day| self.index_as_of && *day < targets::today());
        let Some(day) = past else { return };
        if self.settings.exclude_newer.is_none()
            && let Ok(cutoff) = day.to_string().parse::<Cutoff>()
        {
            self.settings.exclude_newer = Some(cutoff.seconds());
            tell(Event::Remark(format!(
                "--as-of also applies to the index: files uploaded after {day} and files without an upload time are \
                 ignored; use --exclude-newer for another date, or `--exclude-newer never`"
            )));
        }
    }

    /// Resolves the targets.
    pub(super) async fn named_targets(&mut self) -> Result<NamedTargets, Error> {
        let inputs = std::mem::take(&mut self.on);
        match inputs.is_empty() {
            true => Ok(NamedTargets::default()),
            false => self.take_targets()?.read(&inputs).await,
        }
    }

    /// The HTTP client of the run.
    fn http(&mut self) -> Client {
        self.http.get_or_insert_with(|| Client::new(self.settings.http.clone())).clone()
    }

    /// Creates the client for the indexes, with the HTTP client of the run.
    pub(super) fn index_client(&mut self) -> Result<IndexClient, Error> {
        let http = self.http();
        IndexClient::with_http(self.settings.clone(), &http, |name| std::env::var(name).ok())
    }

    /// Takes the resolver of targets out of the check.
    pub(super) fn take_targets(&mut self) -> Result<Targets, Error> {
        let settings = ImageSettings {
            cache: self.settings.cache.clone(),
            offline: self.settings.offline,
            plain_http: self.plain_http,
            http: self.http(),
        };
        let as_of = self.as_of.unwrap_or_else(targets::today);
        let images = match &self.images_file {
            Some(path) => targets::read_user_images(path)?,
            None => std::mem::take(&mut self.images),
        };
        Ok(Targets { images: Images::new(images, as_of, settings), choice: std::mem::take(&mut self.choice) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registries_and_indexes_share_one_http_client() {
        let mut check = Check::new();
        let targets = check.take_targets().unwrap();
        let client = check.index_client().unwrap();
        assert!(targets.images.http().shares_connections(client.http()));
        let own = Client::default();
        let mut check = Check::new().http_client(own.clone());
        assert!(check.take_targets().unwrap().images.http().shares_connections(&own));
        assert!(!client.http().shares_connections(&own));
    }
}
