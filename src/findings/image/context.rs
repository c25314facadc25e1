//! The facts of an image that rules check.

use crate::image::ImageProfile;
use crate::target::Target;

/// An image by itself.
pub(crate) struct ImageContext<'a> {
    /// Its facts.
    pub(crate) image: &'a ImageProfile,
    /// The interpreter and the installer; `None` if the image has none and none was given.
    pub(crate) target: Option<&'a Target>,
}
