//! From an archive's bytes to facts.

use std::collections::HashMap;
use std::io::{self, Read, Seek};
use std::num::NonZero;
use std::ops::Range;
use std::sync::{Condvar, Mutex, PoisonError, mpsc};

use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{Container, Member, ProblemKind, Recorded, WheelFacts};
use super::inflate::{DEFLATED, Keep, STORED, Scratch, stream};
use super::label::{Record, label};
use super::zip::{self, Entry, ReadAt, Seeking};
use crate::elf::{Detail, ElfFacts, ElfFault, Names, Pieces, Step, looks_like_elf, step};
use crate::error::{Error, ErrorKind};

/// How to read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadOptions {
    /// The sha256 of the file, if it is known; reading does not compute it.
    pub sha256: Option<String>,
    /// Threads that inflate. One inflates on the calling thread.
    pub threads: NonZero<usize>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { sha256: None, threads: NonZero::<usize>::MIN }
    }
}

/// Memory for packed and unpacked bytes together. A member that needs more is streamed through.
const MEMORY: u64 = 288 << 20;
/// What a streamed member keeps of its start. Tables stand in the first segment or in the last.
const STREAM_PREFIX: u64 = 64 << 20;
/// What a streamed member keeps behind each place that was asked for, since its tables stand side by side.
const STREAM_WINDOW: u64 = 8 << 20;
/// Each pass follows one more pointer: header, dynamic section, hash header, buckets, chain, symbols.
const STREAM_PASSES: usize = 8;
/// Deflate can pack 1,032 times; of 1,719 members of real wheels none passed 40.
const BOMB_RATIO: u64 = 250;
/// Members smaller than this cannot exhaust anything.
const BOMB_FLOOR: u64 = 64 << 20;
/// All members of an archive together: this many times its size, or the floor of 4 GiB.
const TOTAL_RATIO: u64 = 60;
const TOTAL_FLOOR: u64 = 4 << 30;
/// `WHEEL` and `RECORD`; the largest known `RECORD` has some 5 MB.
const MAX_TEXT: u64 = 64 << 20;

impl WheelFacts {
    /// Reads a wheel from its bytes.
    ///
    /// # Errors
    ///
    /// If the bytes are no zip archive or its directory is damaged. Damage of single members is told in
    /// [`problems`](Self::problems).
    pub fn read_bytes(file: &str, bytes: &[u8], options: &ReadOptions) -> Result<Self, Error> {
        Self::read(file, io::Cursor::new(bytes), options)
    }

    /// Reads a wheel from anything that can seek; `file` is its name, for messages and labels.
    ///
    /// ```
    /// use std::io::Cursor;
    /// use wheelbase::wheel::{ReadOptions, WheelFacts};
    ///
    /// let mut empty = b"PK\x05\x06".to_vec();
    /// empty.resize(22, 0);
    /// let facts = WheelFacts::read("demo-1.0-py3-none-any.whl", Cursor::new(empty), &ReadOptions::default())?;
    /// assert!(facts.members.is_empty());
    /// # Ok::<(), wheelbase::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is no zip archive, or its directory is damaged.
    pub fn read(file: &str, reader: impl Read + Seek, options: &ReadOptions) -> Result<Self, Error> {
        let mut source = Seeking::new(reader);
        let place = |error: Error| {
            let message = format!("`{file}` {error}");
            Error::new(ErrorKind::Data, message).with_source(error)
        };
        let total = source.length().map_err(|error| unreadable(file, error))?;
        let entries = zip::directory(&mut source).map_err(place)?;
        let mut facts = Self::new(Container::Wheel, file, total);
        facts.sha256.clone_from(&options.sha256);
        let entries = sift(&mut facts, entries);
        Archive {
            file,
            source,
            facts: &mut facts,
            left: (total.saturating_mul(TOTAL_RATIO)).max(TOTAL_FLOOR),
        }
        .read(&entries, options.threads)?;
        Ok(facts)
    }

    /// Reads one ELF file of which only the needed ranges are fetched.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is no ELF file with sound headers.
    pub fn read_elf(file: &str, reader: impl Read + Seek) -> Result<Self, Error> {
        let mut source = Seeking::new(reader);
        let total = source.length().map_err(|error| unreadable(file, error))?;
        let read = ranges(&mut source, 0, total).map_err(|error| unreadable(file, error))?;
        let (elf, exports) = read
            .map_err(|fault| Error::new(ErrorKind::Data, format!("`{file}`: {fault}")).with_source(fault))?;
        let mut facts = Self::new(Container::File, file, total);
        facts.files = 1;
        let member = Member { path: file.to_owned(), size: total, recorded: Recorded::Unknown, elf };
        facts.finish(vec![(member, exports)]);
        Ok(facts)
    }

    /// Sorts the members and keeps of their exports those that another one takes.
    pub(crate) fn finish(&mut self, mut found: Vec<(Member, Vec<u64>)>) {
        found.sort_by(|one, other| one.0.path.cmp(&other.0.path));
        let mut wanted: FxHashMap<u64, &str> = FxHashMap::default();
        for (member, _) in &found {
            wanted.extend(
                member
                    .elf
                    .imports
                    .iter()
                    .map(|import| (crate::elf::name_hash(import.name.as_bytes()), import.name)),
            );
        }
        let kept: Vec<Names> = found
            .iter()
            .map(|(_, exports)| {
                let mut seen = FxHashSet::default();
                let known = exports.iter().filter(|hash| seen.insert(**hash));
                known.filter_map(|hash| wanted.get(hash).copied()).collect()
            })
            .collect();
        self.members = found
            .into_iter()
            .zip(kept)
            .map(|((mut member, _), exports)| {
                member.elf.exports = exports;
                member
            })
            .collect();
        self.problems.sort_by(|one, other| (&one.member, one.kind).cmp(&(&other.member, other.kind)));
    }
}

fn unreadable(file: &str, error: io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("`{file}` cannot be read: {error}")).with_source(error)
}

/// Leaves out what must not be unpacked and tells why.
fn sift(facts: &mut WheelFacts, mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.retain(|entry| !entry.is_directory());
    facts.files = entries.len() as u64;
    let mut seen: HashMap<&str, u32> = HashMap::new();
    for entry in &entries {
        let count = seen.entry(&entry.name).or_default();
        *count += 1;
        if *count == 2 {
            facts.problem(
                ProblemKind::DuplicateName,
                &entry.name,
                "the archive has two members of this name; which one is installed depends on the installer",
            );
        }
        if let Some(detail) = unsafe_name(&entry.name) {
            facts.problem(ProblemKind::UnsafeName, &entry.name, detail);
        }
    }
    entries.sort_by_key(|entry| entry.header);
    let mut end = 0;
    let mut last = String::new();
    entries.retain(|entry| {
        let overlaps = entry.header < end;
        if overlaps {
            facts.problem(
                ProblemKind::Overlap,
                &entry.name,
                format!("its data lies within that of `{last}`"),
            );
        }
        if entry.least_end() > end {
            end = entry.least_end();
            last.clone_from(&entry.name);
        }
        if entry.encrypted {
            facts.problem(ProblemKind::Encrypted, &entry.name, "the member is encrypted");
        }
        !overlaps && !entry.encrypted
    });
    entries
}

/// Names that lead out of the directory a wheel is unpacked into; installers refuse them or strip them, each in
/// its way.
fn unsafe_name(name: &str) -> Option<&'static str> {
    if name.starts_with('/') {
        Some("the name is absolute")
    } else if name.split(['/', '\\']).any(|part| part == "..") {
        Some("the name has a `..` part")
    } else if name.contains('\\') {
        Some("the name has a backslash, which is a separator on Windows only")
    } else if name.contains('\0') {
        Some("the name has a NUL byte")
    } else {
        None
    }
}

/// A member's bytes for a worker.
struct Job {
    entry: usize,
    packed: Vec<u8>,
    /// What it holds of the memory budget.
    weight: u64,
}

/// A worker's answer.
type Answer = (usize, Result<(ElfFacts, Vec<u64>), (ProblemKind, String)>);

/// Hands out the memory budget.
struct Budget {
    left: Mutex<u64>,
    freed: Condvar,
}

impl Budget {
    fn take(&self, weight: u64) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        while *left < weight {
            left = self.freed.wait(left).unwrap_or_else(PoisonError::into_inner);
        }
        *left -= weight;
    }

    fn give(&self, weight: u64) {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) += weight;
        self.freed.notify_all();
    }
}

/// An archive in the middle of being read.
struct Archive<'a, S> {
    file: &'a str,
    source: S,
    facts: &'a mut WheelFacts,
    /// How many bytes may still be unpacked.
    left: u64,
}

impl<S: ReadAt> Archive<'_, S> {
    fn read(mut self, entries: &[Entry], threads: NonZero<usize>) -> Result<(), Error> {
        let mut answers: Vec<Answer> = Vec::new();
        let mut record = None;
        if threads.get() == 1 {
            let mut scratch = Scratch::new();
            let mut peeker = Scratch::new();
            self.walk(entries, &mut peeker, &mut record, &mut answers, |job| {
                let entry = entries.get(job.entry)?;
                Some((job.entry, inflate(&mut scratch, entry, &job.packed)))
            })?;
        } else {
            let budget = Budget { left: Mutex::new(MEMORY), freed: Condvar::new() };
            let (jobs, queue) = mpsc::channel::<Job>();
            let (answer, done) = mpsc::channel::<Answer>();
            let queue = Mutex::new(queue);
            std::thread::scope(|scope| {
                for _ in 0..threads.get() {
                    let answer = answer.clone();
                    let (queue, budget) = (&queue, &budget);
                    scope.spawn(move || {
                        let mut scratch = Scratch::new();
                        loop {
                            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                            let Ok(job) = next else { return };
                            let Some(entry) = entries.get(job.entry) else { return };
                            let found = inflate(&mut scratch, entry, &job.packed);
                            drop(job.packed);
                            budget.give(job.weight);
                            if answer.send((job.entry, found)).is_err() {
                                return;
                            }
                        }
                    });
                }
                drop(answer);
                let mut peeker = Scratch::new();
                let walked = self.walk(entries, &mut peeker, &mut record, &mut answers, |job| {
                    budget.take(job.weight);
                    // The workers end only after this sender is gone.
                    let _ = jobs.send(job);
                    None
                });
                drop(jobs);
                answers.extend(done);
                walked
            })?;
        }
        let mut found = Vec::new();
        for (at, answer) in answers {
            let Some(entry) = entries.get(at) else { continue };
            match answer {
                Ok((elf, exports)) => {
                    let recorded = match &record {
                        Some(record) => Record::of(record, &entry.name, entry.size),
                        None => Recorded::Unknown,
                    };
                    let member = Member { path: entry.name.clone(), size: entry.size, recorded, elf };
                    found.push((member, exports));
                }
                Err((kind, detail)) => self.facts.problem(kind, &entry.name, detail),
            }
        }
        self.facts.has_record = record.is_some();
        self.facts.finish(found);
        Ok(())
    }

    /// Goes through the members in the order they lie in the file.
    fn walk(
        &mut self,
        entries: &[Entry],
        scratch: &mut Scratch,
        record: &mut Option<Record>,
        answers: &mut Vec<Answer>,
        mut work: impl FnMut(Job) -> Option<Answer>,
    ) -> Result<(), Error> {
        for (at, entry) in entries.iter().enumerate() {
            // auditwheel 6.8.2 skips these too, and they make up most of a wheel's members.
            if entry.name.ends_with(".py") {
                continue;
            }
            if !matches!(entry.method, STORED | DEFLATED) {
                let detail = format!("it is packed by method {}", entry.method);
                self.facts.problem(ProblemKind::UnknownMethod, &entry.name, detail);
                continue;
            }
            let part = dist_info_part(&entry.name);
            if part.is_none() && entry.size < 16 {
                continue;
            }
            let file = self.file;
            let io = |error| unreadable(file, error);
            let head =
                (zip::LOCAL_HEADER + entry.name.len() as u64 + HEAD).min(self.facts.size - entry.header);
            let head =
                self.source.range(entry.header, usize::try_from(head).unwrap_or_default()).map_err(io)?;
            let header = match zip::local_header(&head, entry) {
                Ok(header) => header,
                Err(detail) => {
                    self.facts.problem(ProblemKind::Unreadable, &entry.name, detail);
                    continue;
                }
            };
            let start = entry.header + header;
            if start.saturating_add(entry.packed_size) > self.facts.size {
                let detail = "its data reaches past the end of the file";
                self.facts.problem(ProblemKind::Unreadable, &entry.name, detail);
                continue;
            }
            if let Some(part) = part {
                match self.text(entry, start, scratch).map_err(io)? {
                    Ok(raw) if part == Part::Wheel => self.facts.labels.push(label(&entry.name, &raw)),
                    Ok(raw) => *record = Some(Record::read(&raw)),
                    Err(detail) => self.facts.problem(ProblemKind::Unreadable, &entry.name, detail),
                }
                continue;
            }
            let from = usize::try_from(header).unwrap_or(usize::MAX);
            let packed = head.get(from..).unwrap_or_default();
            let packed =
                packed.get(..usize::try_from(entry.packed_size).unwrap_or(usize::MAX)).unwrap_or(packed);
            let mut first = [0; 4];
            let got = match entry.method {
                STORED => {
                    let got = packed.len().min(4);
                    if let (Some(to), Some(bytes)) = (first.get_mut(..got), packed.get(..got)) {
                        to.copy_from_slice(bytes);
                    }
                    got
                }
                _ => scratch.peek(packed, &mut first),
            };
            if !looks_like_elf(first.get(..got).unwrap_or_default()) {
                continue;
            }
            if let Some(detail) = self.bomb(entry) {
                self.facts.problem(ProblemKind::Bomb, &entry.name, detail);
                continue;
            }
            let weight = entry.packed_size.saturating_add(entry.size);
            if entry.method == STORED {
                let read = ranges(&mut self.source, start, entry.packed_size).map_err(io)?;
                answers.push((at, read.map_err(|fault| (ProblemKind::Unreadable, fault.to_string()))));
            } else if weight > MEMORY {
                answers.push((at, self.streamed(entry, start).map_err(io)?));
            } else {
                let size = usize::try_from(entry.packed_size).unwrap_or_default();
                let packed = self.source.range(start, size).map_err(io)?;
                answers.extend(work(Job { entry: at, packed, weight }));
            }
        }
        Ok(())
    }

    /// Whether unpacking a member would cost more than any honest one does.
    fn bomb(&mut self, entry: &Entry) -> Option<String> {
        if entry.size > BOMB_FLOOR && entry.size / BOMB_RATIO > entry.packed_size {
            return Some(format!("{} packed bytes claim to hold {}", entry.packed_size, entry.size));
        }
        match self.left.checked_sub(entry.size) {
            Some(left) => {
                self.left = left;
                None
            }
            None => Some("the members together hold more than any honest archive of this size".to_owned()),
        }
    }

    fn text(
        &mut self,
        entry: &Entry,
        start: u64,
        scratch: &mut Scratch,
    ) -> io::Result<Result<Vec<u8>, String>> {
        if entry.size > MAX_TEXT || entry.packed_size > MAX_TEXT {
            return Ok(Err(format!("it claims {} bytes", entry.size)));
        }
        let packed = self.source.range(start, usize::try_from(entry.packed_size).unwrap_or_default())?;
        if entry.method == STORED {
            return Ok(Ok(packed));
        }
        let whole = usize::try_from(entry.size).unwrap_or_default();
        let raw = scratch.prefix(&packed, whole, entry.size);
        Ok(raw.map(<[u8]>::to_vec).map_err(|why| why.message().to_owned()))
    }

    /// A member too large for memory: passes over it, each keeping what the reader asked for.
    fn streamed(
        &mut self,
        entry: &Entry,
        start: u64,
    ) -> io::Result<Result<(ElfFacts, Vec<u64>), (ProblemKind, String)>> {
        let mut pieces = Pieces::empty(entry.size);
        let mut prefix = 4096;
        for _ in 0..STREAM_PASSES {
            let wants = match step(&pieces, Detail::Hashes) {
                Ok(Step::Done(facts, exports)) => return Ok(Ok((*facts, exports))),
                Ok(Step::Need(wants)) => wants,
                Err(fault) => return Ok(Err((ProblemKind::Unreadable, fault.to_string()))),
            };
            let widened = wants.iter().map(|range| widen(range, entry.size));
            let keep = Keep { prefix, ranges: widened.collect() };
            let mut at = start;
            let end = start + entry.packed_size;
            let source = &mut self.source;
            let next = || {
                let size = (end - at).min(1 << 20);
                let part = source.range(at, usize::try_from(size).unwrap_or_default())?;
                at += size;
                Ok(part)
            };
            match stream(next, &keep, entry.size)? {
                Ok(kept) => kept.into_iter().for_each(|(at, bytes)| pieces.add(at, bytes)),
                Err(why) => return Ok(Err((ProblemKind::Unreadable, why.message().to_owned()))),
            }
            prefix = usize::try_from(STREAM_PREFIX).unwrap_or_default();
        }
        Ok(Err((ProblemKind::Bomb, "its tables are strewn over the file".to_owned())))
    }
}

fn widen(range: &Range<u64>, size: u64) -> Range<u64> {
    range.start..range.end.max(range.start.saturating_add(STREAM_WINDOW)).min(size)
}

/// Bytes behind a member's name that the first read takes: enough for the table of a deflate block.
const HEAD: u64 = 1024;

/// Inflates a member as far as its reader asks.
fn inflate(
    scratch: &mut Scratch,
    entry: &Entry,
    packed: &[u8],
) -> Result<(ElfFacts, Vec<u64>), (ProblemKind, String)> {
    let mut need = 4096;
    // Every round needs more bytes than the one before, and the last has all of them.
    loop {
        let unreadable = |detail: String| (ProblemKind::Unreadable, detail);
        let found =
            scratch.prefix(packed, need, entry.size).map_err(|why| unreadable(why.message().to_owned()))?;
        let pieces = Pieces::prefix(found, entry.size);
        match step(&pieces, Detail::Hashes).map_err(|fault| unreadable(fault.to_string()))? {
            Step::Done(facts, exports) => return Ok((*facts, exports)),
            Step::Need(wants) => {
                let end = wants.iter().map(|range| range.end).max().unwrap_or(entry.size);
                let end = usize::try_from(end).unwrap_or(usize::MAX);
                if end <= found.len() {
                    return Err(unreadable(ElfFault::short().to_string()));
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
        match step(&pieces, Detail::Hashes) {
            Ok(Step::Done(facts, exports)) => return Ok(Ok((*facts, exports))),
            Err(fault) => return Ok(Err(fault)),
            Ok(Step::Need(wants)) => {
                for range in wants {
                    let size = usize::try_from(range.end - range.start).unwrap_or_default();
                    pieces.add(range.start, source.range(start + range.start, size)?);
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Wheel,
    Record,
}

/// `NAME.dist-info/WHEEL` and `NAME.dist-info/RECORD` at the top of the archive.
fn dist_info_part(name: &str) -> Option<Part> {
    let (directory, file) = name.split_once('/')?;
    if !directory.ends_with(".dist-info") {
        return None;
    }
    match file {
        "WHEEL" => Some(Part::Wheel),
        "RECORD" => Some(Part::Record),
        _ => None,
    }
}
