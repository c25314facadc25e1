//! Layers with gzip, zstd or no compression, which is detected by the first bytes.
//!
//! The media type is not used: archives rename layers, and old registries have wrong types. Container engines also use
//! the first bytes.

use std::io::{self, BufReader, Read};
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;
use zstd::stream::read::Decoder as ZstdDecoder;

use wheelbase_formats::limits;

use super::fault::ImageFault;
use super::limits::Budget;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The decompressed bytes of a stream, counted against the budget.
#[expect(missing_debug_implementations, reason = "decoders do not implement `Debug`")]
pub struct Decompressed<R: Read> {
    stream: Stream<Packed<R>>,
    budget: Arc<Budget>,
    unpacked: u64,
}

/// The first bytes, which were read already, and the rest.
type Packed<R> = io::Chain<io::Cursor<Vec<u8>>, Counted<R>>;

enum Stream<R: Read> {
    Plain(BufReader<R>),
    Gzip(Box<MultiGzDecoder<BufReader<R>>>),
    Zstd(Box<ZstdDecoder<'static, BufReader<R>>>),
}

impl<R: Read> Decompressed<R> {
    /// Detects the compression by the first bytes.
    ///
    /// # Errors
    ///
    /// If the stream cannot be read.
    pub fn new(inner: R, budget: Arc<Budget>) -> Result<Self, ImageFault> {
        let mut counted = Counted { inner, read: 0 };
        // The first read of a network stream may return fewer than four bytes, so `fill_buf` is not sufficient.
        let mut head = Vec::with_capacity(ZSTD.len());
        counted.by_ref().take(ZSTD.len() as u64).read_to_end(&mut head)?;
        let reader = BufReader::with_capacity(128 << 10, io::Cursor::new(head.clone()).chain(counted));
        let stream = if head.starts_with(&GZIP) {
            Stream::Gzip(Box::new(MultiGzDecoder::new(reader)))
        } else if head.starts_with(&ZSTD) || is_skippable(&head) {
            // Parallel compressors and `zstd:chunked` write several frames. The decoder reads all and skips skippable ones
            // (RFC 8878, section 3).
            let mut decoder = ZstdDecoder::with_buffer(reader)?;
            decoder.window_log_max(limits::ZSTD_WINDOW_LOG)?;
            Stream::Zstd(Box::new(decoder))
        } else {
            Stream::Plain(reader)
        };
        Ok(Self { stream, budget, unpacked: 0 })
    }

    fn packed(&self) -> u64 {
        match &self.stream {
            Stream::Plain(reader) => reader.get_ref().get_ref().1.read,
            Stream::Gzip(decoder) => decoder.get_ref().get_ref().get_ref().1.read,
            Stream::Zstd(frames) => frames.get_ref().get_ref().get_ref().1.read,
        }
    }

    /// Returns the compressed stream, which may contain bytes after the archive.
    pub fn into_inner(self) -> R {
        match self.stream {
            Stream::Plain(reader) => reader.into_inner().into_inner().1.inner,
            Stream::Gzip(decoder) => decoder.into_inner().into_inner().into_inner().1.inner,
            Stream::Zstd(frames) => frames.finish().into_inner().into_inner().1.inner,
        }
    }
}

impl<R: Read> Read for Decompressed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = match &mut self.stream {
            Stream::Plain(reader) => reader.read(buffer)?,
            Stream::Gzip(decoder) => decoder.read(buffer)?,
            Stream::Zstd(frames) => frames.read(buffer)?,
        };
        self.unpacked += length as u64;
        self.budget.unpacked(length as u64)?;
        let limits = self.budget.limits();
        if self.unpacked > limits.ratio_from && self.unpacked / limits.ratio.max(1) > self.packed() {
            return Err(ImageFault::limit(format!(
                "a layer unpacks to more than {} times its size",
                limits.ratio
            ))
            .into());
        }
        Ok(length)
    }
}

/// Magic numbers `0x184D2A50` to `0x184D2A5F`, RFC 8878 section 3.1.2.
fn is_skippable(head: &[u8]) -> bool {
    matches!(head, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

struct Counted<R> {
    inner: R,
    read: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.read += length as u64;
        Ok(length)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::io::Write as _;

    use super::super::limits::ImageLimits;
    use super::*;

    fn unpack(packed: &[u8], limits: ImageLimits) -> io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        let mut reader = Decompressed::new(packed, Arc::new(Budget::new(limits)))?;
        reader.read_to_end(&mut plain)?;
        Ok(plain)
    }

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd_frame(plain: &[u8]) -> Vec<u8> {
        zstd::encode_all(plain, 1).unwrap()
    }

    #[test]
    fn compression_is_detected_by_the_first_bytes() {
        let plain = b"plain words, told three times".repeat(300);
        assert_eq!(unpack(&plain, ImageLimits::default()).unwrap(), plain);
        assert_eq!(unpack(&gzip(&plain), ImageLimits::default()).unwrap(), plain);
        assert_eq!(unpack(&zstd_frame(&plain), ImageLimits::default()).unwrap(), plain);
    }

    #[test]
    fn larger_windows_are_refused() {
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(27).unwrap();
        encoder.write_all(&vec![1; 1 << 20]).unwrap();
        assert!(unpack(&encoder.finish().unwrap(), ImageLimits::default()).is_err());
    }

    // RFC 1952 section 2.2 and RFC 8878 section 3: members and frames may follow each other; estargz and
    // zstd:chunked depend on it.
    #[test]
    fn members_and_frames_follow_each_other() {
        let members = [gzip(b"one "), gzip(b"two")].concat();
        assert_eq!(unpack(&members, ImageLimits::default()).unwrap(), b"one two");
        let skippable = [&[0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"???"].concat();
        let frames =
            [skippable.clone(), zstd_frame(b"one "), skippable.clone(), zstd_frame(b"two"), skippable]
                .concat();
        assert_eq!(unpack(&frames, ImageLimits::default()).unwrap(), b"one two");
    }

    #[test]
    fn truncated_stream_is_an_error_not_an_end() {
        let noise: Vec<u8> = (0..100_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for packed in [gzip(&noise), zstd_frame(&noise)] {
            let half = packed.get(..packed.len() / 2).unwrap();
            assert!(unpack(half, ImageLimits::default()).is_err());
        }
    }

    #[test]
    fn layer_that_expands_without_end_is_stopped_by_its_ratio() {
        let bomb = gzip(&vec![0; 4 << 20]);
        let limits = ImageLimits { ratio_from: 1 << 20, ..ImageLimits::default() };
        let error = unpack(&bomb, limits).err().map(|error| error.to_string()).unwrap_or_default();
        insta::assert_snapshot!(error, @"a layer unpacks to more than 200 times its size");
        assert_eq!(unpack(&bomb, ImageLimits::default()).unwrap().len(), 4 << 20);
    }

    #[test]
    fn unpacked_bytes_are_limited_over_all_layers() {
        let limits = ImageLimits { unpacked: 1000, ..ImageLimits::default() };
        assert!(unpack(&gzip(&[7; 1001]), limits).is_err());
        assert!(unpack(&gzip(&[7; 1000]), limits).is_ok());
    }
}
