//! Reads the layers of a manifest in parallel and combines them in order.

use std::io::Read;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::error::{Error, ErrorKind};
use crate::image::read::{
    Decompressed, Descriptor, DetectedImage, Digest, DigestingReader, ExactReader, ImageConfig,
    ImageDocument, ImageFault, ImageManifest, Layer, Tree, WantedPaths, detect, drain,
};

use super::blobs::Blobs;
use super::job::Job;
use super::read_ahead::Ahead;

/// The number of layers that are read at the same time. Each has a decompression window and at most one library in
/// memory.
const PARALLEL: usize = 3;
/// How often a layer is requested again after an interrupted transfer.
const RETRIES: usize = 2;
/// Part of the key of each result. It changes when the detection finds more facts.
const RESULT_VERSION: u32 = 2;

/// Selects a manifest of the indexes and reads its image.
pub(super) fn image(blobs: &impl Blobs, start: &Descriptor, job: &Job) -> Result<DetectedImage, Error> {
    let mut descriptor = start.clone();
    // An index may contain indexes. Real images are not nested deeper than this.
    for _ in 0..4 {
        let bytes = blobs.document(&descriptor, true)?;
        match ImageDocument::parse(&bytes).map_err(|fault| job.error(fault))? {
            ImageDocument::Index(index) => {
                descriptor = index.choose(job.platform).map_err(|fault| job.error(fault))?.clone();
            }
            ImageDocument::Manifest(manifest) => {
                let digest = descriptor.digest().map_err(|fault| job.error(fault))?;
                return cached(job, digest.as_str(), digest.as_str(), || of_manifest(blobs, &manifest, job));
            }
        }
    }
    Err(job.error("its indexes are nested more than four deep"))
}

/// Returns the result for a digest, from the cache or by reading. The content of a digest never changes. `shown` is the
/// digest for messages.
pub(super) fn cached(
    job: &Job,
    digest: &str,
    shown: &str,
    read: impl FnOnce() -> Result<DetectedImage, Error>,
) -> Result<DetectedImage, Error> {
    // An image for another machine is an error, which reading it reports.
    let machine = job.platform.map_or("any", |(machine, _)| machine);
    let key = format!("image-{RESULT_VERSION}-{machine}-{}", digest.replace(':', "-"));
    if let Some(cache) = &job.options.cache {
        let kept = cache.get(&key).and_then(|bytes| serde_json::from_slice(&bytes).ok());
        if let Some(detected) = kept {
            return Ok(detected);
        }
    }
    let mut detected = read()?;
    detected.digest = Some(shown.to_owned());
    if let (Some(cache), Ok(bytes)) = (&job.options.cache, serde_json::to_vec(&detected)) {
        cache.put(&key, &bytes);
    }
    Ok(detected)
}

fn of_manifest(blobs: &impl Blobs, manifest: &ImageManifest, job: &Job) -> Result<DetectedImage, Error> {
    let kind = manifest.config.media_type.as_str();
    if !kind.is_empty() && !kind.contains("container.image") && !kind.contains("oci.image.config") {
        return Err(job.error(format!("it is not a container image: its type is `{}`", kind.escape_debug())));
    }
    let config =
        ImageConfig::parse(&blobs.document(&manifest.config, false)?).map_err(|fault| job.error(fault))?;
    check_platform(&config, job)?;
    let layers = collect(manifest.layers.len(), &config, job, |index| {
        let Some(descriptor) = manifest.layers.get(index) else {
            return Err(job.error("a layer is missing"));
        };
        read_layer(blobs, descriptor, &config, job)
            .map_err(|error| layer_error(job, index, &descriptor.digest, error))
    })?;
    let mut detected = finish(layers, &config, job)?;
    detected.packed_bytes = manifest.layers.iter().try_fold(0u64, |sum, layer| sum.checked_add(layer.size));
    Ok(detected)
}

/// Checks that the image is for the requested machine, even if there was no index to select from.
pub(super) fn check_platform(config: &ImageConfig, job: &Job) -> Result<(), Error> {
    let (Some((wanted, _)), Some(own)) = (job.platform, &config.architecture) else { return Ok(()) };
    if wanted == own {
        return Ok(());
    }
    Err(Error::input(format!("`{}` is an image for {}, not for {wanted}", job.name, own.escape_debug())))
}

pub(super) fn finish(layers: Vec<Layer>, config: &ImageConfig, job: &Job) -> Result<DetectedImage, Error> {
    let mut tree = Tree::within(Arc::clone(&job.budget));
    let mut unpacked = 0u64;
    for layer in layers {
        unpacked = unpacked.saturating_add(layer.unpacked);
        tree.apply(layer);
    }
    let mut detected = detect(&tree, config).map_err(|fault| job.error(fault))?;
    detected.unpacked_bytes = Some(unpacked);
    Ok(detected)
}

/// Why one layer could not be read.
pub(super) enum LayerFailure {
    Fault(ImageFault),
    Error(Error),
}

impl From<ImageFault> for LayerFailure {
    fn from(fault: ImageFault) -> Self {
        Self::Fault(fault)
    }
}

pub(super) fn layer_error(job: &Job, index: usize, name: &str, failure: LayerFailure) -> Error {
    match failure {
        LayerFailure::Error(error) => error,
        LayerFailure::Fault(fault) => {
            let kind = if fault.is_io() { ErrorKind::Io } else { ErrorKind::Data };
            let message = format!("`{}`, layer {} ({}): {fault}", job.name, index + 1, name.escape_debug());
            Error::new(kind, message).with_source(fault)
        }
    }
}

fn read_layer(
    blobs: &impl Blobs,
    descriptor: &Descriptor,
    config: &ImageConfig,
    job: &Job,
) -> Result<Layer, LayerFailure> {
    let mut attempt = 0;
    loop {
        let reader = ExactReader::new(blobs.layer(descriptor).map_err(LayerFailure::Error)?, descriptor.size);
        match layer(DigestingReader::new(reader, descriptor.digest()?), None, config, job) {
            Err(fault) if fault.is_io() && blobs.may_retry() && attempt < RETRIES => attempt += 1,
            other => return other.map_err(LayerFailure::Fault),
        }
    }
}

/// Reads a layer to its end. `plain` is the digest of the decompressed bytes, if it has to be checked.
///
/// Another thread fetches and hashes the bytes that this one decompresses: most images have one layer that is larger
/// than all others together, so reading layers in parallel is not enough.
pub(super) fn layer(
    packed: impl Read + Send,
    plain: Option<Digest>,
    config: &ImageConfig,
    job: &Job,
) -> Result<Layer, ImageFault> {
    std::thread::scope(|scope| unpack(Ahead::start(scope, packed), plain, config, job))
}

fn unpack(
    packed: impl Read,
    plain: Option<Digest>,
    config: &ImageConfig,
    job: &Job,
) -> Result<Layer, ImageFault> {
    let wanted = WantedPaths::from_environment(&config.env);
    let unpacked = Decompressed::new(packed, Arc::clone(&job.budget))?;
    match plain {
        None => {
            let (layer, mut unpacked) = Layer::collect_then(unpacked, &wanted, &job.budget)?;
            drain(&mut unpacked)?;
            drain(unpacked.into_inner())?;
            Ok(layer)
        }
        Some(expected) => {
            let unpacked = DigestingReader::new(unpacked, expected);
            let (layer, unpacked) = Layer::collect_then(unpacked, &wanted, &job.budget)?;
            drain(unpacked)?;
            Ok(layer)
        }
    }
}

/// Reads `count` layers, a few at a time, and returns them in order.
pub(super) fn collect(
    count: usize,
    config: &ImageConfig,
    job: &Job,
    read: impl Fn(usize) -> Result<Layer, Error> + Sync,
) -> Result<Vec<Layer>, Error> {
    let limit = job.limits().layers;
    if count > limit {
        return Err(job.error(format!("it has {count} layers, more than {limit}")));
    }
    if !config.diff_ids.is_empty() && config.diff_ids.len() != count {
        return Err(job.error(format!(
            "its manifest lists {count} layers, its configuration {}",
            config.diff_ids.len()
        )));
    }
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let results: Mutex<Vec<(usize, Result<Layer, Error>)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..PARALLEL.min(count) {
            scope.spawn(|| {
                while !failed.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        break;
                    }
                    let result = read(index);
                    if result.is_err() {
                        failed.store(true, Ordering::Relaxed);
                    }
                    if let Ok(mut results) = results.lock() {
                        results.push((index, result));
                    }
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    results.sort_by_key(|(index, _)| *index);
    let layers: Vec<Layer> = results.into_iter().map(|(_, result)| result).collect::<Result<_, _>>()?;
    if layers.len() < count {
        return Err(job.error("a layer was not read"));
    }
    Ok(layers)
}
