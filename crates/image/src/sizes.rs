//! Recorded sizes of images, and the format of sizes.

use super::catalogue;
use super::profile::{ImageProfile, Size};

/// One measure of an image's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SizeOf<'a, T> {
    /// The size.
    pub value: T,
    /// The record of the size, with its image.
    pub read_from: &'a Size,
    /// Whether it is the size of this image. Otherwise it is the size of the most similar image in the records, for
    /// example the same release with another Python.
    pub own: bool,
}

impl<'a, T> SizeOf<'a, T> {
    /// Returns the same record with a converted value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> SizeOf<'a, U> {
        SizeOf { value: change(self.value), read_from: self.read_from, own: self.own }
    }
}

impl ImageProfile {
    /// Returns the size of the compressed layers in bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use wheelbase::image::{Catalogue, ImageRef};
    ///
    /// let slim: ImageRef = "python:3.12-slim".parse()?;
    /// let profile = Catalogue::default().profile(&slim, "2026-11-21".parse()?, None)?;
    /// let size = profile.packed_size().expect("on record");
    /// assert_eq!(size.value, 43_437_809);
    /// // It was read from the image of another Python on the same Debian.
    /// assert_eq!((size.read_from.image.as_str(), size.own), ("python:3.14.7-slim-trixie", false));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn packed_size(&self) -> Option<SizeOf<'_, u64>> {
        self.sizes.iter().find_map(|size| Some(self.size_of(size, size.compressed_bytes?)))
    }

    /// Returns the size on disk, as written in its source.
    pub fn unpacked_size(&self) -> Option<SizeOf<'_, &str>> {
        self.sizes.iter().find_map(|size| Some(self.size_of(size, size.unpacked.as_deref()?)))
    }

    fn size_of<'a, T>(&self, size: &'a Size, value: T) -> SizeOf<'a, T> {
        SizeOf {
            value,
            read_from: size,
            own: size.image == self.name || catalogue::sizes::is_own_size(size, self),
        }
    }
}

/// Formats a number of bytes with decimal units, like registries and indexes: `812 kB`, `43.4 MB`, `1.11 GB`.
pub fn bytes_text(bytes: u64) -> String {
    // A number that would be rounded up to the next unit has that unit.
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..999_500 => format!("{} kB", rounded(bytes, 1_000)),
        999_500..999_950_000 => {
            let tenths = rounded(bytes, 100_000);
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
        _ => {
            let hundredths = rounded(bytes, 10_000_000);
            format!("{}.{:02} GB", hundredths / 100, hundredths % 100)
        }
    }
}

fn rounded(value: u64, unit: u64) -> u64 {
    value / unit + u64::from(value % unit >= unit.div_ceil(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_rounded() {
        let texts = [
            (0, "0 B"),
            (999, "999 B"),
            (1_499, "1 kB"),
            (1_500, "2 kB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (43_437_809, "43.4 MB"),
            (999_949_999, "999.9 MB"),
            (999_950_000, "1.00 GB"),
            (1_110_000_000, "1.11 GB"),
        ];
        for (bytes, text) in texts {
            assert_eq!(bytes_text(bytes), text);
        }
        assert!(bytes_text(u64::MAX).ends_with(" GB"));
    }
}
