//! Container base images.

pub mod read;
