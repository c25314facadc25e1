//! Detects the content of an image from its files. No program is run, and the host is not used.
//!
//! An image is a stack of layers, and each layer is a tar stream. There are three steps. Each is a function of
//! its arguments:
//!
//! 1. [`Layer::collect`] turns one stream into the few entries that detection can use: links, package databases,
//!    ELF facts, Python metadata. Everything else is skipped.
//! 2. [`Tree::apply`] applies a layer to those below, with whiteouts and links like a container engine.
//! 3. [`detect()`] determines the C library, the interpreters and the libraries that the loader finds.
//!
//! Files, archives and registries are opened by the caller.
//!
//! Each fact in a [`DetectedImage`] has an [`Evidence`] with its file. Unknown facts are in
//! [`DetectedImage::undetermined`] with the cause.

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
mod unknown_fact;
mod wanted;

pub use config::ImageConfig;
pub use conversion::TargetGap;
pub use detect::detect;
pub use detected::{
    Contradiction, DetectedImage, DetectedLibc, DetectedLibrary, DetectedPython, Evidence,
    InstalledDistribution, InstalledPackage, ManylinuxAnswers, OsRelease, PackageFormat,
};
pub use fault::ImageFault;
pub use layer::Layer;
pub use limits::{Budget, ImageLimits};
pub use location::{ImageLocation, InvalidLocation};
pub use tree::Tree;
pub use unknown_fact::{ImageFact, UnknownImageFact};

pub use compression::Decompressed;
pub use config::{
    Descriptor, DockerArchiveEntry, ImageDocument, ImageIndex, ImageManifest, LayoutChoice, choose,
};
pub use digest::{Digest, DigestingReader, ExactReader, drain};
pub use layer::Collector;
pub use machine::docker_platform;
pub use reference::RegistryReference;
pub use tar::{TarKind, TarReader};
pub use wanted::WantedPaths;
