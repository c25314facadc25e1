//! The parts of a project file that its lock depends on: default groups, and the dependencies of groups and extras.

use std::collections::{BTreeMap, BTreeSet};

use crate::lock::model::LockedDependency;
use crate::lock::poetry;
use crate::lock::requirement::of_requirement;
use wheelbase_formats::document::{Document, Format, Node, Value};
use wheelbase_formats::limits;
use wheelbase_spec::name::ExtraName;
use wheelbase_spec::requirement::Requirement;
use wheelbase_spec::source::InvalidInput;

/// The parts of a `pyproject.toml` that decide what is installed from its lock.
///
/// Locks do not contain everything. The default groups of uv, the optional groups of poetry and the development groups of
/// pdm are only in the project file.
///
/// ```
/// use wheelbase::lock::LockProject;
///
/// let project = LockProject::parse(b"[tool.uv]\ndefault-groups = ['dev', 'lint']\n", "pyproject.toml")?;
/// # Ok::<(), wheelbase::source::InvalidInput>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LockProject {
    /// `tool.uv.default-groups`; `None` if it is not set.
    pub(super) uv_default_groups: Option<DefaultGroups>,
    /// Groups that poetry installs only on request.
    pub(super) optional_groups: BTreeSet<ExtraName>,
    /// The names of the development groups (PEP 735, poetry's groups, pdm's `dev-dependencies`).
    pub(super) development: BTreeSet<ExtraName>,
    /// The dependencies of the project.
    pub(super) dependencies: Vec<LockedDependency>,
    /// The dependencies of its extras.
    pub(super) extras: BTreeMap<ExtraName, Vec<LockedDependency>>,
    /// The dependencies of its groups.
    pub(super) groups: BTreeMap<ExtraName, Vec<LockedDependency>>,
}

/// `default-groups = "all"` or a list.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum DefaultGroups {
    All,
    These(Vec<ExtraName>),
}

impl LockProject {
    /// Parses a `pyproject.toml`.
    ///
    /// # Errors
    ///
    /// If the file is not valid TOML or a part that is read here is invalid: all faults with their positions.
    pub fn parse(bytes: &[u8], file: &str) -> Result<Self, InvalidInput> {
        let text = String::from_utf8_lossy(bytes);
        let document = Document::new(file, &text);
        let root = document.read(Format::Toml);
        let mut project = Self::default();
        project.read(&document, &root);
        document.finish(Some(project))
    }

    fn read(&mut self, document: &Document<'_>, root: &Node) {
        let empty = Node::empty_table();
        let project = root.get("project").unwrap_or(&empty);
        self.dependencies = requirements(document, project, "dependencies");
        if let Some(extras) = project.get("optional-dependencies") {
            for entry in document.table_at(project, "optional-dependencies") {
                if let Some(extra) = document.extra(&entry.key, entry.offset) {
                    self.extras.insert(extra, requirements(document, extras, &entry.key));
                }
            }
        }
        if let Some(groups) = root.get("dependency-groups") {
            for entry in document.table_at(root, "dependency-groups") {
                if let Some(group) = document.extra(&entry.key, entry.offset) {
                    let dependencies = group_members(document, groups, &entry.key, &mut BTreeSet::new());
                    self.groups.insert(group.clone(), dependencies);
                    self.development.insert(group);
                }
            }
        }
        let tool = root.get("tool").unwrap_or(&empty);
        if let Some(uv) = tool.get("uv") {
            match uv.get("default-groups") {
                Some(node) if node.text() == Some("all") => self.uv_default_groups = Some(DefaultGroups::All),
                Some(_) => {
                    let names = document.texts_at(uv, "default-groups");
                    let names =
                        names.into_iter().filter_map(|(text, offset)| document.extra(text, offset)).collect();
                    self.uv_default_groups = Some(DefaultGroups::These(names));
                }
                None => {}
            }
        }
        if let Some(development) = tool.get("pdm").and_then(|pdm| pdm.get("dev-dependencies")) {
            for entry in development.entries() {
                if let Some(group) = document.extra(&entry.key, entry.offset) {
                    self.groups.insert(group.clone(), requirements(document, development, &entry.key));
                    self.development.insert(group);
                }
            }
        }
        if let Some(poetry) = tool.get("poetry") {
            self.read_poetry(document, poetry);
        }
    }

    /// <https://python-poetry.org/docs/pyproject/>, the parts before PEP 621 included.
    fn read_poetry(&mut self, document: &Document<'_>, poetry: &Node) {
        let table = |parent: &Node, key: &str| -> Vec<(LockedDependency, bool)> {
            let mut dependencies = Vec::new();
            for entry in document.table_at(parent, key) {
                if entry.key == "python" {
                    continue;
                }
                let Some(name) = document.project(&entry.key, entry.offset) else { continue };
                let forms: Vec<&Node> = match &entry.node.value {
                    Value::Array(items) => items.iter().collect(),
                    _ => vec![&entry.node],
                };
                for form in forms {
                    let optional =
                        form.get("optional").is_some_and(|node| node.value == Value::Boolean(true));
                    dependencies.push((poetry::dependency(document, name.clone(), form), optional));
                }
            }
            dependencies
        };
        let own = table(poetry, "dependencies");
        for entry in document.table_at(poetry, "extras") {
            let Some(extra) = document.extra(&entry.key, entry.offset) else { continue };
            let names = entry.node.items().iter().filter_map(Node::text).filter_map(poetry::named);
            let mut dependencies = Vec::new();
            for (name, _) in names {
                dependencies
                    .extend(own.iter().filter(|(own, _)| own.name == name).map(|(own, _)| own.clone()));
            }
            self.extras.insert(extra, dependencies);
        }
        self.dependencies.extend(own.into_iter().filter(|(_, optional)| !optional).map(|(own, _)| own));
        let mut groups: Vec<(&str, usize, &Node)> = Vec::new();
        for entry in document.table_at(poetry, "group") {
            groups.push((&entry.key, entry.offset, &entry.node));
        }
        for (name, offset, node) in groups {
            let Some(group) = document.extra(name, offset) else { continue };
            if document.boolean_at(node, "optional") {
                self.optional_groups.insert(group.clone());
            }
            let dependencies = table(node, "dependencies").into_iter().map(|(dependency, _)| dependency);
            self.groups.entry(group.clone()).or_default().extend(dependencies);
            self.development.insert(group);
        }
        if poetry.get("dev-dependencies").is_some()
            && let Some(dev) = document.extra("dev", poetry.offset)
        {
            let dependencies =
                table(poetry, "dev-dependencies").into_iter().map(|(dependency, _)| dependency);
            self.groups.entry(dev.clone()).or_default().extend(dependencies);
            self.development.insert(dev);
        }
    }
}

fn requirements(document: &Document<'_>, parent: &Node, key: &str) -> Vec<LockedDependency> {
    let mut dependencies = Vec::new();
    for (text, offset) in document.texts_at(parent, key) {
        match text.parse::<Requirement>() {
            Ok(requirement) => dependencies.push(of_requirement(requirement)),
            // pdm writes `-e file:///...` among development requirements.
            Err(_) if text.trim_start().starts_with("-e") => {}
            Err(error) => document.fault(offset, error.to_string()),
        }
    }
    dependencies
}

/// Returns the members of a group and of the groups it includes (PEP 735). Each group is read once, so cycles end.
fn group_members(
    document: &Document<'_>,
    groups: &Node,
    name: &str,
    seen: &mut BTreeSet<String>,
) -> Vec<LockedDependency> {
    let mut dependencies = Vec::new();
    if !seen.insert(name.to_owned()) || seen.len() > limits::LOCK_GROUPS {
        return dependencies;
    }
    for item in document.array_at(groups, name) {
        if let Some(text) = item.text() {
            match text.parse::<Requirement>() {
                Ok(requirement) => dependencies.push(of_requirement(requirement)),
                Err(error) => document.fault(item.offset, error.to_string()),
            }
        } else if let Some((include, _)) = document.text_at(item, "include-group") {
            let wanted = include.parse::<ExtraName>();
            let entry = groups.entries().iter().find(|entry| entry.key.parse::<ExtraName>() == wanted);
            if let Some(entry) = entry {
                dependencies.extend(group_members(document, groups, &entry.key, seen));
            }
        }
    }
    dependencies
}
