//! The tag engine: lists, ranks, reasons, file names and target files.

pub(crate) mod lists;

mod names;
mod properties;
mod reasons;
mod spec;
