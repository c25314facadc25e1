//! The dynamic symbol table.

use goblin::elf::header;

use super::dynamic::Dynamic;
use super::fault::ElfFault;
use super::header::{Header, Loads};
use super::ranges::Order;
use super::reader::{Reader, Stop};

const STB_GLOBAL: u8 = 1;
const STB_WEAK: u8 = 2;
const STB_GNU_UNIQUE: u8 = 10;
const STV_INTERNAL: u8 = 1;
const STV_HIDDEN: u8 = 2;

/// One entry of the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Symbol {
    pub(super) name: u32,
    pub(super) weak: bool,
    pub(super) defined: bool,
}

/// Returns the size of an entry in bytes.
pub(super) fn entry_size(reads: Order) -> u64 {
    if reads.wide { 24 } else { 16 }
}

/// Reads one entry; `None` for symbols that other files cannot use (local, hidden).
pub(super) fn entry(raw: &[u8], reads: Order) -> Result<Option<Symbol>, ElfFault> {
    let name = reads.u32(raw, 0)?;
    let at = if reads.wide { 4 } else { 12 };
    let Some(&[info, other]) = raw.get(at..at + 2) else { return Err(ElfFault::short()) };
    let section = reads.u16(raw, at + 2)?;
    let bind = info >> 4;
    let defined = section != 0;
    let visible = !matches!(other & 3, STV_INTERNAL | STV_HIDDEN);
    let takes_part = matches!(bind, STB_GLOBAL | STB_WEAK | STB_GNU_UNIQUE) && (visible || !defined);
    Ok((takes_part && name != 0).then_some(Symbol { name, weak: bind == STB_WEAK, defined }))
}

/// Returns the number of entries of the table. The file does not record it directly: `DT_HASH` counts them,
/// `DT_GNU_HASH` leads to the last exported one, and with an empty hash table the next table is the bound.
pub(super) fn count(
    reader: &Reader<'_>,
    header: &Header,
    loads: &Loads,
    dynamic: &Dynamic,
    symbols: u64,
) -> Result<u64, Stop> {
    const WHAT: &str = "the symbol hash table";
    let reads = header.reads();
    if let Some(count) = dynamic.mips_symbols {
        return Ok(count);
    }
    if let Some((offset, left)) = dynamic.hash.and_then(|address| loads.place(address)) {
        // In the s390x ABI the words of this table have 64 bits. GNU ld follows it, LLD does not. If the first half is
        // 0, the words have 64 bits, because no table has 0 buckets.
        if left >= 8 {
            let raw = reader.table(offset, 8, WHAT)?;
            let first = reads.u32(raw, 0)?;
            if !(header.machine == header::EM_S390 && reads.wide && first == 0) {
                return Ok(reads.u32(raw, 4)?.into());
            }
            if left >= 16 {
                return Ok(reads.u64(reader.table(offset, 16, WHAT)?, 8)?);
            }
        }
    }
    let gap = gap(dynamic, symbols) / entry_size(reads);
    match dynamic.gnu_hash.and_then(|address| loads.place(address)) {
        Some((offset, left)) => Ok(gnu_count(reader, reads, offset, left)?.unwrap_or(gap)),
        None => Ok(gap),
    }
}

/// Returns the number of bytes up to the next table after the symbols.
fn gap(dynamic: &Dynamic, symbols: u64) -> u64 {
    let next = dynamic.tables.iter().copied().filter(|&table| table > symbols).min();
    next.map_or(0, |next| next - symbols)
}

/// Returns the number of symbols by `DT_GNU_HASH`; `None` if it contains none, because ld then writes 1 as the first
/// exported symbol.
fn gnu_count(reader: &Reader<'_>, reads: Order, offset: u64, left: u64) -> Result<Option<u64>, Stop> {
    const WHAT: &str = "the GNU symbol hash table";
    let past = || {
        Stop::from(ElfFault::new(
            "the file is damaged: the GNU symbol hash table ends after the end of its segment",
        ))
    };
    if left < 16 {
        return Err(past());
    }
    let raw = reader.table(offset, 16, WHAT)?;
    let buckets = u64::from(reads.u32(raw, 0)?);
    let first = u64::from(reads.u32(raw, 4)?);
    let bloom = u64::from(reads.u32(raw, 8)?) * if reads.wide { 8 } else { 4 };
    let chains = 16 + bloom + buckets * 4;
    if chains > left {
        return Err(past());
    }
    let raw = reader.table(offset + 16 + bloom, buckets * 4, WHAT)?;
    let mut last = 0;
    for bucket in raw.chunks_exact(4) {
        last = last.max(reads.u32(bucket, 0)?);
    }
    let last = u64::from(last);
    if last < first || last == 0 {
        return Ok(None);
    }
    // The chain of the last bucket ends at the entry with the lowest bit set.
    let start = chains.saturating_add((last - first) * 4);
    let mut size = 4096.min(left.saturating_sub(start));
    loop {
        let raw = reader.table(offset + start, size, WHAT)?;
        for (number, hash) in (0_u64..).zip(raw.chunks_exact(4)) {
            if reads.u32(hash, 0)? & 1 == 1 {
                return Ok(Some(last + number + 1));
            }
        }
        let larger = size.saturating_mul(16).min(left.saturating_sub(start));
        if larger == size {
            return Err(past());
        }
        size = larger;
    }
}
