//! How much of an image is read before it is refused.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use wheelbase_formats::limits;

use super::fault::Fault;

/// Hard limits on one image. The defaults admit every published image known to us with room to spare; an image
/// beyond them is refused with the limit in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Archive entries over all layers.
    pub entries: u64,
    /// Unpacked bytes over all layers.
    pub unpacked: u64,
    /// Unpacked bytes for each packed byte, counted once a layer has passed [`Limits::ratio_from`].
    pub ratio: u64,
    /// Unpacked bytes of a layer from which on [`Limits::ratio`] is asked.
    pub ratio_from: u64,
    /// Bytes in one path or link target.
    pub path_bytes: usize,
    /// Components in one path.
    pub path_depth: usize,
    /// Bytes of a text file or package database that detection reads.
    pub text: u64,
    /// Bytes kept in memory for detection, over all layers.
    pub kept: u64,
    /// Steps of laying layers over each other and of looking paths up: parts of paths, links followed, names listed.
    pub steps: u64,
    /// Layers.
    pub layers: usize,
    /// Bytes of a manifest, an index or a configuration.
    pub manifest: u64,
}

impl Default for Limits {
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

/// What has been used of the [`Limits`]; shared by the layers of one image, which are read side by side.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    entries: AtomicU64,
    unpacked: AtomicU64,
    kept: AtomicU64,
    steps: AtomicU64,
    whole: Mutex<()>,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Budget {
    /// Nothing used yet.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            entries: AtomicU64::new(0),
            unpacked: AtomicU64::new(0),
            kept: AtomicU64::new(0),
            steps: AtomicU64::new(0),
            whole: Mutex::new(()),
        }
    }

    /// The limits themselves.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Counts one archive entry.
    ///
    /// # Errors
    ///
    /// If the image has more entries than the limit.
    pub fn entry(&self) -> Result<(), Fault> {
        let limit = self.limits.entries;
        if self.entries.fetch_add(1, Ordering::Relaxed) >= limit {
            return Err(Fault::limit(format!("the image has more than {limit} archive entries")));
        }
        Ok(())
    }

    pub(crate) fn unpacked(&self, bytes: u64) -> Result<(), Fault> {
        let limit = self.limits.unpacked;
        let before = self.unpacked.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) > limit {
            return Err(Fault::limit(format!("the layers unpack to more than {limit} bytes")));
        }
        Ok(())
    }

    /// Counts bytes that are kept in memory.
    ///
    /// # Errors
    ///
    /// If more bytes are kept than the limit.
    pub fn keep(&self, bytes: usize) -> Result<(), Fault> {
        let limit = self.limits.kept;
        let bytes = bytes as u64;
        let before = self.kept.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) > limit {
            return Err(Fault::limit(format!(
                "links, package databases and library facts take more than {limit} bytes"
            )));
        }
        Ok(())
    }

    /// Counts steps of work. Once too many have been done it says no, and whoever asks stops where it is: the answer is
    /// thrown away by [`within_steps`](Self::within_steps) at the end.
    pub(crate) fn step(&self, steps: usize) -> bool {
        let steps = steps as u64;
        self.steps.fetch_add(steps, Ordering::Relaxed).saturating_add(steps) <= self.limits.steps
    }

    pub(crate) fn within_steps(&self) -> Result<(), Fault> {
        let limit = self.limits.steps;
        if self.steps.load(Ordering::Relaxed) > limit {
            return Err(Fault::limit(format!(
                "its links and directories take more than {limit} steps to walk through"
            )));
        }
        Ok(())
    }

    /// Held while a database lies in memory as a whole, so that layers read side by side hold one among them.
    pub(crate) fn whole_file(&self) -> MutexGuard<'_, ()> {
        self.whole.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
