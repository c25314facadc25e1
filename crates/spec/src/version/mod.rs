//! Versions and specifiers ([PEP 440](https://peps.python.org/pep-0440/)), with the same results as `packaging`.
//!
//! [`Version`] is the type of `pep440_rs`: its order and normal form equal those of `packaging`. The specifiers of
//! `pep440_rs` differ in four ways (prefix matching, `===`, bounds of pre-releases, numbers above 64 bits), so
//! [`Specifier`] is implemented here.

mod lenient;
mod operator;
mod scan;
mod specifier;

pub(crate) use lenient::parse_repaired;
pub use operator::Operator;
pub use pep440_rs::Version;
pub use scan::{is_python_space, scan_specifier};
pub use specifier::{InvalidSpecifier, Specifier, SpecifierSet};
