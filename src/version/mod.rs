//! Versions and specifiers ([PEP 440](https://peps.python.org/pep-0440/)), with the answers that
//! `packaging` gives.

mod specifier;

pub use pep440_rs::Version;
pub use specifier::{InvalidSpecifier, Operator, Specifier, SpecifierSet};
