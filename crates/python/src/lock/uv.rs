//! `uv.lock`, versions 1 (uv 0.13.8, `crates/uv-resolver/src/lock`; the format has no specification).

use std::collections::BTreeMap;

use crate::lock::model::{LockFormat, LockSource, LockedDependency, LockedFile, LockedPackage};
use crate::lock::{Lock, fields};
use wheelbase_formats::document::{Document, Entry, Node, Value};
use wheelbase_spec::name::ExtraName;

pub(super) fn read(document: &Document<'_>, root: &Node, file: &str) -> Lock {
    let mut lock = Lock::new(LockFormat::Uv, file);
    match root.get("version") {
        Some(Node { value: Value::Integer(1), .. }) => {}
        Some(node) => document.fault(node.offset, "unknown version of uv.lock; supported: 1"),
        None => document.fault(0, "`version` is missing"),
    }
    if let Some((text, offset)) = document.text_at(root, "requires-python") {
        lock.requires_python = document.specifiers(text, offset);
        lock.places.python = document.origin(offset);
    }
    if let Some(node) = root.get("supported-markers") {
        lock.places.environments = document.origin(node.offset);
    }
    for (text, offset) in document.texts_at(root, "supported-markers") {
        lock.environments.extend(document.marker(text, offset));
    }
    if let Some(manifest) = root.get("manifest") {
        for (text, offset) in document.texts_at(manifest, "members") {
            lock.members.extend(document.project(text, offset));
        }
        for node in document.array_at(manifest, "requirements") {
            lock.roots.extend(dependency(document, node));
        }
        lock.root_groups = groups(document, document.table_at(manifest, "dependency-groups"));
    }
    for node in document.array_at(root, "package") {
        if document.is_table(node, "a member of `package`") {
            lock.packages.extend(package(document, node));
        }
    }
    let mut named = false;
    for package in &lock.packages {
        let project = match &package.source {
            LockSource::Project { path, .. } if path == "." => Some(true),
            LockSource::Project { .. } | LockSource::Path { .. } if lock.members.contains(&package.name) => {
                Some(false)
            }
            _ => None,
        };
        if let Some(own) = project {
            if own || !named {
                lock.places.names = package.origin.clone();
                named = true;
            }
            lock.extras.extend(package.extra_dependencies.keys().cloned());
            lock.groups.extend(package.group_dependencies.keys().cloned());
        }
    }
    lock.groups.extend(lock.root_groups.keys().cloned());
    for names in [&mut lock.extras, &mut lock.groups] {
        names.sort();
        names.dedup();
    }
    lock
}

fn package(document: &Document<'_>, node: &Node) -> Option<LockedPackage> {
    let name = document.required(node, "name", "the package");
    let name = name.and_then(|(text, offset)| document.project(text, offset));
    // Only directories with a dynamic version do not have one.
    let version = document.text_at(node, "version").and_then(|(text, offset)| document.version(text, offset));
    let source = source(document, node);
    let mut files = Vec::new();
    if let Some(sdist) = node.get("sdist")
        && document.is_table(sdist, "`sdist`")
    {
        files.extend(locked_file(document, sdist, &source));
    }
    for wheel in document.array_at(node, "wheels") {
        if document.is_table(wheel, "a member of `wheels`") {
            files.extend(locked_file(document, wheel, &source));
        }
    }
    let dependencies = list(document, document.array_at(node, "dependencies"));
    let extra_dependencies = groups(document, document.table_at(node, "optional-dependencies"));
    let key = if node.get("dev-dependencies").is_some() { "dev-dependencies" } else { "dependency-groups" };
    let group_dependencies = groups(document, document.table_at(node, key));
    // Empty extras and groups are only in the metadata.
    let (mut extra_dependencies, mut group_dependencies) = (extra_dependencies, group_dependencies);
    if let Some(metadata) = node.get("metadata") {
        for (text, offset) in document.texts_at(metadata, "provides-extras") {
            if let Some(extra) = document.extra(text, offset) {
                extra_dependencies.entry(extra).or_default();
            }
        }
        for entry in document.table_at(metadata, "requires-dev") {
            if let Some(group) = document.extra(&entry.key, entry.offset) {
                group_dependencies.entry(group).or_default();
            }
        }
    }
    let mut package = LockedPackage::new(name?, document.origin(node.offset));
    package.version = version;
    package.source = source;
    package.files = files;
    package.complete = true;
    package.dependencies = dependencies;
    package.extra_dependencies = extra_dependencies;
    package.group_dependencies = group_dependencies;
    Some(package)
}

fn source(document: &Document<'_>, node: &Node) -> LockSource {
    let Some(inner) = node.get("source") else {
        document.fault(node.offset, "`source` is missing");
        return LockSource::Index(None);
    };
    if !document.is_table(inner, "`source`") {
        return LockSource::Index(None);
    }
    let text = |key: &str| document.text_at(inner, key).map(|(text, _)| text.to_owned());
    if let Some(url) = text("registry") {
        return LockSource::Index(Some(url));
    }
    if let Some(url) = text("git") {
        // `https://host/repository?rev=main#COMMIT`
        let (front, revision) =
            url.split_once('#').map_or((url.as_str(), None), |(front, commit)| (front, Some(commit)));
        let (url, query) = front.split_once('?').unwrap_or((front, ""));
        let subdirectory = query.split('&').find_map(|pair| pair.strip_prefix("subdirectory="));
        return LockSource::Vcs {
            url: url.to_owned(),
            revision: revision.map(str::to_owned),
            subdirectory: subdirectory.map(fields::decoded),
        };
    }
    if let Some(url) = text("url") {
        return LockSource::Url(url);
    }
    if let Some(path) = text("path") {
        return LockSource::Path { path, editable: false };
    }
    if let Some(path) = text("directory") {
        return LockSource::Path { path, editable: false };
    }
    if let Some(path) = text("virtual") {
        return LockSource::Project { path, installed: false };
    }
    if let Some(path) = text("editable") {
        return LockSource::Project { path, installed: true };
    }
    document.fault(inner.offset, "unknown kind of `source`; expected `registry`, `git`, `url`, `path`, `directory`, `virtual` or `editable`");
    LockSource::Index(None)
}

fn locked_file(document: &Document<'_>, node: &Node, source: &LockSource) -> Option<LockedFile> {
    let url = document.text_at(node, "url").map(|(text, _)| text.to_owned());
    let path = document.text_at(node, "path").map(|(text, _)| text.to_owned());
    let name = document.text_at(node, "filename").map(|(text, _)| text.to_owned());
    let location = url.as_deref().or(path.as_deref()).map(fields::file_name);
    let filename = name.or(location).or_else(|| match source {
        // The file of a direct URL or path is the source itself.
        LockSource::Url(location) | LockSource::Path { path: location, .. } => {
            Some(fields::file_name(location))
        }
        _ => None,
    });
    if filename.is_none() {
        document.fault(node.offset, "the file has no location; expected `url` or `path`");
    }
    let url = url.or_else(|| match source {
        LockSource::Url(url) if path.is_none() => Some(url.clone()),
        _ => None,
    });
    let hash = document.text_at(node, "hash").and_then(|(text, offset)| fields::hash(document, text, offset));
    Some(LockedFile {
        filename: filename?,
        url,
        path,
        hashes: hash.into_iter().collect(),
        size: document.size_at(node, "size"),
        upload_time: fields::time_at(document, node, "upload-time"),
        origin: document.origin(node.offset),
    })
}

fn list(document: &Document<'_>, nodes: &[Node]) -> Vec<LockedDependency> {
    nodes.iter().filter_map(|node| dependency(document, node)).collect()
}

fn groups(document: &Document<'_>, entries: &[Entry]) -> BTreeMap<ExtraName, Vec<LockedDependency>> {
    let mut groups = BTreeMap::new();
    for entry in entries {
        let dependencies = list(document, entry.node.items());
        if let Some(name) = document.extra(&entry.key, entry.offset) {
            groups.insert(name, dependencies);
        }
    }
    groups
}

fn dependency(document: &Document<'_>, node: &Node) -> Option<LockedDependency> {
    if !document.is_table(node, "a dependency") {
        return None;
    }
    let (name, offset) = document.required(node, "name", "the dependency")?;
    let name = document.project(name, offset)?;
    let version = document.text_at(node, "version").and_then(|(text, offset)| document.version(text, offset));
    let marker = document.text_at(node, "marker");
    let marker = marker.and_then(|(text, offset)| document.marker(&with_sets(text), offset));
    let source = node.get("source").map(|_| source(document, node));
    // `extra` in dependencies, `extras` in the requirements of the manifest.
    let key = if node.get("extra").is_some() { "extra" } else { "extras" };
    let extras = document.texts_at(node, key);
    let extras = extras.into_iter().filter_map(|(text, offset)| document.extra(text, offset)).collect();
    Some(LockedDependency { name, version, specifiers: None, source, extras, marker })
}

/// Rewrites `extra == 'NAME'` to `'NAME' in extras` (PEP 751). uv writes conflicting extras and groups as values of `extra`
/// (`extra-3-foo-cpu`), and several may be active at once.
fn with_sets(marker: &str) -> String {
    let mut out = String::with_capacity(marker.len());
    let mut rest = marker;
    while let Some(at) = rest.find("extra ") {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let operator = [("extra == ", "in"), ("extra != ", "not in")];
        let hit = operator.iter().find_map(|(written, word)| Some((tail.strip_prefix(written)?, *word)));
        let quoted = hit.and_then(|(value, word)| {
            let quote = value.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
            let end = value.get(1..)?.find(quote)? + 2;
            Some((value.split_at_checked(end)?, word))
        });
        match quoted {
            Some(((value, tail), word)) => {
                out.push_str(&format!("{value} {word} extras"));
                rest = tail;
            }
            None => {
                out.push_str("extra ");
                rest = tail.get("extra ".len()..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}
