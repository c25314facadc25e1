//! Everything with an effect: files, network, environment and clock.
//!
//! The rest of the crate works on values; here they are fetched.

pub mod images;
