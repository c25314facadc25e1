//! The kept parts of the files of an image.

use std::sync::Arc;

use super::databases::PackageDatabase;
use super::elf::ElfDigest;
use super::loader_cache::LoaderCache;

/// An entry that detection uses.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    File(Arc<Content>),
    /// The target as written.
    Symlink(String),
    /// The path of the target from the root.
    HardLink(String),
}

/// The kept part of a file.
#[derive(Debug)]
pub(crate) enum Content {
    Present,
    Text(String),
    Elf(ElfDigest),
    /// A script with this line after `#!`.
    Script(String),
    Packages(PackageDatabase),
    LoaderCache(LoaderCache),
    /// Compiled members of an installation record.
    Record(Vec<String>),
    /// It exists, but it could not be read, with the cause.
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
