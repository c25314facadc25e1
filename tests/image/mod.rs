//! Tests of this area.

mod catalogue;
mod data;
mod read;
mod read_hostile;
mod read_real;
pub(crate) mod read_registry;
pub(crate) mod read_sources;
pub(crate) mod read_support;
mod targets;
mod user;
