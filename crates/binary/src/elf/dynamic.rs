//! The dynamic section.

use super::fault::ElfFault;
use super::ranges::Order;

/// The entries of `PT_DYNAMIC` that are used (gABI, chapter 5).
#[derive(Debug, Default)]
pub(super) struct Dynamic {
    pub(super) needed: Vec<u64>,
    pub(super) soname: Option<u64>,
    pub(super) rpath: Vec<u64>,
    pub(super) runpath: Vec<u64>,
    pub(super) strings: Option<u64>,
    pub(super) strings_size: u64,
    pub(super) symbols: Option<u64>,
    pub(super) symbol_size: Option<u64>,
    pub(super) hash: Option<u64>,
    pub(super) gnu_hash: Option<u64>,
    pub(super) mips_symbols: Option<u64>,
    pub(super) version_symbols: Option<u64>,
    pub(super) version_needs: Option<u64>,
    pub(super) version_needs_count: u64,
    pub(super) version_definitions: Option<u64>,
    pub(super) version_definitions_count: u64,
    pub(super) relr: bool,
    pub(super) text_relocations: bool,
    pub(super) position_independent_program: bool,
    /// Addresses of other tables: a table without a size ends before the next one.
    pub(super) tables: Vec<u64>,
}

const DT_NULL: u64 = 0;
const DT_NEEDED: u64 = 1;
const DT_HASH: u64 = 4;
const DT_STRTAB: u64 = 5;
const DT_SYMTAB: u64 = 6;
const DT_RELA: u64 = 7;
const DT_STRSZ: u64 = 10;
const DT_SYMENT: u64 = 11;
const DT_INIT: u64 = 12;
const DT_SONAME: u64 = 14;
const DT_RPATH: u64 = 15;
const DT_REL: u64 = 17;
const DT_TEXTREL: u64 = 22;
const DT_JMPREL: u64 = 23;
const DT_RUNPATH: u64 = 29;
const DT_FLAGS: u64 = 30;
const DT_RELR: u64 = 36;
const DT_GNU_HASH: u64 = 0x6fff_fef5;
const DT_VERSYM: u64 = 0x6fff_fff0;
const DT_FLAGS_1: u64 = 0x6fff_fffb;
const DT_VERDEF: u64 = 0x6fff_fffc;
const DT_VERDEFNUM: u64 = 0x6fff_fffd;
const DT_VERNEED: u64 = 0x6fff_fffe;
const DT_VERNEEDNUM: u64 = 0x6fff_ffff;
const DT_MIPS_SYMTABNO: u64 = 0x7000_0011;

const DF_TEXTREL: u64 = 4;
const DF_1_PIE: u64 = 0x0800_0000;

impl Dynamic {
    /// Reads the entries up to `DT_NULL` or the last complete entry of the segment.
    pub(super) fn read(raw: &[u8], reads: Order, mips: bool) -> Result<Self, ElfFault> {
        let mut all = Self::default();
        let width = if reads.wide { 16 } else { 8 };
        for entry in raw.chunks_exact(width) {
            let tag = reads.word(entry, 0)?;
            let value = reads.word(entry, width / 2)?;
            match tag {
                DT_NULL => break,
                DT_NEEDED => all.needed.push(value),
                DT_SONAME => all.soname = Some(value),
                DT_RPATH => all.rpath.push(value),
                DT_RUNPATH => all.runpath.push(value),
                DT_STRTAB => all.strings = Some(value),
                DT_STRSZ => all.strings_size = value,
                DT_SYMTAB => all.symbols = Some(value),
                DT_SYMENT => all.symbol_size = Some(value),
                DT_HASH => all.hash = Some(value),
                DT_GNU_HASH => all.gnu_hash = Some(value),
                DT_MIPS_SYMTABNO if mips => all.mips_symbols = Some(value),
                DT_VERSYM => all.version_symbols = Some(value),
                DT_VERNEED => all.version_needs = Some(value),
                DT_VERNEEDNUM => all.version_needs_count = value,
                DT_VERDEF => all.version_definitions = Some(value),
                DT_VERDEFNUM => all.version_definitions_count = value,
                DT_RELR => all.relr = true,
                DT_TEXTREL => all.text_relocations = true,
                DT_FLAGS => all.text_relocations |= value & DF_TEXTREL != 0,
                DT_FLAGS_1 => all.position_independent_program = value & DF_1_PIE != 0,
                _ => {}
            }
            if matches!(
                tag,
                DT_STRTAB
                    | DT_HASH
                    | DT_GNU_HASH
                    | DT_VERSYM
                    | DT_VERNEED
                    | DT_VERDEF
                    | DT_RELA
                    | DT_REL
                    | DT_JMPREL
                    | DT_RELR
                    | DT_INIT
            ) {
                all.tables.push(value);
            }
        }
        Ok(all)
    }
}
