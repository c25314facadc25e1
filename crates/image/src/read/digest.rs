//! Content digests: `sha256:<hex>` as the OCI image specification writes them.

use std::fmt;
use std::io::{self, Read};
use std::str::FromStr;

use sha2::{Digest as _, Sha256, Sha512};

use super::fault::ImageFault;

/// A digest with a supported algorithm and a valid length. `sha512` is the other registered algorithm of the
/// OCI image specification, descriptor.md section "Registered algorithms".
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest {
    text: String,
}

impl Digest {
    /// Returns the SHA-256 digest of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self { text: format!("sha256:{}", hex(&Sha256::digest(bytes))) }
    }

    /// Returns the SHA-256 digest of the content of a reader.
    ///
    /// # Errors
    ///
    /// If the content cannot be read.
    pub fn of_reader(mut reader: impl Read) -> Result<Self, ImageFault> {
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 256 << 10];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => return Ok(Self { text: format!("sha256:{}", hex(&hasher.finalize())) }),
                Ok(length) => hasher.update(buffer.get(..length).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Returns the digest of 64 hexadecimal digits; `None` for another text.
    pub fn from_sha256_hex(text: &str) -> Option<Self> {
        format!("sha256:{text}").parse().ok()
    }

    /// Returns the digest as written: `sha256:...`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `(algorithm, hex)`, which is also the path below `blobs/` in a layout.
    pub fn parts(&self) -> (&str, &str) {
        self.text.split_once(':').unwrap_or((&self.text, ""))
    }

    fn hasher(&self) -> Hasher {
        if self.text.starts_with("sha512:") {
            Hasher::Sha512(Sha512::new())
        } else {
            Hasher::Sha256(Sha256::new())
        }
    }

    /// Checks that the content has this digest.
    ///
    /// # Errors
    ///
    /// If it has another digest.
    pub fn check(&self, bytes: &[u8]) -> Result<(), ImageFault> {
        let mut hasher = self.hasher();
        hasher.update(bytes);
        hasher.check(self)
    }
}

impl FromStr for Digest {
    type Err = ImageFault;

    fn from_str(text: &str) -> Result<Self, ImageFault> {
        let (algorithm, value) = text.split_once(':').unwrap_or((text, ""));
        let length = match algorithm {
            "sha256" => 64,
            "sha512" => 128,
            _ => {
                return Err(ImageFault::damaged(format!(
                    "`{}` is not a sha256 or sha512 digest",
                    text.escape_default()
                )));
            }
        };
        // The specification allows only lower case. This also excludes path separators.
        if value.len() != length || !value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(ImageFault::damaged(format!("`{}` is not a valid digest", text.escape_default())));
        }
        Ok(Self { text: text.to_owned() })
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[derive(Debug)]
enum Hasher {
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Hasher {
    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    fn check(self, expected: &Digest) -> Result<(), ImageFault> {
        let (algorithm, wanted) = expected.parts();
        let found = match self {
            Self::Sha256(hasher) => hex(&hasher.finalize()),
            Self::Sha512(hasher) => hex(&hasher.finalize()),
        };
        if found == wanted {
            return Ok(());
        }
        Err(ImageFault::damaged(format!(
            "the content has the digest {algorithm}:{found}, expected {expected}"
        )))
    }
}

/// Hashes a stream while it is read and compares the digest at the end. A difference is an error of the last read.
///
/// A caller that stops before the end must read the rest with [`drain`].
#[derive(Debug)]
pub struct DigestingReader<R> {
    inner: R,
    /// `None` after the comparison.
    hasher: Option<Hasher>,
    expected: Digest,
}

impl<R: Read> DigestingReader<R> {
    /// Wraps a stream whose content must have the digest `expected`.
    pub fn new(inner: R, expected: Digest) -> Self {
        Self { inner, hasher: Some(expected.hasher()), expected }
    }
}

impl<R: Read> Read for DigestingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        if length > 0 {
            if let Some(hasher) = &mut self.hasher {
                hasher.update(buffer.get(..length).unwrap_or_default());
            }
        } else if !buffer.is_empty()
            && let Some(hasher) = self.hasher.take()
        {
            hasher.check(&self.expected)?;
        }
        Ok(length)
    }
}

/// A stream that fails if its length is not the one in its descriptor.
#[derive(Debug)]
pub struct ExactReader<R> {
    inner: R,
    read: u64,
    size: u64,
}

impl<R: Read> ExactReader<R> {
    /// Wraps a stream that must have `size` bytes.
    pub fn new(inner: R, size: u64) -> Self {
        Self { inner, read: 0, size }
    }
}

impl<R: Read> Read for ExactReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.read += length as u64;
        let (read, size) = (self.read, self.size);
        if read > size {
            return Err(ImageFault::damaged(format!("the blob has more than {size} bytes")).into());
        }
        if length == 0 && !buffer.is_empty() && read < size {
            return Err(ImageFault::damaged(format!("the blob ends after {read} of {size} bytes")).into());
        }
        Ok(length)
    }
}

/// Reads to the end. A layer's archive may end before its blob does, and only the end shows the digest.
pub fn drain(mut reader: impl Read) -> Result<(), ImageFault> {
    let mut buffer = vec![0; 64 << 10];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    // FIPS 180-2, the digest of no bytes.
    const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn digest_of_nothing_is_the_one_of_the_standard() {
        assert_eq!(Digest::of(b"").as_str(), EMPTY);
        let digest: Digest = EMPTY.parse().unwrap();
        assert!(digest.check(b"").is_ok());
        let message = digest.check(b"x").unwrap_err().to_string();
        assert!(message.contains(EMPTY), "{message}");
    }

    #[test]
    fn digest_that_could_leave_the_blob_folder_is_refused() {
        for text in ["sha256:../../../etc/passwd", "md5:00", "sha256:", "sha256:ABC", "blobs"] {
            assert!(text.parse::<Digest>().is_err(), "{text}");
        }
    }

    #[test]
    fn blob_must_have_the_length_of_its_descriptor() {
        assert!(drain(ExactReader::new(&b"12345"[..], 5)).is_ok());
        let short = drain(ExactReader::new(&b"1234"[..], 5)).unwrap_err().to_string();
        insta::assert_snapshot!(short, @"the blob ends after 4 of 5 bytes");
        assert!(drain(ExactReader::new(io::repeat(0), 5)).is_err());
    }

    #[test]
    fn digesting_reader_counts_what_the_archive_left_unread() {
        let body = b"archive and trailing bytes";
        let mut reader = DigestingReader::new(&body[..], Digest::of(body));
        let mut head = [0; 7];
        reader.read_exact(&mut head).unwrap();
        assert!(drain(&mut reader).is_ok());
        let mut other = DigestingReader::new(&b"something else"[..], Digest::of(body));
        assert!(drain(&mut other).is_err());
    }
}
