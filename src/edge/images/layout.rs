//! The OCI image layout, as a directory and as an archive.
//!
//! <https://github.com/opencontainers/image-spec/blob/main/image-layout.md>

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};
use crate::image::read::{Descriptor, DetectedImage, Digest, ImageIndex, LayoutChoice, choose};

use super::archive::Archive;
use super::assemble;
use super::blobs::{self, Blobs};
use super::job::Job;

/// `oci:LAYOUT[:TAG]`
pub(super) fn read_folder(folder: &Path, tag: Option<&str>, job: &Job) -> Result<DetectedImage, Error> {
    let blobs = LayoutFolder { root: folder.to_owned(), job };
    let index = folder.join("index.json");
    let mut bytes = Vec::new();
    let file = ordinary_file(&index).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound if folder.is_dir() => {
            Error::input(format!("`{}` is not an OCI layout: it has no `index.json`", folder.display()))
        }
        _ => Error::io(&index, error),
    })?;
    file.take(job.limits().manifest).read_to_end(&mut bytes).map_err(|error| Error::io(&index, error))?;
    of_index(&blobs, &bytes, tag, job)
}

/// `oci-archive:FILE[:TAG]`
pub(super) fn read_archive(file: &Path, tag: Option<&str>, job: &Job) -> Result<DetectedImage, Error> {
    let archive = Archive::open(file, job)?;
    if !archive.has("index.json") {
        let hint = if archive.has("manifest.json") { "; `docker-archive:` reads it" } else { "" };
        return Err(Error::input(format!(
            "`{}` is not an OCI archive: it has no `index.json`{hint}",
            file.display()
        )));
    }
    let index = archive.text("index.json", job.limits().manifest)?;
    of_index(&LayoutArchive { archive, job }, &index, tag, job)
}

fn of_index(blobs: &impl Blobs, bytes: &[u8], tag: Option<&str>, job: &Job) -> Result<DetectedImage, Error> {
    let fault = |fault| job.error(fault);
    let index = ImageIndex::parse(bytes).map_err(fault)?;
    let chosen = match index.tagged(tag).map_err(fault)? {
        LayoutChoice::One(descriptor) => descriptor,
        LayoutChoice::Platforms(entries) => choose(&entries, job.platform).map_err(fault)?,
    };
    assemble::image(blobs, chosen, job)
}

/// Opens a regular file; a pipe may never end.
fn ordinary_file(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("this is not a regular file"));
    }
    File::open(path)
}

struct LayoutFolder<'a> {
    root: PathBuf,
    job: &'a Job,
}

impl LayoutFolder<'_> {
    fn open(&self, digest: &Digest, what: &str) -> Result<(File, PathBuf), Error> {
        let (algorithm, hex) = digest.parts();
        let path = self.root.join("blobs").join(algorithm).join(hex);
        let file = ordinary_file(&path).map_err(|error| {
            let message = format!("`{}`: its {what} `{}`: {error}", self.job.name, path.display());
            let absent = error.kind() == io::ErrorKind::NotFound;
            let kind = if absent { ErrorKind::NotFound } else { ErrorKind::Io };
            Error::new(kind, message).with_source(error)
        })?;
        Ok((file, path))
    }
}

impl Blobs for LayoutFolder<'_> {
    fn document(&self, descriptor: &Descriptor, manifest: bool) -> Result<Vec<u8>, Error> {
        let digest = digest(descriptor)?;
        let (file, path) = self.open(&digest, if manifest { "manifest" } else { "configuration" })?;
        blobs::document(file, &digest, descriptor.size, self.job.limits().manifest)
            .map_err(|fault| Error::new(ErrorKind::Data, format!("`{}`: {fault}", path.display())))
    }

    fn layer(&self, descriptor: &Descriptor) -> Result<Box<dyn Read + Send + '_>, Error> {
        let digest = digest(descriptor)?;
        let (file, _) = self.open(&digest, "layer")?;
        Ok(Box::new(file))
    }
}

struct LayoutArchive<'a> {
    archive: Archive,
    job: &'a Job,
}

impl Blobs for LayoutArchive<'_> {
    fn document(&self, descriptor: &Descriptor, _manifest: bool) -> Result<Vec<u8>, Error> {
        let digest = digest(descriptor)?;
        let (section, _) = self.archive.member(&member(&digest))?;
        blobs::document(section, &digest, descriptor.size, self.job.limits().manifest)
            .map_err(|fault| self.job.error(fault))
    }

    fn layer(&self, descriptor: &Descriptor) -> Result<Box<dyn Read + Send + '_>, Error> {
        let digest = digest(descriptor)?;
        let (section, _) = self.archive.member(&member(&digest))?;
        Ok(Box::new(section))
    }
}

fn member(digest: &Digest) -> String {
    let (algorithm, hex) = digest.parts();
    format!("blobs/{algorithm}/{hex}")
}

fn digest(descriptor: &Descriptor) -> Result<Digest, Error> {
    descriptor.digest().map_err(|fault| Error::new(ErrorKind::Data, fault.to_string()))
}
