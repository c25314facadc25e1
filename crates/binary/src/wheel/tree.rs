//! A directory that is being read. The caller finds and opens the files.

use std::io::{self, Read, Seek};

use super::facts::{Container, Member, ProblemKind, Recorded, WheelFacts};
use super::label::label;
use super::source::Seeking;
use super::unpack::ranges;
use crate::elf::ElfFacts;

/// The reader of an unpacked directory.
#[derive(Debug)]
pub struct TreeReading {
    facts: WheelFacts,
    found: Vec<(Member, Vec<u64>)>,
}

impl TreeReading {
    /// Returns a reader for the directory with this name, without any file.
    pub fn new(name: &str) -> Self {
        Self { facts: WheelFacts::new(Container::Directory, name, 0), found: Vec::new() }
    }

    /// Counts a file.
    pub fn count(&mut self, size: u64) {
        self.facts.files += 1;
        self.facts.size = self.facts.size.saturating_add(size);
    }

    /// Reads a file that starts with the ELF magic number. `path` uses `/` and is relative to the directory.
    ///
    /// # Errors
    ///
    /// If `reader` fails. An invalid ELF file is recorded as a problem instead.
    pub fn elf(&mut self, path: &str, size: u64, reader: impl Read + Seek) -> io::Result<()> {
        let read: Result<(ElfFacts, Vec<u64>), _> = ranges(&mut Seeking::new(reader), 0, size)?;
        match read {
            Ok((elf, exports)) => {
                let member = Member { path: path.to_owned(), size, recorded: Recorded::Unknown, elf };
                self.found.push((member, exports));
            }
            Err(fault) => self.facts.problem(ProblemKind::Unreadable, path, fault.to_string()),
        }
        Ok(())
    }

    /// Adds a symbolic link.
    pub fn link(&mut self, path: &str, target: &str) {
        self.facts.links.push((path.to_owned(), target.to_owned()));
    }

    /// Reads a `WHEEL` file.
    pub fn label(&mut self, path: &str, raw: &[u8]) {
        self.facts.labels.push(label(path, raw));
    }

    /// Records a file that could not be read.
    pub fn problem(&mut self, path: &str, detail: String) {
        self.facts.problem(ProblemKind::Unreadable, path, detail);
    }

    /// Returns the facts of everything added so far.
    pub fn finish(mut self) -> WheelFacts {
        self.facts.links.sort();
        self.facts.labels.sort_by(|one, other| one.path.cmp(&other.path));
        self.facts.finish(self.found);
        self.facts
    }
}
