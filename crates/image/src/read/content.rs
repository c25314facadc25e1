//! What is kept of the files of an image.

use std::sync::Arc;

use super::databases::PackageDatabase;
use super::elf::ElfDigest;
use super::loader_cache::LoaderCache;

/// Something at a path that detection can use.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    File(Arc<Content>),
    /// The target as written.
    Symlink(String),
    /// The target's path from the root.
    HardLink(String),
}

/// What was kept of a file.
#[derive(Debug)]
pub(crate) enum Content {
    Present,
    Text(String),
    Elf(ElfDigest),
    /// A program that begins with `#!` and this line.
    Script(String),
    Packages(PackageDatabase),
    LoaderCache(LoaderCache),
    /// Compiled members of an installation record.
    Record(Vec<String>),
    /// It is there, but this is why nothing can be said of it.
    Unreadable(String),
}

impl Content {
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Present => 0,
            Self::Text(text) | Self::Script(text) | Self::Unreadable(text) => text.len(),
            Self::Elf(facts) => facts.weight(),
            // Counted while they were read, one by one.
            Self::Packages(_) | Self::LoaderCache(_) | Self::Record(_) => 0,
        }
    }
}

impl Node {
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::File(content) => content.weight(),
            Self::Symlink(target) | Self::HardLink(target) => target.len(),
        }
    }
}
