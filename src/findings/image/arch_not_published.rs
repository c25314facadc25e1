//! `arch-not-published`

use crate::findings::{CodeInfo, Level, Rule};
use crate::image::{Published, platform, published_name};
use crate::target::Arch;

use super::ImageContext;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "arch-not-published",
    level: Level::Deny,
    summary: "the image tag is not published for this architecture",
    explanation: "A tag of an image is published for a list of architectures, and the requested one is not on the \
list on the given day. Official images drop architectures when the distribution release moves to long-term support, \
and some tags were never published for all of them. `docker pull` and `docker build` fail with `no match for \
platform in manifest`, or use an emulated image of another architecture if a platform is forced.\n\n\
The code is silent if the list of the tag is unknown.\n\n\
Use a tag of a newer release, or another variant. The help lists the architectures of the tag.",
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

impl Rule for ArchNotPublished {
    fn on_image(cx: &ImageContext<'_>) -> Vec<Self> {
        let image = cx.image;
        match &image.arches {
            Published::Only(arches) if !arches.contains(&image.arch) => {
                let (arch, published) = (image.arch.clone(), arches.clone());
                vec![Self { image: image.name.clone(), arch, published }]
            }
            _ => Vec::new(),
        }
    }

    fn message(&self) -> String {
        format!("`{}` is not published for {}", self.image, platform(&self.arch))
    }

    fn help(&self) -> Option<String> {
        let names: Vec<&str> = self.published.iter().map(published_name).collect();
        Some(match names.is_empty() {
            true => "use another tag".to_owned(),
            false => format!("available: {}", names.join(", ")),
        })
    }
}
