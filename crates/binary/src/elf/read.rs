//! Reads one file, one step at a time.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::hash::Hasher as _;
use std::ops::Range;

use goblin::elf::{header, program_header};
use rustc_hash::FxHasher;
use wheelbase_formats::limits;

use super::dynamic::Dynamic;
use super::facts::{ElfFacts, ElfKind, Stack};
use super::fault::ElfFault;
use super::header::{Header, Loads, Segment};
use super::imports::UndefinedSymbols;
use super::machine::Machine;
use super::names::Names;
use super::notes::Notes;
use super::ranges::{Order, Pieces};
use super::reader::{Reader, Stop};
use super::symbols;
use super::versions::{self, WalkStop};

/// How the exports are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportNames {
    /// All names.
    Full,
    /// Hashes of the names, to compare them with the imports of other members.
    Hashes,
}

/// The result of a step.
#[derive(Debug)]
pub enum ElfReading {
    /// The facts; with [`ExportNames::Hashes`] the hashes of the exported names.
    Done(Box<ElfFacts>, Vec<u64>),
    /// Ranges that must be added before the next step; never empty.
    Need(Vec<Range<u64>>),
}

impl ElfFacts {
    /// Reads a whole file, with the names of all exported symbols.
    ///
    /// # Errors
    ///
    /// If the bytes are not ELF or end within the headers. Damage after the headers is
    /// recorded in [`faults`](Self::faults).
    pub fn read(bytes: &[u8]) -> Result<Self, ElfFault> {
        match step(&Pieces::whole(bytes), ExportNames::Full)? {
            ElfReading::Done(facts, _) => Ok(*facts),
            ElfReading::Need(_) => Err(ElfFault::short()),
        }
    }
}

/// Reads as much as the available ranges allow.
///
/// # Errors
///
/// If the headers are damaged; damage after them is recorded in [`ElfFacts::faults`].
pub fn step(pieces: &Pieces<'_>, detail: ExportNames) -> Result<ElfReading, ElfFault> {
    let reader = Reader { pieces, wants: RefCell::new(Vec::new()) };
    let result = all(&reader, detail);
    let wants = reader.wants.into_inner();
    match result {
        // The facts without the missing ranges are dropped: the next step reads everything again.
        Ok(_) | Err(Stop::Need) if !wants.is_empty() => Ok(ElfReading::Need(wants)),
        Ok((facts, hashes)) => Ok(ElfReading::Done(Box::new(facts), hashes)),
        Err(Stop::Fault(fault)) => Err(fault),
        Err(Stop::Need) => Err(ElfFault::short()),
    }
}

fn all(reader: &Reader<'_>, detail: ExportNames) -> Result<(ElfFacts, Vec<u64>), Stop> {
    let (header, segments) = super::header::read(reader)?;
    let reads = header.reads();
    let loads = Loads::of(&segments);
    let mut facts = ElfFacts {
        class: header.class,
        order: header.order,
        raw_machine: header.machine,
        flags: header.flags,
        os_abi: header.os_abi,
        kind: ElfKind::Other,
        interpreter: None,
        soname: None,
        needed: Vec::new(),
        rpath: Vec::new(),
        runpath: Vec::new(),
        version_needs: Vec::new(),
        version_definitions: Vec::new(),
        imports: UndefinedSymbols::default(),
        exports: Names::default(),
        python_modules: Vec::new(),
        stack: Stack::Unsaid,
        relr: false,
        text_relocations: false,
        load_alignment: loads.alignment(),
        isa: None,
        build_id: None,
        faults: Vec::new(),
    };
    if let Some(stack) = segments.iter().find(|one| one.kind == program_header::PT_GNU_STACK) {
        let executable = stack.flags & program_header::PF_X != 0;
        facts.stack = if executable { Stack::Executable } else { Stack::Plain };
    }

    let of_kind = |kind: u32| segments.iter().filter(move |one| one.kind == kind && one.file_size > 0);
    if let Some(one) = of_kind(program_header::PT_INTERP).next() {
        let size = one.file_size.min(limits::ELF_INTERPRETER_BYTES);
        let raw = soft(&mut facts, reader.table(one.offset, size, "the interpreter's name"));
        let end = raw.iter().position(|&byte| byte == 0).unwrap_or(raw.len());
        let name = text(raw.get(..end).unwrap_or_default());
        facts.interpreter = (!name.is_empty()).then(|| name.into_owned());
    }
    read_notes(reader, &mut facts, of_kind(program_header::PT_NOTE), reads);

    let mut dynamic = None;
    if let Some(one) = of_kind(program_header::PT_DYNAMIC).next() {
        let raw = soft(&mut facts, dynamic_bytes(reader, one, &loads));
        dynamic = Some(Dynamic::read(raw, reads, header.machine == header::EM_MIPS)?);
    }
    // A file with only debug data keeps the program headers of the original file, but their content is missing or
    // different. Such a file has a dynamic section without a string table in a loaded segment.
    let said = segments.iter().any(|one| one.kind == program_header::PT_DYNAMIC);
    let leads = |one: &Dynamic| one.strings.is_some_and(|address| loads.place(address).is_some());
    let mut hashes = Vec::new();
    let debug = said && !dynamic.as_ref().is_some_and(leads);
    if debug {
        facts.faults.clear();
    } else if let Some(dynamic) = &dynamic {
        facts.relr = dynamic.relr;
        facts.text_relocations = dynamic.text_relocations;
        hashes = read_tables(reader, &mut facts, &header, &loads, dynamic, detail);
    }
    facts.kind = kind(&header, &facts, dynamic.as_ref(), debug, loads.is_empty());
    Ok((facts, hashes))
}

fn kind(
    header: &Header,
    facts: &ElfFacts,
    dynamic: Option<&Dynamic>,
    debug: bool,
    unloaded: bool,
) -> ElfKind {
    let started = facts.interpreter.is_some() || !facts.needed.is_empty();
    match header.kind {
        header::ET_EXEC | header::ET_DYN if debug => ElfKind::DebugData,
        header::ET_REL => ElfKind::Relocatable,
        header::ET_EXEC if started => ElfKind::Executable,
        header::ET_EXEC => ElfKind::StaticExecutable,
        header::ET_DYN if dynamic.is_some_and(|one| one.position_independent_program) => {
            if started {
                ElfKind::Executable
            } else {
                ElfKind::StaticExecutable
            }
        }
        // binutils before 2.26 do not set the flag for programs. A SONAME means that other files load the file
        // (libc.so.6 is a library with an interpreter).
        header::ET_DYN if facts.interpreter.is_some() && facts.soname.is_none() => ElfKind::Executable,
        header::ET_DYN if unloaded => ElfKind::Other,
        header::ET_DYN => ElfKind::SharedObject,
        _ => ElfKind::Other,
    }
}

/// Returns the value or its default. A fault is recorded; missing ranges are already recorded by the reader.
fn soft<T: Default>(facts: &mut ElfFacts, result: Result<T, Stop>) -> T {
    match result {
        Ok(value) => value,
        Err(Stop::Need) => T::default(),
        Err(Stop::Fault(fault)) => {
            if !facts.faults.contains(&fault) {
                facts.faults.push(fault);
            }
            T::default()
        }
    }
}

fn read_notes<'s>(
    reader: &Reader<'_>,
    facts: &mut ElfFacts,
    segments: impl Iterator<Item = &'s Segment>,
    reads: Order,
) {
    let x86_64 = facts.machine() == Some(Machine::X86_64);
    let mut notes = Notes::default();
    for one in segments.take(16) {
        let raw = soft(
            facts,
            reader.table(one.offset, one.file_size.min(limits::ELF_NOTES_BYTES), "a note segment"),
        );
        notes.take(raw, one.alignment, x86_64, reads);
    }
    facts.isa = notes.isa;
    facts.build_id = notes.build_id;
}

fn dynamic_bytes<'a>(reader: &'a Reader<'_>, segment: &Segment, loads: &Loads) -> Result<&'a [u8], Stop> {
    let raw =
        reader.table(segment.offset, segment.file_size.min(limits::ELF_DYNAMIC_BYTES), "the dynamic section");
    if matches!(raw, Err(Stop::Need)) && !loads.last_holds(segment.offset) {
        // patchelf moves the tables that it enlarges to a segment at the end of the file. Requesting the end now
        // avoids a second run of an inflater.
        let end = loads.end().min(reader.pieces.total());
        reader.wants.borrow_mut().push(end.saturating_sub(1)..end);
    }
    raw
}

/// Reads the tables that the dynamic section refers to.
fn read_tables(
    reader: &Reader<'_>,
    facts: &mut ElfFacts,
    header: &Header,
    loads: &Loads,
    dynamic: &Dynamic,
    detail: ExportNames,
) -> Vec<u64> {
    let reads = header.reads();
    let strings = soft(facts, strings(reader, loads, dynamic));
    let name = |at: u32| strings.name(at.into()).map(Cow::into_owned);

    let needs = linked(reader, loads, dynamic.version_needs, "the table of required versions", |raw| {
        versions::needs(raw, dynamic.version_needs_count, reads, name)
    });
    let needs = soft(facts, needs);
    let definitions =
        linked(reader, loads, dynamic.version_definitions, "the table of defined versions", |raw| {
            versions::definitions(raw, dynamic.version_definitions_count, reads, name)
        });
    facts.version_definitions = soft(facts, definitions);

    facts.needed = named(facts, &strings, &dynamic.needed);
    facts.soname =
        dynamic.soname.and_then(|at| named(facts, &strings, &[at]).pop()).filter(|name| !name.is_empty());
    facts.rpath = split_paths(&named(facts, &strings, &dynamic.rpath));
    facts.runpath = split_paths(&named(facts, &strings, &dynamic.runpath));

    let symbols = soft(facts, symbol_table(reader, header, loads, dynamic));
    let indexes = soft(facts, version_indexes(reader, loads, dynamic, symbols.len(), reads));
    let hashes = take_symbols(facts, symbols, indexes, &needs, &strings, reads, detail);
    facts.version_needs = needs.list;
    hashes
}

/// The string table of the dynamic section.
///
/// Names may share their ends, so a small table can contain long names for many symbols. Each name is charged to a
/// budget; otherwise a file of some megabytes could require terabytes of memory.
#[derive(Debug, Default)]
struct Strings<'a> {
    raw: &'a [u8],
    left: Cell<usize>,
}

impl<'a> Strings<'a> {
    fn new(raw: &'a [u8]) -> Self {
        // Linkers write files that refer to each string about once.
        Self {
            raw,
            left: Cell::new(
                raw.len()
                    .saturating_mul(4)
                    .saturating_add(limits::ELF_NAME_BYTES)
                    .min(limits::ELF_NAMES_BYTES),
            ),
        }
    }

    fn name(&self, at: u64) -> Result<Cow<'a, str>, ElfFault> {
        self.bytes(at).map(text)
    }

    /// Returns the bytes up to the next NUL.
    fn bytes(&self, at: u64) -> Result<&'a [u8], ElfFault> {
        let rest = usize::try_from(at).ok().and_then(|at| self.raw.get(at..)).unwrap_or_default();
        let rest = rest.get(..limits::ELF_NAME_BYTES).unwrap_or(rest);
        let end = rest.iter().position(|&byte| byte == 0);
        let end = end.ok_or_else(|| {
            ElfFault::new(format!("the file is damaged: the string table has no name at offset {at}"))
        })?;
        let left = self.left.get().checked_sub(end + 1);
        self.left.set(left.ok_or_else(|| {
            ElfFault::new("the file is damaged: its names are longer than its string table")
        })?);
        Ok(rest.get(..end).unwrap_or_default())
    }
}

fn text(raw: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(raw)
}

fn strings<'a>(reader: &'a Reader<'_>, loads: &Loads, dynamic: &Dynamic) -> Result<Strings<'a>, Stop> {
    let Some((offset, left)) = dynamic.strings.and_then(|address| loads.place(address)) else {
        return Err(ElfFault::new("the file is damaged: the string table is not in a loaded segment").into());
    };
    if dynamic.strings_size > left {
        return Err(
            ElfFault::new("the file is damaged: the string table ends after the end of its segment").into()
        );
    }
    Ok(Strings::new(reader.table(offset, dynamic.strings_size, "the string table")?))
}

fn named(facts: &mut ElfFacts, strings: &Strings<'_>, offsets: &[u64]) -> Vec<String> {
    let mut all = Vec::new();
    for &offset in offsets {
        match strings.name(offset) {
            Ok(name) => all.push(name.into_owned()),
            Err(fault) => soft(facts, Err(fault.into())),
        }
    }
    all
}

/// Splits search paths at colons. An empty directory is kept because it means the working directory.
fn split_paths(paths: &[String]) -> Vec<String> {
    paths.iter().filter(|path| !path.is_empty()).flat_map(|path| path.split(':')).map(str::to_owned).collect()
}

/// Walks a table with entries that are linked by offsets. Its size is unknown until the last entry.
fn linked<T: Default>(
    reader: &Reader<'_>,
    loads: &Loads,
    address: Option<u64>,
    what: &str,
    walk: impl Fn(&[u8]) -> Result<T, WalkStop>,
) -> Result<T, Stop> {
    let Some(address) = address else { return Ok(T::default()) };
    let Some((offset, left)) = loads.place(address) else {
        return Err(ElfFault::new(format!("the file is damaged: {what} is not in a loaded segment")).into());
    };
    let most = left.min(limits::ELF_TABLE_BYTES);
    let mut size = most.min(4096);
    loop {
        match walk(reader.table(offset, size, what)?) {
            Ok(found) => return Ok(found),
            Err(WalkStop::Fault(fault)) => return Err(fault.into()),
            Err(WalkStop::Short) if size < most => size = size.saturating_mul(16).min(most),
            Err(WalkStop::Short) => {
                return Err(ElfFault::new(format!(
                    "the file is damaged: {what} ends after the end of its segment"
                ))
                .into());
            }
        }
    }
}

fn symbol_table<'a>(
    reader: &'a Reader<'_>,
    header: &Header,
    loads: &Loads,
    dynamic: &Dynamic,
) -> Result<&'a [u8], Stop> {
    const WHAT: &str = "the dynamic symbol table";
    let Some(address) = dynamic.symbols else { return Ok(&[]) };
    let size = symbols::entry_size(header.reads());
    if dynamic.symbol_size.is_some_and(|said| said != size) {
        return Err(ElfFault::new(format!(
            "the file is damaged: {WHAT} has entries of an unknown size, expected {size} bytes"
        ))
        .into());
    }
    let Some((offset, left)) = loads.place(address) else {
        return Err(ElfFault::new(format!("the file is damaged: {WHAT} is not in a loaded segment")).into());
    };
    let count = symbols::count(reader, header, loads, dynamic, address)?;
    match count.checked_mul(size).filter(|&whole| whole <= left) {
        Some(whole) => reader.table(offset, whole, WHAT),
        None => {
            Err(ElfFault::new(format!("the file is damaged: {WHAT} ends after the end of its segment"))
                .into())
        }
    }
}

/// Returns `DT_VERSYM`: the version index of each symbol.
fn version_indexes<'a>(
    reader: &'a Reader<'_>,
    loads: &Loads,
    dynamic: &Dynamic,
    symbols: usize,
    reads: Order,
) -> Result<&'a [u8], Stop> {
    const WHAT: &str = "the table of symbol versions";
    let Some(address) = dynamic.version_symbols else { return Ok(&[]) };
    let Some((offset, left)) = loads.place(address) else {
        return Err(ElfFault::new(format!("the file is damaged: {WHAT} is not in a loaded segment")).into());
    };
    let size = symbols as u64 / symbols::entry_size(reads) * 2;
    if size > left {
        return Err(
            ElfFault::new(format!("the file is damaged: {WHAT} ends after the end of its segment")).into()
        );
    }
    reader.table(offset, size, WHAT)
}

fn take_symbols(
    facts: &mut ElfFacts,
    table: &[u8],
    indexes: &[u8],
    needs: &versions::Needs,
    strings: &Strings<'_>,
    reads: Order,
    detail: ExportNames,
) -> Vec<u64> {
    let widths = needs.list.iter().map(|need| u16::try_from(need.nodes.len()).unwrap_or(u16::MAX)).collect();
    let mut imports = UndefinedSymbols::new(widths);
    let mut exports = Names::default();
    let mut hashes = Vec::new();
    let mut fault = None;
    let size = usize::try_from(symbols::entry_size(reads)).unwrap_or(usize::MAX);
    for (number, raw) in table.chunks_exact(size).enumerate() {
        let Ok(Some(symbol)) = symbols::entry(raw, reads) else { continue };
        let name = match strings.bytes(symbol.name.into()) {
            Ok(name) => name,
            Err(one) => {
                fault = Some(one);
                break;
            }
        };
        if symbol.defined && detail == ExportNames::Hashes && !name.starts_with(b"PyInit_") {
            hashes.push(name_hash(name));
            continue;
        }
        let name = text(name);
        if symbol.defined {
            // PEP 489: `PyInit_` for ASCII names, `PyInitU_` with punycode for others.
            if let Some(module) = name.strip_prefix("PyInit_") {
                facts.python_modules.push(module.to_owned());
            }
            match detail {
                ExportNames::Full => exports.push(&name),
                ExportNames::Hashes => hashes.push(name_hash(name.as_bytes())),
            }
        } else {
            let index = reads.u16(indexes, number * 2).unwrap_or_default() & 0x7fff;
            let node =
                (index > 1).then(|| needs.by_index.binary_search_by_key(&index, |&(known, _)| known).ok());
            let node = node.flatten().and_then(|at| needs.by_index.get(at)).map(|&(_, number)| number);
            imports.push(&name, symbol.weak, node);
        }
    }
    if let Some(fault) = fault {
        soft::<()>(facts, Err(fault.into()));
    }
    imports.shrink_to_fit();
    exports.shrink_to_fit();
    facts.imports = imports;
    facts.exports = exports;
    hashes
}

/// Returns the hash of a symbol name. It is not stored, so it may change with the hasher.
pub fn name_hash(name: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(name);
    hasher.finish()
}
