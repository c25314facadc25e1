//! Finds the family of a repository.

use super::data::{self, FamilyRow};
use super::suggest;
use super::unknown::{Reason, UnknownImage};
use crate::ImageRef;
use crate::arch;
use wheelbase_formats::glob;
use wheelbase_spec::target::Arch;

/// The repository of a reference.
pub(super) struct Repository {
    pub(super) family: &'static FamilyRow,
    /// The repository in its shortest usual spelling, without the prefix of a mirror.
    pub(super) name: String,
    /// The mirrored repository, if the registry is not the publisher's.
    pub(super) mirror: Option<String>,
    /// The architecture in the name of the repository (`arm64v8/python`).
    pub(super) arch: Option<Arch>,
}

impl Repository {
    /// Finds the family of a reference.
    pub(super) fn find(image: &ImageRef) -> Result<Self, UnknownImage> {
        let table = data::families();
        let name = image.name();
        let found = |name: &str, mirror: Option<String>, arch| {
            family_of(name).map(|family| Self { family, name: name.to_owned(), mirror, arch })
        };
        if let Some(repository) = found(&name, None, None) {
            return Ok(repository);
        }
        // Docker Hub also publishes each official image for one architecture: `arm64v8/python`.
        if let Some((first, rest)) = name.split_once('/')
            && let Some(arch) = arch::published().find(|arch| arch::published_name(arch) == first)
            && let Some(repository) = found(rest, None, Some(arch))
        {
            return Ok(repository);
        }
        // The same repository under another host of its publisher.
        if let Some((host, same)) = table
            .same_hosts
            .iter()
            .find(|(host, _)| name.strip_prefix(**host).is_some_and(|rest| rest.starts_with('/')))
            && let Some(repository) =
                name.strip_prefix(host).and_then(|rest| found(&format!("{same}{rest}"), None, None))
        {
            return Ok(repository);
        }
        // Well-known copies of Docker Hub.
        for mirror in &table.library_mirrors {
            let rest = name.strip_prefix(mirror).and_then(|rest| rest.strip_prefix('/'));
            if let Some(repository) =
                rest.and_then(|rest| found(rest.strip_prefix("library/").unwrap_or(rest), None, None))
            {
                return Ok(repository);
            }
        }
        // The path of a pull-through cache ends with the path of the mirrored repository. On public registries
        // `someone/python` is an image of that user, so only a full path matches there.
        let registry = image.registry().map(str::to_ascii_lowercase);
        let Some(registry) = registry.filter(|registry| !data::is_docker_hub(registry)) else {
            return Err(unknown(image, &name));
        };
        let shared = table.shared_registries.contains(&&*registry);
        let parts: Vec<&str> = image.path().split('/').collect();
        for start in 0..parts.len() {
            let path = parts.get(start..).unwrap_or_default().join("/");
            let official = path.strip_prefix("library/");
            let known = official.unwrap_or(&path);
            let whole = official.is_some() || known.contains('/') || !shared;
            let repository = || {
                let of = |name: &str| found(name, Some(name.to_owned()), None);
                of(known).or_else(|| {
                    table.shared_registries.iter().find_map(|host| of(&format!("{host}/{known}")))
                })
            };
            if let Some(repository) = whole.then(repository).flatten()
                && repository.family.id != "scratch"
            {
                return Ok(repository);
            }
        }
        Err(unknown(image, &name))
    }
}

fn family_of(name: &str) -> Option<&'static FamilyRow> {
    data::families()
        .families
        .iter()
        .find(|family| family.repositories.iter().any(|repository| glob::matches_text(repository, name)))
}

/// The error for a repository that no family has.
fn unknown(image: &ImageRef, name: &str) -> UnknownImage {
    let known = data::families().families.iter().flat_map(|family| family.repositories.iter());
    let names =
        known.filter(|name| !glob::is_pattern(name) && **name != "scratch").map(|name| (*name).to_owned());
    UnknownImage::new(image, Reason::Repository).with_near(suggest::nearest(name, names))
}
