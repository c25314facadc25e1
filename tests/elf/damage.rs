//! Damaged and hostile input: an error or a finding, bounded memory, never a panic.

use std::io::{Cursor, Read, Seek, SeekFrom, Write as _};
use std::process::Command;

use wheelbase::elf::ElfFacts;
use wheelbase::inspect::{InspectionTextOptions, inspect, report, text};
use wheelbase::wheel::{ProblemKind, WheelFacts, WheelReadOptions};

use crate::messages::assert_messages;

use super::support::{Entry, Wheel, deflate, fixture, fixtures, zip};

const FILE: &str = "demo-1.0-cp312-cp312-manylinux_2_17_x86_64.whl";

/// Reads a file in both ways and, if that returns facts, checks and writes them.
fn elf_both_ways(bytes: &[u8]) -> Result<ElfFacts, ()> {
    let whole = ElfFacts::read(bytes);
    let ranges = WheelFacts::read_elf("demo.so", Cursor::new(bytes));
    assert_eq!(whole.is_ok(), ranges.is_ok());
    let (Ok(whole), Ok(ranges)) = (whole, ranges) else { return Err(()) };
    assert_eq!(whole.imports, ranges.members[0].elf.imports);
    assert_eq!(whole.faults, ranges.members[0].elf.faults);
    Ok(whole)
}

fn with(sound: &[u8], at: usize, value: u8) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    bytes[at] = value;
    bytes
}

fn read(bytes: &[u8]) -> Result<WheelFacts, wheelbase::Error> {
    WheelFacts::read_bytes(FILE, bytes, &WheelReadOptions::default())
}

fn problems(facts: &WheelFacts) -> Vec<ProblemKind> {
    facts.problems.iter().map(|problem| problem.kind).collect()
}

/// Each byte of the header and the program headers, with every bit turned and with the values that hurt most.
#[test]
fn flipped_header_bytes() {
    for name in fixtures() {
        let sound = fixture(&name);
        let end = sound.len().min(64 + 56 * 8);
        for at in 0..end {
            for value in [!sound[at], 0, 0xff, sound[at] ^ 1] {
                let mut bytes = sound.clone();
                bytes[at] = value;
                let _ = elf_both_ways(&bytes);
            }
            // The check of the remaining facts must end too.
            if at % 8 == 0
                && let Ok(facts) = WheelFacts::read_elf("demo.so", Cursor::new(with(&sound, at, !sound[at])))
            {
                let found = inspect(&facts, None);
                assert!(!text(&[found], InspectionTextOptions::default()).is_empty());
            }
        }
    }
}

/// The dynamic section and the tables after it: every aligned word is replaced by a value that overflows and by
/// one that points back.
#[test]
fn lying_offsets_and_counts() {
    for name in ["ext.s390x.gnu.so", "ext.armv7l.musl.so", "versioned.so", "gnu-hash.so"] {
        let sound = fixture(name);
        for at in (0..sound.len().saturating_sub(8)).step_by(4) {
            for value in [u64::MAX, 1 << 31, at as u64, sound.len() as u64 - 1] {
                let mut bytes = sound.clone();
                bytes[at..at + 4].copy_from_slice(&value.to_le_bytes()[..4]);
                let _ = elf_both_ways(&bytes);
                if at % 8 == 0 {
                    bytes[at..at + 8].copy_from_slice(&value.to_be_bytes());
                    let _ = elf_both_ways(&bytes);
                }
            }
        }
    }
}

#[test]
fn truncation_at_every_64_bytes() {
    for name in fixtures() {
        let sound = fixture(&name);
        let whole = ElfFacts::read(&sound).expect("sound");
        for end in (0..sound.len()).step_by(64) {
            let cut = &sound[..end];
            let read = elf_both_ways(cut);
            // A file that ends before the last table is not read as complete.
            if let Ok(facts) = read {
                let same = facts.needed == whole.needed && facts.imports == whole.imports;
                assert!(same || !facts.faults.is_empty() || facts.kind != whole.kind, "{name} {end}");
            }
            // As a member: an error is always reported.
            let found = Wheel::new("cp312-cp312-manylinux_2_17_x86_64").bytes("demo.so", cut).inspect();
            if end >= 16 && ElfFacts::read(cut).is_err() {
                assert!(
                    found.findings.iter().any(|one| one.code().name() == "unreadable-member"),
                    "{name} {end}"
                );
            }
        }
    }
}

#[test]
fn archives_with_every_byte_changed() {
    let sound = Wheel::new("cp312-cp312-manylinux_2_17_x86_64").with("demo/demo.so", "libb.so").build();
    for at in 0..sound.len() {
        for value in [!sound[at], 0xff, sound[at] ^ 0x10] {
            if let Ok(facts) = read(&with(&sound, at, value)) {
                let _ = report(&[inspect(&facts, None)]).expect("a report");
            }
        }
    }
    for end in (0..sound.len()).step_by(16) {
        assert!(read(&sound[..end]).is_err_and(|error| error.is_data()), "{end}");
    }
}

#[test]
fn member_sizes_that_lie() {
    let data = fixture("old-node.so");
    let lie = |change: &dyn Fn(&mut Entry)| {
        let mut entry = Entry::new("demo.so", &data);
        change(&mut entry);
        let facts = read(&zip(&[entry])).expect("the directory is sound");
        problems(&facts)
    };
    assert_eq!(lie(&|_| ()), []);
    assert_eq!(lie(&|entry| entry.size = Some(data.len() as u64 + 1)), [ProblemKind::Unreadable]);
    assert_eq!(lie(&|entry| entry.size = Some(data.len() as u64 - 1)), [ProblemKind::Unreadable]);
    assert_eq!(lie(&|entry| entry.size = Some(1 << 40)), [ProblemKind::Bomb]);
    assert_eq!(lie(&|entry| entry.packed_size = Some(100)), [ProblemKind::Unreadable]);
    // Data that would reach past the end of the file makes the directory itself wrong.
    let mut long = Entry::new("demo.so", &data);
    long.packed_size = Some(1 << 20);
    assert_messages!(read(&zip(&[long])).expect_err("no directory"));
    // A stored member has one size; the packed one counts.
    let mut stored = Entry::stored("demo.so", &data);
    stored.size = Some(1 << 30);
    let facts = read(&zip(&[stored])).expect("the directory is sound");
    assert_eq!(problems(&facts), [ProblemKind::Bomb]);
}

#[test]
fn names_of_directory_and_local_header_must_agree() {
    let mut entry = Entry::new("demo.so", &fixture("libb.so"));
    entry.local_name = Some(b"innocent.txt".to_vec());
    let facts = read(&zip(&[entry])).expect("the directory is sound");
    assert_eq!(problems(&facts), [ProblemKind::Unreadable]);
    assert_messages!(facts.problems[0].detail);
}

/// pip reads `WHEEL` and `RECORD` with `zipfile`, which checks the CRC-32.
#[test]
fn labels_with_another_checksum_are_not_believed() {
    let sound = Wheel::new("cp312-cp312-manylinux_2_17_x86_64").build();
    let entries: Vec<usize> = (0..sound.len()).filter(|at| sound[*at..].starts_with(b"PK\x01\x02")).collect();
    let [label, record] = entries.as_slice() else { panic!("{entries:?}") };
    for (entry, labels, has_record) in [(label, 0, true), (record, 1, false)] {
        let facts = read(&with(&sound, entry + 16, !sound[entry + 16])).expect("the directory is sound");
        assert_eq!(problems(&facts), [ProblemKind::Unreadable]);
        insta::allow_duplicates! {
            insta::assert_snapshot!(
                facts.problems[0].detail,
                @"its checksum does not match the one in the zip directory"
            );
        }
        assert_eq!((facts.labels.len(), facts.has_record), (labels, has_record));
    }
}

/// Overlapping members (Fifield 2019): a thousand names for the same bytes.
#[test]
fn overlapping_members_are_read_once() {
    let mut entries = vec![Entry::new("m0.so", &fixture("libb.so"))];
    for number in 1..1000 {
        let mut entry = Entry::new(&format!("m{number}.so"), &fixture("libb.so"));
        entry.header = Some(0);
        entry.directory_only = true;
        entries.push(entry);
    }
    let facts = read(&zip(&entries)).expect("the directory is sound");
    assert_eq!(facts.members.len(), 1);
    assert_eq!(problems(&facts), vec![ProblemKind::Overlap; 999]);
    let found = inspect(&facts, None);
    // Many problems of one kind are one finding, not a thousand.
    assert!(found.findings.iter().filter(|one| one.code().name() == "archive-bomb").count() <= 20);
}

/// An archive within an archive is data: nothing is unpacked twice.
#[test]
fn nested_archives_are_not_opened() {
    let mut inner = Wheel::new("cp312-cp312-manylinux_2_17_x86_64").with("demo.so", "new-node.so").build();
    for _ in 0..20 {
        inner = zip(&[Entry::new("inner.whl", &inner)]);
    }
    let facts = read(&inner).expect("readable");
    assert_eq!((facts.members.len(), facts.files), (0, 1));
}

/// A deflate stream of `megabytes` MB that starts with `head` and goes on with zeros, without packing them all.
fn zeros(head: &[u8], megabytes: usize) -> Vec<u8> {
    let part = |data: &[u8]| {
        let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(9));
        writer.write_all(data).expect("memory");
        // A flush ends on a byte and refers to nothing before it, so that the part can be repeated.
        writer.flush().expect("memory");
        let mut fresh = flate2::Compress::new(flate2::Compression::new(9), false);
        let mut out = Vec::with_capacity(data.len() / 2 + 4096);
        fresh.compress_vec(data, &mut out, flate2::FlushCompress::Full).expect("memory");
        out
    };
    let mut out = part(head);
    let block = part(&vec![0; 1 << 20]);
    for _ in 0..megabytes {
        out.extend_from_slice(&block);
    }
    out.extend_from_slice(&deflate(&[]));
    out
}

/// An archive of one deflated member whose packed bytes are given.
fn packed(name: &str, raw: &[u8], size: u64) -> Vec<u8> {
    let mut entry = Entry::stored(name, raw);
    entry.size = Some(size);
    let mut bytes = zip(&[entry]);
    // The offset of the method is 8 in the local header and 10 in the entry of the directory.
    let central = bytes.windows(4).rposition(|window| window == b"PK\x01\x02").expect("a directory");
    bytes[8] = 8;
    bytes[central + 10] = 8;
    bytes
}

/// Run in a process of its own by the next test: each case, then the peak of the memory it took.
#[test]
#[ignore = "runs in a child process of `hostile_archives_take_bounded_memory`"]
fn hostile_archives() {
    let gigabyte = 1 << 30;
    let plain = packed("zeros.bin", &zeros(&[], 1024), gigabyte);
    assert!(plain.len() < 2 << 20, "{}", plain.len());
    let facts = read(&plain).expect("readable");
    assert_eq!((facts.members.len(), problems(&facts)), (0, vec![]));

    let elf = fixture("libb.so");
    let size = gigabyte + elf.len() as u64;
    let facts = read(&packed("big.so", &zeros(&elf, 1024), size)).expect("readable");
    assert_eq!(problems(&facts), [ProblemKind::Bomb]);

    // The same with a small declared size.
    let facts = read(&packed("big.so", &zeros(&elf, 1024), elf.len() as u64)).expect("readable");
    assert_eq!(problems(&facts), [ProblemKind::Unreadable]);

    // A thousand members of 60 MB each, which stay below the limit of one.
    let block = zeros(&elf, 60);
    let mut entries = Vec::new();
    for number in 0..1000 {
        let mut entry = Entry::stored(&format!("m{number}.so"), &block);
        entry.size = Some((60 << 20) + elf.len() as u64);
        entries.push(entry);
    }
    let mut bytes = zip(&entries);
    for magic in [(b"PK\x03\x04", 8), (b"PK\x01\x02", 10)] {
        let places: Vec<usize> =
            bytes.windows(4).enumerate().filter(|(_, window)| window == magic.0).map(|(at, _)| at).collect();
        places.into_iter().for_each(|at| bytes[at + magic.1] = 8);
    }
    let facts = read(&bytes).expect("readable");
    assert!(problems(&facts).contains(&ProblemKind::Bomb));
    assert!(!facts.members.is_empty());

    // Headers that claim tables as large as the file.
    for name in ["ext.x86_64.gnu.so", "gnu-hash.so"] {
        let sound = fixture(name);
        for at in (0..sound.len() - 8).step_by(8) {
            let mut bytes = sound.clone();
            bytes[at..at + 8].copy_from_slice(&(1_u64 << 33).to_le_bytes());
            bytes.truncate(at + 8 + (sound.len() - at - 8));
            let huge = Huge { head: bytes, at: 0, size: 1 << 34 };
            let _ = WheelFacts::read_elf("demo.so", huge);
        }
    }
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    println!("peak {}", peak.trim());
}

/// A file of 16 GB with zeros after its start.
struct Huge {
    head: Vec<u8>,
    at: u64,
    size: u64,
}

impl Read for Huge {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = usize::try_from(self.size.saturating_sub(self.at)).expect("64 bits").min(buffer.len());
        for (place, byte) in (self.at..).zip(&mut buffer[..left]) {
            *byte = self.head.get(usize::try_from(place).expect("64 bits")).copied().unwrap_or_default();
        }
        self.at += left as u64;
        Ok(left)
    }
}

impl Seek for Huge {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(_) => self.size,
            SeekFrom::Current(_) => self.at,
        };
        Ok(self.at)
    }
}

/// Issue 3, "Checks": bounded memory, asserted on the operating system's own count.
#[cfg(target_os = "linux")]
#[test]
fn hostile_archives_take_bounded_memory() {
    let own = std::env::current_exe().expect("this program");
    let out = Command::new(own)
        .args(["--exact", "elf::damage::hostile_archives", "--ignored", "--nocapture"])
        .output()
        .expect("it runs");
    let printed = String::from_utf8_lossy(&out.stdout);
    assert!(out.status.success(), "{printed}\n{}", String::from_utf8_lossy(&out.stderr));
    let peak = printed.lines().find_map(|line| line.split("peak ").nth(1)).expect("a peak");
    let kilobytes: u64 = peak.trim_end_matches(" kB").trim().parse().expect("a number");
    eprintln!("peak of hostile archives: {} MB", kilobytes >> 10);
    // The largest input has 62 MB; none may cost the memory that it declares.
    assert!(kilobytes < 400 << 10, "{kilobytes} kB");
}
