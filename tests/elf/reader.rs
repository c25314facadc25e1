//! The ELF reader against readelf and goblin.

use std::collections::{BTreeMap, BTreeSet};

use goblin::elf::Elf;
use wheelbase::elf::{ByteOrder, Class, ElfFacts, ElfKind, Machine, Stack, X86Level};

use super::support::{facts, fixture, fixtures};

/// The record of one file in `readelf.txt`.
#[derive(Default)]
struct Record {
    lines: Vec<String>,
    symbols: Vec<Vec<String>>,
}

/// GNU readelf 2.40 on every fixture (build.sh).
fn records() -> BTreeMap<String, Record> {
    let text = String::from_utf8(fixture("readelf.txt")).expect("text");
    let mut all: BTreeMap<String, Record> = BTreeMap::new();
    let (mut name, mut symbols) = (String::new(), false);
    for line in text.lines() {
        if let Some(next) = line.strip_prefix("=== ") {
            (name, symbols) = (next.to_owned(), false);
            all.entry(name.clone()).or_default();
        } else if line == "--- symbols" {
            symbols = true;
        } else if symbols {
            let words = line.split_whitespace().map(str::to_owned).collect();
            all.get_mut(&name).expect("a file first").symbols.push(words);
        } else {
            all.get_mut(&name).expect("a file first").lines.push(line.to_owned());
        }
    }
    all
}

impl Record {
    /// The texts in brackets of the dynamic entries of a tag.
    fn dynamic(&self, tag: &str) -> Vec<String> {
        let lines = self.lines.iter().filter(|line| line.contains(&format!("({tag})")));
        lines
            .map(|line| line.split('[').nth(1).unwrap_or_default().trim_end_matches(']').to_owned())
            .collect()
    }

    fn has(&self, tag: &str) -> bool {
        self.lines.iter().any(|line| line.contains(&format!("({tag})")))
    }

    fn value(&self, key: &str) -> Option<&str> {
        self.lines.iter().find_map(|line| line.trim().strip_prefix(key)).map(str::trim)
    }

    /// Needed nodes by library. Definitions have `Flags` before `Name`.
    fn needs(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut library = String::new();
        for line in &self.lines {
            if let Some((_, rest)) = line.split_once("File: ") {
                library = rest.split_whitespace().next().expect("a name").to_owned();
            } else if let (Some((_, rest)), true) =
                (line.split_once("Name: "), line.contains("Flags: none  Version"))
            {
                let node = rest.split_whitespace().next().expect("a name").to_owned();
                all.entry(library.clone()).or_default().insert(node);
            }
        }
        all
    }
}

fn is_debug(name: &str) -> bool {
    name.ends_with(".debug")
}

/// Issue 3, "Checks": `readelf -d -V` agrees on the fixtures.
#[test]
fn facts_equal_readelf() {
    let records = records();
    assert_eq!(records.keys().cloned().collect::<Vec<_>>(), fixtures());
    assert!(records.len() > 50);
    for (name, record) in &records {
        let facts = facts(name);
        assert_eq!(
            record.value("Class:"),
            Some(if facts.class == Class::Elf64 { "ELF64" } else { "ELF32" }),
            "{name}"
        );
        let big = record.value("Data:").expect("an order").contains("big endian");
        assert_eq!(facts.order == ByteOrder::Big, big, "{name}");
        if is_debug(name) {
            assert_eq!(facts.kind, ElfKind::DebugData, "{name}");
            continue;
        }
        assert_eq!(facts.faults, [], "{name}");
        assert_eq!(facts.needed, record.dynamic("NEEDED"), "{name}");
        assert_eq!(facts.soname.iter().cloned().collect::<Vec<_>>(), record.dynamic("SONAME"), "{name}");
        assert_eq!(facts.rpath.join(":"), record.dynamic("RPATH").concat(), "{name}");
        assert_eq!(facts.runpath.join(":"), record.dynamic("RUNPATH").concat(), "{name}");
        assert_eq!(facts.relr, record.has("RELR"), "{name}");
        assert_eq!(facts.text_relocations, record.has("TEXTREL"), "{name}");
        let ours: BTreeMap<String, BTreeSet<String>> = facts
            .version_needs
            .iter()
            .map(|need| (need.library.clone(), need.nodes.iter().map(|node| node.name.clone()).collect()))
            .collect();
        assert_eq!(ours, record.needs(), "{name}");
        let stack = record.lines.iter().find(|line| line.contains("GNU_STACK"));
        let expected = match stack {
            None => Stack::Unsaid,
            Some(line) if line.contains("RWE") => Stack::Executable,
            Some(_) => Stack::Plain,
        };
        assert_eq!(facts.stack, expected, "{name}");
        let loads = record.lines.iter().filter(|line| line.trim().starts_with("LOAD"));
        let least = loads.map(|line| {
            let word = line.split_whitespace().last().expect("an alignment").trim_start_matches("0x");
            u64::from_str_radix(word, 16).expect("hex")
        });
        assert_eq!(facts.load_alignment, least.min(), "{name}");
        let interpreter = record.lines.iter().find_map(|line| line.split("interpreter: ").nth(1));
        assert_eq!(
            facts.interpreter.as_deref(),
            interpreter.map(|text| text.trim_end_matches(']')),
            "{name}"
        );
        let id = record.lines.iter().find_map(|line| line.split("Build ID: ").nth(1));
        assert_eq!(facts.build_id.as_deref(), id, "{name}");
    }
}

/// Undefined and exported symbols, their binding and version, as `readelf --dyn-syms` prints them. Columns: bind,
/// visibility, section, name@version.
#[test]
fn symbols_equal_readelf() {
    for (name, record) in records() {
        if is_debug(&name) {
            continue;
        }
        let facts = facts(&name);
        let (mut imports, mut exports) = (BTreeSet::new(), BTreeSet::new());
        for words in &record.symbols {
            let [bind, visibility, section, symbol] = words.as_slice() else { continue };
            if section == "UND" {
                imports.insert(format!("{symbol} {}", bind == "WEAK"));
            } else if visibility == "DEFAULT" || visibility == "PROTECTED" {
                exports.insert(symbol.split('@').next().expect("a name").to_owned());
            }
        }
        let ours: BTreeSet<String> = facts
            .imports
            .iter()
            .map(|import| {
                let node = import
                    .node
                    .map(|(library, node)| format!("@{}", facts.version_needs[library].nodes[node].name));
                format!("{}{} {}", import.name, node.unwrap_or_default(), import.weak)
            })
            .collect();
        // readelf cuts long names and versions off; none of ours is.
        assert_eq!(ours, imports, "{name}");
        assert_eq!(facts.exports.iter().map(str::to_owned).collect::<BTreeSet<_>>(), exports, "{name}");
    }
}

/// An independent reader that goes by the same tables.
#[test]
fn facts_equal_goblin() {
    for name in fixtures() {
        let bytes = fixture(&name);
        let facts = facts(&name);
        if is_debug(&name) {
            continue;
        }
        let Ok(elf) = Elf::parse(&bytes) else { continue };
        assert_eq!(facts.raw_machine, elf.header.e_machine, "{name}");
        assert_eq!(facts.flags, elf.header.e_flags, "{name}");
        assert_eq!(facts.needed, elf.libraries, "{name}");
        assert_eq!(facts.soname.as_deref(), elf.soname, "{name}");
        // goblin reads the 64-bit hash words of s390x as 32-bit ones and so finds other counts there.
        if facts.machine() != Some(Machine::S390x) {
            let undefined =
                elf.dynsyms.iter().filter(|symbol| symbol.st_shndx == 0 && symbol.st_name != 0).count();
            assert_eq!(facts.imports.len(), undefined, "{name}");
        }
    }
}

#[test]
fn every_machine_of_the_tags_is_recognised() {
    for machine in Machine::ALL {
        for libc in ["gnu", "musl"] {
            // Zig has no glibc for big-endian POWER.
            if machine == Machine::Ppc64 && libc == "gnu" {
                continue;
            }
            let name = format!("ext.{machine}.{libc}.so");
            let facts = facts(&name);
            assert_eq!(facts.machine(), Some(machine), "{name}");
            assert_eq!(facts.kind, ElfKind::SharedObject, "{name}");
            assert_eq!(facts.python_modules, ["ext"], "{name}");
            let strong: Vec<&str> = facts.imports.strong().collect();
            assert!(
                strong.contains(&"secure_getenv") && strong.contains(&"PyModule_Create2"),
                "{name}: {strong:?}"
            );
        }
    }
}

/// Notes, elf.md, section 1, rule 2: x32 and soft-float ARM are unknown to tags.
#[test]
fn machines_without_a_tag_are_named_all_the_same() {
    let (x32, soft) = (facts("ext.x32.gnu.so"), facts("ext.armsoft.gnu.so"));
    assert_eq!((x32.machine(), x32.machine_name().as_str()), (None, "x32"));
    assert_eq!((soft.machine(), soft.machine_name().as_str()), (None, "ARM EABI 5, soft float"));
}

#[test]
fn kinds_are_distinguished() {
    let kind = |name: &str| facts(name).kind;
    assert_eq!(kind("dynamic.exe"), ElfKind::Executable);
    assert_eq!(kind("musl-dynamic.exe"), ElfKind::Executable);
    assert_eq!(kind("static.exe"), ElfKind::StaticExecutable);
    assert_eq!(kind("static-pie.exe"), ElfKind::StaticExecutable);
    assert_eq!(kind("plain.o"), ElfKind::Relocatable);
    assert_eq!(kind("ext.debug"), ElfKind::DebugData);
    assert_eq!(kind("liba.so"), ElfKind::SharedObject);
}

#[test]
fn notes_are_found_by_segment_and_not_by_section_name() {
    assert_eq!(facts("isa-v3.so").isa, Some(X86Level::V3));
    assert_eq!(facts("old-node.so").isa, None);
    assert_eq!(facts("build-id.so").build_id.as_deref(), Some("0123456789abcdef"));
}

#[test]
fn definitions_leave_out_the_base() {
    let facts = facts("versioned.so");
    assert_eq!(facts.version_definitions, ["DEMO_1", "DEMO_2"]);
    assert_eq!(facts.soname.as_deref(), Some("versioned.so.1"));
    assert_eq!(facts.exports.iter().filter(|name| name.ends_with("_name")).count(), 2);
}

/// E17: without section headers nothing may change.
#[test]
fn stripped_section_headers_change_nothing() {
    for name in fixtures() {
        if name.ends_with(".o") {
            continue;
        }
        let mut bytes = fixture(&name);
        let whole = facts(&name);
        let wide = whole.class == Class::Elf64;
        let (offset, count) = if wide { (40..48, 60..64) } else { (32..36, 48..52) };
        bytes[offset].fill(0);
        bytes[count].fill(0);
        assert_eq!(ElfFacts::read(&bytes).expect("headers are sound"), whole, "{name}");
    }
}

/// Both hash styles lead to the same symbols.
#[test]
fn either_hash_table_counts_the_symbols() {
    let (old, new) = (facts("sysv-hash.so"), facts("gnu-hash.so"));
    assert_eq!(old.imports.len(), new.imports.len());
    assert_eq!(old.exports, new.exports);
}
