//! What a real image holds, found out from its files alone: nothing is run, and the host is never looked at.
//!
//! An image is a stack of layers, and each layer is a tar stream. Reading goes in three steps, each a function of
//! its arguments:
//!
//! 1. [`Layer::collect`] turns one stream into the few entries that detection can use: links, package databases,
//!    ELF facts, Python metadata. Everything else is passed over.
//! 2. [`Tree::apply`] lays a layer over those below, with whiteouts and links as a container engine would.
//! 3. [`detect()`] answers from the finished tree: which libc, which Python, which libraries the loader finds.
//!
//! The effects (files, archives, registries) live in [`crate::edge::images`].
//!
//! Each fact in a [`DetectedImage`] is backed by an [`Evidence`] that names the file which spoke; what could not be
//! had stands in [`DetectedImage::undetermined`] with the reason.

mod bdb;
mod compression;
mod config;
mod content;
mod conversion;
mod databases;
mod detect;
mod detected;
mod digest;
mod distributions;
mod elf;
mod fault;
mod layer;
mod libc;
mod libraries;
mod limits;
mod loader;
mod loader_cache;
mod location;
mod machine;
mod ndb;
mod notes;
mod profile;
mod pythons;
mod record;
mod reference;
mod rpm;
mod search_path;
mod sqlite;
mod tar;
mod tree;
mod wanted;

pub use config::ImageConfig;
pub use conversion::TargetGap;
pub use detect::detect;
pub use detected::{
    Contradiction, DetectedImage, DetectedLibc, DetectedLibrary, DetectedPython, Evidence,
    InstalledDistribution, InstalledPackage, ManylinuxAnswers, OsRelease, PackageFormat, Undetermined,
};
pub use fault::Fault;
pub use layer::Layer;
pub use limits::{Budget, Limits};
pub use location::{ImageLocation, InvalidLocation};
pub use tree::Tree;

pub use compression::Decompressed;
pub use config::{Descriptor, DockerArchiveEntry, Document, ImageIndex, ImageManifest, LayoutChoice, choose};
pub use digest::{Digest, DigestingReader, ExactReader, drain};
pub use layer::Collector;
pub use machine::docker_platform;
pub use reference::RegistryReference;
pub use tar::{TarKind, TarReader};
pub use wanted::Wanted;
