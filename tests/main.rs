//! All integration tests, in one binary.

mod cli;
mod dockerfile;
mod elf;
mod image;
mod index;
mod language;
mod load;
mod resolve;
mod tags;
