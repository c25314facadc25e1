//! Tests of this area.

mod read;
mod read_support;
