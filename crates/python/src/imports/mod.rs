//! What importing a wheel's packages runs, read from its Python files without running any.
//!
//! ELF files do not say which extension modules `import NAME` needs: one is imported at once, another only within
//! `try` or by a function that few call. The text of the package says it. [`ImportWalk`] follows the import statements
//! from the packages that a wheel brings; it is told which files there are, asks for the text of those that matter, and
//! ends in [`Imports`].
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

/// How surely something runs when a package is imported. The surest comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum How {
    /// Always.
    Certain,
    /// Under a condition that the text does not decide.
    Maybe,
    /// Within `try` or `suppress`: where it fails, the import goes on.
    Guarded,
    /// By a function that the import does not call.
    Lazy,
}

/// How something is reached from an import.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reached {
    /// How surely.
    pub how: How,
    /// The package whose import leads there.
    pub root: String,
    /// The module that imports or opens it.
    pub by: String,
}

/// What importing the packages of a wheel runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Imports {
    /// The packages and modules from which it starts: those of the project's own name, else all that are public.
    pub roots: Vec<String>,
    /// Modules that may be shared objects, by full name, as far as any import statement names them.
    pub natives: BTreeMap<String, Reached>,
    /// Where a library is opened by `ctypes` or the like, most surely, by the package whose import leads there.
    pub opens: BTreeMap<String, Reached>,
    /// Files that could not be read, or were too many; what nothing leads to may then be reached all the same.
    pub unread: usize,
}

/// Changes with the layout of the compact encoding and with the rules of reading.
const ENCODING: u32 = 1;

impl Imports {
    /// How a shared object is reached, by its path below site-packages.
    pub fn native(&self, path: &str) -> Option<&Reached> {
        self.natives.get(&module_of(path)?)
    }

    /// How surely a library is opened by `ctypes` or the like: by the import of one package, or of any.
    pub fn opens(&self, root: Option<&str>) -> Option<&Reached> {
        match root {
            Some(root) => self.opens.get(root),
            None => self.opens.values().min(),
        }
    }

    /// A compact encoding, for a cache keyed by the wheel's hash; `None` only if memory cannot be had.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        postcard::to_stdvec(&(ENCODING, self)).ok()
    }

    /// What [`to_bytes`](Self::to_bytes) gave; `None` if another version of the crate wrote it or it is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = postcard::take_from_bytes::<u32>(bytes).ok()?;
        (version == ENCODING).then(|| postcard::from_bytes(rest).ok()).flatten()
    }
}

/// The full name of the module that a path below site-packages would be: `a/b.abi3.so` is `a.b`.
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
