//! What a project requires, from its `pyproject.toml`
//! ([`[project]`](https://packaging.python.org/en/latest/specifications/pyproject-toml/), and dependency groups,
//! [PEP 735](https://peps.python.org/pep-0735/)).

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::line::of_requirement;
use super::toml_text::TomlText;
use super::{Fault, RequirementKind, RequirementLine, Undetermined, decode};
use wheelbase_formats::limits;
use wheelbase_spec::marker::Marker;
use wheelbase_spec::name::{ExtraName, ProjectName};
use wheelbase_spec::requirement::Requirement;
use wheelbase_spec::source::Origin;
use wheelbase_spec::version::SpecifierSet;

/// A list of requirements, as far as it stands in the file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Dependencies {
    /// It stands there.
    Static(Vec<RequirementLine>),
    /// The build backend makes it: where that is said, and why in a sentence without final stop.
    Dynamic(Origin, String),
}

/// What of a project is wanted beside its dependencies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Extras (`[project.optional-dependencies]`).
    pub extras: Vec<ExtraName>,
    /// All extras.
    pub all_extras: bool,
    /// Dependency groups (`[dependency-groups]`).
    pub groups: Vec<ExtraName>,
    /// The groups alone, without the project's own dependencies.
    pub only_groups: bool,
}

/// What is chosen.
#[derive(Clone, Debug, Default)]
pub(super) struct Chosen {
    pub(super) requirements: Vec<RequirementLine>,
    pub(super) undetermined: Vec<Undetermined>,
}

/// A member of a dependency group.
#[derive(Clone, Debug, PartialEq)]
enum Member {
    Requirement(Box<RequirementLine>),
    Include(ExtraName, Origin),
}

/// What a `pyproject.toml` (or the block of a script) says of requirements.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Pyproject {
    /// `name`
    pub name: Option<ProjectName>,
    /// `version` as written; `None` also where it is dynamic
    pub version: Option<String>,
    /// `dependencies`
    pub dependencies: Dependencies,
    /// `optional-dependencies`
    pub optional_dependencies: BTreeMap<ExtraName, Vec<RequirementLine>>,
    /// Where `optional-dependencies` are said to be dynamic.
    pub dynamic_optional_dependencies: Option<Origin>,
    /// `requires-python`
    pub requires_python: Option<(SpecifierSet, Origin)>,
    /// `override-dependencies` of `[tool.uv]`, which only uv heeds
    /// (<https://docs.astral.sh/uv/reference/settings/#override-dependencies>).
    pub overrides: Vec<RequirementLine>,
    groups: BTreeMap<ExtraName, Vec<Member>>,
    /// The name of the file, to be shown.
    file: String,
    /// Faults of the file; those of a list that nobody selects among them.
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

    /// Reads a `pyproject.toml`; `file` is the name to show.
    pub fn parse(file: &str, bytes: &[u8]) -> Self {
        // TOML is UTF-8; a byte order mark is passed over, and a comment of PEP 263 means nothing.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => {
                let fault = decode::utf8(file, bytes).err();
                return Self::of_faults(file, fault.into_iter().collect());
            }
        };
        let toml = TomlText::new(file, text, Vec::new());
        let mut project = Self::empty(file);
        let mut faults = Vec::new();
        let document = toml.parse(&mut faults);
        if faults.is_empty() {
            project.read(&toml, document.get_ref(), &mut faults);
        }
        // The tables come in the order of their keys.
        faults.sort();
        project.faults = faults;
        project
    }

    /// The faults of the file.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The names of the dependency groups.
    pub fn groups(&self) -> impl Iterator<Item = &ExtraName> {
        self.groups.keys()
    }

    fn read(&mut self, toml: &TomlText<'_>, document: &DeTable<'_>, faults: &mut Vec<Fault>) {
        self.read_groups(toml, document, faults);
        self.overrides = overrides(toml, document, faults);
        let Some(project) = toml.table(document, "project", faults) else {
            let poetry = document.get("tool").and_then(|tool| tool.get_ref().as_table());
            let poetry = poetry.is_some_and(|tool| tool.contains_key("poetry"));
            let why = if poetry {
                "the file has no `[project]` table; what `[tool.poetry]` means only Poetry knows"
            } else if document.contains_key("project") {
                "the `[project]` table cannot be read"
            } else {
                "the file has no `[project]` table, so that its build backend makes the dependencies"
            };
            self.dependencies = Dependencies::Dynamic(Origin::new(toml.file, 0, 0), why.to_owned());
            return;
        };
        match project.get("name") {
            Some(value) => match value.get_ref().as_str().map(str::parse) {
                Some(Ok(name)) => self.name = Some(name),
                Some(Err(fault)) => faults.push(toml.fault(value.span().start, fault.to_string())),
                None => faults.push(toml.fault(value.span().start, "`name` must be a string")),
            },
            // `[project]`: the one key that must be there and cannot be dynamic.
            None => faults.push(Fault::new(Origin::new(toml.file, 0, 0), "`[project]` has no `name`")),
        }
        self.version = project.get("version").and_then(|value| value.get_ref().as_str()).map(str::to_owned);
        self.requires_python = requires_python(toml, project, faults);
        let dynamic = |key: &str| dynamic(toml, project, key);
        self.dependencies = match (project.get("dependencies"), dynamic("dependencies")) {
            (Some(_), Some(origin)) => {
                faults.push(Fault::new(origin, "`dependencies` are given and dynamic"));
                Dependencies::Static(Vec::new())
            }
            (Some(value), None) => {
                let what = "`dependencies`";
                Dependencies::Static(requirement_list(toml, value, what, faults))
            }
            (None, Some(origin)) => {
                let why = "`dependencies` are dynamic: the build backend makes them".to_owned();
                Dependencies::Dynamic(origin, why)
            }
            (None, None) => Dependencies::Static(Vec::new()),
        };
        self.dynamic_optional_dependencies = dynamic("optional-dependencies");
        if let Some(extras) = toml.table(project, "optional-dependencies", faults) {
            for (key, value) in extras {
                let what = format!("the extra `{}`", key.get_ref().escape_debug());
                let lines = requirement_list(toml, value, &what, faults);
                match key.get_ref().parse::<ExtraName>() {
                    Err(fault) => faults.push(toml.fault(key.span().start, fault.to_string())),
                    // PEP 685: two spellings of one extra are a mistake.
                    Ok(name) => {
                        if self.optional_dependencies.insert(name, lines).is_some() {
                            faults.push(toml.fault(key.span().start, format!("{what} is given twice")));
                        }
                    }
                }
            }
        }
    }

    fn read_groups(&mut self, toml: &TomlText<'_>, document: &DeTable<'_>, faults: &mut Vec<Fault>) {
        let Some(groups) = toml.table(document, "dependency-groups", faults) else { return };
        for (key, value) in groups {
            let what = format!("the group `{}`", key.get_ref().escape_debug());
            let name = match key.get_ref().parse::<ExtraName>() {
                Ok(name) => name,
                Err(fault) => {
                    faults.push(toml.fault(key.span().start, fault.to_string()));
                    continue;
                }
            };
            let Some(array) = value.get_ref().as_array() else {
                faults.push(toml.fault(value.span().start, format!("{what} must be a list")));
                continue;
            };
            let mut members = Vec::new();
            for item in array.iter() {
                match read_member(toml, item, &what) {
                    Ok(member) => members.push(member),
                    Err(fault) => faults.push(fault),
                }
            }
            // PEP 735: names that are equal when normalized are a mistake.
            if self.groups.insert(name, members).is_some() {
                faults.push(toml.fault(key.span().start, format!("{what} is given twice")));
            }
        }
    }

    /// The requirements of a selection.
    ///
    /// # Errors
    ///
    /// The faults of the file, or a name that the file does not have, or groups that include themselves.
    pub(super) fn select(&self, selection: &Selection) -> Result<Chosen, Vec<Fault>> {
        let mut faults = self.faults.clone();
        let mut chosen = Chosen::default();
        if !selection.only_groups {
            self.choose_dependencies(&mut chosen);
        }
        if selection.all_extras
            && let Some(origin) = &self.dynamic_optional_dependencies
        {
            let message = "`optional-dependencies` are dynamic: the build backend makes them".to_owned();
            chosen.undetermined.push(Undetermined { origin: origin.clone(), message });
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
                chosen.undetermined.push(Undetermined { origin: origin.clone(), message: message.clone() });
            }
        }
    }

    /// The lists of extras, each under the marker that led to it.
    fn choose_extras(
        &self,
        extras: Vec<(ExtraName, Option<Marker>)>,
        seen: &mut Vec<(ExtraName, Option<Marker>)>,
        chosen: &mut Chosen,
        faults: &mut Vec<Fault>,
    ) {
        for wanted in extras {
            // An extra that is wanted without condition needs no second look under one.
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
                    let message = format!("the extra `{extra}` is dynamic: the build backend makes it");
                    chosen.undetermined.push(Undetermined { origin: origin.clone(), message });
                }
                (None, None) => faults.push(self.unknown("extra", extra, self.optional_dependencies.keys())),
            }
            seen.push(wanted);
        }
    }

    /// A project that requires itself (`all = ["me[a,b]"]`) means its own lists: it need not be on an index.
    fn replace_self(
        &self,
        only_groups: bool,
        seen: &mut Vec<(ExtraName, Option<Marker>)>,
        chosen: &mut Chosen,
        faults: &mut Vec<Fault>,
    ) {
        let Some(name) = &self.name else { return };
        let mut itself = only_groups;
        // Each round follows extras under conditions that were not seen, of which there are so many and no more.
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
        let has = if known.is_empty() { String::new() } else { format!("; there are {}", known.join(", ")) };
        Fault::new(Origin::new(self.file.as_str(), 0, 0), format!("there is no {what} `{name}`{has}"))
    }
}

impl RequirementLine {
    /// The same line, required only where the marker holds too.
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

/// One group, and the groups it includes, in the order written (PEP 735).
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
                            format!("there is no dependency group `{target}`"),
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

/// Where `dynamic` names a key.
fn dynamic(toml: &TomlText<'_>, project: &DeTable<'_>, key: &str) -> Option<Origin> {
    let array = project.get("dynamic")?.get_ref().as_array()?;
    let item = array.iter().find(|item| item.get_ref().as_str() == Some(key))?;
    Some(toml.origin(item.span().start))
}

/// `requires-python` of a project or a script.
pub(super) fn requires_python(
    toml: &TomlText<'_>,
    table: &DeTable<'_>,
    faults: &mut Vec<Fault>,
) -> Option<(SpecifierSet, Origin)> {
    let value = table.get("requires-python")?;
    let start = value.span().start;
    match value.get_ref().as_str().map(str::parse) {
        Some(Ok(set)) => Some((set, toml.origin(start))),
        Some(Err(fault)) => {
            faults.push(toml.fault(start, fault.to_string()));
            None
        }
        None => {
            faults.push(toml.fault(start, "`requires-python` must be a string"));
            None
        }
    }
}

/// The overrides of `[tool.uv]`. What else other tools keep below `tool` is theirs.
pub(super) fn overrides(
    toml: &TomlText<'_>,
    document: &DeTable<'_>,
    faults: &mut Vec<Fault>,
) -> Vec<RequirementLine> {
    let uv = document.get("tool").and_then(|tool| tool.get_ref().as_table()?.get("uv")?.get_ref().as_table());
    match uv.and_then(|uv| uv.get("override-dependencies")) {
        Some(value) => requirement_list(toml, value, "`override-dependencies`", faults),
        None => Vec::new(),
    }
}

/// A list of requirements.
pub(super) fn requirement_list(
    toml: &TomlText<'_>,
    value: &Spanned<DeValue<'_>>,
    what: &str,
    faults: &mut Vec<Fault>,
) -> Vec<RequirementLine> {
    let mut lines = Vec::new();
    for (text, span) in toml.strings(value, what, faults) {
        match requirement(toml, text, &span) {
            Ok(line) => lines.push(line),
            Err(fault) => faults.push(fault),
        }
    }
    lines
}

fn requirement(
    toml: &TomlText<'_>,
    text: &str,
    span: &std::ops::Range<usize>,
) -> Result<RequirementLine, Fault> {
    let parsed = text
        .parse::<Requirement>()
        .map_err(|fault| toml.fault(toml.inside(text, span, fault.offset()), fault.to_string()))?;
    let kind = of_requirement(parsed).map_err(|message| toml.fault(span.start, message))?;
    Ok(RequirementLine {
        kind,
        origin: toml.origin(toml.inside(text, span, 0)),
        text: text.to_owned(),
        hashes: Vec::new(),
        editable: false,
        config_settings: Vec::new(),
    })
}

/// A member of a group: a requirement, or a table with `include-group` alone.
fn read_member(toml: &TomlText<'_>, item: &Spanned<DeValue<'_>>, what: &str) -> Result<Member, Fault> {
    let start = item.span().start;
    if let Some(text) = item.get_ref().as_str() {
        return requirement(toml, text, &item.span()).map(|line| Member::Requirement(Box::new(line)));
    }
    let include = item.get_ref().as_table().filter(|table| table.len() == 1);
    let Some(value) = include.and_then(|table| table.get("include-group")) else {
        let message = format!("{what} may hold requirements and `{{include-group = \"NAME\"}}`");
        return Err(toml.fault(start, message));
    };
    let name = value
        .get_ref()
        .as_str()
        .ok_or_else(|| toml.fault(value.span().start, "`include-group` must be a string"))?;
    let name = name
        .parse()
        .map_err(|fault: wheelbase_spec::InvalidName| toml.fault(value.span().start, fault.to_string()))?;
    Ok(Member::Include(name, toml.origin(start)))
}
