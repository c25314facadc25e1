//! Version nodes that a file requires and defines.

use serde::{Deserialize, Serialize};

use wheelbase_formats::limits;

use super::fault::ElfFault;
use super::ranges::Order;

/// The nodes that a file requires of one library.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VersionNeed {
    /// The library, as a soname.
    pub library: String,
    /// The nodes, in file order.
    pub nodes: Vec<VersionNode>,
}

/// One required node, such as `GLIBC_2.17`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VersionNode {
    /// Its name.
    pub name: String,
    /// Whether the loader only warns if the library does not have it (`VER_FLG_WEAK`).
    pub weak: bool,
}

/// The required nodes, and for each version index the number of its node, counted over all libraries.
#[derive(Default)]
pub(super) struct Needs {
    pub(super) list: Vec<VersionNeed>,
    pub(super) by_index: Vec<(u16, u16)>,
}

const VER_FLG_BASE: u16 = 1;
const VER_FLG_WEAK: u16 = 2;

/// The reason why a walk over linked entries stopped.
pub(super) enum WalkStop {
    /// An entry is after the end of the bytes.
    Short,
    /// The entries are invalid.
    Fault(ElfFault),
}

impl From<ElfFault> for WalkStop {
    fn from(_: ElfFault) -> Self {
        Self::Short
    }
}

fn too_many() -> WalkStop {
    WalkStop::Fault(ElfFault::new(format!(
        "the file is damaged: it has more than {} version nodes",
        limits::ELF_VERSION_NODES
    )))
}

fn add(at: usize, step: u32) -> Result<usize, WalkStop> {
    usize::try_from(step).ok().and_then(|step| at.checked_add(step)).ok_or(WalkStop::Short)
}

/// Walks `DT_VERNEED` (LSB, "Symbol versioning"): entries linked by offsets, `count` of them.
pub(super) fn needs(
    raw: &[u8],
    count: u64,
    reads: Order,
    name: impl Fn(u32) -> Result<String, ElfFault>,
) -> Result<Needs, WalkStop> {
    let mut all = Needs { list: Vec::new(), by_index: Vec::new() };
    let mut at = 0;
    let mut nodes_seen = 0_usize;
    for _ in 0..count {
        let nodes = reads.u16(raw, at + 2)?;
        let library = reads.u32(raw, at + 4)?;
        let mut node_at = add(at, reads.u32(raw, at + 8)?)?;
        let next = reads.u32(raw, at + 12)?;
        let mut need = VersionNeed { library: name(library).map_err(WalkStop::Fault)?, nodes: Vec::new() };
        for _ in 0..nodes {
            let flags = reads.u16(raw, node_at + 4)?;
            let index = reads.u16(raw, node_at + 6)? & 0x7fff;
            let node = reads.u32(raw, node_at + 8)?;
            let step = reads.u32(raw, node_at + 12)?;
            let number = u16::try_from(nodes_seen).map_err(|_| too_many())?;
            nodes_seen += 1;
            if nodes_seen > limits::ELF_VERSION_NODES {
                return Err(too_many());
            }
            all.by_index.push((index, number));
            need.nodes.push(VersionNode {
                name: name(node).map_err(WalkStop::Fault)?,
                weak: flags & VER_FLG_WEAK != 0,
            });
            if step == 0 {
                break;
            }
            node_at = add(node_at, step)?;
        }
        all.list.push(need);
        if all.list.len() > limits::ELF_VERSION_NODES {
            return Err(too_many());
        }
        if next == 0 {
            break;
        }
        at = add(at, next)?;
    }
    all.by_index.sort_unstable();
    Ok(all)
}

/// Walks `DT_VERDEF` without the base entry, which repeats the name of the file.
pub(super) fn definitions(
    raw: &[u8],
    count: u64,
    reads: Order,
    name: impl Fn(u32) -> Result<String, ElfFault>,
) -> Result<Vec<String>, WalkStop> {
    let mut all = Vec::new();
    let mut at = 0;
    for _ in 0..count {
        let flags = reads.u16(raw, at + 2)?;
        let name_at = add(at, reads.u32(raw, at + 12)?)?;
        let next = reads.u32(raw, at + 16)?;
        if flags & VER_FLG_BASE == 0 {
            all.push(name(reads.u32(raw, name_at)?).map_err(WalkStop::Fault)?);
        }
        if all.len() > limits::ELF_VERSION_NODES {
            return Err(too_many());
        }
        if next == 0 {
            break;
        }
        at = add(at, next)?;
    }
    Ok(all)
}
