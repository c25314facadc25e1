//! `pdm.lock`, lock_version 3 to 4 (pdm 2.29.3, `pdm/formats` and `pdm/project/lockfile`).

use crate::lock::model::{LockFormat, LockSource, LockedFile, LockedPackage};
use crate::lock::requirement::{of_requirement, spaced};
use crate::lock::{Lock, fields};
use wheelbase_formats::document::{Document, Node};
use wheelbase_spec::marker::Marker;
use wheelbase_spec::requirement::Requirement;

pub(super) fn read(document: &Document<'_>, root: &Node, file: &str) -> Lock {
    let mut lock = Lock::new(LockFormat::Pdm, file);
    match root.get("metadata") {
        Some(metadata) if document.is_table(metadata, "`metadata`") => {
            let version = document
                .text_at(metadata, "lock_version")
                .or_else(|| document.text_at(metadata, "lock-version"));
            match version {
                Some((text, _)) if matches!(text.split('.').next(), Some("3" | "4")) => {}
                Some((_, offset)) => document.fault(offset, "unknown lock_version; supported: 3 and 4"),
                None => document.fault(metadata.offset, "`lock_version` is missing in `metadata`"),
            }
            let named = metadata.get("groups").unwrap_or(metadata);
            lock.places.names = document.origin(named.offset);
            for (text, offset) in document.texts_at(metadata, "groups") {
                if text != "default" {
                    lock.groups.extend(document.extra(text, offset));
                }
            }
            if let Some((text, offset)) = document.text_at(metadata, "requires_python") {
                lock.requires_python = document.specifiers(text, offset);
                lock.places.python = document.origin(offset);
            }
        }
        Some(_) => {}
        None => document.fault(0, "`metadata` is missing"),
    }
    if let Some(metadata) = root.get("metadata") {
        for target in document.array_at(metadata, "targets") {
            if document.is_table(target, "a member of `targets`") {
                lock.places.environments = document.origin(target.offset);
                lock.environments.extend(environment(document, target));
            }
        }
        if lock.environments.len() < metadata.get("targets").map_or(0, |targets| targets.items().len()) {
            // One of the targets has no condition.
            lock.environments.clear();
        }
    }
    // lock_version 3 lists the files in the metadata.
    let files = root.get("metadata").and_then(|metadata| metadata.get("files"));
    for node in document.array_at(root, "package") {
        if document.is_table(node, "a member of `package`") {
            lock.packages.extend(package(document, node, files));
        }
    }
    lock.has_groups = lock.packages.iter().any(|package| !package.groups.is_empty());
    lock
}

/// Returns the condition of a target of the lock as a marker; `None` if it has none.
///
/// pdm 2.26.2 (`cli/actions.py`, `do_sync`): "None of the lock targets matches the current env". The platform is
/// reduced to the system and the machine; the tags of the wheels decide about the version of the C library.
fn environment(document: &Document<'_>, target: &Node) -> Option<Marker> {
    let mut terms: Vec<String> = Vec::new();
    let mut offset = target.offset;
    if let Some((text, place)) = document.text_at(target, "requires_python") {
        offset = place;
        let wanted = document.specifiers(text, place);
        let wanted = wanted.iter().flat_map(|set| set.iter());
        terms.extend(wanted.map(|term| format!("python_full_version {}", spaced(&term.to_string()))));
    }
    if let Some((platform, _)) = document.text_at(target, "platform") {
        let systems = [
            ("win32", &["windows", "win"][..]),
            ("darwin", &["macos"][..]),
            ("linux", &["linux", "manylinux", "musllinux", "alpine"][..]),
        ];
        let starts = |names: &[&str]| names.iter().any(|name| platform.starts_with(name));
        let system = systems.iter().find(|(_, names)| starts(names));
        terms.extend(system.map(|(name, _)| format!("sys_platform == '{name}'")));
        let machines =
            [("x86_64", &["x86_64", "amd64", "AMD64"][..]), ("aarch64", &["aarch64", "arm64", "ARM64"][..])];
        let ends = |names: &[&str]| names.iter().any(|name| platform.ends_with(name));
        if let Some((_, names)) = machines.iter().find(|(_, names)| ends(names)) {
            let names: Vec<String> =
                names.iter().map(|name| format!("platform_machine == '{name}'")).collect();
            terms.push(format!("({})", names.join(" or ")));
        }
    }
    if let Some((implementation @ ("cpython" | "pypy" | "pyston"), _)) =
        document.text_at(target, "implementation")
    {
        terms.push(format!("implementation_name == '{implementation}'"));
    }
    if terms.is_empty() { None } else { document.marker(&terms.join(" and "), offset) }
}

fn package(document: &Document<'_>, node: &Node, files: Option<&Node>) -> Option<LockedPackage> {
    let name = document.required(node, "name", "the package");
    let name = name.and_then(|(text, offset)| document.project(text, offset));
    let version = document.text_at(node, "version").and_then(|(text, offset)| document.version(text, offset));
    let mut package = LockedPackage::new(name?, document.origin(node.offset));
    package.version = version;
    let text = |key: &str| document.text_at(node, key).map(|(text, _)| text.to_owned());
    if let Some((text, offset)) = document.text_at(node, "requires_python") {
        package.requires_python = document.specifiers(text, offset);
    }
    package.marker =
        document.text_at(node, "marker").and_then(|(text, offset)| document.marker(text, offset));
    for (text, offset) in document.texts_at(node, "groups") {
        package.groups.extend(document.extra(text, offset));
    }
    for (text, offset) in document.texts_at(node, "extras") {
        package.extras.extend(document.extra(text, offset));
    }
    for (text, offset) in document.texts_at(node, "dependencies") {
        match text.parse::<Requirement>() {
            Ok(requirement) => package.dependencies.push(of_requirement(requirement)),
            Err(error) => document.fault(offset, error.to_string()),
        }
    }
    let vcs = ["git", "hg", "svn", "bzr"].into_iter().find_map(text);
    package.source = if let Some(url) = vcs {
        LockSource::Vcs {
            url,
            revision: text("revision").or_else(|| text("ref")),
            subdirectory: text("subdirectory"),
        }
    } else if let Some(path) = text("path") {
        LockSource::Path { path, editable: document.boolean_at(node, "editable") }
    } else if let Some(url) = text("url") {
        LockSource::Url(url)
    } else {
        LockSource::Index(None)
    };
    // With `strategy = ["static_urls"]`, files have URLs instead of names.
    let listed: &[Node] = match node.get("files") {
        Some(_) => document.array_at(node, "files"),
        None => {
            let key = format!("{} {}", package.name, text("version").unwrap_or_default());
            files.and_then(|files| files.get(&key)).map(Node::items).unwrap_or_default()
        }
    };
    for item in listed {
        if !document.is_table(item, "a file") {
            continue;
        }
        let url = document.text_at(item, "url").map(|(url, _)| url.to_owned());
        let name = document.text_at(item, "file").map(|(name, _)| name.to_owned());
        let Some(filename) = name.or_else(|| url.as_deref().map(fields::file_name)) else {
            document.fault(item.offset, "the file has no name; expected `file` or `url`");
            continue;
        };
        let hash =
            document.text_at(item, "hash").and_then(|(text, offset)| fields::hash(document, text, offset));
        package.files.push(LockedFile {
            filename,
            url,
            path: None,
            hashes: hash.into_iter().collect(),
            size: None,
            upload_time: None,
            origin: document.origin(item.offset),
        });
    }
    if matches!(package.source, LockSource::Index(_)) && package.version.is_none() {
        document.fault(node.offset, format!("`version` of `{}` is missing", package.name));
    }
    Some(package)
}
