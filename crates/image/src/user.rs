//! Images of a settings file, from `[images."registry.corp/base:1"]` of a settings file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use wheelbase_formats::document::{Document, Format, Node, Table, Value};

use crate::{CompilerPresence, ImageRef, PackageManager};
use wheelbase_spec::source::{InvalidInput, Origin};
use wheelbase_spec::target::{Libc, Python};
use wheelbase_spec::version::Version;

/// The images of a settings file.
///
/// ```
/// use wheelbase::image::{Catalogue, UserImages};
///
/// let settings = r#"
///     [images."registry.corp/base:1"]
///     from = "python:3.12-slim"
///     libraries = ["libpq.so.5"]
/// "#;
/// let images = UserImages::parse(settings, "wheelbase.toml")?;
/// let catalogue = Catalogue::default().with_images(images);
/// let image = "registry.corp/base:1".parse()?;
/// let profile = catalogue.profile(&image, "2026-08-13".parse()?, None)?;
/// assert!(profile.libraries.iter().any(|library| library.soname == "libpq.so.5"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct UserImages {
    images: BTreeMap<String, UserImage>,
}

/// One entry.
#[derive(Clone, Debug)]
pub(crate) struct UserImage {
    pub(crate) name: String,
    pub(crate) origin: Origin,
    /// The byte offset of `origin`.
    offset: usize,
    pub(crate) from: Option<ImageRef>,
    pub(crate) libraries: Vec<String>,
    pub(crate) without: Vec<String>,
    pub(crate) libc: Option<Libc>,
    pub(crate) python: Option<Python>,
    pub(crate) interpreter: Option<String>,
    pub(crate) pip: Option<Version>,
    pub(crate) package_manager: Option<PackageManager>,
    pub(crate) toolchain: Option<CompilerPresence>,
    pub(crate) shell: Option<bool>,
}

const FIELDS: [&str; 10] = [
    "from",
    "libraries",
    "without",
    "libc",
    "python",
    "interpreter",
    "pip",
    "package-manager",
    "toolchain",
    "shell",
];

impl UserImages {
    /// Parses the table `images` of a settings file. The rest of the file is ignored.
    ///
    /// The fields of an entry are `from` (the image it is built on), `libraries` and `without` (SONAMEs that it has or
    /// does not have in addition), `libc` (`glibc:2.36`), `python`, `interpreter`, `pip`, `package-manager`, `toolchain`
    /// and `shell`. An entry without `from` requires `libc`. A name without a tag matches all tags.
    ///
    /// # Errors
    ///
    /// If the table is not valid. The error contains all its faults.
    pub fn parse(text: &str, file: &str) -> Result<Self, InvalidInput> {
        let document = Document::new(file, text);
        let root = document.read(Format::Toml);
        let mut images = BTreeMap::new();
        if let Some(entry) = root.entry("images")
            && !matches!(entry.node.value, Value::Table(_))
        {
            document.fault(entry.offset, "`images` must be a table of images");
        }
        for entry in root.get("images").map(Node::entries).unwrap_or_default() {
            let image = Reader { document: &document, at: entry.offset }.image(&entry.key, &entry.node);
            images.extend(image.map(|image| (image.name.clone(), image)));
        }
        cycles(&document, &images);
        document.finish(Some(Self { images }))
    }

    /// Returns whether there are no images.
    pub fn is_empty(&self) -> bool {
        self.images.is_empty()
    }

    /// Returns the names as written.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.images.keys().map(String::as_str)
    }

    /// Returns the entry of a reference: that of its tag, or else that of its repository.
    pub(crate) fn find(&self, image: &ImageRef) -> Option<&UserImage> {
        find(&self.images, image)
    }
}

fn find<'a>(images: &'a BTreeMap<String, UserImage>, image: &ImageRef) -> Option<&'a UserImage> {
    let name = image.name();
    let tagged = image.tag().and_then(|tag| images.get(&format!("{name}:{tag}")));
    tagged.or_else(|| images.get(&name))
}

/// Reads one entry.
struct Reader<'d> {
    document: &'d Document<'d>,
    /// The byte offset of its name.
    at: usize,
}

impl<'d> Reader<'d> {
    fn image(&self, name: &str, node: &'d Node) -> Option<UserImage> {
        let reference: Option<ImageRef> = self.document.parsed(name, self.at);
        let place = format!("images.\"{}\"", name.escape_default());
        if !matches!(node.value, Value::Table(_)) {
            self.document.fault(self.at, format!("`{place}` must be a table"));
            return None;
        }
        let table = self.document.table(node, &place)?;
        let before = self.document.fault_count();
        table.only_of(&FIELDS, "of an image");
        let libc = |text: &str| Libc::from_user(text).map_err(|error| error.to_string());
        let present = |present| if present { CompilerPresence::Present } else { CompilerPresence::Absent };
        let mut image = UserImage {
            name: String::new(),
            origin: self.document.origin(self.at),
            offset: self.at,
            from: self.parsed(&table, "from"),
            libraries: self.sonames(&table, "libraries"),
            without: self.sonames(&table, "without"),
            libc: self.with(&table, "libc", libc),
            python: self.parsed(&table, "python"),
            interpreter: self.with(&table, "interpreter", |text| Ok(text.to_owned())),
            pip: self.with(&table, "pip", version),
            package_manager: self.with(&table, "package-manager", package_manager),
            toolchain: self.boolean(&table, "toolchain").map(present),
            shell: self.boolean(&table, "shell"),
        };
        // Another fault may be the cause, for example `form` instead of `from`.
        let complete = image.from.is_some() || image.libc.is_some();
        if !complete && self.document.fault_count() == before {
            let message = "`from` is missing; an image that is not built on a known one requires `libc`";
            self.document.fault(self.at, message);
        }
        let reference = reference?;
        image.name = match reference.tag() {
            Some(tag) => format!("{}:{tag}", reference.name()),
            None => reference.name(),
        };
        if reference.digest().is_some() {
            self.document.fault(self.at, "the name of an image must not have a digest");
        }
        Some(image)
    }

    fn wrong_type(&self, node: &Node, wanted: &str) {
        if node.value != Value::Broken {
            self.document.fault(node.offset, format!("expected {wanted}, found {}", node.kind()));
        }
    }

    fn text<T>(&self, node: &Node, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let Some(text) = node.text() else {
            self.wrong_type(node, "a string");
            return None;
        };
        read(text).map_err(|message| self.document.fault(node.offset, message)).ok()
    }

    fn with<T>(&self, table: &Table<'_>, key: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        self.text(table.get(key)?, read)
    }

    fn parsed<T: FromStr<Err: fmt::Display>>(&self, table: &Table<'_>, key: &str) -> Option<T> {
        self.with(table, key, |text| text.parse().map_err(|error: T::Err| error.to_string()))
    }

    fn boolean(&self, table: &Table<'_>, key: &str) -> Option<bool> {
        let node = table.get(key)?;
        if node.boolean().is_none() {
            self.wrong_type(node, "`true` or `false`");
        }
        node.boolean()
    }

    fn sonames(&self, table: &Table<'_>, key: &str) -> Vec<String> {
        let Some(node) = table.get(key) else { return Vec::new() };
        if !matches!(node.value, Value::Array(_)) {
            self.wrong_type(node, "a list of SONAMEs");
        }
        node.items().iter().filter_map(|item| self.text(item, soname)).collect()
    }
}

/// Reports images that are built on themselves, directly or through others.
fn cycles(document: &Document<'_>, images: &BTreeMap<String, UserImage>) {
    let mut reported = BTreeSet::new();
    for start in images.values() {
        let mut path = vec![&*start.name];
        let mut image = start;
        while let Some(next) = image.from.as_ref().and_then(|from| find(images, from)) {
            if let Some(at) = path.iter().position(|name| *name == next.name) {
                let ring = path.get(at..).unwrap_or_default();
                // Each ring is reported once, at its first member.
                if ring.iter().all(|name| reported.insert((*name).to_owned())) {
                    let ring = ring.join(" -> ");
                    document.fault(
                        next.offset,
                        format!("`{}` is built on itself: {ring} -> {}", next.name, next.name),
                    );
                }
                break;
            }
            path.push(&next.name);
            image = next;
        }
    }
}

fn package_manager(text: &str) -> Result<PackageManager, String> {
    match PackageManager::of(text) {
        PackageManager::Unknown => Err(format!(
            "unknown package manager `{}`; expected apt, apk, dnf, microdnf, yum, tdnf, zypper, pacman or none",
            text.escape_default()
        )),
        known => Ok(known),
    }
}

fn version(text: &str) -> Result<Version, String> {
    text.parse().map_err(|_| format!("`{}` is not a version", text.escape_default()))
}

fn soname(text: &str) -> Result<String, String> {
    match is_soname(text) {
        true => Ok(text.to_owned()),
        false => Err(format!(
            "`{}` is not a SONAME: expected the name that the loader finds, for example `libpq.so.5`",
            text.escape_default()
        )),
    }
}

/// Returns whether a text is a file name that a loader can find.
pub(crate) fn is_soname(text: &str) -> bool {
    text.len() <= 255
        && text.contains(".so")
        && !text.contains('/')
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}
