//! Limits on the size of images.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use wheelbase_formats::limits;

use super::fault::ImageFault;

/// The limits on one image. The defaults are far above all known published images. An image that exceeds a limit is an
/// error with the limit in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageLimits {
    /// The number of archive entries in all layers.
    pub entries: u64,
    /// The decompressed size of all layers in bytes.
    pub unpacked: u64,
    /// The decompressed bytes for each compressed byte, checked for layers larger than [`ImageLimits::ratio_from`].
    pub ratio: u64,
    /// The decompressed size in bytes from which [`ImageLimits::ratio`] is checked.
    pub ratio_from: u64,
    /// The length of a path or link target in bytes.
    pub path_bytes: usize,
    /// The number of parts of a path.
    pub path_depth: usize,
    /// The size of a text file or package database in bytes.
    pub text: u64,
    /// The bytes of all layers that are kept in memory.
    pub kept: u64,
    /// The steps of applying layers and resolving paths: parts of paths, followed links, listed names.
    pub steps: u64,
    /// The number of layers.
    pub layers: usize,
    /// The size of a manifest, an index or a configuration in bytes.
    pub manifest: u64,
}

impl Default for ImageLimits {
    fn default() -> Self {
        Self {
            entries: limits::IMAGE_ENTRIES,
            unpacked: limits::IMAGE_BYTES,
            ratio: limits::IMAGE_RATIO,
            ratio_from: limits::IMAGE_RATIO_FROM,
            path_bytes: limits::IMAGE_PATH_BYTES,
            path_depth: limits::IMAGE_PATH_DEPTH,
            text: limits::IMAGE_TEXT_BYTES,
            kept: limits::IMAGE_KEPT_BYTES,
            steps: limits::IMAGE_STEPS,
            layers: limits::IMAGE_LAYERS,
            manifest: limits::IMAGE_MANIFEST_BYTES,
        }
    }
}

/// The used part of the [`ImageLimits`]. The layers of one image, which may be read in parallel, share it.
#[derive(Debug)]
pub struct Budget {
    limits: ImageLimits,
    entries: AtomicU64,
    unpacked: AtomicU64,
    kept: AtomicU64,
    steps: AtomicU64,
    whole: Mutex<()>,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(ImageLimits::default())
    }
}

impl Budget {
    /// An unused budget.
    pub fn new(limits: ImageLimits) -> Self {
        Self {
            limits,
            entries: AtomicU64::new(0),
            unpacked: AtomicU64::new(0),
            kept: AtomicU64::new(0),
            steps: AtomicU64::new(0),
            whole: Mutex::new(()),
        }
    }

    /// Returns the limits.
    pub fn limits(&self) -> &ImageLimits {
        &self.limits
    }

    /// Counts one archive entry.
    ///
    /// # Errors
    ///
    /// If the image has more entries than the limit.
    pub fn entry(&self) -> Result<(), ImageFault> {
        let limit = self.limits.entries;
        if self.entries.fetch_add(1, Ordering::Relaxed) >= limit {
            return Err(ImageFault::limit(format!("the image has more than {limit} archive entries")));
        }
        Ok(())
    }

    pub(crate) fn unpacked(&self, bytes: u64) -> Result<(), ImageFault> {
        let limit = self.limits.unpacked;
        let before = self.unpacked.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) > limit {
            return Err(ImageFault::limit(format!("the layers unpack to more than {limit} bytes")));
        }
        Ok(())
    }

    /// Counts bytes that are kept in memory.
    ///
    /// # Errors
    ///
    /// If more bytes are kept than the limit.
    pub fn keep(&self, bytes: usize) -> Result<(), ImageFault> {
        let limit = self.limits.kept;
        let bytes = bytes as u64;
        let before = self.kept.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) > limit {
            return Err(ImageFault::limit(format!(
                "links, package databases and facts of libraries require more than {limit} bytes"
            )));
        }
        Ok(())
    }

    /// Counts steps of work and returns whether the limit is not exceeded. After the limit the caller stops, and
    /// [`within_steps`](Self::within_steps) reports the error.
    pub(crate) fn step(&self, steps: usize) -> bool {
        let steps = steps as u64;
        self.steps.fetch_add(steps, Ordering::Relaxed).saturating_add(steps) <= self.limits.steps
    }

    pub(crate) fn within_steps(&self) -> Result<(), ImageFault> {
        let limit = self.limits.steps;
        if self.steps.load(Ordering::Relaxed) > limit {
            return Err(ImageFault::limit(format!(
                "its links and directories require more than {limit} steps"
            )));
        }
        Ok(())
    }

    /// Locked while a whole database is in memory, so that layers that are read in parallel have only one in memory.
    pub(crate) fn whole_file(&self) -> MutexGuard<'_, ()> {
        self.whole.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
