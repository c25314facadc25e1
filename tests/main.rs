//! All integration tests, in one binary.

#![allow(clippy::field_reassign_with_default, reason = "a test sets one field a line")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on says so by failing, and says what it skips"
)]

/// The folder of the repository.
macro_rules! root {
    () => {
        concat!(env!("CARGO_MANIFEST_DIR"), "/../..")
    };
}

mod cli;
mod dockerfile;
mod elf;
mod house;
mod image;
mod index;
mod language;
mod load;
mod messages;
mod readme;
mod reports;
mod resolve;
mod rules;
mod tags;
