//! Versions and specifiers ([PEP 440](https://peps.python.org/pep-0440/)), with the answers that
//! `packaging` gives.
//!
//! Versions are those of `pep440_rs`, whose order and normal form equal `packaging`'s. Its specifiers differ in
//! four ways (prefix matching, `===`, the edges of pre-releases, numbers above 64 bits), so [`Specifier`] is of
//! this crate.

mod lenient;
mod operator;
mod scan;
mod specifier;

pub(crate) use lenient::parse_repaired;
pub use operator::Operator;
pub use pep440_rs::Version;
pub use scan::{is_python_space, scan_specifier};
pub use specifier::{InvalidSpecifier, Specifier, SpecifierSet};
