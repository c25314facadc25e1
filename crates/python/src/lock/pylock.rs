//! `pylock.toml` ([specification](https://packaging.python.org/en/latest/specifications/pylock-toml/), PEP 751).

use crate::lock::model::{LockFormat, LockSource, LockedFile, LockedPackage};
use crate::lock::{Lock, fields};
use wheelbase_formats::document::{Document, Node, Value};

pub(super) fn read(document: &Document<'_>, root: &Node, file: &str) -> Lock {
    let mut lock = Lock::new(LockFormat::Pylock, file);
    lock.has_groups = true;
    // "lock-version": a tool must refuse an unknown major version.
    if let Some((version, offset)) = document.required(root, "lock-version", "the lock")
        && version.split('.').next() != Some("1")
    {
        document
            .fault(offset, format!("unknown lock-version `{}`; supported: 1.0", version.escape_default()));
    }
    document.required(root, "created-by", "the lock");
    if let Some((text, offset)) = document.text_at(root, "requires-python") {
        lock.places.python = document.origin(offset);
        lock.requires_python = document.specifiers(text, offset);
    }
    if let Some(node) = root.get("environments") {
        lock.places.environments = document.origin(node.offset);
    }
    let named = ["extras", "dependency-groups"].into_iter().find_map(|key| root.get(key));
    if let Some(node) = named {
        lock.places.names = document.origin(node.offset);
    }
    for (text, offset) in document.texts_at(root, "environments") {
        lock.environments.extend(document.marker(text, offset));
    }
    for (key, names) in [
        ("extras", &mut lock.extras),
        ("dependency-groups", &mut lock.groups),
        ("default-groups", &mut lock.default_groups),
    ] {
        for (text, offset) in document.texts_at(root, key) {
            names.extend(document.extra(text, offset));
        }
    }
    if root.get("packages").is_none() {
        document.fault(0, "`packages` is missing");
    }
    for node in document.array_at(root, "packages") {
        if document.is_table(node, "a member of `packages`") {
            lock.packages.extend(package(document, node));
        }
    }
    lock
}

fn package(document: &Document<'_>, node: &Node) -> Option<LockedPackage> {
    let name = document.required(node, "name", "the package");
    let name = name.and_then(|(text, offset)| document.project(text, offset));
    let version = document.text_at(node, "version").and_then(|(text, offset)| document.version(text, offset));
    let marker = document.text_at(node, "marker").and_then(|(text, offset)| document.marker(text, offset));
    let python = document.text_at(node, "requires-python");
    let requires_python = python.and_then(|(text, offset)| document.specifiers(text, offset));
    let mut files = Vec::new();
    if let Some(sdist) = node.get("sdist")
        && document.is_table(sdist, "`sdist`")
    {
        files.extend(locked_file(document, sdist));
    }
    for wheel in document.array_at(node, "wheels") {
        if document.is_table(wheel, "a member of `wheels`") {
            files.extend(locked_file(document, wheel));
        }
    }
    // "vcs", "directory", "archive" and the files of an index exclude each other.
    let kinds: Vec<&str> =
        ["vcs", "directory", "archive"].into_iter().filter(|kind| node.get(kind).is_some()).collect();
    if kinds.len() > 1 || (!kinds.is_empty() && !files.is_empty()) {
        document.fault(
            node.offset,
            "`vcs`, `directory`, `archive` and index files exclude each other; expected one of them",
        );
    }
    // packaging 26.3, `Package.from_dict`: an empty `wheels` does not count.
    if kinds.is_empty() && files.is_empty() {
        document.fault(
            node.offset,
            "the package has no source; expected `wheels`, `sdist`, `vcs`, `directory` or `archive`",
        );
    }
    let text = |parent: &Node, key: &str| document.text_at(parent, key).map(|(text, _)| text.to_owned());
    let source = match kinds.first().and_then(|kind| node.get(kind).map(|inner| (*kind, inner))) {
        Some(("vcs", inner)) => LockSource::Vcs {
            url: text(inner, "url").or_else(|| text(inner, "path")).unwrap_or_default(),
            revision: document.required(inner, "commit-id", "`vcs`").map(|(text, _)| text.to_owned()),
            subdirectory: text(inner, "subdirectory"),
        },
        Some(("directory", inner)) => LockSource::Path {
            path: document
                .required(inner, "path", "`directory`")
                .map(|(text, _)| text.to_owned())
                .unwrap_or_default(),
            editable: document.boolean_at(inner, "editable"),
        },
        Some((_, inner)) => {
            files.extend(locked_file(document, inner));
            match (text(inner, "url"), text(inner, "path")) {
                (Some(url), _) => LockSource::Url(url),
                (None, Some(path)) => LockSource::Path { path, editable: false },
                (None, None) => LockSource::Index(None),
            }
        }
        None => LockSource::Index(text(node, "index")),
    };
    let mut package = LockedPackage::new(name?, document.origin(node.offset));
    package.version = version;
    package.marker = marker;
    package.requires_python = requires_python;
    package.source = source;
    package.files = files;
    package.complete = true;
    Some(package)
}

/// Reads a wheel, sdist or archive. `name` is optional if the URL or path ends with it.
fn locked_file(document: &Document<'_>, node: &Node) -> Option<LockedFile> {
    let url = document.text_at(node, "url").map(|(text, _)| text.to_owned());
    let path = document.text_at(node, "path").map(|(text, _)| text.to_owned());
    let name = document.text_at(node, "name").map(|(text, _)| text.to_owned());
    if url.is_none() && path.is_none() {
        document.fault(node.offset, "the file has no location; expected `url` or `path`");
    }
    let filename = name.or_else(|| url.as_deref().or(path.as_deref()).map(fields::file_name))?;
    let mut hashes = Vec::new();
    if node.get("hashes").is_none() {
        document.fault(node.offset, "`hashes` is missing");
    }
    for entry in document.table_at(node, "hashes") {
        match &entry.node.value {
            Value::Text(digits) if fields::is_digest(digits) => {
                hashes.push((entry.key.to_ascii_lowercase(), digits.to_ascii_lowercase()));
            }
            _ => document.fault(
                entry.node.offset,
                format!("the `{}` hash is not valid; expected hexadecimal digits", entry.key),
            ),
        }
    }
    Some(LockedFile {
        filename,
        url,
        path,
        hashes,
        size: document.size_at(node, "size"),
        upload_time: fields::time_at(document, node, "upload-time"),
        origin: document.origin(node.offset),
    })
}
