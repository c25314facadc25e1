//! The file header and the program headers.

use goblin::elf::{header, program_header};

use wheelbase_formats::limits;

use super::fault::ElfFault;
use super::machine::{ByteOrder, Class};
use super::ranges::Order;
use super::reader::{Reader, Stop};

/// The fields of the file header that are used.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) class: Class,
    pub(super) order: ByteOrder,
    pub(super) os_abi: u8,
    pub(super) kind: u16,
    pub(super) machine: u16,
    pub(super) flags: u32,
}

impl Header {
    pub(super) fn reads(&self) -> Order {
        Order { big: self.order == ByteOrder::Big, wide: self.class == Class::Elf64 }
    }
}

/// One program header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) kind: u32,
    pub(super) flags: u32,
    pub(super) offset: u64,
    pub(super) address: u64,
    pub(super) file_size: u64,
    pub(super) alignment: u64,
}

/// Reads the file header and the program headers (gABI, chapters 4 and 5).
pub(super) fn read(reader: &Reader<'_>) -> Result<(Header, Vec<Segment>), Stop> {
    let ident = reader.headers(0, 16, "the ELF identification")?;
    if !super::looks_like_elf(ident) {
        return Err(ElfFault::new("the file does not start with the ELF magic number").into());
    }
    let class = match ident.get(4) {
        Some(1) => Class::Elf32,
        Some(2) => Class::Elf64,
        other => {
            return Err(ElfFault::new(format!(
                "unknown ELF class {}; expected 1 (32-bit) or 2 (64-bit)",
                other.copied().unwrap_or_default()
            ))
            .into());
        }
    };
    let order = match ident.get(5) {
        Some(1) => ByteOrder::Little,
        Some(2) => ByteOrder::Big,
        other => {
            return Err(ElfFault::new(format!(
                "unknown ELF byte order {}; expected 1 (little-endian) or 2 (big-endian)",
                other.copied().unwrap_or_default()
            ))
            .into());
        }
    };
    let os_abi = ident.get(7).copied().unwrap_or_default();
    let wide = class == Class::Elf64;
    let reads = Order { big: order == ByteOrder::Big, wide };
    let raw = reader.headers(0, if wide { 64 } else { 52 }, "the ELF header")?;
    let kind = reads.u16(raw, 16)?;
    let machine = reads.u16(raw, 18)?;
    let (table, sections, flags, sizes) = if wide {
        (reads.u64(raw, 32)?, reads.u64(raw, 40)?, reads.u32(raw, 48)?, 54)
    } else {
        (u64::from(reads.u32(raw, 28)?), u64::from(reads.u32(raw, 32)?), reads.u32(raw, 36)?, 42)
    };
    let entry = u64::from(reads.u16(raw, sizes)?);
    let mut count = u64::from(reads.u16(raw, sizes + 2)?);
    let header = Header { class, order, os_abi, kind, machine, flags };
    if kind == header::ET_REL || count == 0 {
        return Ok((header, Vec::new()));
    }
    // gABI: with more than 0xfffe program headers, `sh_info` of the first section header is the count.
    if count == 0xffff && sections != 0 {
        let first = reader.headers(sections, if wide { 64 } else { 40 }, "the first section header")?;
        count = u64::from(reads.u32(first, if wide { 44 } else { 28 })?);
    }
    let least = if wide { 56 } else { 32 };
    if entry < least {
        return Err(ElfFault::new(format!(
            "the file is damaged: its program headers have {entry} bytes, expected at least {least}"
        ))
        .into());
    }
    // Linkers write a few dozen at most. A count in the thousands is wrong and would only cost time.
    if count > limits::ELF_SEGMENTS {
        return Err(ElfFault::new(format!(
            "the file is damaged: it has {count} program headers, more than the limit of {}",
            limits::ELF_SEGMENTS
        ))
        .into());
    }
    let raw = reader.headers(table, count * entry, "the program headers")?;
    let mut segments = Vec::with_capacity(usize::try_from(count).unwrap_or_default());
    for one in raw.chunks_exact(usize::try_from(entry).unwrap_or(usize::MAX)) {
        segments.push(segment(one, reads)?);
    }
    Ok((header, segments))
}

fn segment(raw: &[u8], reads: Order) -> Result<Segment, ElfFault> {
    let kind = reads.u32(raw, 0)?;
    Ok(if reads.wide {
        Segment {
            kind,
            flags: reads.u32(raw, 4)?,
            offset: reads.u64(raw, 8)?,
            address: reads.u64(raw, 16)?,
            file_size: reads.u64(raw, 32)?,
            alignment: reads.u64(raw, 48)?,
        }
    } else {
        Segment {
            kind,
            offset: reads.u32(raw, 4)?.into(),
            address: reads.u32(raw, 8)?.into(),
            file_size: reads.u32(raw, 16)?.into(),
            flags: reads.u32(raw, 24)?,
            alignment: reads.u32(raw, 28)?.into(),
        }
    })
}

/// The loaded segments; they map addresses to file offsets.
#[derive(Debug)]
pub(super) struct Loads {
    list: Vec<Segment>,
}

impl Loads {
    pub(super) fn of(segments: &[Segment]) -> Self {
        Self { list: segments.iter().copied().filter(|one| one.kind == program_header::PT_LOAD).collect() }
    }

    /// Returns the file offset of an address and the number of bytes up to the end of its segment.
    pub(super) fn place(&self, address: u64) -> Option<(u64, u64)> {
        self.list.iter().find_map(|load| {
            let within = address.checked_sub(load.address)?;
            let left = load.file_size.checked_sub(within).filter(|&left| left > 0)?;
            Some((load.offset.checked_add(within)?, left))
        })
    }

    pub(super) fn alignment(&self) -> Option<u64> {
        self.list.iter().map(|load| load.alignment).min()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Returns the file offset after the last loaded byte.
    pub(super) fn end(&self) -> u64 {
        self.list.iter().map(|load| load.offset.saturating_add(load.file_size)).max().unwrap_or_default()
    }

    /// Returns whether the last segment of the file contains an offset.
    pub(super) fn last_holds(&self, offset: u64) -> bool {
        let last = self.list.iter().filter(|load| load.file_size > 0).max_by_key(|load| load.offset);
        last.is_none_or(|load| load.offset <= offset)
    }
}
