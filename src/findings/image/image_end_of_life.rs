//! `image-end-of-life`

use crate::findings::{CodeInfo, Level, Rule};
use crate::image::{Date, EndOfLife, ImageProfile};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "image-end-of-life",
    level: Level::Warn,
    summary: "the tag is not built any more, or what is in it is not supported any more",
    explanation: "The tag is frozen (its last build can still be pulled and gets no fixes), or the Python or the \
                  distribution release in it passed the end of its support before the day asked for. Wheels for \
                  such images thin out, because new releases of projects drop the Python version or raise the \
                  libc they need, and missing libraries cannot always be installed from the archive any more.\n\n\
                  Long-term support of a distribution is said where it goes on; the finding is given all the \
                  same, because it covers less than before.\n\n\
                  Move to a tag of a supported Python on a supported release, and pin the release \
                  (`3.12-slim-trixie`) so that the next move is yours.",
    link: "https://devguide.python.org/versions/",
};

/// Something in an image has reached its end of support.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageEndOfLife {
    /// The image as written.
    pub image: String,
    /// What ended, and when.
    pub ended: Vec<EndOfLife>,
    /// The day that the answer is for.
    pub as_of: Date,
}

impl ImageEndOfLife {
    pub(crate) fn check(image: &ImageProfile) -> Option<Self> {
        let ended: Vec<EndOfLife> =
            image.end_of_life.iter().filter(|end| end.on < image.as_of).cloned().collect();
        (!ended.is_empty()).then(|| Self { image: image.name.clone(), ended, as_of: image.as_of })
    }
}

impl Rule for ImageEndOfLife {
    fn message(&self) -> String {
        let ended: Vec<String> = self.ended.iter().map(|end| end.told(self.as_of)).collect();
        format!("`{}` is past its end: {}", self.image, ended.join(", "))
    }

    fn help(&self) -> Option<String> {
        Some("move to a newer release, and to a tag that is still built".to_owned())
    }
}
