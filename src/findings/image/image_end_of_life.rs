//! `image-end-of-life`

use crate::findings::{CodeInfo, Level, Rule};
use crate::image::{Date, EndOfLife};

use super::ImageContext;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "image-end-of-life",
    level: Level::Warn,
    summary: "the image, its Python or its distribution has reached end of life",
    explanation: "The tag is frozen (its last build can still be pulled and receives no fixes), or its Python or \
its distribution release reached end of life before the given day. Fewer wheels support such images over time, \
because new releases of projects drop the Python version or require a newer C library. Some packages can no longer \
be installed from the archive of the distribution.\n\n\
The message mentions the long-term support of a distribution if it continues. The finding is still reported, \
because it covers fewer packages.\n\n\
Use a tag with a supported Python on a supported release, and pin the release (`3.12-slim-trixie`), so that the tag \
does not move.",
    link: "https://devguide.python.org/versions/",
};

/// An image, or a part of it, has reached end of life.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageEndOfLife {
    /// The image as written.
    pub image: String,
    /// What ended, and when.
    pub ended: Vec<EndOfLife>,
    /// The day of the check.
    pub as_of: Date,
}

impl Rule for ImageEndOfLife {
    fn on_image(cx: &ImageContext<'_>) -> Vec<Self> {
        let image = cx.image;
        let ended: Vec<EndOfLife> =
            image.end_of_life.iter().filter(|end| end.on < image.as_of).cloned().collect();
        if ended.is_empty() {
            return Vec::new();
        }
        vec![Self { image: image.name.clone(), ended, as_of: image.as_of }]
    }

    fn message(&self) -> String {
        let ended: Vec<String> = self.ended.iter().map(|end| end.sentence(self.as_of)).collect();
        format!("`{}` has reached end of life: {}", self.image, ended.join(", "))
    }

    fn help(&self) -> Option<String> {
        Some("use a tag with a supported release that is still built".to_owned())
    }
}
