//! The file system of the layers of an image.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::content::{Content, Node};
use super::layer::{Layer, hash};
use super::limits::Budget;

/// The number of links that the Linux kernel follows for one path (`path_resolution(7)`, ELOOP).
const MAX_LINKS: usize = 40;

/// The files of an image that detection requires.
///
/// Directories are not kept: all other paths are treated as directories that may exist.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    nodes: BTreeMap<String, Node>,
    /// Paths of a directory that could not be opened, with the cause.
    unread: BTreeMap<String, String>,
    budget: Arc<Budget>,
}

/// A kept file, with its path after all links.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FoundFile<'a> {
    pub(crate) path: &'a str,
    pub(crate) content: &'a Arc<Content>,
}

impl Tree {
    /// An image without layers and with the default limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// An image without layers that has the budget of its layers.
    pub fn within(budget: Arc<Budget>) -> Self {
        Self { budget, ..Self::default() }
    }

    pub(super) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Applies a layer.
    ///
    /// Whiteouts delete only entries of layers below, at every position in the archive (OCI image specification, layer.md,
    /// "Whiteouts"). If a parent directory of an entry is a link in a layer below, the link is followed inside the root,
    /// unless the layer contains a directory with that name. This is how containerd and umoci extract layers.
    pub fn apply(&mut self, layer: Layer) {
        let (layer_kept, whiteouts, opaque) = self.placed(&layer);
        let through_links = self.hidden_through_links(&layer);
        let budget = &self.budget;
        self.nodes.retain(|path, _| {
            !opaque.contains("")
                && ancestors(path).all(|above| {
                    let itself = above.len() == path.len();
                    let rest = path.get(above.len() + 1..);
                    let hidden = through_links.get(above).zip(rest);
                    // After the limit the result is not used.
                    !budget.step(1)
                        || !(whiteouts.contains(above)
                            || layer_kept.contains_key(above)
                            || layer.hides_as_file(above)
                            || (itself && layer.hides_as_directory(above))
                            || (!itself && opaque.contains(above))
                            || hidden.is_some_and(|(hashes, rest)| hashes.binary_search(&hash(rest)).is_ok()))
                })
        });
        self.nodes.extend(layer_kept);
        self.unread.extend(layer.unread);
    }

    /// Returns the paths that could not be opened, with the cause.
    pub(crate) fn unread(&self) -> impl Iterator<Item = (&str, &str)> {
        self.unread.iter().map(|(path, why)| (path.as_str(), why.as_str()))
    }

    /// Returns the cause why the content of a directory is unknown, if it or a parent could not be opened.
    pub(crate) fn closed(&self, directory: &str) -> Option<(&str, &str)> {
        if self.unread.is_empty() {
            return None;
        }
        let real = self.directory(directory)?;
        let found = ancestors(&real).find_map(|above| self.unread.get_key_value(above));
        found.map(|(path, why)| (path.as_str(), why.as_str()))
    }

    /// The entries of a layer with their final paths.
    fn placed(&self, layer: &Layer) -> (BTreeMap<String, Node>, BTreeSet<String>, BTreeSet<String>) {
        let moved = self.rebased(layer);
        let kept = layer.kept.iter().map(|(path, node)| (moved(path), node.clone())).collect();
        let whiteouts = layer.whiteouts.iter().map(|path| moved(path)).collect();
        // If the directory is a link, its target becomes opaque.
        let opaque = layer.opaque.iter().map(|path| {
            let inside = moved(&join(path, "x"));
            inside.rsplit_once('/').map(|(directory, _)| directory.to_owned()).unwrap_or_default()
        });
        let opaque = opaque.collect();
        (kept, whiteouts, opaque)
    }

    /// The final paths of the entries of a layer: links of the layer and of those below are followed.
    fn rebased<'a>(&'a self, layer: &'a Layer) -> impl Fn(&str) -> String + 'a {
        let lookup = move |path: &str| match layer.kept.get(path) {
            Some(node) => Some(node),
            None if layer.hides_as_directory(path) || layer.whiteouts.contains(path) => None,
            None => self.nodes.get(path),
        };
        move |path| {
            let Some((directory, name)) = path.rsplit_once('/') else { return path.to_owned() };
            join(&follow(directory, lookup, &self.budget).unwrap_or_else(|| directory.to_owned()), name)
        }
    }

    /// Hashes of paths that a layer replaces through a link of a layer below (`lib/x` if `lib` is a link to `usr/lib`), for
    /// each target. Only links in the root, such as those of merged-usr, are followed.
    fn hidden_through_links(&self, layer: &Layer) -> BTreeMap<String, Vec<u64>> {
        let mut by_target: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for (top, hashes) in &layer.by_top {
            // A layer with a directory of that name replaces the link.
            if self.is_link(top)
                && !layer.hides_as_directory(top)
                && !layer.whiteouts.contains(top)
                && let Some(target) = self.directory(top)
            {
                by_target.entry(target).or_default().extend(hashes);
            }
        }
        for hashes in by_target.values_mut() {
            hashes.sort_unstable();
            hashes.dedup();
        }
        by_target
    }

    /// Returns the path after all links, also if no file is kept there; `None` for loops.
    pub(crate) fn directory(&self, path: &str) -> Option<String> {
        follow(path, |path| self.nodes.get(path), &self.budget)
    }

    /// Returns the kept file at a path, after links of both kinds.
    pub(crate) fn find(&self, path: &str) -> Option<FoundFile<'_>> {
        let mut at = self.directory(path)?;
        for _ in 0..MAX_LINKS {
            let (path, node) = self.nodes.get_key_value(&at)?;
            match node {
                Node::File(content) => return Some(FoundFile { path, content }),
                Node::HardLink(target) => at = self.directory(target)?,
                Node::Symlink(_) => return None,
            }
        }
        None
    }

    /// Returns whether the path is a symbolic link.
    pub(crate) fn is_link(&self, path: &str) -> bool {
        matches!(self.nodes.get(path), Some(Node::Symlink(_)))
    }

    /// Returns the path with the links of its parent directories followed.
    pub(crate) fn parent_resolved(&self, path: &str) -> String {
        match path.rsplit_once('/') {
            Some((directory, name)) => join(&self.directory(directory).unwrap_or_default(), name),
            None => path.to_owned(),
        }
    }

    /// Returns the target of a link as written.
    pub(crate) fn link_target(&self, path: &str) -> Option<&str> {
        match self.nodes.get(path) {
            Some(Node::Symlink(target)) => Some(target),
            _ => None,
        }
    }

    /// Returns the target of a hard link if its file was not kept.
    pub(crate) fn lost(&self, path: &str) -> Option<&str> {
        match self.nodes.get(&self.directory(path)?) {
            Some(Node::HardLink(target)) if self.find(path).is_none() => Some(target),
            _ => None,
        }
    }

    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        match &**self.find(path)?.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the names of kept entries in a directory, sorted. The directory may be a link.
    pub(crate) fn names(&self, directory: &str) -> Vec<&str> {
        let Some(directory) = self.directory(directory) else { return Vec::new() };
        let prefix = if directory.is_empty() { String::new() } else { format!("{directory}/") };
        let mut names: Vec<&str> = Vec::new();
        let below = self.nodes.range(prefix.clone()..).take_while(|(path, _)| path.starts_with(&prefix));
        for (path, _) in below {
            if !self.budget.step(1) {
                return Vec::new();
            }
            let name = path.get(prefix.len()..).and_then(|rest| rest.split('/').next()).unwrap_or_default();
            if names.last() != Some(&name) {
                names.push(name);
            }
        }
        names.dedup();
        names
    }

    /// Returns the paths of all kept files and links, sorted.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.nodes.keys().map(String::as_str)
    }
}

/// The path after all links; `None` for loops, and after too many steps.
fn follow<'a>(path: &str, lookup: impl Fn(&str) -> Option<&'a Node>, budget: &Budget) -> Option<String> {
    let mut links = 0;
    let mut at = String::new();
    let mut rest: Vec<String> = parts(path).rev().map(str::to_owned).collect();
    while let Some(part) = rest.pop() {
        if !budget.step(1) {
            return None;
        }
        if part == ".." {
            // The parent of the root is the root, as after chroot(2).
            at.truncate(at.rfind('/').unwrap_or(0));
            continue;
        }
        let next = join(&at, &part);
        match lookup(&next) {
            Some(Node::Symlink(target)) => {
                links += 1;
                if links > MAX_LINKS || rest.len() > 4096 {
                    return None;
                }
                if target.starts_with('/') {
                    at.clear();
                }
                rest.extend(parts(target).rev().map(str::to_owned));
            }
            _ => at = next,
        }
    }
    Some(at)
}

fn parts(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty() && *part != ".")
}

/// `a`, `a/b`, `a/b/c`.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').filter_map(|(end, _)| path.get(..end)).chain(std::iter::once(path))
}

fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
}
