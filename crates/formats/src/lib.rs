//! File formats that several crates of wheelbase read, and the limits on untrusted input.
//!
//! - [`document`]: TOML and JSON with the position of each value, so that all errors of a file are reported with line and
//!   column. Locks, project files, target files and configurations are read with it.
//! - [`zip`]: zip archives, whole or in ranges that are fetched over the network. A reader returns the next range that it
//!   needs instead of reading.
//! - [`glob`]: patterns of file names, as in `.dockerignore`, `COPY` and the shell.
//! - [`limits`]: the maximum sizes, depths and counts of all readers of the workspace.
//!
//! Nothing here opens a file or a connection.

pub mod document;
pub mod glob;
pub mod limits;
pub mod zip;
