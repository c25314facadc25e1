//! Decompresses a member as far as its reader requires.

use std::io;
use std::ops::Range;

use wheelbase_formats::zip::{Compression, Inflater, Keep, MemberFault, ZipEntry, stream};

use super::facts::ProblemKind;
use super::source::ReadAt;
use crate::elf::{ElfFacts, ElfFault, ElfReading, ExportNames, Pieces, step};

/// The facts of a member with the hashes of its exports, or the problem.
pub(crate) type Unpacked = Result<(ElfFacts, Vec<u64>), (ProblemKind, String)>;

/// The bytes that are kept from the start of a streamed member. Its tables are in the first or in the last segment.
const STREAM_PREFIX: usize = 64 << 20;
/// The bytes that are kept from each requested offset of a streamed member, because its tables are next to each other.
const STREAM_WINDOW: u64 = 8 << 20;
/// The most passes over a streamed member. Each follows one more offset: header, dynamic section, hash header, buckets,
/// chain, symbols.
const STREAM_PASSES: usize = 8;
/// The bytes of a member that are read first: the file header, the program headers and usually the notes.
const FIRST: usize = 4096;

fn unreadable<T>(detail: impl ToString) -> Result<T, (ProblemKind, String)> {
    Err((ProblemKind::Unreadable, detail.to_string()))
}

fn furthest(wants: &[Range<u64>]) -> u64 {
    wants.iter().map(|range| range.end).max().unwrap_or_default()
}

/// Decompresses a member from all its compressed bytes.
pub(super) fn inflate(inflater: &mut Inflater, entry: &ZipEntry, packed: &[u8]) -> Unpacked {
    match attempt(inflater, entry, packed) {
        Attempt::Done(unpacked) => *unpacked,
        // All bytes were passed, so no more can be requested.
        Attempt::Need(_) => unreadable(MemberFault::Damaged),
    }
}

/// The result of an attempt with some compressed bytes.
#[derive(Debug)]
pub(crate) enum Attempt {
    /// The member was read, or it is damaged.
    Done(Box<Unpacked>),
    /// This number of compressed bytes is probably sufficient; always more than before.
    Need(u64),
}

/// The number of bytes that the headers require. The streaming inflater stops after the headers; `libdeflate` would
/// decompress more than requested. Small members are decompressed completely.
fn first_need(inflater: &mut Inflater, entry: &ZipEntry, packed: &[u8]) -> Result<usize, Box<Unpacked>> {
    const SMALL: u64 = 128 << 10;
    if entry.compression == Compression::Stored {
        return Ok(FIRST);
    }
    if entry.size <= SMALL {
        return Ok(usize::try_from(entry.size).unwrap_or(FIRST));
    }
    let mut first = [0; FIRST];
    let got = inflater.peek(packed, &mut first);
    let head = first.get(..got).unwrap_or_default();
    match step(&Pieces::prefix(head, entry.size), ExportNames::Hashes) {
        Ok(ElfReading::Need(wants)) if got == FIRST => {
            Ok(usize::try_from(furthest(&wants)).unwrap_or(FIRST).max(FIRST))
        }
        Ok(_) => Ok(FIRST),
        Err(fault) => Err(Box::new(unreadable(fault))),
    }
}

fn done(unpacked: Unpacked) -> Attempt {
    Attempt::Done(Box::new(unpacked))
}

/// Reads a member from its first compressed bytes, or from all of them.
pub(crate) fn attempt(inflater: &mut Inflater, entry: &ZipEntry, packed: &[u8]) -> Attempt {
    let have = packed.len() as u64;
    let complete = have >= entry.compressed_size;
    let mut need = match first_need(inflater, entry, packed) {
        Ok(need) => need,
        Err(unpacked) => return done(*unpacked),
    };
    // Each round requests more bytes than the previous one, so the loop ends.
    loop {
        // The ratio of compressed to decompressed bytes is about constant. Some more bytes avoid a second request.
        let share = u128::from(entry.compressed_size) * need as u128 / u128::from(entry.size.max(1));
        let likely = u64::try_from(share + share / 16).unwrap_or(u64::MAX).saturating_add(128 << 10);
        let likely = likely.min(entry.compressed_size);
        if !complete && likely > have {
            return Attempt::Need(likely);
        }
        let found = if entry.compression == Compression::Stored {
            Ok(packed)
        } else {
            match inflater.prefix(packed, need, entry.size) {
                // The stream ends early because the bytes are only a part of it, so it is not necessarily damaged.
                Err(MemberFault::Damaged) if !complete => {
                    return Attempt::Need(have.saturating_mul(2).max(1 << 20).min(entry.compressed_size));
                }
                other => other,
            }
        };
        let found = match found {
            Ok(found) => found,
            Err(why) => return done(unreadable(why)),
        };
        match step(&Pieces::prefix(found, entry.size), ExportNames::Hashes) {
            Ok(ElfReading::Done(facts, exports)) => return done(Ok((*facts, exports))),
            Err(fault) => return done(unreadable(fault)),
            Ok(ElfReading::Need(wants)) => {
                let end = usize::try_from(furthest(&wants)).unwrap_or(usize::MAX);
                if end <= found.len() {
                    return done(unreadable(ElfFault::short()));
                }
                if entry.compression == Compression::Stored && complete {
                    return done(unreadable(MemberFault::OtherSize));
                }
                need = end;
            }
        }
    }
}

/// Reads an ELF file range by range.
pub(crate) fn ranges(
    source: &mut impl ReadAt,
    start: u64,
    total: u64,
) -> io::Result<Result<(ElfFacts, Vec<u64>), ElfFault>> {
    let mut pieces = Pieces::empty(total);
    loop {
        match step(&pieces, ExportNames::Hashes) {
            Ok(ElfReading::Done(facts, exports)) => return Ok(Ok((*facts, exports))),
            Err(fault) => return Ok(Err(fault)),
            Ok(ElfReading::Need(wants)) => {
                for range in wants {
                    let size = usize::try_from(range.end - range.start).unwrap_or_default();
                    pieces.add(range.start, source.range(start + range.start, size)?);
                }
            }
        }
    }
}

/// Reads a deflated member that is too large for memory, in several passes. Each keeps the ranges that the reader
/// requested.
pub(crate) fn streamed(source: &mut impl ReadAt, start: u64, entry: &ZipEntry) -> io::Result<Unpacked> {
    let mut pieces = Pieces::empty(entry.size);
    let mut prefix = FIRST;
    for _ in 0..STREAM_PASSES {
        let wants = match step(&pieces, ExportNames::Hashes) {
            Ok(ElfReading::Done(facts, exports)) => return Ok(Ok((*facts, exports))),
            Ok(ElfReading::Need(wants)) => wants,
            Err(fault) => return Ok(unreadable(fault)),
        };
        let widened = wants.iter().map(|range| {
            range.start..range.end.max(range.start.saturating_add(STREAM_WINDOW)).min(entry.size)
        });
        let keep = Keep { prefix, ranges: widened.collect() };
        let (mut at, end) = (start, start + entry.compressed_size);
        let next = || {
            let size = (end - at).min(1 << 20);
            let part = source.range(at, usize::try_from(size).unwrap_or_default())?;
            at += size;
            Ok(part)
        };
        match stream(next, &keep, entry.size)? {
            Ok(kept) => kept.into_iter().for_each(|(at, bytes)| pieces.add(at, bytes)),
            Err(why) => return Ok(unreadable(why)),
        }
        prefix = STREAM_PREFIX;
    }
    Ok(Err((ProblemKind::Bomb, "its tables are spread over the whole file".to_owned())))
}
