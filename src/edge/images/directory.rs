//! `dir:ROOT`: a file system that lies unpacked in a folder.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};
use crate::image::read::{Collector, DetectedImage, Fault, ImageConfig, TarKind, Tree, Wanted, detect};

use super::Job;

/// Reads a folder as the one layer of an image without configuration. Links are taken as values and followed inside
/// the tree of values only, so that none leads to the machine's own files.
pub(super) fn read(root: &Path, job: &Job) -> Result<DetectedImage, Error> {
    let meta = fs::symlink_metadata(root).map_err(|error| Error::io(root, error))?;
    // The folder itself may be named through a link: it is what the user points at.
    let root = if meta.is_symlink() {
        fs::canonicalize(root).map_err(|error| Error::io(root, error))?
    } else {
        root.to_owned()
    };
    if !root.is_dir() {
        return Err(Error::input(format!("`{}` is not a folder", root.display())));
    }
    let wanted = Wanted::default();
    let mut collector = Collector::new(&wanted, &job.budget);
    let mut pending = vec![PathBuf::new()];
    while let Some(below) = pending.pop() {
        let folder = root.join(&below);
        let entries = fs::read_dir(&folder).map_err(|error| Error::io(&folder, error))?;
        for entry in entries {
            let entry = entry.map_err(|error| Error::io(&folder, error))?;
            let kind = entry.file_type().map_err(|error| Error::io(&entry.path(), error))?;
            let path = below.join(entry.file_name());
            let name = path.as_os_str().as_bytes();
            let fault = |fault: Fault| job.error(fault);
            // `.wh.` names are ordinary here, and their bytes would be taken for a deletion.
            if entry.file_name().as_bytes().starts_with(b".wh.") {
                continue;
            }
            if kind.is_symlink() {
                let target = fs::read_link(entry.path()).map_err(|error| Error::io(&entry.path(), error))?;
                let target = TarKind::Symlink(target.as_os_str().as_bytes().to_vec());
                collector.add(name, target, 0, &mut io::empty()).map_err(fault)?;
            } else if kind.is_dir() {
                collector.add(name, TarKind::Directory, 0, &mut io::empty()).map_err(fault)?;
                // What a running system shows there is not part of an image.
                if !["proc", "sys", "dev"].iter().any(|name| path == Path::new(name)) {
                    pending.push(path);
                }
            } else if kind.is_file() {
                let size = entry.metadata().map_err(|error| Error::io(&entry.path(), error))?.len();
                let mut content = Lazy { path: entry.path(), file: None };
                let added = collector.add(name, TarKind::File, size, &mut content);
                added.map_err(|fault| {
                    let kind = if fault.is_io() { ErrorKind::Io } else { ErrorKind::Data };
                    Error::new(kind, format!("`{}`: {fault}", content.path.display())).with_source(fault)
                })?;
            } else {
                collector.add(name, TarKind::Special, 0, &mut io::empty()).map_err(fault)?;
            }
        }
    }
    let layer = collector.finish();
    let unpacked = layer.unpacked;
    let mut tree = Tree::new();
    tree.apply(layer);
    let mut detected = detect(&tree, &ImageConfig::default());
    detected.unpacked_bytes = Some(unpacked);
    Ok(detected)
}

/// Opens the file when its first byte is asked for: few are.
struct Lazy {
    path: PathBuf,
    file: Option<File>,
}

impl Read for Lazy {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(File::open(&self.path)?),
        };
        file.read(buffer)
    }
}
