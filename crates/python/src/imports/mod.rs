//! The effects of importing the packages of a wheel, read from its Python files without running them.
//!
//! ELF files do not record which extension modules `import NAME` requires: some are imported always, others only within
//! `try` or by a function. [`ImportWalk`] follows the import statements from the packages of a wheel. The caller passes the
//! list of files and supplies the requested texts; the result is [`Imports`].
//!
//! ```
//! use wheelbase::imports::{How, ImportWalk};
//!
//! let files = ["demo/__init__.py", "demo/_fast.abi3.so", "demo/_core.cpython-312-x86_64-linux-gnu.so"];
//! let mut walk = ImportWalk::new("demo", files);
//! assert_eq!(walk.wants(), ["demo/__init__.py"]);
//! walk.give("demo/__init__.py", Some(b"from . import _core\ntry:\n    from . import _fast\nexcept ImportError: pass"));
//! assert!(walk.wants().is_empty());
//! let imports = walk.finish();
//! assert_eq!(imports.native("demo/_core.cpython-312-x86_64-linux-gnu.so").map(|one| one.how), Some(How::Certain));
//! assert_eq!(imports.native("demo/_fast.abi3.so").map(|one| one.how), Some(How::Guarded));
//! ```

mod condition;
mod constants;
mod effects;
mod flow;
mod lines;
mod reach;
mod scan;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use reach::ImportWalk;

/// How certain it is that something runs when a package is imported. The most certain is first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum How {
    /// Always.
    Certain,
    /// Under an unknown condition.
    Maybe,
    /// Within `try` or `suppress`: the import continues if it fails.
    Guarded,
    /// In a function that the import does not call.
    Lazy,
}

/// How something is reached from an import.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reached {
    /// How certain it is.
    pub how: How,
    /// The package that is imported first.
    pub root: String,
    /// The module that imports or opens it.
    pub by: String,
}

/// The effects of importing the packages of a wheel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Imports {
    /// The packages and modules that are imported first: those with the name of the project, otherwise all public ones.
    pub roots: Vec<String>,
    /// The imported modules that may be shared objects, by full name.
    pub natives: BTreeMap<String, Reached>,
    /// The most certain use of `ctypes` or a similar function to open a library, by the package that is imported first.
    pub opens: BTreeMap<String, Reached>,
    /// The number of files that were not read. If it is not 0, more modules may be imported.
    pub unread: usize,
}

/// The version of the compact encoding and of the rules of reading.
const ENCODING: u32 = 1;

impl Imports {
    /// Returns how a shared object is imported, by its path relative to site-packages.
    pub fn native(&self, path: &str) -> Option<&Reached> {
        self.natives.get(&module_of(path)?)
    }

    /// Returns how a library is opened by `ctypes` or a similar function, by the import of one package or of any.
    pub fn opens(&self, root: Option<&str>) -> Option<&Reached> {
        match root {
            Some(root) => self.opens.get(root),
            None => self.opens.values().min(),
        }
    }

    /// Returns a compact encoding, for a cache by the hash of the wheel; `None` if memory cannot be allocated.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        postcard::to_stdvec(&(ENCODING, self)).ok()
    }

    /// Decodes the result of [`to_bytes`](Self::to_bytes); `None` if another version of the crate wrote it or it is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = postcard::take_from_bytes::<u32>(bytes).ok()?;
        (version == ENCODING).then(|| postcard::from_bytes(rest).ok()).flatten()
    }
}

/// Returns the full name of the module with this path relative to site-packages: `a/b.abi3.so` is `a.b`.
pub(crate) fn module_of(path: &str) -> Option<String> {
    let (directory, file) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, rest) = file.split_once('.')?;
    if rest != "py" && rest != "so" && !rest.ends_with(".so") {
        return None;
    }
    let mut parts: Vec<&str> = directory.split('/').filter(|part| !part.is_empty()).collect();
    if stem != "__init__" {
        parts.push(stem);
    }
    let names = |part: &&str| {
        let mut letters = part.chars();
        letters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
            && letters.all(|next| next == '_' || next.is_alphanumeric())
    };
    (!parts.is_empty() && parts.iter().all(names)).then(|| parts.join("."))
}
