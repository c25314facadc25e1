//! The tag engine: lists, ranks, reasons, file names and target files.

mod lists;
