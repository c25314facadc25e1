//! Where the loaders of glibc and musl look for libraries.

use std::collections::{BTreeMap, HashSet};

use super::databases::text_weight;
use super::fault::Fault;
use super::limits::Budget;
use super::tree::Tree;

/// `etc/ld.so.cache`: the map from names to files that glibc's loader asks before it looks into directories.
#[derive(Debug, Default)]
pub(crate) struct LoaderCache {
    /// In the order of the file, which is the order of preference.
    entries: Vec<(String, String)>,
}

const OLD_MAGIC: &[u8] = b"ld.so-1.7.0\0";
const NEW_MAGIC: &[u8] = b"glibc-ld.so.cache1.1";
/// `struct cache_file_new` and `struct file_entry_new` of glibc's `dl-cache.h`.
const NEW_HEADER: usize = 48;
const NEW_ENTRY: usize = 24;
const OLD_HEADER: usize = 16;
const OLD_ENTRY: usize = 12;

impl LoaderCache {
    /// Reads the format that `ldconfig` writes since glibc 2.2; the layout before it may stand in front and is passed
    /// over.
    ///
    /// The outer error is a limit that was passed, the inner one says why the file tells nothing.
    pub(super) fn parse(bytes: &[u8], budget: &Budget) -> Result<Result<Self, String>, Fault> {
        let entries = match table(bytes) {
            Ok(entries) => entries,
            Err(why) => return Ok(Err(why)),
        };
        let mut kept = Vec::new();
        for (index, entry) in entries.enumerate() {
            let Some((key, value)) = entry else {
                return Ok(Err(format!("its entry {index} points out of the file")));
            };
            let value = value.trim_start_matches('/').to_owned();
            // Counted one by one: all entries of a small file may name one long text.
            budget.keep(text_weight(&key) + text_weight(&value))?;
            kept.push((key, value));
        }
        Ok(Ok(Self { entries: kept }))
    }

    pub(crate) fn entries(&self) -> &[(String, String)] {
        &self.entries
    }
}

/// The entries of the map; `None` for one that points out of the file.
fn table(bytes: &[u8]) -> Result<impl Iterator<Item = Option<(String, String)>> + '_, String> {
    let new = if bytes.starts_with(NEW_MAGIC) {
        Some(bytes)
    } else if bytes.starts_with(OLD_MAGIC) {
        let count = u32_at(bytes, 12, false).ok_or("it ends within its header")? as usize;
        let end = count.checked_mul(OLD_ENTRY).and_then(|size| size.checked_add(OLD_HEADER));
        // The new part is aligned to the strictest member, an eight-byte number.
        end.map(|end| end.next_multiple_of(8)).and_then(|start| bytes.get(start..))
    } else {
        None
    };
    let Some(new) = new.filter(|new| new.starts_with(NEW_MAGIC)) else {
        return Err("it is not in the format of glibc 2.2 or later".to_owned());
    };
    // The byte order is not always marked; a count that fits the file is.
    let big = match new.get(28) {
        Some(3) => true,
        Some(2) => false,
        _ => u32_at(new, 20, false).is_none_or(|count| count as usize > new.len() / NEW_ENTRY),
    };
    let count = u32_at(new, 20, big).ok_or("it ends within its header")? as usize;
    Ok((0..count.min(new.len() / NEW_ENTRY)).map(move |index| {
        let at = NEW_HEADER + index * NEW_ENTRY;
        let text = |at| u32_at(new, at, big).and_then(|offset| string_at(new, offset));
        Some((text(at + 4)?, text(at + 8)?))
    }))
}

fn u32_at(bytes: &[u8], at: usize, big: bool) -> Option<u32> {
    let raw = bytes.get(at..)?.first_chunk::<4>()?;
    Some(if big { u32::from_be_bytes(*raw) } else { u32::from_le_bytes(*raw) })
}

fn string_at(bytes: &[u8], offset: u32) -> Option<String> {
    let rest = bytes.get(usize::try_from(offset).ok()?..)?;
    let end = rest.iter().take(4096).position(|byte| *byte == 0)?;
    Some(String::from_utf8_lossy(rest.get(..end)?).into_owned())
}

/// Debian's names of its library directories, which its glibc has built in.
/// <https://wiki.debian.org/Multiarch/Tuples>
const TRIPLETS: &[(&str, &str)] = &[
    ("x86_64", "x86_64-linux-gnu"),
    ("i686", "i386-linux-gnu"),
    ("aarch64", "aarch64-linux-gnu"),
    ("armv7l", "arm-linux-gnueabihf"),
    ("ppc64le", "powerpc64le-linux-gnu"),
    ("s390x", "s390x-linux-gnu"),
    ("riscv64", "riscv64-linux-gnu"),
    ("loongarch64", "loongarch64-linux-gnu"),
];

/// Directories that glibc's loader searches by itself, in order. Which of them are built in depends on the
/// distribution's configuration; those of others do not exist in an image, so that trying all of them gives the same.
pub(crate) fn glibc_directories(machine: &str, bits: u8) -> Vec<String> {
    let mut directories = Vec::new();
    if let Some((_, triplet)) = TRIPLETS.iter().find(|(name, _)| *name == machine) {
        directories.extend([format!("lib/{triplet}"), format!("usr/lib/{triplet}")]);
    }
    if bits == 64 {
        directories.extend(["lib64", "usr/lib64"].map(str::to_owned));
    }
    directories.extend(["lib", "usr/lib"].map(str::to_owned));
    directories
}

/// The path of musl's loader: the file `etc/ld-musl-<arch>.path` with directories apart by newlines or colons, else
/// the one built in (musl 1.2.5, `ldso/dynlink.c`, `load_library`).
pub(crate) fn musl_directories(tree: &Tree, loader: &str) -> (Vec<String>, Option<String>) {
    let arch = loader.rsplit('/').next().unwrap_or_default();
    let arch = arch.strip_prefix("ld-musl-").and_then(|rest| rest.strip_suffix(".so.1")).unwrap_or_default();
    let file = format!("etc/ld-musl-{arch}.path");
    match tree.text(&file) {
        Some(text) => {
            let directories = text.split(['\n', ':']).map(str::trim).filter(|part| part.starts_with('/'));
            (directories.map(below_root).collect(), Some(file))
        }
        None => (["lib", "usr/local/lib", "usr/lib"].map(str::to_owned).to_vec(), None),
    }
}

/// Linux starts no program with a longer variable (`MAX_ARG_STRLEN`, execve(2)).
pub(crate) const MAX_VARIABLE: usize = 128 << 10;
/// Directories that one image's `ld.so.conf` names; beyond that the rest is passed over, since they only explain.
const MAX_CONFIGURED: usize = 4096;

/// Directories of `LD_LIBRARY_PATH` that are absolute. An empty part means the current directory, which an image
/// does not fix.
pub(crate) fn library_path(environment: &[(String, String)]) -> Vec<String> {
    let value = environment.iter().rev().find(|(name, _)| name == "LD_LIBRARY_PATH").map(|(_, value)| value);
    let value = value.filter(|value| value.len() <= MAX_VARIABLE);
    let parts = value.into_iter().flat_map(|value| value.split([':', ';']));
    let mut seen = HashSet::new();
    let parts = parts.filter(|part| part.starts_with('/')).map(below_root).filter(|part| !part.is_empty());
    parts.filter(|part| seen.insert(part.clone())).collect()
}

/// Directories of `etc/ld.so.conf` and the files it includes: those that `ldconfig` reads, not the loader.
pub(crate) fn configured_directories(tree: &Tree) -> BTreeMap<String, String> {
    let mut directories = BTreeMap::new();
    let mut pending = vec!["etc/ld.so.conf".to_owned()];
    let mut seen = Vec::new();
    while let Some(file) = pending.pop() {
        if seen.contains(&file) || seen.len() > 1000 || directories.len() > MAX_CONFIGURED {
            continue;
        }
        if let Some(text) = tree.text(&file) {
            for line in text.lines() {
                if directories.len() > MAX_CONFIGURED || pending.len() > MAX_CONFIGURED {
                    break;
                }
                let line = line.split('#').next().unwrap_or_default().trim();
                if let Some(pattern) =
                    line.strip_prefix("include").filter(|rest| rest.starts_with([' ', '\t']))
                {
                    for pattern in pattern.split_whitespace() {
                        pending.extend(matching(tree, pattern));
                    }
                } else if !line.starts_with("hwcap") {
                    for part in line.split([' ', '\t', ':', ',']).filter(|part| part.starts_with('/')) {
                        // `directory=type` was allowed until glibc 2.32.
                        let part = part.split('=').next().unwrap_or(part);
                        directories.entry(below_root(part)).or_insert_with(|| file.clone());
                    }
                }
            }
        }
        seen.push(file);
    }
    directories
}

/// ldconfig(8) hands the pattern to glob(3); stars in the last part are all that distributions use.
fn matching(tree: &Tree, pattern: &str) -> Vec<String> {
    let absolute = if pattern.starts_with('/') { below_root(pattern) } else { format!("etc/{pattern}") };
    let Some((directory, name)) = absolute.rsplit_once('/') else { return Vec::new() };
    match name.split_once('*') {
        Some((start, end)) => tree
            .names(directory)
            .into_iter()
            .filter(|name| {
                name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
            })
            .map(|name| format!("{directory}/{name}"))
            .collect(),
        None => vec![absolute],
    }
}

pub(crate) fn below_root(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    parts.join("/")
}
