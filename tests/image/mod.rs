//! Tests of this area.

mod catalogue;
mod catalogue_findings;
mod catalogue_libraries;
mod catalogue_names;
mod catalogue_profiles;
mod data;
mod read;
mod read_hostile;
mod read_layers;
mod read_packages;
mod read_python;
mod read_real;
pub(crate) mod read_registry;
pub(crate) mod read_sources;
mod read_stored;
pub(crate) mod read_support;
mod targets;
mod user;
