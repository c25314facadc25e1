//! Core metadata inside of archives.

mod wheel;

pub use wheel::{WheelMetadata, find_wheel_metadata};
pub use wheelbase_formats::zip::{Ask, InvalidArchive, SparseBytes, ZipDirectory, ZipEntry};
pub use wheelbase_spec::metadata::*;
