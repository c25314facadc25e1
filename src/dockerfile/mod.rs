//! Dockerfiles: what is installed where.
#![allow(dead_code, unused_imports, reason = "TEMP")]

mod expand;
mod fault;
mod segment;
mod shell;
mod syntax;
mod value;

pub use fault::{DockerfileError, Fault};
