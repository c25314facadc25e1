//! Tests of this area.

mod catalogue;
mod data;
mod read;
mod read_hostile;
mod read_real;
mod read_registry;
mod read_sources;
mod read_support;
mod user;
