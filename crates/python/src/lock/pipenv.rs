//! `Pipfile.lock`, specification 6 (pipenv 2026.10.3; <https://github.com/pypa/pipfile>).

use crate::lock::model::{LockFormat, LockSource, LockedPackage};
use crate::lock::{Lock, fields};
use wheelbase_formats::document::{Document, Entry, Node, Value};
use wheelbase_spec::name::ExtraName;

pub(super) fn read(document: &Document<'_>, root: &Node, file: &str) -> Lock {
    let mut lock = Lock::new(LockFormat::Pipenv, file);
    lock.has_groups = true;
    match root.get("_meta") {
        Some(meta) if document.is_table(meta, "`_meta`") => {
            match meta.get("pipfile-spec").map(|node| (&node.value, node.offset)) {
                Some((Value::Integer(6), _)) | None => {}
                Some((_, offset)) => document.fault(offset, "unknown `pipfile-spec`; supported: 6"),
            }
            for source in document.array_at(meta, "sources") {
                if document.is_table(source, "a member of `sources`")
                    && let Some((url, _)) = document.required(source, "url", "the source")
                {
                    let name = document.text_at(source, "name").map(|(name, _)| name).unwrap_or_default();
                    lock.indexes.push((name.to_owned(), url.to_owned()));
                }
            }
            if let Some(requires) = meta.get("requires") {
                // `python_version` is a minor version, `python_full_version` a full version.
                for (key, operator, end) in
                    [("python_version", "==", ".*"), ("python_full_version", "==", "")]
                {
                    if let Some((text, offset)) = document.text_at(requires, key)
                        && text != "*"
                    {
                        lock.requires_python = document.specifiers(&format!("{operator}{text}{end}"), offset);
                        lock.places.python = document.origin(offset);
                    }
                }
            }
        }
        Some(_) => {}
        None => document.fault(0, "`_meta` is missing"),
    }
    for section in root.entries().iter().filter(|section| section.key != "_meta") {
        let Some(group) = document.extra(&section.key, section.offset) else { continue };
        if !document.is_table(&section.node, &format!("`{}`", section.key)) {
            continue;
        }
        // `default` contains the dependencies of the project; every other section is a group.
        let main = section.key == "default";
        if !main {
            lock.groups.push(group.clone());
        }
        for entry in section.node.entries() {
            let sources = lock.indexes.clone();
            lock.packages.extend(package(document, entry, &group, &sources));
        }
    }
    lock
}

fn package(
    document: &Document<'_>,
    entry: &Entry,
    group: &ExtraName,
    sources: &[(String, String)],
) -> Option<LockedPackage> {
    let name = document.project(&entry.key, entry.offset)?;
    let node = &entry.node;
    let mut package = LockedPackage::new(name, document.origin(entry.offset));
    package.groups = vec![group.clone()];
    if let Value::Text(version) = &node.value {
        // The short form: `"six": "==1.17.0"`.
        package.version = document.version(version.trim_start_matches('='), node.offset);
        return Some(package);
    }
    if !document.is_table(node, &format!("`{}`", entry.key)) {
        return None;
    }
    let text = |key: &str| document.text_at(node, key).map(|(text, _)| text.to_owned());
    if let Some((version, offset)) = document.text_at(node, "version") {
        match version.strip_prefix("==") {
            Some(version) => package.version = document.version(version.trim_start_matches('='), offset),
            // A package that the locking machine does not require has no version.
            None if version == "*" => {}
            None => document.fault(
                offset,
                format!(
                    "`{}` is not a pinned version; expected `==` and a version, such as ==1.17.0",
                    version.escape_default()
                ),
            ),
        }
    }
    package.marker =
        document.text_at(node, "markers").and_then(|(text, offset)| document.marker(text, offset));
    for (text, offset) in document.texts_at(node, "hashes") {
        package.hashes.extend(fields::hash(document, text, offset));
    }
    let extras = document.texts_at(node, "extras");
    package.extras = extras.into_iter().filter_map(|(text, offset)| document.extra(text, offset)).collect();
    let vcs = ["git", "hg", "svn", "bzr"].into_iter().find_map(text);
    package.source = if let Some(url) = vcs {
        LockSource::Vcs { url, revision: text("ref"), subdirectory: text("subdirectory") }
    } else if let Some(path) = text("path") {
        LockSource::Path { path, editable: document.boolean_at(node, "editable") }
    } else if let Some(url) = text("file").or_else(|| text("uri")) {
        LockSource::Url(url)
    } else {
        LockSource::Index(
            document
                .text_at(node, "index")
                .map(|(index, offset)| index_url(document, index, offset, sources)),
        )
    };
    if matches!(package.source, LockSource::Index(_)) && node.get("version").is_none() {
        document.fault(entry.offset, format!("`version` of `{}` is missing", entry.key));
    }
    Some(package)
}

/// Returns the URL of the index of a package.
///
/// pipenv 2026.10.3 (`utils/indexes.py`, `get_project_index`) reports an error if no source has this name, unless the
/// name is a URL.
fn index_url(document: &Document<'_>, index: &str, offset: usize, sources: &[(String, String)]) -> String {
    if let Some((_, url)) = sources.iter().find(|(name, _)| name == index) {
        return url.clone();
    }
    // Without sources in the lock, the sources of the Pipfile apply.
    if !sources.is_empty() && !index.contains("://") {
        let names: Vec<String> = sources.iter().map(|(name, _)| format!("`{name}`")).collect();
        let message =
            format!("no source has the name `{}`; available: {}", index.escape_default(), names.join(", "));
        document.fault(offset, message);
    }
    index.to_owned()
}
