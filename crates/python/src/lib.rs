//! Readers of the files of Python projects and package indexes: index pages, source distributions, lock files,
//! requirements files, `pyproject.toml`, and the import statements of Python code.
//!
//! The functions convert bytes and text to values. Nothing is executed, and nothing is fetched.

pub mod imports;
pub mod index;
pub mod lock;
pub mod metadata;
pub mod requirements;
pub mod sdist;
