//! All integration tests, in one binary.

mod cli;
mod dockerfile;
mod elf;
mod image;
mod index;
mod language;
mod layering;
mod resolve;
mod rules;
mod tags;
