//! Hostile and odd archives, built in memory. The answers of `zipfile` (Python 3.13) are in the comments.

use std::io::Write as _;
use std::ops::Range;

use super::*;
use crate::limits;

/// Two members of 5,000 bytes; the first 2,000 bytes of each do not compress.
fn data(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let noise = (0..2000).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u8::try_from(state >> 56).expect("8 bits")
    });
    noise.chain(std::iter::repeat_n(b'x', 3000)).collect()
}

fn build(members: &[(&str, Vec<u8>)], method: zip::CompressionMethod, comment: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(method);
    for (name, data) in members {
        writer.start_file(*name, options).expect("a new name");
        writer.write_all(data).expect("memory");
    }
    writer.set_raw_comment(comment.into()).expect("short");
    writer.finish().expect("memory").into_inner()
}

fn two() -> Vec<u8> {
    build(&[("a.txt", data(1)), ("b.txt", data(2))], zip::CompressionMethod::Deflated, b"")
}

fn at(bytes: &[u8], magic: &[u8], number: usize) -> usize {
    let mut places = bytes.windows(4).enumerate().filter(|(_, window)| *window == magic);
    places.nth(number).expect("the record is there").0
}

/// Offset of a directory entry.
fn entry(bytes: &[u8], number: usize) -> usize {
    at(bytes, b"PK\x01\x02", number)
}

fn end(bytes: &[u8]) -> usize {
    at(bytes, b"PK\x05\x06", 0)
}

fn put<const N: usize>(bytes: &mut [u8], at: usize, value: [u8; N]) {
    bytes[at..at + N].copy_from_slice(&value);
}

/// The archive with a change.
fn with<const N: usize>(mut bytes: Vec<u8>, at: usize, value: [u8; N]) -> Vec<u8> {
    put(&mut bytes, at, value);
    bytes
}

/// Answers requests until there is an answer; each must be for new bytes within the file.
fn answer<T>(
    bytes: &[u8],
    known: &mut SparseBytes,
    question: impl Fn(&SparseBytes) -> Result<Ask<T>, InvalidArchive>,
) -> Result<T, InvalidArchive> {
    for _ in 0..20 {
        let Range { start, end } = match question(known)? {
            Ask::Ready(answer) => return Ok(answer),
            Ask::Need(range) => range,
        };
        assert!(start < end && end <= bytes.len() as u64, "{start}..{end} of {}", bytes.len());
        assert!(known.get(start..end).is_none(), "{start}..{end} is known");
        let place = |at| usize::try_from(at).expect("64 bits");
        known.insert(start, bytes[place(start)..place(end)].to_vec());
    }
    panic!("more than 20 requests");
}

fn directory(bytes: &[u8]) -> Result<ZipDirectory, String> {
    let mut known = SparseBytes::new(bytes.len() as u64);
    answer(bytes, &mut known, ZipDirectory::read).map_err(|error| error.to_string())
}

fn content(bytes: &[u8], name: &str) -> Result<Vec<u8>, String> {
    let mut known = SparseBytes::new(bytes.len() as u64);
    let directory = answer(bytes, &mut known, ZipDirectory::read).map_err(|error| error.to_string())?;
    let entry = directory.entries().iter().rfind(|entry| entry.name == name).expect("the member is listed");
    answer(bytes, &mut known, |known| ZipDirectory::extract(known, entry, 1 << 20))
        .map_err(|error| error.to_string())
}

/// The archive cannot be read, for this reason.
#[track_caller]
fn refused(bytes: &[u8], cause: &str) {
    let error = directory(bytes).expect_err("the archive is refused");
    assert!(error.contains(cause), "{error}");
}

/// The archive can be read, but its first member cannot, for this reason.
#[track_caller]
fn unreadable(bytes: &[u8], fault: MemberFault) {
    unreadable_member(bytes, "a.txt", fault);
}

#[track_caller]
fn unreadable_member(bytes: &[u8], name: &str, fault: MemberFault) {
    assert_eq!(
        content(bytes, name).expect_err("the member is refused"),
        format!("`{name}` in the zip archive cannot be read: {fault}")
    );
}

fn faults(bytes: &[u8]) -> Vec<(String, String)> {
    let directory = directory(bytes).expect("a readable directory");
    let faults = directory.faults();
    faults.into_iter().map(|(entry, fault)| (entry.name.clone(), format!("{fault:?}"))).collect()
}

/// A zip64 end record, its locator and an end record that defers to them.
fn end_64(count: u64, size: u64, offset: u64, record_at: u64) -> Vec<u8> {
    let mut out = b"PK\x06\x06".to_vec();
    out.extend(44_u64.to_le_bytes());
    out.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [count, count, size, offset] {
        out.extend(number.to_le_bytes());
    }
    out.extend(b"PK\x06\x07\0\0\0\0");
    out.extend(record_at.to_le_bytes());
    out.extend(1_u32.to_le_bytes());
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([0xff; 12]);
    out.extend([0, 0]);
    out
}

/// The members and the directory of `two`, where the directory is, and its size.
fn without_end() -> (Vec<u8>, u64, u64) {
    let mut bytes = two();
    let end = end(&bytes);
    bytes.truncate(end);
    let start = entry(&bytes, 0);
    (bytes, start as u64, (end - start) as u64)
}

fn zip64(change: impl Fn(&mut [u64; 4])) -> Vec<u8> {
    let (mut bytes, start, size) = without_end();
    let mut numbers = [2, size, start, bytes.len() as u64];
    change(&mut numbers);
    bytes.extend(end_64(numbers[0], numbers[1], numbers[2], numbers[3]));
    bytes
}

#[test]
fn sound_archives_are_read() {
    for method in [zip::CompressionMethod::Stored, zip::CompressionMethod::Deflated] {
        let bytes = build(&[("a.txt", data(1)), ("b.txt", data(2))], method, b"");
        assert_eq!(content(&bytes, "a.txt"), Ok(data(1)));
        assert_eq!(content(&bytes, "b.txt"), Ok(data(2)));
        assert_eq!(faults(&bytes), []);
    }
    let empty = build(&[], zip::CompressionMethod::Stored, b"");
    assert_eq!(directory(&empty).expect("an empty archive").entries(), []);
    let zip64 = zip64(|_| ());
    assert_eq!(content(&zip64, "b.txt"), Ok(data(2)));
}

/// APPNOTE 4.3.16: the comment may have 65,535 bytes.
#[test]
fn the_longest_comment_takes_one_more_request() {
    let bytes = build(&[("a.txt", data(1))], zip::CompressionMethod::Stored, &[b'c'; 65_535]);
    assert_eq!(content(&bytes, "a.txt"), Ok(data(1)));
    // An end record within a comment does not count when the comment of an earlier one reaches the end.
    let bytes =
        build(&[("a.txt", data(1))], zip::CompressionMethod::Stored, b"PK\x05\x06 is not the end of it all");
    assert_eq!(content(&bytes, "a.txt"), Ok(data(1)));
}

#[test]
fn what_is_no_archive_is_refused() {
    refused(b"", "not a zip archive");
    refused(b"just some text that is long enough to be read", "not a zip archive");
    let bytes = two();
    for cut in 0..bytes.len() {
        assert!(directory(&bytes[..cut]).is_err(), "{cut}");
    }
}

/// `zipfile` reads both; uv refuses bytes behind the end record, so that they are kept as a fact.
#[test]
fn bytes_before_and_behind_the_archive_are_counted() {
    let bytes = [two(), b"junk".repeat(10)].concat();
    assert_eq!(content(&bytes, "a.txt"), Ok(data(1)));
    let location = directory(&bytes).expect("readable").location();
    assert_eq!((location.shift, location.trailing), (0, 40));
    for sound in [two(), zip64(|_| ())] {
        let bytes = [b"#!/bin/sh\n".repeat(9), sound].concat();
        assert_eq!(content(&bytes, "b.txt"), Ok(data(2)));
        let location = directory(&bytes).expect("readable").location();
        assert_eq!((location.shift, location.trailing), (90, 0));
    }
    // Too far from the end: the record may have a comment of 65,535 bytes, and that is where the search ends.
    refused(&[two(), vec![0; 66_000]].concat(), "not a zip archive");
}

/// `zipfile`: duplicates and unsafe names pass, the other two are refused when the member is opened.
#[test]
fn names_overlaps_and_encryption_are_facts() {
    let fault = |name: &str, fault: &str| (name.to_owned(), fault.to_owned());
    let mut bytes = two();
    let second = entry(&bytes, 1) + 46;
    bytes[second] = b'a';
    assert_eq!(faults(&bytes), [fault("a.txt", "DuplicateName")]);

    let first = entry(&two(), 0);
    let bytes = with(two(), entry(&two(), 1) + 42, 0_u32.to_le_bytes());
    assert_eq!(faults(&bytes), [fault("b.txt", "Overlap { with: Some(\"a.txt\") }")]);
    assert!(content(&bytes, "b.txt").expect_err("refused").ends_with("overlaps that of another member"));

    let packed = u32_at(&two(), entry(&two(), 1) + 20).expect("an entry");
    let bytes = with(two(), entry(&two(), 1) + 20, (packed + 1).to_le_bytes());
    assert_eq!(faults(&bytes), [fault("b.txt", "Overlap { with: None }")]);

    for flag in [1, 0x40] {
        let bytes = with(two(), first + 8, [flag]);
        assert_eq!(faults(&bytes), [fault("a.txt", "Encrypted")]);
        unreadable(&bytes, MemberFault::Encrypted);
    }
    for (name, kind) in [
        ("../x", "Parent"),
        ("a/../../x", "Parent"),
        ("..\\x", "Parent"),
        ("/etc/x", "Absolute"),
        ("a\\x", "Backslash"),
        ("a\0x", "Nul"),
    ] {
        let mut bytes = build(&[(&"n".repeat(name.len()), data(1))], zip::CompressionMethod::Stored, b"");
        let entry = entry(&bytes, 0) + 46;
        bytes[entry..entry + name.len()].copy_from_slice(name.as_bytes());
        assert_eq!(faults(&bytes), [fault(name, &format!("UnsafeName({kind})"))]);
    }
    for name in ["a..b", "a/..b", "...", "a/b"] {
        assert_eq!(UnsafeName::of(name), None, "{name}");
    }
}

/// `zipfile` refuses all of these when the member is read.
#[test]
fn sizes_and_checksums_must_be_true() {
    let first = entry(&two(), 0);
    let size = u32::try_from(data(1).len()).expect("short");
    for lie in [size - 1, size + 1] {
        unreadable(&with(two(), first + 24, lie.to_le_bytes()), MemberFault::OtherSize);
    }
    unreadable(&with(two(), first + 20, 100_u32.to_le_bytes()), MemberFault::Damaged);
    unreadable(&with(two(), first + 16, [!two()[first + 16]]), MemberFault::OtherChecksum);
    unreadable(&with(two(), first + 16, 0_u32.to_le_bytes()), MemberFault::OtherChecksum);
    let stored = build(&[("a.txt", data(1))], zip::CompressionMethod::Stored, b"");
    let entry = entry(&stored, 0);
    let lie = with(stored.clone(), entry + 24, (size - 1).to_le_bytes());
    unreadable(&lie, MemberFault::OtherSize);
    unreadable(&with(stored, 40, [0xff]), MemberFault::OtherChecksum);
    // The size claims what no memory has; nothing is read for it.
    unreadable(
        &with(two(), first + 24, (1_u32 << 30).to_le_bytes()),
        MemberFault::TooLarge { limit: 1 << 20 },
    );
}

#[test]
fn a_bomb_stops_at_the_stated_size() {
    let bomb = build(&[("a.txt", vec![0; 64 << 20])], zip::CompressionMethod::Deflated, b"");
    unreadable(&bomb, MemberFault::TooLarge { limit: 1 << 20 });
    let first = entry(&bomb, 0);
    unreadable(&with(bomb, first + 24, 1000_u32.to_le_bytes()), MemberFault::OtherSize);
}

/// `zipfile` demands that the names agree, and reads method and sizes from the directory only.
#[test]
fn local_headers_must_agree() {
    unreadable(&with(two(), 30, [b'z']), MemberFault::OtherName);
    unreadable(&with(two(), 26, [4]), MemberFault::OtherName);
    unreadable(&with(two(), 0, [b'p']), MemberFault::NoLocalHeader);
    unreadable(&with(two(), entry(&two(), 0) + 42, 7_u32.to_le_bytes()), MemberFault::NoLocalHeader);
    unreadable(&with(two(), 28, 0xffff_u16.to_le_bytes()), MemberFault::PastEnd);
    assert_eq!(content(&with(two(), 18, [5, 0, 0, 0, 5]), "a.txt"), Ok(data(1)));
    // Names that differ only in bytes that are not UTF-8.
    let bytes = build(&[("caf\u{e9}", data(1))], zip::CompressionMethod::Stored, b"");
    let name = entry(&bytes, 0) + 46 + 3;
    let both = with(with(bytes, name, [0xff, 0xfe]), 33, [0xff, 0xfe]);
    let shown = "caf\u{fffd}\u{fffd}";
    assert_eq!(content(&both, shown), Ok(data(1)));
    unreadable_member(&with(both, 33, [0xfe, 0xff]), shown, MemberFault::OtherName);
}

#[test]
fn unknown_methods_are_refused() {
    let bytes = with(two(), entry(&two(), 0) + 10, [12]);
    unreadable(&bytes, MemberFault::UnknownMethod(12));
    let directory = directory(&bytes).expect("readable");
    assert_eq!(directory.entries()[0].compression, Compression::Other(12));
}

#[test]
fn a_directory_that_does_not_fit_is_refused() {
    let end = end(&two());
    refused(&with(two(), entry(&two(), 0) + 20, (1_u32 << 20).to_le_bytes()), "reaches past the end");
    refused(&with(two(), end + 8, [3, 0, 3, 0]), "has 2 entries and its end record counts 3");
    refused(&with(two(), end + 12, 0xffff_fff0_u32.to_le_bytes()), "does not fit the file");
    let size = u32_at(&two(), end + 12).expect("an end record");
    // One byte less shifts the directory, as if a byte came before the archive.
    refused(&with(two(), end + 12, (size - 1).to_le_bytes()), "entry 1 does not fit");
    refused(&with(two(), end + 12, (size + 1).to_le_bytes()), "does not fit");
    refused(&with(two(), entry(&two(), 1) + 28, 0xffff_u16.to_le_bytes()), "entry 2 does not fit");
}

/// `zipfile` 3.13.8 and later refuses all of these but the count, which it does not read.
#[test]
fn zip64_records_must_be_where_they_say() {
    refused(&zip64(|[_, _, _, at]| *at = 1 << 63), "zip64 end record");
    refused(&zip64(|[_, _, _, at]| *at += 1), "zip64 end record");
    refused(&zip64(|[count, ..]| *count = (1 << 60) + 1), "its end record counts");
    refused(&zip64(|[_, size, ..]| *size = 1 << 60), "does not fit the file");
    refused(&zip64(|[_, _, offset, _]| *offset = 1 << 62), "does not fit the file");
    refused(&zip64(|[_, _, offset, _]| *offset = u64::MAX - 5), "does not fit the file");
    // The record claims an extensible part that would reach behind its locator.
    let sound = zip64(|_| ());
    let record = at(&sound, b"PK\x06\x06", 0);
    refused(&with(sound.clone(), record + 4, [45]), "zip64 end record");
    refused(&with(sound, record + 4, u64::MAX.to_le_bytes()), "zip64 end record");
}

/// `zipfile` refuses both as corrupt.
#[test]
fn extra_fields_must_be_whole() {
    let (mut bytes, start, _) = without_end();
    let first = usize::try_from(start).expect("short");
    // A zip64 field without the value that the entry defers to it.
    bytes.splice(first + 51..first + 51, [1, 0, 0, 0]);
    put(&mut bytes, first + 24, [0xff; 4]);
    put(&mut bytes, first + 30, [4, 0]);
    let finish = |mut bytes: Vec<u8>| {
        let size = bytes.len() as u64 - start;
        let at = bytes.len() as u64;
        bytes.extend(end_64(2, size, start, at));
        bytes
    };
    refused(&finish(bytes.clone()), "entry 1 does not fit");
    // A field that is longer than what there is.
    put(&mut bytes, first + 51, [9, 0, 8, 0]);
    refused(&finish(bytes), "entry 1 does not fit");
}

#[test]
fn limits_hold_for_entries_and_bytes() {
    let mut one = b"PK\x01\x02".to_vec();
    one.resize(46, 0);
    let archive = |count: u64| {
        let mut bytes = vec![0; 64];
        let times = usize::try_from(count).expect("64 bits");
        let body: Vec<u8> = one.repeat(times);
        bytes.extend(&body);
        let at = bytes.len() as u64;
        bytes.extend(end_64(count, body.len() as u64, 64, at));
        bytes
    };
    let most = limits::ARCHIVE_ENTRIES;
    // All have the same empty name at the same place.
    assert_eq!(directory(&archive(1000)).expect("below the limit").entries().len(), 1000);
    refused(&archive(most + 1), "more than 500000 entries");
    refused(&archive(2_000_000), "more than the limit of 67108864");
}

/// No answer may panic, loop or ask for bytes outside the file.
#[test]
fn every_byte_may_change() {
    for sound in [two(), zip64(|_| ())] {
        for at in 0..sound.len() {
            for value in [!sound[at], 0] {
                let bytes = with(sound.clone(), at, [value]);
                let Ok(directory) = directory(&bytes) else { continue };
                for entry in directory.entries() {
                    let _ = content(&bytes, &entry.name);
                }
            }
        }
    }
}
