//! File formats that several crates of wheelbase read.

pub mod zip;
