//! The tag engine: lists, ranks, reasons, file names and target files.

mod lists;
mod names;
mod properties;
mod reasons;
mod spec;
