//! CPython's stable ABI ([PEP 384](https://peps.python.org/pep-0384/), 652): the first minor version with each name.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Deserialize)]
struct Raw {
    newest: String,
    names: BTreeMap<String, Vec<String>>,
}

/// The names of the stable ABI.
#[derive(Debug)]
pub struct StableAbi {
    newest: u32,
    first: HashMap<String, u32>,
}

/// Whether a name is part of the stable ABI of one minor version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stability {
    /// It is part of it.
    Stable,
    /// It is part of it since a later minor version.
    Since(u32),
    /// It is not part of it in any version.
    Never,
    /// The minor version is newer than the table.
    Unknown,
}

fn minor(text: &str) -> Option<u32> {
    text.strip_prefix("3.")?.parse().ok()
}

static TABLE: LazyLock<StableAbi> = LazyLock::new(|| {
    let raw: Result<Raw, _> = serde_json::from_str(wheelbase_data::STABLE_ABI);
    let raw = raw.expect("a test checks the embedded table");
    let names = raw.names.into_iter().filter_map(|(first, names)| Some((minor(&first)?, names)));
    StableAbi {
        newest: minor(&raw.newest).unwrap_or_default(),
        first: names.flat_map(|(first, names)| names.into_iter().map(move |name| (name, first))).collect(),
    }
});

impl StableAbi {
    /// Returns the embedded table.
    pub fn table() -> &'static Self {
        &TABLE
    }

    /// Returns whether a name is part of the stable ABI of CPython 3.`minor`.
    pub fn stability(&self, name: &str, minor: u32) -> Stability {
        match self.first.get(name) {
            Some(&first) if first <= minor => Stability::Stable,
            Some(&first) => Stability::Since(first),
            None if minor > self.newest => Stability::Unknown,
            None => Stability::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Documentation of CPython, "C API Stability", contents of the limited API.
    #[test]
    fn names_have_their_first_minor_version() {
        let table = StableAbi::table();
        assert_eq!(table.stability("PyList_New", 2), Stability::Stable);
        assert_eq!(table.stability("PyObject_GetBuffer", 10), Stability::Since(11));
        assert_eq!(table.stability("PyObject_GetBuffer", 11), Stability::Stable);
        assert_eq!(table.stability("PyUnicode_AsUTF8AndSize", 10), Stability::Stable);
        assert_eq!(table.stability("_PyLong_AsByteArray", 12), Stability::Never);
        assert_eq!(table.stability("PyList_Invented", 99), Stability::Unknown);
        assert!(table.first.len() > 900 && table.newest >= 13);
        assert!(table.first.values().all(|&first| (2..=table.newest).contains(&first)));
    }
}
