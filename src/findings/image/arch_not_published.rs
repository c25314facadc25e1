//! `arch-not-published`

use crate::findings::{CodeInfo, Level, Rule};
use crate::image::{ImageProfile, Published, platform, published_name};
use crate::target::Arch;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "arch-not-published",
    level: Level::Deny,
    summary: "the tag has no image for this architecture",
    explanation: "A tag of an image is published for a list of architectures, and the one that was asked for is \
                  not on the list of the day. Official images lose architectures when the distribution release \
                  under them passes to long-term support, and single tags never had some. `docker pull` and \
                  `docker build` fail with `no match for platform in manifest`, or take an emulated image of \
                  another architecture if a platform was forced.\n\n\
                  It stays silent where the list of the tag is not known.\n\n\
                  Take a tag of a newer release, or another variant; the help line names the architectures the \
                  tag does have.",
    link: "https://github.com/docker-library/official-images#architectures-other-than-amd64",
};

/// A tag is not published for the architecture.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArchNotPublished {
    /// The image as written.
    pub image: String,
    /// The architecture.
    pub arch: Arch,
    /// Those that it is published for.
    pub published: Vec<Arch>,
}

impl ArchNotPublished {
    pub(crate) fn check(image: &ImageProfile) -> Option<Self> {
        let Published::Only(arches) = &image.arches else { return None };
        (!arches.contains(&image.arch)).then(|| Self {
            image: image.name.clone(),
            arch: image.arch.clone(),
            published: arches.clone(),
        })
    }
}

impl Rule for ArchNotPublished {
    fn message(&self) -> String {
        format!("`{}` is not published for {}", self.image, platform(&self.arch))
    }

    fn help(&self) -> Option<String> {
        let names: Vec<&str> = self.published.iter().map(published_name).collect();
        Some(match names.is_empty() {
            true => "take another tag".to_owned(),
            false => format!("it is published for {}", names.join(", ")),
        })
    }
}
