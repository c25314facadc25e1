//! Stores of blobs.

use std::io::Read;

use crate::error::Error;
use crate::image::read::{Descriptor, Digest, ImageFault};

/// A store of blobs.
pub(super) trait Blobs: Sync {
    /// Returns a document after its digest was verified. `manifest` is true for manifests and indexes, which registries
    /// have at other URLs than configurations.
    fn document(&self, descriptor: &Descriptor, manifest: bool) -> Result<Vec<u8>, Error>;

    /// Returns the stored bytes of a layer. The caller checks length and digest.
    fn layer(&self, descriptor: &Descriptor) -> Result<Box<dyn Read + Send + '_>, Error>;

    /// Returns whether a layer is requested again after an interrupted transfer.
    fn may_retry(&self) -> bool {
        false
    }
}

/// Reads a document of known size and digest.
pub(super) fn document(
    reader: impl Read,
    digest: &Digest,
    size: u64,
    limit: u64,
) -> Result<Vec<u8>, ImageFault> {
    if size > limit {
        return Err(ImageFault::limit(format!("the document {digest} has {size} bytes, more than {limit}")));
    }
    let mut bytes = Vec::new();
    reader.take(limit).read_to_end(&mut bytes)?;
    digest.check(&bytes)?;
    Ok(bytes)
}
