//! Readers of what Python projects and package indexes write: index pages, source distributions, lock files,
//! requirements files, `pyproject.toml`, and the import statements of Python code.
//!
//! Bytes and text in, values out. Nothing is executed, and nothing is fetched.

pub mod imports;
pub mod index;
pub mod lock;
pub mod metadata;
pub mod requirements;
pub mod sdist;
