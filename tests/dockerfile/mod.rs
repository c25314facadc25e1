//! Dockerfiles and locks.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod check;
mod files;
mod hostile;
mod locks;
mod locks_faults;
mod locks_files;
mod render;
