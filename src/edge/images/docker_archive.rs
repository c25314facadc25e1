//! The archives of `docker save`, old and new.
//!
//! Both have a `manifest.json` that lists the members of the configuration and the layers. Old: `<hash>.json` and
//! `<hash>/layer.tar`, where a layer shared with another image is a link. New (Docker 25 and later): blobs of an OCI
//! layout. <https://github.com/moby/moby/blob/master/image/spec/spec.md>, section "Combined Image JSON + Filesystem
//! Changeset Format".

use std::collections::HashMap;
use std::path::Path;

use crate::error::Error;
use crate::image::read::{DetectedImage, Digest, DockerArchiveEntry, ImageConfig};

use super::archive::Archive;
use super::assemble::{self, LayerFailure};
use super::job::Job;

/// `docker-archive:FILE[:REFERENCE]`
pub(super) fn read(file: &Path, reference: Option<&str>, job: &Job) -> Result<DetectedImage, Error> {
    let archive = Archive::open(file, job)?;
    if !archive.has("manifest.json") {
        let hint = if archive.has("index.json") { "; `oci-archive:` reads it" } else { "" };
        let message = format!(
            "`{}` is not an archive of `docker save`: it has no `manifest.json`{hint}",
            file.display()
        );
        return Err(Error::input(message));
    }
    let manifest = archive.text("manifest.json", job.limits().manifest)?;
    let entries = DockerArchiveEntry::parse(&manifest).map_err(|fault| job.error(fault))?;
    let entry = choose(&entries, reference, job)?;
    let config_bytes = archive.text(&entry.config, job.limits().manifest)?;
    let config_digest = Digest::of(&config_bytes);
    // In both formats the configuration is named after its digest.
    if let Some(stated) = named_digest(&entry.config) {
        stated.check(&config_bytes).map_err(|fault| job.error(format!("`{}`: {fault}", entry.config)))?;
    }
    let config = ImageConfig::parse(&config_bytes).map_err(|fault| job.error(fault))?;
    assemble::check_platform(&config, job)?;
    let content = content_digest(&archive, &config_digest, &entry.layers, job)?;
    assemble::cached(job, content.as_str(), config_digest.as_str(), || {
        let layers = assemble::collect(entry.layers.len(), &config, job, |index| {
            let name = entry.layers.get(index).map(String::as_str).unwrap_or_default();
            let failed = |failure| assemble::layer_error(job, index, name, failure);
            // The names of old layers are not their digests, and new layers may be compressed. The configuration lists
            // the digests of the decompressed bytes for both.
            let plain = config.diff_ids.get(index).map(|text| text.parse::<Digest>()).transpose();
            let plain = plain.map_err(|fault| failed(LayerFailure::Fault(fault)))?;
            let (section, _) = archive.member(name)?;
            assemble::layer(section, plain, &config, job).map_err(|fault| failed(LayerFailure::Fault(fault)))
        })?;
        assemble::finish(layers, &config, job)
    })
}

/// Returns a digest of everything that affects the result. The digest of the configuration is not enough: it may not
/// list the layers, and an archive may contain other ones.
fn content_digest(archive: &Archive, config: &Digest, layers: &[String], job: &Job) -> Result<Digest, Error> {
    if job.options.cache.is_none() {
        return Ok(config.clone());
    }
    let mut all = config.as_str().to_owned();
    let mut seen: HashMap<&str, Digest> = HashMap::new();
    for name in layers.iter().take(job.limits().layers) {
        let digest = match seen.get(name.as_str()) {
            Some(digest) => digest.clone(),
            None => {
                let (section, _) = archive.member(name)?;
                let digest = Digest::of_reader(section).map_err(|fault| job.error(fault))?;
                seen.insert(name, digest.clone());
                digest
            }
        };
        all.push(' ');
        all.push_str(digest.as_str());
    }
    Ok(Digest::of(all.as_bytes()))
}

fn choose<'a>(
    entries: &'a [DockerArchiveEntry],
    reference: Option<&str>,
    job: &Job,
) -> Result<&'a DockerArchiveEntry, Error> {
    let tags = |entry: &'a DockerArchiveEntry| entry.repo_tags.iter().flatten().map(String::as_str);
    match (reference, entries) {
        (None, [only]) => Ok(only),
        (None, []) => Err(job.error("the archive contains no image")),
        (None, several) => {
            let names: Vec<&str> = several.iter().flat_map(tags).collect();
            Err(Error::input(format!(
                "`{}` contains several images; expected one of {}",
                job.name,
                names.join(", ")
            )))
        }
        (Some(reference), _) => {
            // A name without tag means `latest`; the prefix of Docker Hub is optional.
            let short = |name: &str| {
                let name = name.strip_prefix("docker.io/").unwrap_or(name);
                let name = name.strip_prefix("library/").unwrap_or(name);
                let tagged = name.rsplit('/').next().is_some_and(|last| last.contains(':'));
                if tagged { name.to_owned() } else { format!("{name}:latest") }
            };
            let wanted = short(reference);
            entries.iter().find(|entry| tags(entry).any(|tag| short(tag) == wanted)).ok_or_else(|| {
                let names: Vec<&str> = entries.iter().flat_map(tags).collect();
                Error::input(format!(
                    "`{}`: the image was not found; the archive contains: {}",
                    job.name,
                    names.join(", ")
                ))
            })
        }
    }
}

/// `<hex>.json` or `blobs/sha256/<hex>`
fn named_digest(name: &str) -> Option<Digest> {
    let last = name.rsplit('/').next().unwrap_or(name);
    Digest::from_sha256_hex(last.strip_suffix(".json").unwrap_or(last))
}
