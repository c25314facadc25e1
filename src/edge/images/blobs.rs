//! Blobs by digest, wherever they are.

use std::io::Read;

use crate::error::Error;
use crate::image::read::{Descriptor, Digest, Fault};

/// A store of blobs.
pub(super) trait Blobs: Sync {
    /// A document that fits into memory, its digest verified. `manifest` tells manifests and indexes from
    /// configurations, which registries keep under different addresses.
    fn document(&self, descriptor: &Descriptor, manifest: bool) -> Result<Vec<u8>, Error>;

    /// The bytes of a layer as they are stored; who reads them checks length and digest.
    fn layer(&self, descriptor: &Descriptor) -> Result<Box<dyn Read + Send + '_>, Error>;

    /// Whether a layer that broke off should be asked for again.
    fn may_retry(&self) -> bool {
        false
    }
}

/// Reads a document of known size and digest.
pub(super) fn document(reader: impl Read, digest: &Digest, size: u64, limit: u64) -> Result<Vec<u8>, Fault> {
    if size > limit {
        return Err(Fault::limit(format!("the document {digest} has {size} bytes, more than {limit}")));
    }
    let mut bytes = Vec::new();
    reader.take(limit).read_to_end(&mut bytes)?;
    digest.check(&bytes)?;
    Ok(bytes)
}
