//! Images of a user's own, from `[images."registry.corp/base:1"]` of a settings file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::{ImageRef, PackageManager, Toolchain};
use wheelbase_spec::source::Origin;
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
/// let images = UserImages::parse(settings, "wheelbase.toml").map_err(|faults| faults[0].to_string())?;
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
    pub(crate) from: Option<ImageRef>,
    pub(crate) libraries: Vec<String>,
    pub(crate) without: Vec<String>,
    pub(crate) libc: Option<Libc>,
    pub(crate) python: Option<Python>,
    pub(crate) interpreter: Option<String>,
    pub(crate) pip: Option<Version>,
    pub(crate) package_manager: Option<PackageManager>,
    pub(crate) toolchain: Option<Toolchain>,
    pub(crate) shell: Option<bool>,
}

/// Something wrong in a file that describes images.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageFault {
    /// Where.
    pub origin: Origin,
    /// What, without final stop.
    pub message: String,
}

impl fmt::Display for ImageFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.message)
    }
}

impl std::error::Error for ImageFault {}

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
    /// Reads the table `images` of a settings file; the rest of the file belongs to others and is not looked at.
    ///
    /// The fields of an entry are `from` (the image it is built on), `libraries` and `without` (SONAMEs it has or
    /// lacks beside that), `libc` (`glibc:2.36`), `python`, `interpreter`, `pip`, `package-manager`, `toolchain` and
    /// `shell`. An entry without `from` needs `libc`. A name without a tag stands for all its tags.
    ///
    /// # Errors
    ///
    /// All faults of the table, each with its place.
    pub fn parse(text: &str, file: &str) -> Result<Self, Vec<ImageFault>> {
        let mut reader = Reader { text, file, faults: Vec::new() };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let at = error.span().map_or(0, |span| span.start);
            reader.fault(at, error.message().trim().to_owned());
        }
        let mut images = BTreeMap::new();
        let wanted = table.get_ref().iter().find(|(key, _)| key.get_ref() == "images");
        match wanted.map(|(key, value)| (key, value.get_ref())) {
            Some((_, DeValue::Table(entries))) => {
                for (name, value) in entries {
                    if let Some(image) = reader.image(name.get_ref(), name.span().start, value) {
                        images.insert(image.name.clone(), image);
                    }
                }
            }
            Some((key, _)) => reader.fault(key.span().start, "`images` is a table of images".to_owned()),
            None => {}
        }
        reader.cycles(&images);
        match reader.faults.is_empty() {
            true => Ok(Self { images }),
            false => {
                reader.faults.sort_by(|a, b| a.origin.cmp(&b.origin));
                Err(reader.faults)
            }
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.images.is_empty()
    }

    /// The names, as written.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.images.keys().map(String::as_str)
    }

    /// The entry for a reference: the one of its tag, else the one of its repository.
    pub(crate) fn find(&self, image: &ImageRef) -> Option<&UserImage> {
        find(&self.images, image)
    }
}

fn find<'a>(images: &'a BTreeMap<String, UserImage>, image: &ImageRef) -> Option<&'a UserImage> {
    let name = image.name();
    let tagged = image.tag().and_then(|tag| images.get(&format!("{name}:{tag}")));
    tagged.or_else(|| images.get(&name))
}

struct Reader<'a> {
    text: &'a str,
    file: &'a str,
    faults: Vec<ImageFault>,
}

impl Reader<'_> {
    fn origin(&self, offset: usize) -> Origin {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        Origin::new(self.file, number(line), number(column))
    }

    fn fault(&mut self, offset: usize, message: String) {
        let origin = self.origin(offset);
        self.faults.push(ImageFault { origin, message });
    }

    fn image(&mut self, name: &str, at: usize, value: &Spanned<DeValue<'_>>) -> Option<UserImage> {
        let reference = match name.parse::<ImageRef>() {
            Ok(reference) => Some(reference),
            Err(error) => {
                self.fault(at, error.to_string());
                None
            }
        };
        let DeValue::Table(table) = value.get_ref() else {
            self.fault(at, format!("`images.\"{}\"` is a table", name.escape_default()));
            return None;
        };
        let mut image = UserImage {
            name: String::new(),
            origin: self.origin(at),
            from: None,
            libraries: Vec::new(),
            without: Vec::new(),
            libc: None,
            python: None,
            interpreter: None,
            pip: None,
            package_manager: None,
            toolchain: None,
            shell: None,
        };
        let before = self.faults.len();
        for (key, value) in table {
            let at = key.span().start;
            let place = value.span().start;
            let value = value.get_ref();
            match &**key.get_ref() {
                "from" => image.from = self.parsed(place, value),
                "libraries" => image.libraries = self.sonames(place, value),
                "without" => image.without = self.sonames(place, value),
                "libc" => {
                    image.libc =
                        self.with(place, value, |text| Libc::from_user(text).map_err(|e| e.to_string()));
                }
                "python" => image.python = self.parsed(place, value),
                "interpreter" => image.interpreter = self.with(place, value, |text| Ok(text.to_owned())),
                "pip" => image.pip = self.with(place, value, version),
                "package-manager" => {
                    image.package_manager = self.with(place, value, |text| match PackageManager::of(text) {
                        PackageManager::Unknown => {
                            Err(format!("`{}` is no package manager", text.escape_default()))
                        }
                        known => Ok(known),
                    });
                }
                "toolchain" => {
                    image.toolchain = self
                        .boolean(place, value)
                        .map(|present| if present { Toolchain::Present } else { Toolchain::Absent });
                }
                "shell" => image.shell = self.boolean(place, value),
                other => {
                    let near = FIELDS.iter().min_by_key(|field| strsim::damerau_levenshtein(field, other));
                    let hint = near.filter(|near| strsim::damerau_levenshtein(near, other) <= 3);
                    let hint = match hint {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("known are {}", FIELDS.join(", ")),
                    };
                    self.fault(at, format!("unknown field `{}` of an image; {hint}", other.escape_default()));
                }
            }
        }
        let complete = image.from.is_some() || image.libc.is_some();
        if !complete && self.faults.len() == before {
            self.fault(
                at,
                "an image needs `from`, or `libc` if it is built on none that is known".to_owned(),
            );
        }
        let reference = reference?;
        image.name = match reference.tag() {
            Some(tag) => format!("{}:{tag}", reference.name()),
            None => reference.name(),
        };
        if reference.digest().is_some() {
            self.fault(at, "the name of an image is written without digest here".to_owned());
        }
        Some(image)
    }

    fn with<T>(
        &mut self,
        at: usize,
        value: &DeValue<'_>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let DeValue::String(text) = value else {
            self.fault(at, format!("a text in quotes is needed here, and this is {}", kind(value)));
            return None;
        };
        match read(text) {
            Ok(value) => Some(value),
            Err(message) => {
                self.fault(at, message);
                None
            }
        }
    }

    fn parsed<T: FromStr<Err: fmt::Display>>(&mut self, at: usize, value: &DeValue<'_>) -> Option<T> {
        self.with(at, value, |text| text.parse().map_err(|error: T::Err| error.to_string()))
    }

    fn boolean(&mut self, at: usize, value: &DeValue<'_>) -> Option<bool> {
        if let DeValue::Boolean(value) = value {
            return Some(*value);
        }
        self.fault(at, format!("`true` or `false` is needed here, and this is {}", kind(value)));
        None
    }

    fn sonames(&mut self, at: usize, value: &DeValue<'_>) -> Vec<String> {
        let DeValue::Array(array) = value else {
            self.fault(at, format!("a list of SONAMEs is needed here, and this is {}", kind(value)));
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in array {
            let soname = |text: &str| match is_soname(text) {
                true => Ok(text.to_owned()),
                false => Err(format!(
                    "`{}` is not a SONAME: the name the loader looks for is needed, as in `libpq.so.5`",
                    text.escape_default()
                )),
            };
            out.extend(self.with(item.span().start, item.get_ref(), soname));
        }
        out
    }

    /// An image that is built on itself, over however many others.
    fn cycles(&mut self, images: &BTreeMap<String, UserImage>) {
        let mut told = BTreeSet::new();
        for start in images.values() {
            let mut path = vec![&*start.name];
            let mut image = start;
            while let Some(next) = image.from.as_ref().and_then(|from| find(images, from)) {
                if let Some(at) = path.iter().position(|name| *name == next.name) {
                    let ring = path.get(at..).unwrap_or_default();
                    // Each ring is told once, at its first member.
                    if ring.iter().all(|name| told.insert((*name).to_owned())) {
                        let message = format!(
                            "`{}` is built on itself: {} -> {}",
                            next.name,
                            ring.join(" -> "),
                            next.name
                        );
                        self.faults.push(ImageFault { origin: next.origin.clone(), message });
                    }
                    break;
                }
                path.push(&next.name);
                image = next;
            }
        }
    }
}

fn version(text: &str) -> Result<Version, String> {
    text.parse().map_err(|_| format!("`{}` is not a version", text.escape_default()))
}

/// A file name that a loader can look for.
pub(crate) fn is_soname(text: &str) -> bool {
    text.len() <= 255
        && text.contains(".so")
        && !text.contains('/')
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
