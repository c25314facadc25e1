//! Base images: the meaning of a name on a day, and the content of an image.
//!
//! [`Catalogue::profile`] uses only the tables in `data/images/`. The meaning of a tag changes, so a day is required.
//! Facts that are not in the tables are unknown. The profile contains the assumptions. The module [`read`] reads the
//! content of an image.
//!
//! ```
//! use wheelbase::image::Catalogue;
//!
//! let catalogue = Catalogue::default();
//! let image = "python:3.12-slim".parse()?;
//! let before = catalogue.profile(&image, "2025-08-11".parse()?, None)?;
//! let after = catalogue.profile(&image, "2025-08-12".parse()?, None)?;
//! assert_eq!(before.meaning, "3.12-slim-bookworm");
//! assert_eq!(after.summary(), "python:3.12-slim -> 3.12-slim-trixie, glibc 2.41, pip 25.0.1");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arch;
mod captured;
mod catalogue;
mod date;
mod dependencies;
mod development;
mod distribution;
mod end_of_life;
mod family;
mod image_development;
mod json;
mod libraries;
mod note;
mod package_manager;
mod packages;
mod profile;
pub mod read;
mod reference;
mod render;
pub mod sizes;
mod target_file;
mod unverified;
mod user;

pub use arch::{platform, published_name};
pub use catalogue::libraries_of_target;
pub use catalogue::{Catalogue, UnknownImage};
pub use date::{Date, InvalidDate};
pub use dependencies::PackageInstallation;
pub use development::{Available, Development};
pub use end_of_life::{EndOfLife, EndOfLifeOf};
pub use family::ImageFamily;
pub use image_development::development_packages_along;
pub use libraries::{Defined, Library, LibrarySet, Nodes, Presence};
pub use note::Note;
pub use package_manager::PackageManager;
pub use packages::{
    BuildTool, DevelopmentPackage, OpenedBy, build_tool, development_packages, is_leaf_package, links_to,
    opened_by, packages_along, recommended, tools_of,
};
pub use packages::{InstallLine, SonamePackage, install_line, is_packaged, package_of, sonames_of};
pub use profile::{
    Assumption, CompilerPresence, Dates, ExternallyManagedFile, ImageEnvironment, ImageLibc, ImagePip,
    ImageProfile, ImagePython, NoTarget, Os, Published, Size, Source, TargetOptions,
};
pub use reference::{ImageRef, InvalidImageRef};
pub use sizes::SizeOf;
pub use target_file::{TargetFormat, parse_target};
pub use unverified::Unverified;
pub use user::UserImages;
