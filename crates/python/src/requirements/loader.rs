//! Loads requirements files with the files that they include, and combines their content.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::file::{self, Entry, File};
use super::line::{constraint_fault, of_argument, of_parsed, of_path};
use super::location::DocumentLocation;
use super::pyproject::{ProjectSelection, Pyproject};
use super::{Fault, Options, RequirementLine, RequirementSet, UnknownRequirements, script};
use wheelbase_formats::limits;
use wheelbase_spec::name::ExtraName;
use wheelbase_spec::requirement::Requirement;
use wheelbase_spec::source::Origin;

/// A document that a [`Loader`] waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DocumentNeed {
    /// The location.
    pub location: DocumentLocation,
    /// The line that includes it; `None` if the user listed it.
    pub origin: Option<Origin>,
}

/// The content of a location.
#[derive(Debug)]
enum Document {
    File(File),
    Project(Box<Pyproject>),
    Undetermined(String),
    /// The document could not be fetched; the cause.
    Missing(String),
}

/// How the lines of a document are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Requirements (`-r`).
    Requirements,
    /// Constraints (`-c`).
    Constraints,
    /// Overrides, which only uv supports (`--override`).
    Overrides,
}

#[derive(Debug)]
enum Root {
    Document { location: DocumentLocation, role: Role, selection: ProjectSelection },
    Line(Box<RequirementLine>),
}

/// Collects what the user requires, document by document.
///
/// ```
/// use wheelbase::requirements::{Loader, DocumentLocation};
///
/// let no_variables = |_: &str| None;
/// let mut loader = Loader::new(&no_variables);
/// loader.add_file(DocumentLocation::new("requirements/prod.txt"));
/// loader.add_argument("gunicorn", false);
/// while let Some(need) = loader.needed().into_iter().next() {
///     // The edge reads files here.
///     let bytes: &[u8] = match need.location.to_string().as_str() {
///         "requirements/prod.txt" => b"-r base.txt\nflask>=3\n",
///         _ => b"--extra-index-url https://example.org/simple\nrequests ; python_version < '4'\n",
///     };
///     loader.supply(&need.location, bytes);
/// }
/// let set = loader.finish().expect("no faults");
/// let lines: Vec<String> = set.requirements.iter().map(|line| line.origin.to_string()).collect();
/// assert_eq!(lines, ["requirements/base.txt:2:1", "requirements/prod.txt:2:1", "argument"]);
/// ```
pub struct Loader<'a> {
    variable: &'a (dyn Fn(&str) -> Option<String> + Sync),
    options: Options,
    roots: Vec<Root>,
    documents: BTreeMap<DocumentLocation, Document>,
    faults: Vec<Fault>,
}

impl fmt::Debug for Loader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loader").field("roots", &self.roots).field("documents", &self.documents).finish()
    }
}

impl<'a> Loader<'a> {
    /// Returns a loader without documents. `variable` returns the value of an environment variable.
    pub fn new(variable: &'a (dyn Fn(&str) -> Option<String> + Sync)) -> Self {
        Self {
            variable,
            options: Options::default(),
            roots: Vec::new(),
            documents: BTreeMap::new(),
            faults: Vec::new(),
        }
    }

    /// Sets the options of the command line, which are applied before the options of the files.
    pub fn set_options(&mut self, options: Options) {
        self.options = options;
    }

    /// Adds a document (`-r`): a requirements file, or by its name `pyproject.toml` or a script (`*.py`).
    pub fn add_file(&mut self, location: DocumentLocation) {
        self.add_project(location, ProjectSelection::default());
    }

    /// Adds a document with the requested extras and groups; a requirements file has none.
    pub fn add_project(&mut self, location: DocumentLocation, selection: ProjectSelection) {
        self.roots.push(Root::Document { location, role: Role::Requirements, selection });
    }

    /// Adds a constraints file (`-c`).
    pub fn add_constraints(&mut self, location: DocumentLocation) {
        let selection = ProjectSelection::default();
        self.roots.push(Root::Document { location, role: Role::Constraints, selection });
    }

    /// Adds a file with overrides (uv's `--override`).
    pub fn add_overrides(&mut self, location: DocumentLocation) {
        let selection = ProjectSelection::default();
        self.roots.push(Root::Document { location, role: Role::Overrides, selection });
    }

    /// Adds a requirement of the command line; `editable` if it is the value of `-e`.
    pub fn add_argument(&mut self, text: &str, editable: bool) {
        self.add_line(of_argument(text, editable));
    }

    /// Adds a parsed requirement as an argument of the command line; `editable` if it is the value of `-e`.
    pub fn add_requirement(&mut self, requirement: Requirement, editable: bool) {
        self.add_line(of_parsed(requirement, editable));
    }

    /// Adds the path of an archive or a project directory; `editable` if it is the value of `-e`.
    pub fn add_path(&mut self, path: &str, editable: bool) {
        self.add_line(of_path(path, editable));
    }

    fn add_line(&mut self, line: Result<RequirementLine, Fault>) {
        match line {
            Ok(line) => self.roots.push(Root::Line(Box::new(line))),
            Err(fault) => self.faults.push(fault),
        }
    }

    /// Returns the documents that are still missing, each once; empty if all were supplied.
    pub fn needed(&self) -> Vec<DocumentNeed> {
        let mut needs: BTreeMap<&DocumentLocation, Option<&Origin>> = BTreeMap::new();
        for root in &self.roots {
            if let Root::Document { location, .. } = root {
                needs.insert(location, None);
            }
        }
        for document in self.documents.values() {
            if let Document::File(file) = document {
                for entry in &file.entries {
                    if let Entry::Include { target, origin, .. } = entry {
                        needs.entry(target).or_insert(Some(origin));
                    }
                }
            }
        }
        needs
            .into_iter()
            .filter(|(location, _)| !self.documents.contains_key(*location))
            .map(|(location, origin)| DocumentNeed { location: location.clone(), origin: origin.cloned() })
            .collect()
    }

    /// Supplies the content of a document.
    pub fn supply(&mut self, location: &DocumentLocation, bytes: &[u8]) {
        let name = location.file_name();
        let document = if name == "pyproject.toml" {
            Document::Project(Box::new(Pyproject::parse(&location.to_string(), bytes)))
        } else if name == "setup.py" || name == "setup.cfg" {
            Document::Undetermined(format!("the requirements of `{name}` are unknown until its code runs"))
        } else if name.ends_with(".py") {
            Document::Project(Box::new(script::parse(&location.to_string(), bytes)))
        } else if is_lock(name) {
            Document::Missing(
                "this is a lock file and cannot be included; pass the requirements that it was created from"
                    .to_owned(),
            )
        } else {
            Document::File(file::parse(location, bytes, self.variable))
        };
        self.documents.insert(location.clone(), document);
    }

    /// Records that a document could not be read; `cause` is the reason.
    pub fn fail(&mut self, location: &DocumentLocation, cause: &str) {
        self.documents.insert(location.clone(), Document::Missing(cause.to_owned()));
    }

    /// Returns the content of all documents, in the order in which pip reads them.
    ///
    /// # Errors
    ///
    /// If a document has faults or is still [missing](Self::needed): all faults, in the same order.
    pub fn finish(self) -> Result<RequirementSet, Vec<Fault>> {
        let mut assembly = Assembly {
            documents: &self.documents,
            set: RequirementSet { options: self.options, ..RequirementSet::default() },
            faults: self.faults,
            open: Vec::new(),
            done: BTreeSet::new(),
        };
        for root in &self.roots {
            match root {
                Root::Line(line) => assembly.set.requirements.push((**line).clone()),
                Root::Document { location, role, selection } => {
                    assembly.document(location, *role, selection, None);
                }
            }
        }
        let options = &assembly.set.options;
        if let (Some(_), Some(origin)) = (&options.require_hashes, &options.no_require_hashes) {
            let message = "`--require-hashes` and `--no-require-hashes` exclude each other";
            assembly.faults.push(Fault::new(origin.clone(), message));
        }
        let mut seen = BTreeSet::new();
        assembly.faults.retain(|fault| seen.insert(fault.clone()));
        if assembly.faults.is_empty() { Ok(assembly.set) } else { Err(assembly.faults) }
    }
}

/// Returns whether a file name is one of a lock (PEP 751, uv, poetry, pdm, pipenv).
fn is_lock(name: &str) -> bool {
    let pylock = name.strip_prefix("pylock.").and_then(|rest| rest.strip_suffix("toml"));
    pylock.is_some() || matches!(name, "uv.lock" | "poetry.lock" | "pdm.lock" | "Pipfile.lock" | "Pipfile")
}

struct Assembly<'d> {
    documents: &'d BTreeMap<DocumentLocation, Document>,
    set: RequirementSet,
    faults: Vec<Fault>,
    /// The files that are currently read, each with the line that includes it.
    open: Vec<(&'d DocumentLocation, Option<Origin>)>,
    /// Files that were read, with their role. Reading them again has no effect.
    done: BTreeSet<(&'d DocumentLocation, Role)>,
}

impl<'d> Assembly<'d> {
    fn document(
        &mut self,
        location: &'d DocumentLocation,
        role: Role,
        selection: &ProjectSelection,
        origin: Option<&Origin>,
    ) {
        let place = || origin.cloned().unwrap_or_else(|| Origin::new(location.to_string(), 0, 0));
        match self.documents.get(location) {
            None => self.faults.push(Fault::new(place(), format!("`{location}` was not read"))),
            Some(Document::Missing(cause)) => {
                // Without a line that includes it, the position is the file itself.
                let message = match origin {
                    Some(_) => format!("`{location}` cannot be read: {cause}"),
                    None => format!("cannot be read: {cause}"),
                };
                self.faults.push(Fault::new(place(), message));
            }
            Some(Document::Undetermined(message)) => {
                self.set.undetermined.push(UnknownRequirements { origin: place(), message: message.clone() });
            }
            Some(Document::Project(project)) => self.project(project, role, selection),
            Some(Document::File(file)) => {
                if let Some(name) = selection.first_name() {
                    let message = format!(
                        "`{location}` is a requirements file and has no extras or groups; `{name}` is not available"
                    );
                    self.faults.push(Fault::new(place(), message));
                }
                self.file(location, file, role, origin);
            }
        }
    }

    fn project(&mut self, project: &Pyproject, role: Role, selection: &ProjectSelection) {
        let chosen = match project.select(selection) {
            Ok(chosen) => chosen,
            Err(faults) => {
                self.faults.extend(faults);
                return;
            }
        };
        for line in chosen.requirements {
            self.line(line, role);
        }
        if role == Role::Requirements {
            self.set.overrides.extend(project.overrides.iter().cloned());
        }
        self.set.undetermined.extend(chosen.undetermined);
        self.set.requires_python.extend(project.requires_python.clone());
    }

    fn line(&mut self, line: RequirementLine, role: Role) {
        match role {
            Role::Requirements => self.set.requirements.push(line),
            Role::Overrides => self.set.overrides.push(line),
            Role::Constraints => match constraint_fault(&line) {
                Some(fault) => self.faults.push(fault),
                None => self.set.constraints.push(line),
            },
        }
    }

    fn file(&mut self, location: &'d DocumentLocation, file: &'d File, role: Role, origin: Option<&Origin>) {
        if let Some((_, first)) = self.open.iter().find(|(open, _)| *open == location) {
            let place = origin.cloned().unwrap_or_else(|| Origin::new(location.to_string(), 0, 0));
            let first =
                first.as_ref().map(|origin| format!(", first included in {origin}")).unwrap_or_default();
            self.faults.push(Fault::new(place, format!("`{location}` includes itself{first}")));
            return;
        }
        if self.open.len() == limits::INCLUDE_DEPTH {
            let place = origin.cloned().unwrap_or_else(|| Origin::new(location.to_string(), 0, 0));
            self.faults.push(Fault::new(
                place,
                format!("files include each other deeper than {} levels", limits::INCLUDE_DEPTH),
            ));
            return;
        }
        if !self.done.insert((location, role)) {
            return;
        }
        self.open.push((location, origin.cloned()));
        self.faults.extend(file.faults.iter().cloned());
        self.set.remarks.extend(file.remarks.iter().cloned());
        for entry in &file.entries {
            match entry {
                Entry::Requirement(line) => self.line((**line).clone(), role),
                Entry::Setting(setting) => match self.set.options.apply(setting.clone()) {
                    Ok(remarks) => self.set.remarks.extend(remarks),
                    Err(fault) => self.faults.push(fault),
                },
                Entry::Include { target, constraint, origin } => {
                    let included = match (constraint, role) {
                        (true, _) => Role::Constraints,
                        (false, Role::Overrides) => Role::Overrides,
                        // Like in pip, the files that a constraints file includes with `-r` contain requirements.
                        (false, Role::Requirements | Role::Constraints) => Role::Requirements,
                    };
                    self.document(target, included, &ProjectSelection::default(), Some(origin));
                }
            }
        }
        self.open.pop();
    }
}

impl ProjectSelection {
    fn first_name(&self) -> Option<&str> {
        let all = if self.all_extras { Some("--all-extras") } else { None };
        all.or_else(|| self.extras.iter().chain(&self.groups).map(ExtraName::as_str).next())
    }
}
