//! Limits on input from strangers.

/// Bytes of a zip archive's central directory. The largest known wheels have 2 MiB.
pub const ZIP_DIRECTORY_BYTES: u64 = 64 << 20;
/// Entries of an archive.
pub const ARCHIVE_ENTRIES: u64 = 500_000;
