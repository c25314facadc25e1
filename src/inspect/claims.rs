//! The claims of the file name of a wheel.

use crate::policy::PlatformClaim;
use crate::tags::TagSet;
use crate::target::LibcFamily;
use crate::wheel::{Container, WheelFacts};

/// The claims of a file name.
#[derive(Debug)]
pub(crate) struct Claims {
    /// The compressed tags; `None` if it is not a valid wheel name.
    pub(crate) tags: Option<TagSet>,
    /// The platform tags as written, with what they mean.
    pub(crate) platforms: Vec<(String, PlatformClaim)>,
}

impl Claims {
    pub(crate) fn of(facts: &WheelFacts) -> Self {
        let tags = match facts.container {
            Container::Wheel => tags(&facts.file),
            _ => None,
        };
        let platforms = tags.iter().flat_map(|tags| tags.platform().split('.'));
        let platforms = platforms.map(|tag| (tag.to_owned(), PlatformClaim::of(tag))).collect();
        Self { tags, platforms }
    }

    /// The machines that the platform tags name, each once.
    pub(crate) fn machine_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.platforms.iter().filter_map(|(_, claim)| claim.machine_name()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The oldest version of a C library that the tags claim, with the tag.
    pub(crate) fn oldest(&self, family: LibcFamily) -> Option<(&str, (u32, u32))> {
        let versions = self.platforms.iter().filter_map(|(tag, claim)| match claim {
            PlatformClaim::Libc { libc, version, .. } if *libc == family => Some((tag.as_str(), *version)),
            _ => None,
        });
        versions.min_by_key(|&(_, version)| version)
    }

    /// The C library family that all versioned tags claim.
    pub(crate) fn family(&self) -> Option<LibcFamily> {
        let mut families = self.platforms.iter().filter_map(|(_, claim)| match claim {
            PlatformClaim::Libc { libc, .. } => Some(*libc),
            _ => None,
        });
        let first = families.next()?;
        families.all(|family| family == first).then_some(first)
    }

    /// Whether the wheel is for every platform.
    pub(crate) fn any(&self) -> bool {
        self.platforms.iter().any(|(_, claim)| *claim == PlatformClaim::Any)
    }

    /// The lowest minor version of CPython 3 in a stable ABI tag.
    pub(crate) fn stable_abi(&self) -> Option<u32> {
        let tags = self.tags.as_ref()?;
        // PEP 425 and 803: `abi3`, and `abi3t` for free-threaded builds.
        if !tags.abi().split('.').any(|abi| matches!(abi, "abi3" | "abi3t")) {
            return None;
        }
        let minors = tags.python().split('.').filter_map(|python| python.strip_prefix("cp3")?.parse().ok());
        minors.min()
    }
}

/// The last three parts of the name: a name that is invalid for other reasons still has tags.
fn tags(file: &str) -> Option<TagSet> {
    let stem = file.strip_suffix(".whl")?;
    let mut parts = stem.rsplitn(4, '-');
    let (platform, abi, python) = (parts.next()?, parts.next()?, parts.next()?);
    parts.next()?;
    format!("{python}-{abi}-{platform}").parse().ok()
}
