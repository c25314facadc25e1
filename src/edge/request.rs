//! The whole job in one call: requirements and target names in, a report out.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::documents::Document;
use super::targets::{self, ImageSettings, Images, Targets};
use super::{CheckRequest, Cutoff, DockerfileInput, IndexSettings, Progress, Stats};
use crate::error::Error;
use crate::findings::{Code, Finding, Level};
use crate::image::{Date, UserImages};
use crate::locked::LockInput;
use crate::name::ExtraName;
use crate::report::{Levels, ReportTarget};
use crate::requirements::{FindLinks, Role, Selection, SettingKind};
use crate::source::Origin;
use crate::target::{Arch, Installer, Python};
use crate::target_choice::TargetChoice;
use crate::verdict::LineUndetermined;

/// What is told while a check goes on.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// Something in the requirements is used otherwise than its writer may expect.
    Remark(String),
    /// Facts came in.
    Progress(Progress),
    /// Bytes of one file that came in so far.
    Bytes {
        /// Its name.
        file: String,
        /// How many.
        bytes: u64,
    },
    /// Something that only matters to those who look closely, such as a damaged cache entry.
    Note(String),
    /// All is decided; what it took.
    Finished(Stats),
}

/// Who is told while a check goes on.
pub(super) type Tell<'a> = dyn FnMut(Event) + Send + 'a;

/// Checks what would be installed on targets, from their names to the report: requirements or a lock, what a
/// [Dockerfile](Self::dockerfile) installs, or what [is installed](Self::installed) in an image.
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
///     .no_index(true)
///     .find_links(folder.path().display().to_string())
///     .no_deps(true)
///     .deny("builds-from-source".parse()?)
///     .run_blocking()?;
///
/// let kinds: Vec<Kind> = report.results.iter().map(|result| result.distributions[0].kind).collect();
/// assert_eq!(kinds, [Kind::Wheel, Kind::Sdist]);
/// assert_eq!(report.gate().exit_status(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
#[must_use = "a check does nothing until it is run"]
pub struct Check {
    pub(super) subject: Subject,
    /// Names of targets.
    pub(super) names: Vec<String>,
    choice: TargetChoice,
    as_of: Option<Date>,
    images: UserImages,
    images_file: Option<PathBuf>,
    plain_http: bool,
    pub(super) documents: Vec<Document>,
    pub(super) selection: Selection,
    /// What `${NAME}` stands for; `None` for the variables of the process.
    pub(super) variables: Option<BTreeMap<String, String>>,
    pub(super) options: Vec<SettingKind>,
    pub(super) settings: IndexSettings,
    /// What is passed on as it is.
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

impl Check {
    /// Nothing required and no target yet; the default index, the user's cache, and no installer's variables.
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks what a Dockerfile installs, on its own base images, in place of requirements. Each target of
    /// [`on`](Self::on), whatever it names, asks what if `FROM` were that; an architecture, a Python, an installer and
    /// options of this check count before those of the file.
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
    ///     .find_links(folder.path().display().to_string())
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

    /// Whether to check what is installed in the images that are named, in place of requirements: dependencies as
    /// `pip check` does, tags, and in folders whether compiled files load. Nothing is solved, and no index is used. Images
    /// must be ones that are read: `dir:ROOT`, `oci:LAYOUT`, `oci-archive:FILE`, `docker-archive:FILE`,
    /// `docker://REF`.
    ///
    /// ```no_run
    /// use wheelbase::Check;
    ///
    /// let report = Check::new().on("dir:rootfs").installed(true).run_blocking()?;
    /// let installed = report.results[0].installed.as_ref().expect("what was asked for");
    /// println!("{} distributions for {}", installed.distributions.len(), installed.python);
    /// # Ok::<(), wheelbase::Error>(())
    /// ```
    pub fn installed(mut self, installed: bool) -> Self {
        self.subject = if installed { Subject::Installed } else { Subject::Requirements };
        self
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
        self.request.inputs.undetermined.push(line);
        self
    }

    /// What `${NAME}` in requirements files stands for, in place of the variables of the process.
    pub fn variables(mut self, variables: BTreeMap<String, String>) -> Self {
        self.variables = Some(variables);
        self
    }

    /// Checks what a lock pins, in place of requirements: nothing is solved.
    pub fn lock(mut self, lock: LockInput) -> Self {
        self.request.lock = Some(lock);
        self
    }

    /// Takes an extra of the `pyproject.toml` that is checked.
    pub fn extra(mut self, name: ExtraName) -> Self {
        self.selection.extras.push(name);
        self
    }

    /// Takes a dependency group of the `pyproject.toml` that is checked.
    pub fn group(mut self, name: ExtraName) -> Self {
        self.selection.groups.push(name);
        self
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

    /// Adds an architecture for the targets that are named. Without any, it is amd64, or what an image that is read is
    /// for.
    pub fn arch(mut self, arch: Arch) -> Self {
        self.choice.arches.push(arch);
        self
    }

    /// The Python of named targets that have none of their own.
    pub fn python(mut self, python: Python) -> Self {
        self.choice.python = Some(python);
        self
    }

    /// The installer in place of the one in the image; see [`Installer::newest`] for one without version.
    pub fn installer(mut self, installer: Installer) -> Self {
        self.choice.installer = Some(installer);
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
    /// let images = UserImages::parse(settings, "wheelbase.toml")?;
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

    /// Whether to use plain http for registries of images that are not on this machine.
    pub fn plain_http(mut self, plain: bool) -> Self {
        self.plain_http = plain;
        self
    }

    /// Adds a target that was made elsewhere; they come before those that are named.
    pub fn target(mut self, target: ReportTarget) -> Self {
        self.request.targets.push(target);
        self
    }

    /// Adds a finding on the image of a target, which is told with the others.
    pub fn image_finding(mut self, target_id: impl Into<String>, finding: Finding) -> Self {
        self.request.image_findings.push((target_id.into(), finding));
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

    /// Whether to use no index, only [`find_links`](Self::find_links).
    pub fn no_index(mut self, none: bool) -> Self {
        self.options.retain(|option| *option != SettingKind::NoIndex);
        self.options.extend(none.then_some(SettingKind::NoIndex));
        self
    }

    /// Adds a page or folder with files.
    pub fn find_links(self, location: impl Into<String>) -> Self {
        self.option(SettingKind::FindLinks(FindLinks::new(location)))
    }

    /// Whether to check the requirements alone, not what they depend on.
    pub fn no_deps(mut self, none: bool) -> Self {
        self.request.options.no_deps = none;
        self
    }

    /// Whether to look into the chosen wheels too: would they import on the target, and what is missing?
    pub fn inspect(mut self, inspect: bool) -> Self {
        self.request.inspect = inspect;
        self
    }

    /// Leaves out what was uploaded later.
    pub fn exclude_newer(mut self, cutoff: Cutoff) -> Self {
        self.settings.exclude_newer = Some(cutoff.seconds());
        self
    }

    /// Sets the levels of findings.
    pub fn levels(mut self, levels: Levels) -> Self {
        self.request.levels = levels;
        self
    }

    /// Makes a finding fail the gate.
    pub fn deny(self, code: Code) -> Self {
        self.level(code, Level::Deny)
    }

    /// Sets the level of a finding's code.
    pub fn level(mut self, code: Code, level: Level) -> Self {
        self.request.levels.set(code, level);
        self
    }

    /// What turns names into targets, taken out of the check.
    pub(super) fn take_targets(&mut self) -> Result<Targets, Error> {
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
        Ok(Targets { images: Images::new(images, as_of, settings), choice: std::mem::take(&mut self.choice) })
    }
}
