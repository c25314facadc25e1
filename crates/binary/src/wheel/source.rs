//! The sources of the bytes of a wheel.

use std::io::{self, Read, Seek, SeekFrom};

use wheelbase_formats::zip::{Ask, SparseBytes, ZipDirectory};
use wheelbase_spec::error::{Error, ErrorKind};

/// A file that can be read at any offset.
pub trait ReadAt {
    /// Returns the length of the file in bytes.
    fn length(&mut self) -> io::Result<u64>;
    /// Fills the buffer from an offset. A file that ends earlier is an error.
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;

    /// Replaces the content of a vector by a range.
    fn range_into(&mut self, offset: u64, size: usize, bytes: &mut Vec<u8>) -> io::Result<()> {
        bytes.resize(size, 0);
        self.read_at(offset, bytes)
    }

    /// Returns a range as a new vector.
    fn range(&mut self, offset: u64, size: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; size];
        self.read_at(offset, &mut bytes)?;
        Ok(bytes)
    }
}

/// A [`Read`] with [`Seek`]. Its length is requested once.
#[derive(Debug)]
pub struct Seeking<R> {
    inner: R,
    length: Option<u64>,
}

impl<R: Read + Seek> Seeking<R> {
    /// Returns a source that reads from `inner`.
    pub fn new(inner: R) -> Self {
        Self { inner, length: None }
    }
}

impl<R: Read + Seek> ReadAt for Seeking<R> {
    fn length(&mut self) -> io::Result<u64> {
        match self.length {
            Some(length) => Ok(length),
            None => Ok(*self.length.insert(self.inner.seek(SeekFrom::End(0))?)),
        }
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.inner.seek(SeekFrom::Start(offset))?;
        self.inner.read_exact(buffer)
    }

    /// Reads without filling the memory with zeros first.
    fn range_into(&mut self, offset: u64, size: usize, bytes: &mut Vec<u8>) -> io::Result<()> {
        bytes.clear();
        bytes.reserve_exact(size);
        self.inner.seek(SeekFrom::Start(offset))?;
        let read = Read::by_ref(&mut self.inner).take(size as u64).read_to_end(bytes)?;
        if read == size { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

/// Reads the central directory of an archive. `file` is its name, for messages.
///
/// # Errors
///
/// If the file cannot be read or is not a zip archive.
pub(super) fn directory(file: &str, source: &mut impl ReadAt) -> Result<ZipDirectory, Error> {
    let total = source.length().map_err(|error| unreadable(file, error))?;
    let mut known = SparseBytes::new(total);
    loop {
        let asked = ZipDirectory::read(&known)
            .map_err(|error| Error::new(ErrorKind::Data, format!("`{file}`: {error}")).with_source(error))?;
        let range = match asked {
            Ask::Ready(directory) => return Ok(directory),
            Ask::Need(range) => range,
        };
        let size = usize::try_from(range.end - range.start).unwrap_or_default();
        known.insert(range.start, source.range(range.start, size).map_err(|error| unreadable(file, error))?);
    }
}

pub(super) fn unreadable(file: &str, error: io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("`{file}` cannot be read: {error}")).with_source(error)
}
