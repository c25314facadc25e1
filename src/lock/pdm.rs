//! `pdm.lock`, lock_version 3 to 4 (pdm 2.29.3, `pdm/formats` and `pdm/project/lockfile`).

use crate::lock::document::{Document, Node};
use crate::lock::model::{LockFormat, LockSource, LockedDependency, LockedFile, LockedPackage};
use crate::lock::{Lock, file_name};
use crate::requirement::{Requirement, RequirementSource};

pub(super) fn read(document: &Document<'_>, root: &Node, file: &str) -> Lock {
    let mut lock = Lock::new(LockFormat::Pdm, file);
    match root.get("metadata") {
        Some(metadata) if document.is_table(metadata, "`metadata`") => {
            let version = document
                .text_at(metadata, "lock_version")
                .or_else(|| document.text_at(metadata, "lock-version"));
            match version {
                Some((text, _)) if matches!(text.split('.').next(), Some("3" | "4")) => {}
                Some((_, offset)) => document.fault(offset, "this lock_version is not known; 3 and 4 are"),
                None => document.fault(metadata.offset, "`metadata` has no `lock_version`"),
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
        None => document.fault(0, "the lock has no `metadata`"),
    }
    // lock_version 3 kept the files in the metadata.
    let files = root.get("metadata").and_then(|metadata| metadata.get("files"));
    for node in document.array_at(root, "package") {
        if document.is_table(node, "a member of `package`") {
            lock.packages.extend(package(document, node, files));
        }
    }
    lock.has_groups = lock.packages.iter().any(|package| !package.groups.is_empty());
    lock
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
    // `strategy = ["static_urls"]` writes URLs instead of names.
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
        let Some(filename) = name.or_else(|| url.as_deref().map(file_name)) else {
            document.fault(item.offset, "the file has neither `file` nor `url`");
            continue;
        };
        let hash = document.text_at(item, "hash").and_then(|(text, offset)| document.hash(text, offset));
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
        document.fault(node.offset, format!("`{}` has no `version`", package.name));
    }
    Some(package)
}

/// A requirement as a dependency of a lock.
pub(super) fn of_requirement(requirement: Requirement) -> LockedDependency {
    let specifiers = match &requirement.source {
        RequirementSource::Specifiers(specifiers) => Some(specifiers.clone()),
        RequirementSource::Url(_) => None,
    };
    LockedDependency {
        name: requirement.name,
        version: None,
        specifiers,
        source: None,
        extras: requirement.extras,
        marker: requirement.marker,
    }
}
