//! File formats that several crates of wheelbase read, and the limits on input from strangers.

pub mod document;
pub mod glob;
pub mod limits;
pub mod zip;
