//! The table of codes, one file an area.

mod build;
mod dockerfile;
mod elf;
mod image;
mod installed;
mod lock;
mod resolution;

use super::CodeInfo;

/// All tables.
pub(super) fn tables() -> impl Iterator<Item = &'static [CodeInfo]> {
    [
        resolution::CODES,
        build::CODES,
        elf::CODES,
        image::CODES,
        installed::CODES,
        dockerfile::CODES,
        lock::CODES,
    ]
    .into_iter()
}
