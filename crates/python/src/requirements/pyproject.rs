//! The requirements of a project, from its `pyproject.toml`
//! ([`[project]`](https://packaging.python.org/en/latest/specifications/pyproject-toml/), and dependency groups,
//! [PEP 735](https://peps.python.org/pep-0735/)).

use std::collections::{BTreeMap, BTreeSet};

use wheelbase_formats::document::{Document, Format, Node, Value};

use super::line::of_requirement;
use super::{Fault, RequirementKind, RequirementLine, UnknownRequirements, decode};
use wheelbase_formats::limits;
use wheelbase_spec::marker::Marker;
use wheelbase_spec::name::{ExtraName, ProjectName};
use wheelbase_spec::requirement::Requirement;
use wheelbase_spec::source::Origin;
use wheelbase_spec::version::SpecifierSet;

/// The dependencies of a project.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Dependencies {
    /// The file lists them.
    Static(Vec<RequirementLine>),
    /// The build backend generates them: the position of `dynamic`, and the reason without a period.
    Dynamic(Origin, String),
}

/// The requested parts of a project in addition to its dependencies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectSelection {
    /// Extras (`[project.optional-dependencies]`).
    pub extras: Vec<ExtraName>,
    /// All extras.
    pub all_extras: bool,
    /// Dependency groups (`[dependency-groups]`).
    pub groups: Vec<ExtraName>,
    /// Only the groups, without the dependencies of the project.
    pub only_groups: bool,
}

/// The requirements of a selection.
#[derive(Clone, Debug, Default)]
pub(super) struct Chosen {
    pub(super) requirements: Vec<RequirementLine>,
    pub(super) undetermined: Vec<UnknownRequirements>,
}

/// A member of a dependency group.
#[derive(Clone, Debug, PartialEq)]
enum Member {
    Requirement(Box<RequirementLine>),
    Include(ExtraName, Origin),
}

/// The requirements in a `pyproject.toml` or in the block of a script.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Pyproject {
    /// `name`
    pub name: Option<ProjectName>,
    /// `version` as written; `None` if it is missing or dynamic
    pub version: Option<String>,
    /// `dependencies`
    pub dependencies: Dependencies,
    /// `optional-dependencies`
    pub optional_dependencies: BTreeMap<ExtraName, Vec<RequirementLine>>,
    /// The position of `optional-dependencies` in `dynamic`.
    pub dynamic_optional_dependencies: Option<Origin>,
    /// `requires-python`
    pub requires_python: Option<(SpecifierSet, Origin)>,
    /// `override-dependencies` of `[tool.uv]`, which only uv supports
    /// (<https://docs.astral.sh/uv/reference/settings/#override-dependencies>).
    pub overrides: Vec<RequirementLine>,
    groups: BTreeMap<ExtraName, Vec<Member>>,
    /// The file name for messages.
    file: String,
    /// All faults of the file, also in lists that are not selected.
    pub(super) faults: Vec<Fault>,
}

impl Pyproject {
    pub(super) fn empty(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            name: None,
            version: None,
            dependencies: Dependencies::Static(Vec::new()),
            optional_dependencies: BTreeMap::new(),
            dynamic_optional_dependencies: None,
            requires_python: None,
            overrides: Vec::new(),
            groups: BTreeMap::new(),
            faults: Vec::new(),
        }
    }

    pub(super) fn of_faults(file: &str, faults: Vec<Fault>) -> Self {
        Self { faults, ..Self::empty(file) }
    }

    /// Parses a `pyproject.toml`; `file` is the name for messages.
    pub fn parse(file: &str, bytes: &[u8]) -> Self {
        // TOML is UTF-8; a byte order mark is ignored, and a comment of PEP 263 has no effect.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => {
                let fault = decode::utf8(file, bytes).err();
                return Self::of_faults(file, fault.into_iter().collect());
            }
        };
        let document = Document::new(file, text);
        let root = document.read(Format::Toml);
        let mut project = Self::empty(file);
        if !document.has_faults() {
            project.read(&document, &root);
        }
        project.faults = document.into_faults();
        project
    }

    /// Returns the faults of the file.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Returns the names of the dependency groups.
    pub fn groups(&self) -> impl Iterator<Item = &ExtraName> {
        self.groups.keys()
    }

    fn read(&mut self, document: &Document<'_>, root: &Node) {
        self.read_groups(document, root);
        self.overrides = overrides(document, root);
        let own = root.get("project");
        let Some(project) = own.filter(|own| document.is_table(own, "`project`")) else {
            let why = if root.get("tool").is_some_and(|tool| tool.get("poetry").is_some()) {
                "the file has no `[project]` table; the dependencies in `[tool.poetry]` are not supported"
            } else if own.is_some() {
                "`[project]` is not a valid table"
            } else {
                "the file has no `[project]` table, so its build backend generates the dependencies"
            };
            self.dependencies = Dependencies::Dynamic(Origin::new(document.file(), 0, 0), why.to_owned());
            return;
        };
        match project.get("name") {
            Some(node) => match node.text() {
                Some(name) => self.name = document.project(name, node.offset),
                None => document.mismatch(node, "`name`", "a string"),
            },
            // PEP 621: `name` is required and cannot be dynamic.
            None => document.fault(project.offset, "`name` is missing in `[project]`"),
        }
        self.version = project.get("version").and_then(Node::text).map(str::to_owned);
        self.requires_python = requires_python(document, project);
        let dynamic = |key: &str| {
            let node = project.get("dynamic")?.items().iter().find(|item| item.text() == Some(key))?;
            Some((node.offset, document.origin(node.offset)))
        };
        self.dependencies = match (project.get("dependencies"), dynamic("dependencies")) {
            (Some(_), Some((offset, _))) => {
                document.fault(offset, "`dependencies` is both listed and dynamic; remove one of them");
                Dependencies::Static(Vec::new())
            }
            (Some(node), None) => Dependencies::Static(requirement_list(document, node, "`dependencies`")),
            (None, Some((_, origin))) => {
                let why = "`dependencies` are dynamic: the build backend generates them".to_owned();
                Dependencies::Dynamic(origin, why)
            }
            (None, None) => Dependencies::Static(Vec::new()),
        };
        self.dynamic_optional_dependencies = dynamic("optional-dependencies").map(|(_, origin)| origin);
        for entry in document.table_at(project, "optional-dependencies") {
            let what = format!("the extra `{}`", entry.key.escape_debug());
            let lines = requirement_list(document, &entry.node, &what);
            // PEP 685: two spellings of one extra are an error.
            if let Some(name) = document.extra(&entry.key, entry.offset)
                && self.optional_dependencies.insert(name, lines).is_some()
            {
                document.fault(
                    entry.offset,
                    format!("{what} is listed twice; names are compared after normalization"),
                );
            }
        }
    }

    fn read_groups(&mut self, document: &Document<'_>, root: &Node) {
        for entry in document.table_at(root, "dependency-groups") {
            let what = format!("the group `{}`", entry.key.escape_debug());
            let Some(name) = document.extra(&entry.key, entry.offset) else { continue };
            if !matches!(entry.node.value, Value::Array(_)) {
                document.mismatch(&entry.node, &what, "a list");
                continue;
            }
            let members = entry.node.items().iter().filter_map(|item| read_member(document, item, &what));
            // PEP 735: names that are equal after normalization are an error.
            if self.groups.insert(name, members.collect()).is_some() {
                document.fault(
                    entry.offset,
                    format!("{what} is listed twice; names are compared after normalization"),
                );
            }
        }
    }

    /// Returns the requirements of a selection.
    ///
    /// # Errors
    ///
    /// If the file has faults, a requested name is not in the file, or a group includes itself.
    pub(super) fn select(&self, selection: &ProjectSelection) -> Result<Chosen, Vec<Fault>> {
        let mut faults = self.faults.clone();
        let mut chosen = Chosen::default();
        if !selection.only_groups {
            self.choose_dependencies(&mut chosen);
        }
        if selection.all_extras
            && let Some(origin) = &self.dynamic_optional_dependencies
        {
            let message = "`optional-dependencies` are dynamic: the build backend generates them".to_owned();
            chosen.undetermined.push(UnknownRequirements { origin: origin.clone(), message });
        }
        let mut extras: Vec<(ExtraName, Option<Marker>)> =
            selection.extras.iter().map(|extra| (extra.clone(), None)).collect();
        if selection.all_extras {
            extras.extend(self.optional_dependencies.keys().map(|extra| (extra.clone(), None)));
        }
        let mut seen = Vec::new();
        self.choose_extras(extras, &mut seen, &mut chosen, &mut faults);
        for group in &selection.groups {
            let mut walk = GroupWalk { project: self, open: Vec::new(), done: BTreeSet::new() };
            if self.groups.contains_key(group) {
                walk.group(group, &mut chosen.requirements, &mut faults);
            } else {
                faults.push(self.unknown("dependency group", group, self.groups.keys()));
            }
        }
        self.replace_self(selection.only_groups, &mut seen, &mut chosen, &mut faults);
        if faults.is_empty() { Ok(chosen) } else { Err(faults) }
    }

    fn choose_dependencies(&self, chosen: &mut Chosen) {
        match &self.dependencies {
            Dependencies::Static(lines) => chosen.requirements.extend(lines.iter().cloned()),
            Dependencies::Dynamic(origin, message) => {
                chosen
                    .undetermined
                    .push(UnknownRequirements { origin: origin.clone(), message: message.clone() });
            }
        }
    }

    /// Adds the requirements of extras, each under the marker that requires the extra.
    fn choose_extras(
        &self,
        extras: Vec<(ExtraName, Option<Marker>)>,
        seen: &mut Vec<(ExtraName, Option<Marker>)>,
        chosen: &mut Chosen,
        faults: &mut Vec<Fault>,
    ) {
        for wanted in extras {
            // An extra without a condition includes the same extra under a condition.
            let before: Vec<_> = seen.iter().filter(|(extra, _)| *extra == wanted.0).collect();
            if before.len() >= limits::EXTRA_CONDITIONS
                || before.iter().any(|(_, marker)| marker.is_none() || *marker == wanted.1)
            {
                continue;
            }
            let (extra, marker) = &wanted;
            match (self.optional_dependencies.get(extra), &self.dynamic_optional_dependencies) {
                (Some(lines), _) => {
                    chosen.requirements.extend(lines.iter().map(|line| line.under(marker.as_ref())));
                }
                (None, Some(origin)) => {
                    let message = format!("the extra `{extra}` is dynamic: the build backend generates it");
                    chosen.undetermined.push(UnknownRequirements { origin: origin.clone(), message });
                }
                (None, None) => faults.push(self.unknown("extra", extra, self.optional_dependencies.keys())),
            }
            seen.push(wanted);
        }
    }

    /// Replaces requirements of a project on itself (`all = ["me[a,b]"]`) by its own lists, so no index is required.
    fn replace_self(
        &self,
        only_groups: bool,
        seen: &mut Vec<(ExtraName, Option<Marker>)>,
        chosen: &mut Chosen,
        faults: &mut Vec<Fault>,
    ) {
        let Some(name) = &self.name else { return };
        let mut itself = only_groups;
        // Each round adds extras under new conditions; the number of rounds is limited.
        for _ in 0..limits::INCLUDE_DEPTH {
            let mut extras = Vec::new();
            let mut found = false;
            chosen.requirements.retain(|line| match &line.kind {
                RequirementKind::Index(requirement) if requirement.name == *name => {
                    let under = |extra: &ExtraName| (extra.clone(), requirement.marker.clone());
                    extras.extend(requirement.extras.iter().map(under));
                    found = true;
                    false
                }
                _ => true,
            });
            if !found {
                return;
            }
            if std::mem::take(&mut itself) {
                self.choose_dependencies(chosen);
            }
            self.choose_extras(extras, seen, chosen, faults);
        }
    }

    fn unknown<'n>(&self, what: &str, name: &ExtraName, known: impl Iterator<Item = &'n ExtraName>) -> Fault {
        let known: Vec<String> = known.map(|name| format!("`{name}`")).collect();
        let has = if known.is_empty() { String::new() } else { format!("; available: {}", known.join(", ")) };
        Fault::new(Origin::new(self.file.as_str(), 0, 0), format!("the {what} `{name}` was not found{has}"))
    }
}

impl RequirementLine {
    /// Returns the same line, restricted by another marker.
    fn under(&self, marker: Option<&Marker>) -> Self {
        let mut line = self.clone();
        if let Some(marker) = marker {
            let own = match &mut line.kind {
                RequirementKind::Index(requirement) => &mut requirement.marker,
                RequirementKind::Archive(direct)
                | RequirementKind::LocalArchive(direct)
                | RequirementKind::Directory(direct)
                | RequirementKind::Vcs(direct) => &mut direct.marker,
            };
            *own = Some(own.as_ref().map_or_else(|| marker.clone(), |own| own.and(marker)));
        }
        line
    }
}

/// Reads a group and the groups it includes, in the order of the file (PEP 735).
struct GroupWalk<'p> {
    project: &'p Pyproject,
    open: Vec<&'p ExtraName>,
    done: BTreeSet<&'p ExtraName>,
}

impl<'p> GroupWalk<'p> {
    fn group(&mut self, name: &ExtraName, lines: &mut Vec<RequirementLine>, faults: &mut Vec<Fault>) {
        let Some((name, members)) = self.project.groups.get_key_value(name) else { return };
        if self.open.len() >= limits::INCLUDE_DEPTH || !self.done.insert(name) {
            return;
        }
        self.open.push(name);
        for member in members {
            match member {
                Member::Requirement(line) => lines.push((**line).clone()),
                Member::Include(target, origin) => {
                    if self.open.contains(&target) {
                        let mut names: Vec<String> = self
                            .open
                            .iter()
                            .skip_while(|open| **open != target)
                            .map(|open| format!("`{open}`"))
                            .collect();
                        names.push(format!("`{target}`"));
                        let message = format!("dependency groups include each other: {}", names.join(" -> "));
                        faults.push(Fault::new(origin.clone(), message));
                    } else if !self.project.groups.contains_key(target) {
                        faults.push(Fault::new(
                            origin.clone(),
                            format!("the dependency group `{target}` was not found"),
                        ));
                    } else {
                        self.group(target, lines, faults);
                    }
                }
            }
        }
        self.open.pop();
    }
}

/// Returns `requires-python` of a project or a script.
pub(super) fn requires_python(document: &Document<'_>, table: &Node) -> Option<(SpecifierSet, Origin)> {
    let node = table.get("requires-python")?;
    let Some(text) = node.text() else {
        document.mismatch(node, "`requires-python`", "a string");
        return None;
    };
    Some((document.specifiers(text, node.offset)?, document.origin(node.offset)))
}

/// Returns the overrides of `[tool.uv]`.
pub(super) fn overrides(document: &Document<'_>, root: &Node) -> Vec<RequirementLine> {
    let uv = root.get("tool").and_then(|tool| tool.get("uv"));
    let node = uv.and_then(|uv| uv.get("override-dependencies"));
    node.map(|node| requirement_list(document, node, "`override-dependencies`")).unwrap_or_default()
}

/// Parses a list of requirements.
pub(super) fn requirement_list(document: &Document<'_>, node: &Node, what: &str) -> Vec<RequirementLine> {
    if !matches!(node.value, Value::Array(_)) {
        document.mismatch(node, what, "a list of strings");
    }
    let mut lines = Vec::new();
    for item in node.items() {
        match item.text() {
            Some(text) => lines.extend(requirement(document, item, text)),
            None => document.mismatch(item, what, "a list of strings"),
        }
    }
    lines
}

fn requirement(document: &Document<'_>, node: &Node, text: &str) -> Option<RequirementLine> {
    let parsed = text.parse::<Requirement>();
    let parsed = parsed
        .map_err(|fault| document.fault(document.inside(node, fault.offset()), fault.to_string()))
        .ok()?;
    let kind = of_requirement(parsed).map_err(|message| document.fault(node.offset, message)).ok()?;
    Some(RequirementLine {
        kind,
        origin: document.origin(document.inside(node, 0)),
        text: text.to_owned(),
        hashes: Vec::new(),
        editable: false,
        config_settings: Vec::new(),
    })
}

/// Parses a member of a group: a requirement, or a table that contains only `include-group`.
fn read_member(document: &Document<'_>, item: &Node, what: &str) -> Option<Member> {
    if let Some(text) = item.text() {
        return requirement(document, item, text).map(|line| Member::Requirement(Box::new(line)));
    }
    let Some(include) = item.get("include-group").filter(|_| item.entries().len() == 1) else {
        let message = format!("{what} may contain only requirements and `{{include-group = \"NAME\"}}`");
        document.fault(item.offset, message);
        return None;
    };
    let Some(name) = include.text() else {
        document.mismatch(include, "`include-group`", "a string");
        return None;
    };
    Some(Member::Include(document.extra(name, include.offset)?, document.origin(item.offset)))
}
