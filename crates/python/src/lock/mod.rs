//! Lock files: pins and file lists that other tools have made.
//!
//! For a lock nothing is solved. [`Lock::parse`] reads one of five formats into one kind of value, and
//! [`Lock::select`] takes what a target, chosen extras and chosen groups leave of it. Which file of a package is
//! installed is then a matter of tags.

mod fields;
mod graph;
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

use crate::requirements::Fault;
use wheelbase_formats::document::{Document, Format, Node};
use wheelbase_spec::marker::Marker;
use wheelbase_spec::name::{ExtraName, ProjectName};
use wheelbase_spec::source::{InvalidInput, Origin};
use wheelbase_spec::version::SpecifierSet;

pub use model::{LockFormat, LockSource, LockedDependency, LockedFile, LockedPackage};
pub use project::LockProject;
pub use select::{Refusal, Selected, SelectedPackage};
pub use selection::{Extras, Selection};
pub use unknown::{Fate, UnknownName};

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
    /// # Ok::<(), wheelbase::source::InvalidInput>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If it is no lock of a known format, or a broken one: every fault with its place.
    pub fn parse(bytes: &[u8], file: &str) -> Result<Self, InvalidInput> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            Fault::new(Origin::new(file, line, 0), "this line is not UTF-8")
        })?;
        let document = Document::new(file, text);
        let named = LockFormat::of_name(file);
        let syntax = match named {
            Some(LockFormat::Pipenv) => Format::Json,
            Some(_) => Format::Toml,
            None => syntax_of_content(text),
        };
        let root = document.read(syntax);
        let Some(format) = named.or_else(|| format_of_content(&root)) else {
            document.fault(
                0,
                "this is no lock of a known format: pylock.toml, uv.lock, poetry.lock, pdm.lock or Pipfile.lock",
            );
            return document.finish(None);
        };
        let lock = match format {
            LockFormat::Pylock => pylock::read(&document, &root, file),
            LockFormat::Uv => uv::read(&document, &root, file),
            LockFormat::Poetry => poetry::read(&document, &root, file),
            LockFormat::Pdm => pdm::read(&document, &root, file),
            LockFormat::Pipenv => pipenv::read(&document, &root, file),
        };
        document.finish(Some(lock))
    }

    /// Whether bytes of a file that has no lock's name are a lock all the same, whole or broken: a format's own keys
    /// are there.
    pub fn is_lock(bytes: &[u8]) -> bool {
        std::str::from_utf8(bytes).is_ok_and(|text| {
            let root = Document::new("", text).read(syntax_of_content(text));
            format_of_content(&root).is_some()
        })
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

fn syntax_of_content(text: &str) -> Format {
    let json = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
    if json { Format::Json } else { Format::Toml }
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
