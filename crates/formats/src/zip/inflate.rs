//! Decompression of members: all bytes, or only the first ones.
//!
//! The parts of a library that a loader reads are within about four fifths of its bytes, so each function can stop early.
//! `libdeflate` decompresses whole buffers at twice the speed of streaming decoders. If the buffer is too small, it fills
//! the buffer and reports that, so the size of the buffer decides where it stops. Members that are too large for memory
//! are decompressed by a streaming decoder that keeps only the requested ranges.

use std::ops::Range;

use flate2::{Decompress, FlushDecompress, Status};
use libdeflater::{DecompressionError, Decompressor};

use super::{Compression, MemberFault, ZipEntry};

/// When `libdeflate` runs out of space it has filled the buffer up to the block or match that did not fit: at most
/// one stored block of 65,535 bytes short of its end.
const SLACK: usize = 65_536;

/// Buffers of up to this size are reused for the next member.
const REST: usize = 48 << 20;

/// Buffers and tables that are reused for each member.
pub struct Inflater {
    out: Vec<u8>,
    /// The minimum size of a new buffer.
    room: usize,
    whole: Decompressor,
    stream: Decompress,
}

impl std::fmt::Debug for Inflater {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inflater").field("out", &self.out.capacity()).finish_non_exhaustive()
    }
}

impl Default for Inflater {
    fn default() -> Self {
        Self::new()
    }
}

impl Inflater {
    /// Creates an inflater without buffers. They are allocated when they are required.
    pub fn new() -> Self {
        Self::for_members_up_to(0)
    }

    /// Creates an inflater with a buffer for members of up to this size. The system allocates memory only when it is
    /// written to, so a size that is too large has no cost.
    pub fn for_members_up_to(size: u64) -> Self {
        let room = usize::try_from(size).unwrap_or_default();
        Self { out: Vec::new(), room, whole: Decompressor::new(), stream: Decompress::new(false) }
    }

    /// Returns the first bytes of a deflated member from its first packed bytes; fewer if those are not enough.
    pub fn peek(&mut self, packed: &[u8], out: &mut [u8]) -> usize {
        self.stream.reset(false);
        // Damaged data is reported when the member is read.
        let _ = self.stream.decompress(packed, out, FlushDecompress::None);
        usize::try_from(self.stream.total_out()).unwrap_or_default().min(out.len())
    }

    /// Returns at least the first `need` bytes of a deflated member of `size` bytes. The checksum is not checked, because
    /// it is that of all bytes.
    ///
    /// # Errors
    ///
    /// If the data is damaged or has another size.
    pub fn prefix(&mut self, packed: &[u8], need: usize, size: u64) -> Result<&[u8], MemberFault> {
        let whole = usize::try_from(size).unwrap_or(usize::MAX);
        let length = need.min(whole).saturating_add(SLACK);
        if self.out.len() < length {
            // A new buffer with some room: new pages are zeroed already, while growing would copy and clear.
            let room = (self.out.len() + self.out.len() / 4).max(self.room.saturating_add(SLACK));
            drop(std::mem::take(&mut self.out));
            self.out = vec![0; length.max(room)];
        }
        let out = self.out.get_mut(..length).unwrap_or_default();
        match self.whole.deflate_decompress(packed, out) {
            Ok(written) if written as u64 == size => Ok(self.out.get(..written).unwrap_or_default()),
            Ok(_) => Err(MemberFault::OtherSize),
            Err(DecompressionError::InsufficientSpace) if length - SLACK < whole => {
                Ok(self.out.get(..length - SLACK).unwrap_or_default())
            }
            Err(DecompressionError::InsufficientSpace) => Err(MemberFault::OtherSize),
            Err(DecompressionError::BadData) => Err(MemberFault::Damaged),
        }
    }

    /// Returns all bytes of a member from all of its packed bytes, after a check of size and checksum.
    ///
    /// # Errors
    ///
    /// If the data is damaged, has another size or checksum, or its method is unknown.
    pub fn whole<'a>(&'a mut self, entry: &ZipEntry, packed: &'a [u8]) -> Result<&'a [u8], MemberFault> {
        let data = match entry.compression {
            Compression::Stored if packed.len() as u64 == entry.size => packed,
            Compression::Stored => return Err(MemberFault::OtherSize),
            Compression::Deflated => {
                let size = usize::try_from(entry.size).map_err(|_| MemberFault::OtherSize)?;
                self.prefix(packed, size, entry.size)?
            }
            Compression::Other(method) => return Err(MemberFault::UnknownMethod(method)),
        };
        if entry.has_checksum(data) { Ok(data) } else { Err(MemberFault::OtherChecksum) }
    }

    /// Frees the memory of an unusually large member, so that the memory of several threads is limited.
    pub fn rest(&mut self) {
        if self.out.len() > REST {
            self.out = Vec::new();
        }
    }

    /// The size of the buffers in bytes.
    #[cfg(test)]
    fn held(&self) -> usize {
        self.out.capacity()
    }
}

/// The ranges that a pass has kept: offsets and bytes.
pub type Kept = Vec<(u64, Vec<u8>)>;

/// The ranges that a pass over a large member keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep {
    /// The number of first bytes, which contain the tables of most files.
    pub prefix: usize,
    /// The requested ranges.
    pub ranges: Vec<Range<u64>>,
}

/// Decompresses a deflated member up to the last byte that is kept.
///
/// `next` returns the packed bytes part by part, and an empty part at the end.
///
/// # Errors
///
/// The outer error is that of `next`; the inner one is that of the data.
pub fn stream(
    mut next: impl FnMut() -> std::io::Result<Vec<u8>>,
    keep: &Keep,
    size: u64,
) -> std::io::Result<Result<Kept, MemberFault>> {
    const PART: usize = 256 << 10;
    let end =
        keep.ranges.iter().map(|range| range.end).max().unwrap_or_default().max(keep.prefix as u64).min(size);
    let mut kept: Vec<(Range<u64>, Vec<u8>)> = std::iter::once(0..(keep.prefix as u64).min(size))
        .chain(keep.ranges.iter().map(|range| range.start.min(size)..range.end.min(size)))
        .map(|range| (range, Vec::new()))
        .collect();
    let mut inflate = Decompress::new(false);
    let mut out = vec![0; PART];
    let mut packed = next()?;
    let mut at = 0;
    loop {
        let before = (inflate.total_in(), inflate.total_out());
        let status =
            inflate.decompress(packed.get(at..).unwrap_or_default(), &mut out, FlushDecompress::None);
        let Ok(status) = status else { return Ok(Err(MemberFault::Damaged)) };
        at += usize::try_from(inflate.total_in() - before.0).unwrap_or_default();
        let written = usize::try_from(inflate.total_out() - before.1).unwrap_or_default();
        let fresh = before.1..inflate.total_out();
        for (range, bytes) in &mut kept {
            let (from, to) = (range.start.max(fresh.start), range.end.min(fresh.end));
            if from < to {
                let within = |place: u64| usize::try_from(place - fresh.start).unwrap_or_default();
                bytes.extend_from_slice(out.get(within(from)..within(to)).unwrap_or_default());
            }
        }
        if inflate.total_out() >= end {
            return Ok(Ok(kept.into_iter().map(|(range, bytes)| (range.start, bytes)).collect()));
        }
        if status == Status::StreamEnd {
            return Ok(Err(MemberFault::OtherSize));
        }
        if at >= packed.len() {
            packed = next()?;
            at = 0;
            if packed.is_empty() && written == 0 {
                return Ok(Err(MemberFault::Damaged));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn bytes(count: usize, mut seed: u64, spread: u64) -> Vec<u8> {
        (0..count)
            .map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                u8::try_from((seed >> 33) % spread).expect("below 256")
            })
            .collect()
    }

    fn pack(raw: &[u8], level: u32) -> Vec<u8> {
        let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(level));
        writer.write_all(raw).expect("memory");
        writer.finish().expect("memory")
    }

    /// The early stop depends on the behaviour of `libdeflate` with a buffer that is too small. An upgrade that changes it
    /// must fail here.
    #[test]
    fn a_prefix_equals_the_start_of_the_whole() {
        for (spread, level) in [(256, 6), (256, 0), (3, 6), (3, 1), (40, 9), (1, 9), (2, 0)] {
            let raw = bytes(400_000, 7, spread);
            let packed = pack(&raw, level);
            let mut scratch = Inflater::new();
            for need in [1, 64, 4096, 65_535, 65_536, 65_537, 131_072, 300_001, 399_999, 400_000] {
                let found = scratch.prefix(&packed, need, raw.len() as u64).expect("sound data");
                assert!(found.len() >= need, "{spread} {level} {need}: {}", found.len());
                assert!(
                    found == raw.get(..found.len()).expect("no more than all"),
                    "{spread} {level} {need}"
                );
            }
        }
    }

    #[test]
    fn lying_sizes_and_damage_are_told_apart() {
        let raw = bytes(100_000, 3, 40);
        let packed = pack(&raw, 6);
        let mut scratch = Inflater::new();
        assert_eq!(scratch.prefix(&packed, 100_000, 90_000), Err(MemberFault::OtherSize));
        assert_eq!(scratch.prefix(&packed, 200_000, 200_000), Err(MemberFault::OtherSize));
        assert_eq!(scratch.prefix(&packed[..packed.len() / 2], 100_000, 100_000), Err(MemberFault::Damaged));
        assert_eq!(scratch.prefix(&[0xff; 64], 10, 100), Err(MemberFault::Damaged));
    }

    #[test]
    fn a_claimed_size_costs_no_memory_beyond_what_is_needed() {
        let packed = pack(&vec![0; 10_000_000], 9);
        let mut scratch = Inflater::new();
        scratch.prefix(&packed, 100, 1 << 40).expect("the prefix is there");
        assert!(scratch.held() < 200_000);
    }

    #[test]
    fn a_stream_keeps_the_prefix_and_the_ranges() {
        let raw = bytes(2_000_000, 9, 40);
        let packed = pack(&raw, 6);
        let mut parts = packed.chunks(10_000);
        let keep = Keep { prefix: 1000, ranges: vec![500_000..500_010, 1_999_990..2_000_000] };
        let kept = stream(|| Ok(parts.next().unwrap_or_default().to_vec()), &keep, 2_000_000);
        let kept = kept.expect("no input error").expect("sound data");
        assert_eq!(
            kept,
            [
                (0, raw[..1000].to_vec()),
                (500_000, raw[500_000..500_010].to_vec()),
                (1_999_990, raw[1_999_990..].to_vec()),
            ]
        );
    }
}
