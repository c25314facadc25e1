//! From a name to a profile, by the tables alone.

mod configuration;
pub(super) mod data;
mod families;
mod libraries;
mod near;
mod python;
mod rows;
mod user;

pub use libraries::libraries_of_libc;

use std::fmt;

use crate::arch;
use crate::{
    Assumption, Date, EndOfLife, ImageLibc, ImageProfile, ImageRef, Note, Os, PackageManager, Published,
    Size, Source, Toolchain, UserImages,
};
use wheelbase_spec::target::{Arch, Installer, InstallerKind, Libc, LibcFamily};
use wheelbase_spec::version::Version;

use data::{FamilyRow, ReleaseRow};

/// The family of the Docker official image `python`.
pub(crate) const PYTHON: &str = "python-official";

/// The images that are known by name.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    user: UserImages,
}

impl Catalogue {
    /// The same catalogue with images of a user's own, which come before those of the tables.
    #[must_use]
    pub fn with_images(mut self, images: UserImages) -> Self {
        self.user = images;
        self
    }

    /// What `image` named on the day `as_of`, for `arch` or, if none is asked for, for x86_64.
    ///
    /// # Errors
    ///
    /// If the name or the tag is not known, did not exist yet, or cannot be judged from its name; the error lists the
    /// nearest names.
    pub fn profile(
        &self,
        image: &ImageRef,
        as_of: Date,
        arch: Option<Arch>,
    ) -> Result<ImageProfile, UnknownImage> {
        if let Some(entry) = self.user.find(image) {
            return user::profile(self, image, entry, as_of, arch);
        }
        let place = place(image).map_err(|error| error.with_names(image, self.user.names()))?;
        let tag = match (image.tag(), image.digest(), place.family.default_tag) {
            (Some(tag), _, _) => tag,
            (None, Some(_), _) => return Err(UnknownImage::new(image, Kind::DigestOnly)),
            (None, None, Some(default)) => default,
            (None, None, None) => "",
        };
        let question = Question {
            image,
            name: &place.name,
            tag,
            as_of,
            arch: arch.clone().or(place.arch.clone()),
            asked: arch,
            offers: true,
        };
        let mut profile = families::resolve(&question, place.family)?;
        question.must_be_born(&profile, place.family)?;
        question.finish(&mut profile, &place);
        Ok(profile)
    }

    /// The last day whose state of the python image's tags the tables hold.
    pub fn last_state(&self) -> Date {
        data::python().last_state
    }
}

/// Whether a registry is another name of Docker Hub.
pub(crate) fn is_docker_hub(registry: &str) -> bool {
    data::families().docker_hub.contains(&registry)
}

/// Where a reference leads.
pub(crate) struct Place {
    family: &'static FamilyRow,
    /// The repository in its shortest usual spelling, without a mirror's prefix.
    name: String,
    /// What it mirrors, if its registry is not the publisher's.
    mirror: Option<String>,
    /// An architecture that the repository names (`arm64v8/python`).
    arch: Option<Arch>,
}

/// Finds the family of a reference.
fn place(image: &ImageRef) -> Result<Place, UnknownImage> {
    let table = data::families();
    let name = image.name();
    let found = |name: &str, mirror: Option<String>, arch| {
        family_of(name).map(|family| Place { family, name: name.to_owned(), mirror, arch })
    };
    if let Some(place) = found(&name, None, None) {
        return Ok(place);
    }
    // The hub publishes each official image once more for every architecture: `arm64v8/python`.
    if let Some((first, rest)) = name.split_once('/')
        && let Some(arch) = arch::published().find(|arch| arch::published_name(arch) == first)
        && let Some(place) = found(rest, None, Some(arch))
    {
        return Ok(place);
    }
    // The same repository under another host of its publisher.
    if let Some((host, same)) = table
        .same_hosts
        .iter()
        .find(|(host, _)| name.strip_prefix(**host).is_some_and(|rest| rest.starts_with('/')))
        && let Some(place) =
            name.strip_prefix(host).and_then(|rest| found(&format!("{same}{rest}"), None, None))
    {
        return Ok(place);
    }
    // Well-known copies of Docker Hub.
    for mirror in &table.library_mirrors {
        let rest = name.strip_prefix(mirror).and_then(|rest| rest.strip_prefix('/'));
        if let Some(place) =
            rest.and_then(|rest| found(rest.strip_prefix("library/").unwrap_or(rest), None, None))
        {
            return Ok(place);
        }
    }
    // A pull-through cache keeps the path of what it mirrors at the end of its own. On registries where everybody has
    // a name, `someone/python` is somebody's own image, so that only a full path counts there.
    let registry = image.registry().map(str::to_ascii_lowercase);
    let Some(registry) = registry.filter(|registry| !is_docker_hub(registry)) else {
        return Err(near::repository(image, &name));
    };
    let shared = table.shared_registries.contains(&&*registry);
    let parts: Vec<&str> = image.path().split('/').collect();
    for start in 0..parts.len() {
        let path = parts.get(start..).unwrap_or_default().join("/");
        let official = path.strip_prefix("library/");
        let known = official.unwrap_or(&path);
        let whole = official.is_some() || known.contains('/') || !shared;
        let place = || {
            let of = |name: &str| found(name, Some(name.to_owned()), None);
            of(known)
                .or_else(|| table.shared_registries.iter().find_map(|host| of(&format!("{host}/{known}"))))
        };
        if let Some(place) = whole.then(place).flatten()
            && place.family.id != "scratch"
        {
            return Ok(place);
        }
    }
    Err(near::repository(image, &name))
}

fn family_of(name: &str) -> Option<&'static FamilyRow> {
    data::families().families.iter().find(|family| {
        family.repositories.iter().any(|repository| match repository.strip_suffix('*') {
            Some(prefix) => name.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty()),
            None => *repository == name,
        })
    })
}

/// A question to a family.
struct Question<'a> {
    image: &'a ImageRef,
    name: &'a str,
    tag: &'a str,
    as_of: Date,
    /// What was asked for, or what the name says.
    arch: Option<Arch>,
    /// What was asked for.
    asked: Option<Arch>,
    /// Whether an error names what is near; not so while looking for what is near.
    offers: bool,
}

impl Question<'_> {
    /// An error if the image cannot have been there: before its family, or before its Python.
    fn must_be_born(&self, profile: &ImageProfile, family: &'static FamilyRow) -> Result<(), UnknownImage> {
        let not_yet = |since| self.error(Kind::NotYet { since, as_of: self.as_of });
        if let Some(since) = family.since.get("*").filter(|since| **since > self.as_of) {
            return Err(not_yet(*since));
        }
        let installed = profile.python.as_ref().filter(|python| python.installed);
        // Pre-releases come before the first release, and the python image has its own table.
        let Some(python) = installed.filter(|python| !python.python.version.any_prerelease()) else {
            return Ok(());
        };
        let (major, minor) = python.python.language_version();
        let minor = format!("{major}.{minor}");
        // The tables tell when a tag of the python image was published; others say it in their own row or not at all.
        if let Some(since) = python::first_release(&minor).filter(|since| *since > self.as_of) {
            return Err(not_yet(since));
        }
        match family.since.get(&*minor).filter(|since| **since > self.as_of) {
            Some(since) => Err(self.error(Kind::Undetermined(format!(
                "with Python {minor} it was first published about {since}"
            )))),
            None => Ok(()),
        }
    }

    /// A profile that knows nothing but the question and what its family says in general.
    fn start(&self, family: &'static FamilyRow) -> ImageProfile {
        let arches = |names: &Vec<&str>| {
            let arches = names.iter().filter_map(|name| name.parse().ok()).collect();
            // A list that nobody read is no ground for saying that an architecture is missing.
            if family.verified { Published::Only(arches) } else { Published::AtLeast(arches) }
        };
        let mut profile = ImageProfile::new(self.image.to_string(), self.as_of, self.arch.clone());
        profile.family = family.id.to_owned();
        profile.meaning = self.tag.to_owned();
        profile.package_manager = family.package_manager.map_or(PackageManager::Unknown, PackageManager::of);
        profile.toolchain = toolchain(family, "*");
        profile.shell = family.shell;
        profile.arches = family.arches.get("*").map_or(Published::Unknown, arches);
        profile.assumptions.clear();
        profile.notes = family.note.iter().map(|note| Note::Text(note.to_string())).collect();
        profile.sources = vec![Source::new(&*family.source, family.date)];
        if !family.verified {
            profile.unverified.push(format!("what the catalogue says of {} images is recalled", family.id));
        }
        profile
    }

    /// What holds of all families alike.
    fn finish(&self, profile: &mut ImageProfile, place: &Place) {
        let mut assumptions = Vec::new();
        if let Some(of) = &place.mirror {
            assumptions.push(Assumption::Mirror(of.clone()));
            profile.unverified.push(format!("that `{}` is a mirror of {of}", self.image.name()));
        }
        if profile.meaning != self.tag || self.image.tag().is_none() {
            let written = self.image.tag().map(str::to_owned);
            assumptions.push(Assumption::Tag { written, meaning: profile.meaning.clone() });
        }
        if self.asked.is_none() && self.arch.is_none() {
            assumptions.push(Assumption::Arch(profile.arch.clone()));
        }
        assumptions.append(&mut profile.assumptions);
        let last = if profile.family == PYTHON { data::python().last_state } else { data::releases().as_of };
        if self.as_of > last && profile.dates.frozen.is_none() && profile.os.is_some() {
            assumptions.push(Assumption::LastState(last));
        }
        if profile.pip.is_none() && profile.python.is_some() {
            assumptions.push(Assumption::NewestPip(profile.newest_pip.clone()));
        }
        profile.assumptions = assumptions;
        if let Some(digest) = self.image.digest() {
            profile.notes.insert(0, Note::Digest(digest.to_owned()));
        }
        if !profile.shell {
            profile.notes.push(Note::NoShell);
        }
        profile.sizes = sizes(profile);
        configuration::set(profile);
    }

    /// An error about the tag.
    fn unknown_tag(&self, why: Option<String>) -> UnknownImage {
        near::tag(self, why)
    }

    /// An error of a kind.
    fn error(&self, kind: Kind) -> UnknownImage {
        UnknownImage::new(self.image, kind)
    }
}

/// Whether a variant of a family has a compiler.
fn toolchain(family: &FamilyRow, variant: &str) -> Toolchain {
    match family.toolchain.get(variant).or_else(|| family.toolchain.get("*")) {
        Some(true) => Toolchain::Present,
        Some(false) => Toolchain::Absent,
        None => Toolchain::Unknown,
    }
}

/// The newest pip of a day: of the image's table, or after its end the newest that the installer facts know.
pub(crate) fn newest_pip(date: Date) -> Version {
    let listed = python::newest_pip(date).map_or_else(|| Version::new([0]), |row| version(row.pip));
    match date > data::python().last_state {
        true => listed.max(Installer::newest(InstallerKind::Pip).version),
        false => listed,
    }
}

/// A version of the tables.
fn version(text: &str) -> Version {
    text.parse().unwrap_or_else(|_| Version::new([0]))
}

/// The C library of a release.
fn libc(row: &ReleaseRow) -> Option<ImageLibc> {
    libc_of(row.libc, row.libc_version).map(|libc| ImageLibc {
        libc,
        lower_bound: false,
        verified: row.verified,
    })
}

fn libc_of(family: &str, version: &str) -> Option<Libc> {
    let family = match family {
        "glibc" => LibcFamily::Glibc,
        "musl" => LibcFamily::Musl,
        _ => return None,
    };
    Some(Libc::reported(family, version))
}

/// Takes distribution, libc, package manager and ends of support from a release.
fn set_release(profile: &mut ImageProfile, row: &'static ReleaseRow) {
    profile.os = Some(Os {
        id: row.distro().to_owned(),
        version: row.version().to_owned(),
        codename: row.codename.map(str::to_owned),
    });
    profile.libc = libc(row);
    if profile.package_manager == PackageManager::Unknown {
        profile.package_manager = row.package_manager.map_or(PackageManager::Unknown, PackageManager::of);
    }
    if let Some(eol) = row.eol {
        profile.end_of_life.push(EndOfLife::new(row.id.replace(':', " "), eol, row.extended_eol));
    }
    if !row.verified {
        profile.unverified.push(format!("{} {} of {} ({})", row.libc, row.libc_version, row.id, row.source));
    } else if row.moving {
        profile.unverified.push(format!(
            "{} {} of {}, which moves: it is the state of {}",
            row.libc,
            row.libc_version,
            row.id,
            row.state.unwrap_or(row.date)
        ));
    }
    profile.sources.push(Source::new(&*row.source, row.date));
}

/// Sizes of this image, or else of images that differ in the Python only.
fn sizes(profile: &ImageProfile) -> Vec<Size> {
    let table = data::sizes().sizes.iter();
    let mut fits: Vec<(families::SizeFit, Size)> = table
        .filter(|size| size.arch.parse::<Arch>().is_ok_and(|arch| arch == profile.arch))
        .filter_map(|size| {
            let row = Size {
                image: size.image.to_owned(),
                arch: size.arch.to_owned(),
                compressed_bytes: size.compressed_bytes,
                unpacked: size.unpacked.map(str::to_owned),
                seen: size.seen.to_owned(),
            };
            Some((families::size_fit(size.image, profile)?, row))
        })
        .collect();
    fits.sort_by_key(|(fit, _)| *fit);
    // A farther image is taken for what the nearer ones do not tell.
    let best = |told: fn(&Size) -> bool| fits.iter().find(|(_, size)| told(size)).map(|(fit, _)| *fit);
    let packed = best(|size| size.compressed_bytes.is_some());
    let unpacked = best(|size| size.unpacked.is_some());
    let kept = fits.into_iter().filter(|(fit, size)| {
        size.compressed_bytes.is_some() && Some(*fit) == packed
            || size.unpacked.is_some() && Some(*fit) == unpacked
    });
    kept.map(|(_, size)| size).collect()
}

/// Whether a size was read from the very tag of a profile.
pub(super) fn is_own_size(size: &Size, profile: &ImageProfile) -> bool {
    size.arch.parse::<Arch>().is_ok_and(|arch| arch == profile.arch)
        && families::size_fit(&size.image, profile) == Some(families::SizeFit::Same)
}

/// A name that the catalogue cannot answer for, with the reason and the nearest names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownImage {
    image: String,
    kind: Kind,
    near: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// No such repository.
    Repository,
    /// No such tag.
    Tag(Option<String>),
    /// Published from this day on; asked for another.
    NotYet { since: Date, as_of: Date },
    /// An image for Windows.
    Windows,
    /// A digest without tag.
    DigestOnly,
    /// The name does not tell what is inside.
    Undetermined(String),
    /// An entry of a settings file is built on an image that is not known.
    Base(Box<UnknownImage>, String),
}

impl UnknownImage {
    fn new(image: &ImageRef, kind: Kind) -> Self {
        Self { image: image.to_string(), kind, near: Vec::new() }
    }

    /// The same error, with the names of a settings file among those near it.
    fn with_names<'a>(mut self, image: &ImageRef, names: impl Iterator<Item = &'a str>) -> Self {
        let near = near::nearest(&image.to_string(), names.map(str::to_owned));
        self.near.splice(0..0, near);
        self
    }

    fn with_near(mut self, near: Vec<String>) -> Self {
        self.near = near;
        self
    }

    /// The nearest names that are known, nearest first.
    pub fn near(&self) -> &[String] {
        &self.near
    }

    /// The day from which on the tag was published, if the day asked for is before it.
    pub fn published_since(&self) -> Option<Date> {
        match self.kind {
            Kind::NotYet { since, .. } => Some(since),
            Kind::Base(ref base, _) => base.published_since(),
            _ => None,
        }
    }

    /// The image is known, and its name does not tell what is inside: it has to be read.
    pub fn is_undetermined(&self) -> bool {
        match &self.kind {
            Kind::DigestOnly | Kind::Undetermined(_) => true,
            Kind::Base(base, _) => base.is_undetermined(),
            _ => false,
        }
    }
}

impl fmt::Display for UnknownImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let image = self.image.escape_default();
        match &self.kind {
            Kind::Repository => write!(f, "the image `{image}` is not in the catalogue")?,
            Kind::Tag(why) => {
                write!(f, "the catalogue knows no tag `{image}`")?;
                if let Some(why) = why {
                    write!(f, ": {why}")?;
                }
            }
            Kind::NotYet { since, as_of } => {
                write!(f, "`{image}` did not exist on {as_of}: it was not published before {since}")?;
            }
            Kind::Windows => {
                write!(f, "`{image}` is an image for Windows, and wheelbase judges Linux images")?;
            }
            Kind::DigestOnly => write!(
                f,
                "`{image}` names bytes and no tag, which the catalogue cannot look into: write `name:tag@digest`, or \
                 read the image with `docker://{image}`"
            )?,
            Kind::Base(base, place) => {
                write!(f, "`{image}` ({place}) is built on an image that is not known: {base}")?;
            }
            Kind::Undetermined(why) => write!(f, "`{image}` cannot be judged by its name: {why}")?,
        }
        if !self.near.is_empty() {
            write!(f, "; near it: {}", self.near.join(", "))?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownImage {}
