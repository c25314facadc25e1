//! `poetry.lock`, lock-versions 1.0 to 2.1 (poetry 1.1.15, 1.8.5, 2.5.1; `poetry/packages/locker.py`).

use std::collections::BTreeMap;

use crate::lock::model::{LockFormat, LockSource, LockedDependency, LockedFile, LockedPackage};
use crate::lock::requirement::spaced;
use crate::lock::{Lock, fields};
use wheelbase_formats::document::{Document, Node, Value};
use wheelbase_spec::name::{ExtraName, ProjectName};
use wheelbase_spec::version::SpecifierSet;

pub(super) fn read(document: &Document<'_>, root: &Node, file: &str) -> Lock {
    let mut lock = Lock::new(LockFormat::Poetry, file);
    let empty = Node::empty_table();
    let metadata = root.get("metadata").unwrap_or(&empty);
    if root.get("metadata").is_none() {
        document.fault(0, "`metadata` is missing");
    }
    let version = document.text_at(metadata, "lock-version");
    let (version, offset) = version.unwrap_or(("1.0", metadata.offset));
    let mut parts = version.split('.').map(str::parse::<u32>);
    let version = match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor),
        _ => (u32::MAX, 0),
    };
    if version.0 > 2 {
        document.fault(offset, "unknown lock-version; supported: 1.0 to 2.1");
    }
    lock.has_groups = version >= (2, 1);
    if let Some((text, offset)) = document.text_at(metadata, "python-versions") {
        lock.places.python = document.origin(offset);
        lock.requires_python = poetry_constraint(text);
    }
    let extras = root.entry("extras");
    lock.places.names = document.origin(extras.map_or(metadata.offset, |entry| entry.offset));
    // Before 2.0, `metadata` contains the files of all packages.
    let files = metadata.get("files").or_else(|| metadata.get("hashes"));
    for node in document.array_at(root, "package") {
        if document.is_table(node, "a member of `package`")
            && let Some(mut package) = package(document, node)
        {
            if lock.has_groups && node.get("groups").is_none() {
                document.fault(node.offset, format!("`groups` of `{}` is missing", package.name));
            }
            if node.get("files").is_none() {
                let entry = files.and_then(|files| {
                    files
                        .entries()
                        .iter()
                        .find(|entry| entry.key.parse::<ProjectName>().as_ref() == Ok(&package.name))
                });
                match entry {
                    Some(entry) => package.files = locked_files(document, &entry.node, &mut package.hashes),
                    None if matches!(package.source, LockSource::Index(_)) => {
                        document.fault(node.offset, format!("`files` of `{}` is missing", package.name));
                    }
                    None => {}
                }
            }
            lock.packages.push(package);
        }
    }
    for entry in document.table_at(root, "extras") {
        let Some(extra) = document.extra(&entry.key, entry.offset) else { continue };
        let mut names = Vec::new();
        for item in entry.node.items() {
            if let Some((name, _)) = item.text().and_then(named) {
                names.push(name);
            }
        }
        lock.extras.push(extra.clone());
        lock.extra_roots.insert(extra, names);
    }
    for package in &lock.packages {
        for group in &package.groups {
            if group.as_str() != "main" && !lock.groups.contains(group) {
                lock.groups.push(group.clone());
            }
        }
    }
    lock
}

fn package(document: &Document<'_>, node: &Node) -> Option<LockedPackage> {
    let name = document.required(node, "name", "the package");
    let name = name.and_then(|(text, offset)| document.project(text, offset));
    let version = document.required(node, "version", "the package");
    let version = version.and_then(|(text, offset)| document.version(text, offset));
    let mut package = LockedPackage::new(name?, document.origin(node.offset));
    package.version = version;
    package.optional = document.boolean_at(node, "optional");
    package.source = source(document, node);
    if node.get("files").is_some() {
        package.files = match node.get("files") {
            Some(files) => locked_files(document, files, &mut package.hashes),
            None => Vec::new(),
        };
    }
    for (text, offset) in document.texts_at(node, "groups") {
        package.groups.extend(document.extra(text, offset));
    }
    if let Some((text, offset)) = document.text_at(node, "category") {
        package.groups.extend(document.extra(text, offset));
    }
    match node.get("markers").or_else(|| node.get("marker")) {
        Some(Node { value: Value::Text(text), offset, .. }) => {
            package.marker = document.marker(text, *offset);
        }
        // One marker for each group, if they differ.
        Some(table @ Node { value: Value::Table(_), .. }) => {
            for entry in table.entries() {
                let Some(group) = document.extra(&entry.key, entry.offset) else { continue };
                if let Some((text, offset)) = document.text_at(table, &entry.key)
                    && let Some(marker) = document.marker(text, offset)
                {
                    package.group_markers.insert(group, marker);
                }
            }
            // `Locker.locked_packages`: a group that is not in the table has no condition.
            package.unconditional_groups = package
                .groups
                .iter()
                .filter(|group| !package.group_markers.contains_key(*group))
                .cloned()
                .collect();
        }
        Some(other) => document.fault(other.offset, "`markers` is not valid; expected a string or a table"),
        None => {}
    }
    let mut optional: BTreeMap<ProjectName, Vec<LockedDependency>> = BTreeMap::new();
    for entry in document.table_at(node, "dependencies") {
        let Some(name) = document.project(&entry.key, entry.offset) else { continue };
        let forms: Vec<&Node> = match &entry.node.value {
            Value::Array(items) => items.iter().collect(),
            _ => vec![&entry.node],
        };
        for form in forms {
            let dependency = dependency(document, name.clone(), form);
            if form.get("optional").is_some_and(|node| node.value == Value::Boolean(true)) {
                optional.entry(name.clone()).or_default().push(dependency);
            } else {
                package.dependencies.push(dependency);
            }
        }
    }
    for entry in document.table_at(node, "extras") {
        let Some(extra) = document.extra(&entry.key, entry.offset) else { continue };
        let mut dependencies = Vec::new();
        for (name, extras) in entry.node.items().iter().filter_map(Node::text).filter_map(named) {
            match optional.get(&name) {
                Some(forms) => dependencies.extend(forms.iter().cloned()),
                None => dependencies.push(plain(name, extras)),
            }
        }
        package.extra_dependencies.insert(extra, dependencies);
    }
    Some(package)
}

fn plain(name: ProjectName, extras: Vec<ExtraName>) -> LockedDependency {
    LockedDependency { name, version: None, specifiers: None, source: None, extras, marker: None }
}

/// Reads a dependency: a constraint, or a table that contains one.
pub(super) fn dependency(document: &Document<'_>, name: ProjectName, node: &Node) -> LockedDependency {
    let mut dependency = plain(name, Vec::new());
    if let Some(text) = node.text() {
        dependency.specifiers = poetry_constraint(text);
        return dependency;
    }
    dependency.specifiers = document.text_at(node, "version").and_then(|(text, _)| poetry_constraint(text));
    dependency.marker =
        document.text_at(node, "markers").and_then(|(text, offset)| document.marker(text, offset));
    if let Some((text, offset)) = document.text_at(node, "python")
        && let Some(python) = poetry_constraint(text)
    {
        let terms: Vec<String> =
            python.iter().map(|term| format!("python_full_version {}", spaced(&term.to_string()))).collect();
        let python = document.marker(&terms.join(" and "), offset);
        dependency.marker = match (dependency.marker.take(), python) {
            (Some(one), Some(other)) => Some(one.and(&other)),
            (one, other) => one.or(other),
        };
    }
    let extras = document.texts_at(node, "extras");
    dependency.extras =
        extras.into_iter().filter_map(|(text, offset)| document.extra(text, offset)).collect();
    dependency
}

fn source(document: &Document<'_>, node: &Node) -> LockSource {
    let Some(inner) = node.get("source") else { return LockSource::Index(None) };
    let text = |key: &str| document.text_at(inner, key).map(|(text, _)| text.to_owned());
    let url = document.required(inner, "url", "`source`").map(|(url, _)| url.to_owned()).unwrap_or_default();
    match text("type").as_deref() {
        Some("legacy" | "pypi") | None => LockSource::Index(Some(url)),
        Some("url") => LockSource::Url(url),
        Some("file") => LockSource::Path { path: url, editable: false },
        Some("directory") => LockSource::Path { path: url, editable: document.boolean_at(node, "develop") },
        Some("git" | "hg" | "svn" | "bzr") => {
            LockSource::Vcs { url, revision: text("resolved_reference"), subdirectory: text("subdirectory") }
        }
        Some(other) => {
            document.fault(inner.offset, format!("unknown source type `{}`", other.escape_default()));
            LockSource::Index(None)
        }
    }
}

/// `files = [{file = "...", hash = "sha256:..."}]`; lock-version 1.0 had bare hashes.
fn locked_files(document: &Document<'_>, node: &Node, hashes: &mut Vec<(String, String)>) -> Vec<LockedFile> {
    let mut files = Vec::new();
    if !matches!(node.value, Value::Array(_)) {
        document.fault(node.offset, "`files` is not valid; expected an array");
    }
    for item in node.items() {
        if let Some(text) = item.text() {
            let text = if text.contains(':') { text.to_owned() } else { format!("sha256:{text}") };
            hashes.extend(fields::hash(document, &text, item.offset));
            continue;
        }
        if !document.is_table(item, "a file") {
            continue;
        }
        let hash = document.required(item, "hash", "the file");
        let hash = hash.and_then(|(text, offset)| fields::hash(document, text, offset));
        let Some((name, _)) = document.required(item, "file", "the file") else { continue };
        files.push(LockedFile {
            filename: name.to_owned(),
            url: document.text_at(item, "url").map(|(url, _)| url.to_owned()),
            path: None,
            hashes: hash.into_iter().collect(),
            size: document.size_at(item, "size"),
            upload_time: None,
            origin: document.origin(item.offset),
        });
    }
    files
}

/// Returns the name and extras at the start of `hiredis (>=3.2.0)` and `redis[hiredis]`.
pub(super) fn named(text: &str) -> Option<(ProjectName, Vec<ExtraName>)> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let extras = rest
        .trim_start()
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .map_or("", |(extras, _)| extras);
    let extras = extras.split(',').filter_map(|extra| extra.trim().parse().ok()).collect();
    Some((name.parse().ok()?, extras))
}

/// Converts a constraint of poetry (<https://python-poetry.org/docs/dependency-specification/>) to a set of specifiers;
/// `None` for alternatives (`||`).
pub(super) fn poetry_constraint(text: &str) -> Option<SpecifierSet> {
    if text.contains('|') {
        return None;
    }
    let mut terms = Vec::new();
    for term in text.split(',').map(str::trim) {
        if term.is_empty() || term == "*" {
            continue;
        }
        if let Some(version) = term.strip_prefix('^') {
            terms.push(bounded(version, |parts| {
                parts.iter().position(|part| *part != 0).unwrap_or(parts.len() - 1)
            })?);
        } else if let Some(version) = term.strip_prefix("~=") {
            terms.push(format!("~={}", version.trim()));
        } else if let Some(version) = term.strip_prefix('~') {
            terms.push(bounded(version, |parts| usize::from(parts.len() > 1))?);
        } else if term.starts_with(|c: char| c.is_ascii_digit()) {
            terms.push(format!("=={term}"));
        } else {
            terms.push(term.to_owned());
        }
    }
    terms.join(",").parse().ok()
}

/// Returns `>=version,<next`; the part at `place` is increased by one.
fn bounded(version: &str, place: impl Fn(&[u64]) -> usize) -> Option<String> {
    let version = version.trim();
    let parsed: wheelbase_spec::version::Version = version.parse().ok()?;
    let parts = parsed.release();
    if parts.is_empty() {
        return None;
    }
    let place = place(parts).min(parts.len() - 1);
    let mut next: Vec<String> = parts.iter().take(place).map(u64::to_string).collect();
    next.push(parts.get(place)?.checked_add(1)?.to_string());
    Some(format!(">={version},<{}", next.join(".")))
}

#[cfg(test)]
mod tests {
    use super::poetry_constraint;

    // From the documentation of poetry: caret and tilde requirements.
    #[test]
    fn caret_and_tilde_become_ranges() {
        let set = |text: &str| poetry_constraint(text).map(|set| set.to_string());
        for (text, want) in [
            ("^1.2.3", ">=1.2.3,<2"),
            ("^0.2.3", ">=0.2.3,<0.3"),
            ("^0.0.3", ">=0.0.3,<0.0.4"),
            ("^0.0", ">=0.0,<0.1"),
            ("^0", ">=0,<1"),
            ("~1.2.3", ">=1.2.3,<1.3"),
            ("~1", ">=1,<2"),
            ("1.0", "==1.0"),
            (">=3.9,<4.0", ">=3.9,<4.0"),
            ("*", ""),
        ] {
            let got = set(text).map(|text| {
                let mut parts: Vec<&str> = text.split(',').map(str::trim).collect();
                parts.sort_unstable_by(|a, b| b.cmp(a));
                parts.join(",")
            });
            assert_eq!(got.as_deref(), Some(want), "{text}");
        }
        assert_eq!(set("^2.7 || ^3.6"), None);
    }
}
