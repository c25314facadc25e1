//! An image in a tar file: the positions of its members, and their bytes.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, ErrorKind};
use crate::image::read::{Decompressed, ImageFault, TarKind, TarReader};

use super::job::Job;
use wheelbase_formats::limits;

/// An archive and its members.
pub(super) struct Archive {
    path: PathBuf,
    file: File,
    members: HashMap<String, Member>,
}

enum Member {
    /// Where its bytes start, and how many there are.
    File(u64, u64),
    /// A path from the archive's root; old `docker save` names a layer twice this way.
    Link(String),
}

impl Archive {
    /// Lists the members. A compressed archive (`docker save | gzip`) is first decompressed to an unnamed file,
    /// because its layers are read in another order than they are stored.
    pub(super) fn open(path: &Path, job: &Job) -> Result<Self, Error> {
        let kind = std::fs::metadata(path).map_err(|error| Error::io(path, error))?;
        if kind.is_dir() {
            return Err(Error::input(format!("`{}` is a directory, not an archive", path.display())));
        }
        // Layers are read in another order than they are stored, and a pipe may never end.
        if !kind.is_file() {
            return Err(Error::input(format!("`{}` is not a regular file", path.display())));
        }
        let file = File::open(path).map_err(|error| Error::io(path, error))?;
        let file = plain(file, path, job)?;
        let fault = |fault: ImageFault| {
            let kind = if fault.is_io() { ErrorKind::Io } else { ErrorKind::Data };
            Error::new(kind, format!("`{}`: {fault}", path.display())).with_source(fault)
        };
        let members = list(&file, job).map_err(fault)?;
        Ok(Self { path: path.to_owned(), file, members })
    }

    /// Returns the bytes of a member.
    pub(super) fn member(&self, name: &str) -> Result<(FileSection<'_>, u64), Error> {
        let mut at = name.to_owned();
        for _ in 0..limits::IMAGE_ARCHIVE_LINKS {
            match self.members.get(&at) {
                Some(Member::File(start, size)) => {
                    return Ok((FileSection { file: &self.file, position: *start, left: *size }, *size));
                }
                Some(Member::Link(target)) => at.clone_from(target),
                None => {
                    let through =
                        if at == name { String::new() } else { format!(", to which `{name}` is a link") };
                    return Err(
                        self.error(format!("the archive does not contain `{}`{through}", at.escape_debug()))
                    );
                }
            }
        }
        Err(self.error(format!("the links from `{}` form a loop", name.escape_debug())))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// Returns a small member.
    pub(super) fn text(&self, name: &str, limit: u64) -> Result<Vec<u8>, Error> {
        let (section, size) = self.member(name)?;
        if size > limit {
            return Err(self.error(format!("`{name}` has {size} bytes, more than {limit}")));
        }
        let mut bytes = Vec::new();
        section.take(limit).read_to_end(&mut bytes).map_err(|error| Error::io(&self.path, error))?;
        Ok(bytes)
    }

    fn error(&self, message: impl std::fmt::Display) -> Error {
        Error::new(ErrorKind::Data, format!("`{}`: {message}", self.path.display()))
    }
}

fn plain(mut file: File, path: &Path, job: &Job) -> Result<File, Error> {
    let failed = |error| Error::io(path, error);
    let mut head = [0; 4];
    let length = file.read_at(&mut head, 0).map_err(failed)?;
    let head = head.get(..length).unwrap_or_default();
    if !(head.starts_with(&[0x1f, 0x8b]) || head == [0x28, 0xb5, 0x2f, 0xfd]) {
        return Ok(file);
    }
    let folder = job.options.cache.as_ref().and_then(|cache| cache.folder());
    let mut unpacked = match folder.as_ref().or(job.options.scratch.as_ref()) {
        Some(folder) => tempfile::tempfile_in(folder).map_err(|error| Error::io(folder, error))?,
        None => tempfile::tempfile().map_err(|error| Error::io(&std::env::temp_dir(), error))?,
    };
    file.rewind().map_err(failed)?;
    let mut reader = Decompressed::new(&file, Arc::clone(&job.budget)).map_err(|fault| job.error(fault))?;
    let mut buffer = vec![0; 256 << 10];
    loop {
        let length = reader.read(&mut buffer).map_err(|error| job.error(ImageFault::from(error)))?;
        if length == 0 {
            break;
        }
        unpacked.write_all(buffer.get(..length).unwrap_or_default()).map_err(failed)?;
    }
    Ok(unpacked)
}

fn list(file: &File, job: &Job) -> Result<HashMap<String, Member>, ImageFault> {
    let size = file.metadata().map_err(ImageFault::from)?.len();
    let mut tar = TarReader::new(SeekableFile { file, position: 0, size }, *job.limits());
    let mut members = HashMap::new();
    while let Some(entry) = tar.next_entry_seeking()? {
        job.budget.entry()?;
        let name = member_name(&entry.path)?;
        let directory = name.rsplit_once('/').map_or("", |(directory, _)| directory);
        let member = match entry.kind {
            TarKind::File => Member::File(tar.position()?, entry.size),
            TarKind::Symlink(target) => Member::Link(relative(directory, &target, &name)?),
            TarKind::HardLink(target) => Member::Link(relative("", &target, &name)?),
            _ => continue,
        };
        job.budget.keep(96 + name.len())?;
        members.insert(name, member);
    }
    Ok(members)
}

fn member_name(path: &[u8]) -> Result<String, ImageFault> {
    relative("", path, "the archive")
}

/// Returns the target of a link inside the archive. An absolute path or one outside of the archive is an error.
fn relative(directory: &str, target: &[u8], from: &str) -> Result<String, ImageFault> {
    let target = String::from_utf8_lossy(target);
    let leaves = || {
        ImageFault::damaged(format!(
            "`{}` points to `{}`, which is outside of the archive",
            from.escape_debug(),
            target.escape_debug()
        ))
    };
    if target.starts_with('/') {
        return Err(leaves());
    }
    let mut parts: Vec<&str> = directory.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop().ok_or_else(leaves)?;
            }
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

/// The bytes of one member. Several are read at one time, each with its own position.
pub(super) struct FileSection<'a> {
    file: &'a File,
    position: u64,
    left: u64,
}

impl Read for FileSection<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let length = self.file.read_at(buffer.get_mut(..wanted).unwrap_or_default(), self.position)?;
        self.position += length as u64;
        self.left -= length as u64;
        Ok(length)
    }
}

/// A file that is read from its start. Content is skipped by seeking.
pub(super) struct SeekableFile<'a> {
    file: &'a File,
    position: u64,
    size: u64,
}

impl Read for SeekableFile<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read_at(buffer, self.position)?;
        self.position += length as u64;
        Ok(length)
    }
}

impl Seek for SeekableFile<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(target) => Some(target),
            SeekFrom::Current(step) => self.position.checked_add_signed(step),
            SeekFrom::End(step) => self.size.checked_add_signed(step),
        };
        // A position after the end means that the archive is truncated.
        self.position = target
            .filter(|target| *target <= self.size)
            .ok_or_else(|| io::Error::from(ImageFault::damaged("tar: the archive ends within an entry")))?;
        Ok(self.position)
    }
}
