//! Reads the facts of an archive from its bytes.

use std::io::{self, Read, Seek};
use std::num::NonZero;
use std::sync::{Condvar, Mutex, PoisonError, mpsc};

use rustc_hash::{FxHashMap, FxHashSet};
use wheelbase_formats::limits;
use wheelbase_formats::zip::{
    Compression, EntryFault, Inflater, LOCAL_HEADER, MemberFault, ZipDirectory, ZipEntry,
};

use super::facts::{Container, Member, ProblemKind, Recorded, WheelFacts};
use super::label::{Record, label};
use super::source::{ReadAt, Seeking, directory, unreadable};
use super::unpack::{Unpacked, inflate, ranges, streamed};
use crate::elf::{Names, looks_like_elf};
use wheelbase_spec::error::{Error, ErrorKind};

/// The options of a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WheelReadOptions {
    /// The sha256 of the file, if it is known; reading does not compute it.
    pub sha256: Option<String>,
    /// The number of threads that decompress; 1 uses the calling thread.
    pub threads: NonZero<usize>,
}

impl Default for WheelReadOptions {
    fn default() -> Self {
        Self { sha256: None, threads: NonZero::<usize>::MIN }
    }
}

/// The number of bytes that the first read of a member includes after its name: enough for the table of a deflate block.
const HEAD: u64 = 1024;

impl WheelFacts {
    /// Reads a wheel from its bytes.
    ///
    /// # Errors
    ///
    /// If the bytes are not a zip archive or its directory is damaged. Damage of single members is recorded in
    /// [`problems`](Self::problems).
    pub fn read_bytes(file: &str, bytes: &[u8], options: &WheelReadOptions) -> Result<Self, Error> {
        Self::read(file, io::Cursor::new(bytes), options)
    }

    /// Reads a wheel from anything that can seek; `file` is its name, for messages and labels.
    ///
    /// ```
    /// use std::io::Cursor;
    /// use wheelbase::wheel::{WheelReadOptions, WheelFacts};
    ///
    /// let mut empty = b"PK\x05\x06".to_vec();
    /// empty.resize(22, 0);
    /// let facts = WheelFacts::read("demo-1.0-py3-none-any.whl", Cursor::new(empty), &WheelReadOptions::default())?;
    /// assert!(facts.members.is_empty());
    /// # Ok::<(), wheelbase::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is not a zip archive, or its directory is damaged.
    pub fn read(file: &str, reader: impl Read + Seek, options: &WheelReadOptions) -> Result<Self, Error> {
        let mut source = Seeking::new(reader);
        let directory = directory(file, &mut source)?;
        let mut reading = Reading::new(file, options.sha256.clone(), directory);
        reading.all(&mut source, options.threads)?;
        Ok(reading.finish())
    }

    /// Reads one ELF file of which only the needed ranges are fetched.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is not an ELF file with valid headers.
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

    /// Sorts the members and keeps the exports that another member imports.
    pub(crate) fn finish(&mut self, mut found: Vec<(Member, Vec<u64>)>) {
        found.sort_by(|one, other| one.0.path.cmp(&other.0.path));
        let mut wanted: FxHashMap<u64, &str> = FxHashMap::default();
        for (member, _) in &found {
            let imports = member.elf.imports.iter();
            wanted.extend(imports.map(|import| (crate::elf::name_hash(import.name.as_bytes()), import.name)));
        }
        let kept: Vec<Names> = found
            .iter()
            .map(|(_, exports)| {
                let mut seen = FxHashSet::default();
                let known = exports.iter().filter_map(|hash| Some((hash, *wanted.get(hash)?)));
                known.filter(|(hash, _)| seen.insert(**hash)).map(|(_, name)| name).collect()
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

/// Returns the members that may be decompressed, in the order of the file; the faults of others are recorded as problems.
fn sift(facts: &mut WheelFacts, directory: ZipDirectory) -> Vec<ZipEntry> {
    for (entry, fault) in directory.faults() {
        let (kind, detail) = match fault {
            EntryFault::DuplicateName => (
                ProblemKind::DuplicateName,
                "the archive contains two members with this name; the installed one depends on the installer"
                    .to_owned(),
            ),
            EntryFault::UnsafeName(name) => (ProblemKind::UnsafeName, name.to_string()),
            EntryFault::Overlap { with: Some(other) } => {
                (ProblemKind::Overlap, format!("its data overlaps the data of `{other}`"))
            }
            EntryFault::Overlap { with: None } => {
                (ProblemKind::Overlap, "its data overlaps the directory of the archive".to_owned())
            }
            EntryFault::Encrypted => (ProblemKind::Encrypted, "the member is encrypted".to_owned()),
        };
        facts.problem(kind, &entry.name, detail);
    }
    let mut entries = directory.into_entries();
    entries.retain(|entry| !entry.is_directory());
    facts.files = entries.len() as u64;
    entries.retain(|entry| !entry.encrypted && !entry.overlaps());
    entries.sort_by_key(|entry| entry.header_offset);
    entries
}

/// A member's bytes for a worker.
#[derive(Debug)]
struct Job {
    at: usize,
    entry: ZipEntry,
    packed: Vec<u8>,
    /// Its share of the memory budget in bytes.
    weight: u64,
}

/// The memory budget of the workers.
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

/// An archive that is being read.
#[derive(Debug)]
pub(crate) struct Reading {
    facts: WheelFacts,
    /// The members that may be read, in the order of the file.
    entries: Vec<ZipEntry>,
    record: Option<Record>,
    answers: Vec<(usize, Unpacked)>,
    /// The number of bytes that may still be decompressed.
    left: u64,
    /// The buffer of the previous member, for reuse.
    spare: Vec<u8>,
}

impl Reading {
    pub(crate) fn new(file: &str, sha256: Option<String>, directory: ZipDirectory) -> Self {
        let total = directory.archive_length();
        let mut facts = WheelFacts::new(Container::Wheel, file, total);
        facts.sha256 = sha256;
        let entries = sift(&mut facts, directory);
        let left = total.saturating_mul(limits::WHEEL_RATIO).max(limits::WHEEL_RATIO_FROM);
        Self { facts, entries, record: None, answers: Vec::new(), left, spare: Vec::new() }
    }

    /// The members that may be read, in the order of the file.
    pub(crate) fn entries(&self) -> &[ZipEntry] {
        &self.entries
    }

    pub(crate) fn leave_out(&mut self, count: u64) {
        self.facts.unseen += count;
    }

    pub(crate) fn answer(&mut self, at: usize, unpacked: Unpacked) {
        self.answers.push((at, unpacked));
    }

    pub(crate) fn finish(self) -> WheelFacts {
        let Self { mut facts, entries, record, answers, .. } = self;
        let mut found = Vec::new();
        for (at, answer) in answers {
            let Some(entry) = entries.get(at) else { continue };
            match answer {
                Ok((elf, exports)) => {
                    let recorded = match &record {
                        Some(record) => record.of(&entry.name, entry.size),
                        None => Recorded::Unknown,
                    };
                    let member = Member { path: entry.name.clone(), size: entry.size, recorded, elf };
                    found.push((member, exports));
                }
                Err((kind, detail)) => facts.problem(kind, &entry.name, detail),
            }
        }
        facts.has_record = record.is_some();
        facts.finish(found);
        facts
    }

    /// Reads all members; decompresses on several threads if requested.
    fn all(&mut self, source: &mut impl ReadAt, threads: NonZero<usize>) -> Result<(), Error> {
        let everything: Vec<usize> = (0..self.entries.len()).collect();
        let mut peeker = Inflater::new();
        if threads.get() == 1 {
            let largest = self.entries.iter().map(|entry| entry.size).max().unwrap_or_default();
            return self.some(
                source,
                &everything,
                &mut (peeker, Inflater::for_members_up_to(largest.min(limits::INFLATE_MEMORY_BYTES))),
            );
        }
        let budget = Budget { left: Mutex::new(limits::INFLATE_MEMORY_BYTES), freed: Condvar::new() };
        let (jobs, queue) = mpsc::channel::<Job>();
        let (answer, done) = mpsc::channel();
        let queue = Mutex::new(queue);
        #[expect(clippy::disallowed_methods, reason = "callers set `WheelReadOptions::threads`")]
        let walked = std::thread::scope(|scope| {
            for _ in 0..threads.get() {
                let answer = answer.clone();
                let (queue, budget) = (&queue, &budget);
                scope.spawn(move || {
                    let mut inflater = Inflater::new();
                    loop {
                        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                        let Ok(Job { at, entry, packed, weight }) = next else { return };
                        let unpacked = inflate(&mut inflater, &entry, &packed);
                        drop(packed);
                        inflater.rest();
                        budget.give(weight);
                        if answer.send((at, unpacked)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(answer);
            let walked = self.walk(source, &everything, &mut peeker, |job| {
                budget.take(job.weight);
                // The workers end only after this sender is gone.
                let _ = jobs.send(job);
                None
            });
            drop(jobs);
            walked
        });
        self.answers.extend(done);
        walked
    }

    /// Reads some of the members on this thread. The first inflater decompresses the first bytes of each member, the
    /// second the rest.
    pub(crate) fn some(
        &mut self,
        source: &mut impl ReadAt,
        which: &[usize],
        (peeker, inflater): &mut (Inflater, Inflater),
    ) -> Result<(), Error> {
        self.walk(source, which, peeker, |job| {
            let unpacked = inflate(inflater, &job.entry, &job.packed);
            Some((job.at, unpacked, job.packed))
        })
    }

    /// Reads members in the order of the file.
    fn walk(
        &mut self,
        source: &mut impl ReadAt,
        which: &[usize],
        peeker: &mut Inflater,
        mut work: impl FnMut(Job) -> Option<(usize, Unpacked, Vec<u8>)>,
    ) -> Result<(), Error> {
        // Restored below; moved out because the loop changes the facts.
        let entries = std::mem::take(&mut self.entries);
        let mut result = Ok(());
        for &at in which {
            let Some(entry) = entries.get(at) else { continue };
            if let Err(error) = self.member(source, at, entry, peeker, &mut work) {
                result = Err(unreadable(&self.facts.file, error));
                break;
            }
        }
        self.entries = entries;
        result
    }

    fn member(
        &mut self,
        source: &mut impl ReadAt,
        at: usize,
        entry: &ZipEntry,
        peeker: &mut Inflater,
        work: &mut impl FnMut(Job) -> Option<(usize, Unpacked, Vec<u8>)>,
    ) -> io::Result<()> {
        let part = dist_info_part(&entry.name);
        if part.is_none() && !may_be_elf(entry) {
            return Ok(());
        }
        if let Compression::Other(method) = entry.compression {
            let detail = MemberFault::UnknownMethod(method).to_string();
            self.facts.problem(ProblemKind::UnknownMethod, &entry.name, detail);
            return Ok(());
        }
        let head = (LOCAL_HEADER + entry.name.len() as u64 + HEAD).min(self.facts.size - entry.header_offset);
        let head = source.range(entry.header_offset, usize::try_from(head).unwrap_or_default())?;
        let Some(header) = self.local_header(&head, entry) else { return Ok(()) };
        let start = entry.header_offset + header;
        if let Some(part) = part {
            match text(source, entry, start, peeker)? {
                Ok(raw) if part == Part::Wheel => self.facts.labels.push(label(&entry.name, &raw)),
                Ok(raw) => self.record = Some(Record::read(&raw)),
                Err(fault) => self.facts.problem(ProblemKind::Unreadable, &entry.name, fault.to_string()),
            }
            return Ok(());
        }
        let from = usize::try_from(header).unwrap_or(usize::MAX);
        if !begins_like_elf(peeker, entry, head.get(from..).unwrap_or_default()) || !self.afford(entry) {
            return Ok(());
        }
        let weight = entry.compressed_size.saturating_add(entry.size);
        if entry.compression == Compression::Stored {
            let read = ranges(source, start, entry.compressed_size)?;
            self.answer(at, read.map_err(|fault| (ProblemKind::Unreadable, fault.to_string())));
        } else if weight > limits::INFLATE_MEMORY_BYTES {
            let unpacked = streamed(source, start, entry)?;
            self.answer(at, unpacked);
        } else {
            let mut packed = std::mem::take(&mut self.spare);
            let size = usize::try_from(entry.compressed_size).unwrap_or_default();
            source.range_into(start, size, &mut packed)?;
            if let Some((at, unpacked, packed)) = work(Job { at, entry: entry.clone(), packed, weight }) {
                self.answer(at, unpacked);
                self.spare = packed;
            }
        }
        Ok(())
    }

    /// Returns the size of the local header of a member; a fault is recorded as a problem.
    pub(crate) fn local_header(&mut self, head: &[u8], entry: &ZipEntry) -> Option<u64> {
        let fits = |header: u64| {
            let end = (entry.header_offset + header).checked_add(entry.compressed_size);
            end.is_some_and(|end| end <= self.facts.size)
        };
        let fault = match entry.local_header_length(head) {
            Ok(header) if fits(header) => return Some(header),
            Ok(_) => MemberFault::PastEnd,
            Err(fault) => fault,
        };
        self.facts.problem(ProblemKind::Unreadable, &entry.name, fault.to_string());
        None
    }

    /// Returns whether the size of a member is plausible; if not, a problem is recorded.
    pub(crate) fn afford(&mut self, entry: &ZipEntry) -> bool {
        let detail = if entry.size > limits::MEMBER_RATIO_FROM
            && entry.size / limits::MEMBER_RATIO > entry.compressed_size
        {
            format!(
                "its size is {} bytes, which is too large for {} compressed bytes",
                entry.size, entry.compressed_size
            )
        } else if let Some(left) = self.left.checked_sub(entry.size) {
            self.left = left;
            return true;
        } else {
            "the total size of the members is too large for the size of the archive".to_owned()
        };
        self.facts.problem(ProblemKind::Bomb, &entry.name, detail);
        false
    }
}

/// Returns whether a member may be an ELF file. auditwheel 6.8.2 skips `.py` files, too; most members are such files.
fn may_be_elf(entry: &ZipEntry) -> bool {
    entry.size >= 16 && !entry.name.ends_with(".py")
}

/// Returns whether a member starts with the ELF magic number, by its first compressed bytes.
pub(crate) fn begins_like_elf(peeker: &mut Inflater, entry: &ZipEntry, packed: &[u8]) -> bool {
    let packed = packed.get(..usize::try_from(entry.compressed_size).unwrap_or(usize::MAX)).unwrap_or(packed);
    if entry.compression == Compression::Stored {
        return looks_like_elf(packed);
    }
    let mut first = [0; 4];
    let got = peeker.peek(packed, &mut first);
    looks_like_elf(first.get(..got).unwrap_or_default())
}

/// All of a text member.
fn text(
    source: &mut impl ReadAt,
    entry: &ZipEntry,
    start: u64,
    inflater: &mut Inflater,
) -> io::Result<Result<Vec<u8>, MemberFault>> {
    if entry.size.max(entry.compressed_size) > limits::WHEEL_TEXT_BYTES {
        return Ok(Err(MemberFault::TooLarge { limit: limits::WHEEL_TEXT_BYTES }));
    }
    let packed = source.range(start, usize::try_from(entry.compressed_size).unwrap_or_default())?;
    Ok(inflater.whole(entry, &packed).map(<[u8]>::to_vec))
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Wheel,
    Record,
}

/// `NAME.dist-info/WHEEL` and `NAME.dist-info/RECORD` at the top of the archive.
pub(super) fn dist_info_part(name: &str) -> Option<Part> {
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
