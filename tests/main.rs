//! All integration tests, in one binary.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on says so by failing, and says what it skips"
)]

mod cli;
mod dockerfile;
mod elf;
mod image;
mod index;
mod language;
mod layering;
mod load;
mod readme;
mod resolve;
mod rules;
mod tags;
