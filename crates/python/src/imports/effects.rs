//! The effects of a Python file on other modules and libraries.

use std::collections::BTreeMap;

use super::How;

/// The effects of one file.
#[derive(Debug, Default)]
pub(crate) struct Scanned {
    /// The effects of importing the file.
    pub(super) items: Vec<Item>,
    /// The effects of calling each function of the file; methods are `Class.method`.
    pub(super) functions: BTreeMap<String, Vec<Item>>,
    /// Imports of names from other modules, by the local name.
    pub(super) bindings: BTreeMap<String, Import>,
}

/// One effect, and how certain it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Item {
    pub(super) how: How,
    pub(super) what: What,
}

/// What a statement does to other modules or libraries.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Import(Import),
    /// Calls a function of this file, or one that it imports.
    Call(String),
    /// Opens a library by `ctypes`, `cffi` or NumPy; with the name if it is a literal.
    Open(Option<String>),
}

/// An import: `from ..module import names` or `import module`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Import {
    /// The number of leading dots.
    pub(super) level: usize,
    pub(super) module: String,
    pub(super) names: Vec<String>,
}
