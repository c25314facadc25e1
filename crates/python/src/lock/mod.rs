//! Lock files: pins and file lists that other tools have made.
//!
//! For a lock nothing is solved. [`Lock::parse`] reads one of five formats into one kind of value, and
//! [`Lock::select`] takes what a target, chosen extras and chosen groups leave of it. Which file of a package is
//! installed is then a matter of tags.

mod document;
mod graph;
mod json;
mod model;
mod pdm;
mod pipenv;
mod poetry;
mod project;
mod pylock;
mod select;
mod selection;
mod unknown;
mod uv;

use std::collections::BTreeMap;

use crate::lock::document::{Document, Node};
use crate::requirements::Fault;
use wheelbase_spec::marker::Marker;
use wheelbase_spec::name::{ExtraName, ProjectName};
use wheelbase_spec::source::Origin;
use wheelbase_spec::version::SpecifierSet;

pub use model::{LockError, LockFormat, LockSource, LockedDependency, LockedFile, LockedPackage};
pub use project::LockProject;
pub use select::{Refusal, Selected, SelectedPackage};
pub use selection::{Extras, Selection};
pub use unknown::{Fate, UnknownName};

/// Longer locks are refused.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// A lock that reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Lock {
    format: LockFormat,
    file: String,
    packages: Vec<LockedPackage>,
    requires_python: Option<SpecifierSet>,
    /// The places of `requires_python`, `environments`, and of the names of extras and groups.
    places: Places,
    /// Markers of which one must hold (PEP 751, `environments`; uv, `supported-markers`).
    environments: Vec<Marker>,
    extras: Vec<ExtraName>,
    groups: Vec<ExtraName>,
    default_groups: Vec<ExtraName>,
    /// What poetry's extras name.
    extra_roots: BTreeMap<ExtraName, Vec<ProjectName>>,
    /// Roots of a lock without a project (uv: scripts, workspaces without a project).
    roots: Vec<LockedDependency>,
    root_groups: BTreeMap<ExtraName, Vec<LockedDependency>>,
    members: Vec<ProjectName>,
    /// Whether packages say which groups they belong to.
    has_groups: bool,
    indexes: Vec<(String, String)>,
}

/// Where a lock says what it is made for; the first line where it does not.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Places {
    python: Origin,
    environments: Origin,
    names: Origin,
}

impl Lock {
    fn new(format: LockFormat, file: &str) -> Self {
        let top = Origin::new(file, 1, 1);
        Self {
            format,
            file: file.to_owned(),
            packages: Vec::new(),
            requires_python: None,
            places: Places { python: top.clone(), environments: top.clone(), names: top },
            environments: Vec::new(),
            extras: Vec::new(),
            groups: Vec::new(),
            default_groups: Vec::new(),
            extra_roots: BTreeMap::new(),
            roots: Vec::new(),
            root_groups: BTreeMap::new(),
            members: Vec::new(),
            has_groups: false,
            indexes: Vec::new(),
        }
    }

    /// Reads a lock, told by its name and, where that says nothing, by its content.
    ///
    /// ```
    /// use wheelbase::lock::{Lock, LockFormat};
    ///
    /// let text = b"lock-version = '1.0'\ncreated-by = 'me'\n[[packages]]\nname = 'six'\nversion = '1.17.0'\n\
    ///     wheels = [{ name = 'six-1.17.0-py2.py3-none-any.whl', url = 'https://example.invalid/six.whl', \
    ///     hashes = { sha256 = '00' } }]\n";
    /// let lock = Lock::parse(text, "pylock.toml")?;
    /// assert_eq!(lock.format(), LockFormat::Pylock);
    /// assert_eq!(lock.packages()[0].origin.to_string(), "pylock.toml:3:1");
    /// # Ok::<(), wheelbase::lock::LockError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If it is no lock of a known format, or a broken one: every fault with its place.
    pub fn parse(bytes: &[u8], file: &str) -> Result<Self, LockError> {
        let single = |line: u32, message: String| LockError {
            faults: vec![Fault::new(Origin::new(file, line, 0), message)],
        };
        if bytes.len() > MAX_BYTES {
            return Err(single(0, "the lock is longer than 64 MiB".to_owned()));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            single(u32::try_from(line).unwrap_or(u32::MAX), "this line is not UTF-8".to_owned())
        })?;
        let document = Document::new(file, text);
        let named = LockFormat::of_name(file);
        let json = match named {
            Some(format) => format == LockFormat::Pipenv,
            None => text.trim_start_matches('\u{feff}').trim_start().starts_with('{'),
        };
        let root = if json { document.read_json() } else { document.read_toml() };
        if json && document.has_faults() {
            // What stands behind the fault is not known, so nothing more can be said.
            return Err(LockError { faults: document.into_faults() });
        }
        let Some(format) = named.or_else(|| format_of_content(&root)) else {
            let mut faults = document.into_faults();
            if faults.is_empty() {
                let message = "this is no lock of a known format: pylock.toml, uv.lock, poetry.lock, pdm.lock or Pipfile.lock";
                faults.push(Fault::new(Origin::new(file, 0, 0), message));
            }
            return Err(LockError { faults });
        };
        let lock = match format {
            LockFormat::Pylock => pylock::read(&document, &root, file),
            LockFormat::Uv => uv::read(&document, &root, file),
            LockFormat::Poetry => poetry::read(&document, &root, file),
            LockFormat::Pdm => pdm::read(&document, &root, file),
            LockFormat::Pipenv => pipenv::read(&document, &root, file),
        };
        let faults = document.into_faults();
        if faults.is_empty() { Ok(lock) } else { Err(LockError { faults }) }
    }

    /// Whether bytes of a file that has no lock's name are a lock all the same, whole or broken: a format's own keys
    /// are there.
    pub fn is_lock(bytes: &[u8]) -> bool {
        let Some(text) = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= MAX_BYTES) else {
            return false;
        };
        let document = Document::new("", text);
        let json = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
        let root = if json { document.read_json() } else { document.read_toml() };
        format_of_content(&root).is_some()
    }

    /// The format.
    pub fn format(&self) -> LockFormat {
        self.format
    }

    /// The file, as it was named.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// All packages, in the order of the file.
    pub fn packages(&self) -> &[LockedPackage] {
        &self.packages
    }

    /// The Python versions that the lock is made for.
    pub fn requires_python(&self) -> Option<&SpecifierSet> {
        self.requires_python.as_ref()
    }

    /// Extras that the lock knows.
    pub fn extras(&self) -> &[ExtraName] {
        &self.extras
    }

    /// Groups that the lock knows.
    pub fn groups(&self) -> &[ExtraName] {
        &self.groups
    }

    /// Names and URLs of the indexes that the lock names.
    pub fn indexes(&self) -> &[(String, String)] {
        &self.indexes
    }
}

/// Tells a format by keys that only it has.
fn format_of_content(root: &Node) -> Option<LockFormat> {
    let has = |key: &str| root.get(key).is_some();
    let metadata = |key: &str| root.get("metadata").is_some_and(|node| node.get(key).is_some());
    if has("_meta") && (has("default") || has("develop")) {
        Some(LockFormat::Pipenv)
    } else if has("lock-version") && (has("packages") || has("created-by")) {
        Some(LockFormat::Pylock)
    } else if metadata("lock_version") {
        Some(LockFormat::Pdm)
    } else if metadata("lock-version") || (metadata("content-hash") && metadata("python-versions")) {
        Some(LockFormat::Poetry)
    } else if has("version") && (has("package") || has("requires-python") || has("manifest")) {
        Some(LockFormat::Uv)
    } else {
        None
    }
}

/// The last part of a URL or path, without query and fragment, percent signs decoded.
fn file_name(location: &str) -> String {
    let bare = location.split(['?', '#']).next().unwrap_or_default();
    decoded(bare.rsplit(['/', '\\']).next().unwrap_or_default())
}

/// A part of a URL with its percent signs decoded.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let code = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match (byte, code.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(decoded)) => {
                bytes.push(decoded);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
