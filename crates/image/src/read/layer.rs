//! One layer: what its archive adds to the layers below, replaces and deletes.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::sync::Arc;

use super::compression::Decompressed;
use super::content::{Content, Node};
use super::databases;
use super::digest::drain;
use super::fault::ImageFault;
use super::limits::{Budget, ImageLimits};
use super::loader_cache::LoaderCache;
use super::rpm::DatabaseError;
use super::tar::{TarKind, TarReader};
use super::wanted::{RpmStore, Want, WantedPaths};
use super::{bdb, elf, ndb, record, sqlite};

/// The parts of a layer that detection uses.
#[derive(Debug, Default)]
pub struct Layer {
    pub(super) kept: BTreeMap<String, Node>,
    /// Hashes of the paths of skipped entries. They may hide entries of layers below.
    pub(super) files: Vec<u64>,
    /// Hashes of the paths of these files by their first directory, which may be a link in a layer below.
    pub(super) by_top: BTreeMap<String, Vec<u64>>,
    pub(super) directories: Vec<u64>,
    /// Paths that a `.wh.` entry deletes.
    pub(super) whiteouts: BTreeSet<String>,
    /// Directories with an opaque marker, which hides the content of layers below.
    pub(super) opaque: BTreeSet<String>,
    /// Files and subdirectories of a directory that could not be opened, and why.
    pub(super) unread: BTreeMap<String, String>,
    /// The sizes of its files together.
    pub unpacked: u64,
}

impl Layer {
    /// Reads a layer's archive, packed or plain, to its end.
    ///
    /// # Errors
    ///
    /// If the archive is damaged, if the name of an entry leaves the root, or if the image exceeds one of the limits of
    /// the budget.
    pub fn collect(
        archive: impl Read,
        environment: &[(String, String)],
        budget: &Arc<Budget>,
    ) -> Result<Self, ImageFault> {
        let wanted = WantedPaths::from_environment(environment);
        let plain = Decompressed::new(archive, Arc::clone(budget))?;
        let (layer, plain) = Self::collect_then(plain, &wanted, budget)?;
        drain(plain)?;
        Ok(layer)
    }

    /// Reads a layer from decompressed bytes, and returns the remaining bytes.
    pub fn collect_then<R: Read>(
        plain: R,
        wanted: &WantedPaths,
        budget: &Budget,
    ) -> Result<(Self, R), ImageFault> {
        let mut tar = TarReader::new(plain, *budget.limits());
        let mut collector = Collector::new(wanted, budget);
        while let Some(entry) = tar.next_entry()? {
            collector.add(&entry.path, entry.kind, entry.size, &mut tar)?;
        }
        Ok((collector.finish(), tar.into_inner()))
    }

    pub(super) fn hides_as_file(&self, path: &str) -> bool {
        self.files.binary_search(&hash(path)).is_ok()
    }

    pub(super) fn hides_as_directory(&self, path: &str) -> bool {
        self.directories.binary_search(&hash(path)).is_ok()
    }
}

/// Collects entries in the order of the archive or of a walk through a directory.
#[derive(Debug)]
pub struct Collector<'a> {
    layer: Layer,
    wanted: &'a WantedPaths,
    budget: &'a Budget,
}

impl<'a> Collector<'a> {
    /// A collector that keeps what `wanted` selects and counts it against `budget`.
    pub fn new(wanted: &'a WantedPaths, budget: &'a Budget) -> Self {
        Self { layer: Layer::default(), wanted, budget }
    }

    /// Returns the layer after the last entry.
    pub fn finish(mut self) -> Layer {
        self.layer.files.sort_unstable();
        self.layer.directories.sort_unstable();
        self.layer
    }

    /// Adds an entry. `content` has the bytes of a file and is only read if they are required.
    pub fn add(
        &mut self,
        path: &[u8],
        kind: TarKind,
        size: u64,
        content: &mut impl Read,
    ) -> Result<(), ImageFault> {
        self.budget.entry()?;
        let limits = *self.budget.limits();
        let path = normal_path(path, &limits)?;
        if path.is_empty() {
            return Ok(());
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        // OCI image specification, layer.md, sections "Whiteouts" and "Opaque Whiteout".
        if let Some(hidden) = name.strip_prefix(".wh.") {
            return self.whiteout(&path, hidden);
        }
        let node = match kind {
            TarKind::Directory => {
                self.replace(&path, false);
                self.layer.directories.push(hash(&path));
                return Ok(());
            }
            TarKind::File => {
                self.layer.unpacked = self.layer.unpacked.saturating_add(size);
                match self.file(&path, size, content)? {
                    Some(content) => Node::File(Arc::new(content)),
                    None => return self.plain(&path),
                }
            }
            TarKind::SparseFile if self.wanted.file(&path) != Want::No => {
                Node::File(Arc::new(Content::Unreadable("it is stored as a sparse file".to_owned())))
            }
            TarKind::Symlink(target) => {
                if target.len() > limits.path_bytes {
                    return Err(ImageFault::limit(format!(
                        "the link `{}` has a target of {} bytes, more than {}",
                        path.escape_debug(),
                        target.len(),
                        limits.path_bytes
                    )));
                }
                if !WantedPaths::link(&path) {
                    return self.plain(&path);
                }
                Node::Symlink(String::from_utf8_lossy(&target).into_owned())
            }
            TarKind::HardLink(target) => {
                let target = normal_path(&target, &limits)?;
                if self.wanted.file(&path) == Want::No {
                    return self.plain(&path);
                }
                Node::HardLink(target)
            }
            TarKind::SparseFile | TarKind::Special | TarKind::Unknown => return self.plain(&path),
        };
        // A key and a node of the map, and the blocks of their texts.
        self.budget.keep(112 + path.len() + node.weight())?;
        self.replace(&path, true);
        self.layer.kept.insert(path, node);
        Ok(())
    }

    /// Records that a path of a directory cannot be read.
    pub fn unreadable(&mut self, path: &[u8], why: &str) -> Result<(), ImageFault> {
        let path = normal_path(path, self.budget.limits())?;
        self.budget.keep(160 + path.len() + why.len())?;
        self.layer.unread.insert(path, why.to_owned());
        Ok(())
    }

    fn whiteout(&mut self, path: &str, hidden: &str) -> Result<(), ImageFault> {
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
        self.budget.keep(48 + path.len())?;
        if hidden == ".wh..opq" {
            self.layer.opaque.insert(directory.to_owned());
        } else if hidden.starts_with(".wh.") || hidden.is_empty() || hidden == "." || hidden == ".." {
            // Other `.wh..wh.` names are bookkeeping of AUFS (`.wh..wh.plnk`), which engines ignore.
        } else {
            let separator = if directory.is_empty() { "" } else { "/" };
            self.layer.whiteouts.insert(format!("{directory}{separator}{hidden}"));
        }
        Ok(())
    }

    fn plain(&mut self, path: &str) -> Result<(), ImageFault> {
        self.replace(path, true);
        self.layer.files.push(hash(path));
        if let Some((top, rest)) = path.split_once('/') {
            match self.layer.by_top.get_mut(top) {
                Some(hashes) => hashes.push(hash(rest)),
                None => {
                    self.budget.keep(96 + top.len())?;
                    self.layer.by_top.insert(top.to_owned(), vec![hash(rest)]);
                }
            }
        }
        Ok(())
    }

    /// Removes entries that a later entry replaces. A file also replaces a directory.
    fn replace(&mut self, path: &str, with_children: bool) {
        self.layer.kept.remove(path);
        if with_children {
            let below = format!("{path}/");
            let covered: Vec<String> = self
                .layer
                .kept
                .range(below.clone()..)
                .map(|(path, _)| path)
                .take_while(|path| path.starts_with(&below))
                .cloned()
                .collect();
            for path in covered {
                self.layer.kept.remove(&path);
            }
        }
    }

    fn file(&self, path: &str, size: u64, content: &mut impl Read) -> Result<Option<Content>, ImageFault> {
        let limits = self.budget.limits();
        let want = self.wanted.file(path);
        let cap = match want {
            Want::No => return Ok(None),
            // An empty log has no changes.
            Want::Presence if size == 0 && path.ends_with("-wal") => return Ok(None),
            Want::Presence => return Ok(Some(Content::Present)),
            Want::Elf | Want::Interpreter => {
                return elf_or_script(want, path, size, content).map(Some);
            }
            // Valid configuration and metadata files are smaller.
            Want::Text | Want::Headers => {
                limits.text.min(wheelbase_formats::limits::IMAGE_CONFIGURATION_BYTES)
            }
            Want::Record | Want::LoaderCache | Want::Dpkg | Want::Apk | Want::Rpm(_) => limits.text,
        };
        if size > cap && want != Want::Headers {
            return Ok(Some(Content::Unreadable(format!("it has {size} bytes, more than {cap}"))));
        }
        let mut content = content.take(cap);
        let budget = self.budget;
        Ok(Some(match want {
            Want::Dpkg => Content::Packages(databases::dpkg(content, budget)?),
            Want::Apk => Content::Packages(databases::apk(content, budget)?),
            Want::Record => Content::Record(record::compiled_members(content, budget)?),
            Want::Rpm(_) | Want::LoaderCache => {
                let _alone = budget.whole_file();
                whole(want, &all(&mut content, size)?, budget)?
            }
            Want::Headers => {
                let text = text(all(&mut content, size)?);
                let end = text.find("\n\n").or_else(|| text.find("\r\n\r\n")).unwrap_or(text.len());
                Content::Text(text.get(..end).unwrap_or_default().to_owned())
            }
            Want::Text | Want::No | Want::Presence | Want::Elf | Want::Interpreter => {
                Content::Text(text(all(&mut content, size)?))
            }
        }))
    }
}

fn elf_or_script(want: Want, path: &str, size: u64, content: &mut impl Read) -> Result<Content, ImageFault> {
    let mut head = [0; 4];
    let mut filled = 0;
    while filled < head.len() {
        match content.read(head.get_mut(filled..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(length) => filled += length,
            Err(error) => return Err(error.into()),
        }
    }
    let head = head.get(..filled).unwrap_or_default();
    if head == b"\x7fELF" {
        let name = path.rsplit('/').next().unwrap_or_default();
        return Ok(match elf::digest(name, head, size, content)? {
            Ok(facts) => Content::Elf(facts),
            Err(why) => Content::Unreadable(why),
        });
    }
    if want == Want::Interpreter && head.starts_with(b"#!") {
        let mut line = head.get(2..).unwrap_or_default().to_vec();
        content.take(256).read_to_end(&mut line)?;
        let line = String::from_utf8_lossy(&line);
        return Ok(Content::Script(line.lines().next().unwrap_or_default().trim().to_owned()));
    }
    // `libc.so` of a development package is a text that the link editor reads, not a library.
    Ok(Content::Present)
}

/// A database that points to and fro in its file.
fn whole(want: Want, bytes: &[u8], budget: &Budget) -> Result<Content, ImageFault> {
    let packages = match want {
        Want::Rpm(RpmStore::Sqlite) => sqlite::packages(bytes, budget),
        Want::Rpm(RpmStore::Ndb) => ndb::packages(bytes, budget),
        Want::Rpm(RpmStore::BerkeleyDb) => bdb::packages(bytes, budget),
        _ => {
            let cache = LoaderCache::parse(bytes, budget)?;
            return Ok(cache.map_or_else(Content::Unreadable, Content::LoaderCache));
        }
    };
    match packages {
        Ok(database) => Ok(Content::Packages(database)),
        Err(DatabaseError::Unreadable(why)) => Ok(Content::Unreadable(why)),
        Err(DatabaseError::Fault(fault)) => Err(fault),
    }
}

/// Reads all bytes. The size may be wrong, so it does not determine the reserved memory.
fn all(content: &mut impl Read, size: u64) -> Result<Vec<u8>, ImageFault> {
    let mut bytes = Vec::with_capacity(usize::try_from(size.min(1 << 20)).unwrap_or(0));
    content.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Returns the path relative to the root, without `/`, `./` and repeated slashes.
///
/// Engines handle `a/../b` differently, and no builder writes it, so `..` and NUL are errors.
pub(super) fn normal_path(path: &[u8], limits: &ImageLimits) -> Result<String, ImageFault> {
    if path.len() > limits.path_bytes {
        return Err(ImageFault::limit(format!(
            "a path has {} bytes, more than {}",
            path.len(),
            limits.path_bytes
        )));
    }
    if path.contains(&0) {
        return Err(ImageFault::damaged(format!("the path `{}` contains a NUL byte", path.escape_ascii())));
    }
    let path = String::from_utf8_lossy(path);
    let mut normal = String::with_capacity(path.len());
    let mut depth = 0;
    for part in path.split('/') {
        match part {
            "" | "." => continue,
            ".." => {
                return Err(ImageFault::damaged(format!(
                    "the path `{}` leaves its directory",
                    path.escape_debug()
                )));
            }
            part => {
                depth += 1;
                if depth > limits.path_depth {
                    return Err(ImageFault::limit(format!(
                        "a path is more than {} directories deep",
                        limits.path_depth
                    )));
                }
                if !normal.is_empty() {
                    normal.push('/');
                }
                normal.push_str(part);
            }
        }
    }
    Ok(normal)
}

pub(super) fn hash(path: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    hasher.finish()
}
