//! The error for an image that is not in the catalogue.

use std::fmt;

use crate::{Date, ImageRef};

/// The error for an image without a profile, with the reason and similar names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownImage {
    image: String,
    reason: Reason,
    near: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// The repository is unknown.
    Repository,
    /// The repository does not have the tag. The text is the cause.
    Tag(Option<String>),
    /// The tag was published from `since` on.
    NotYet { since: Date, as_of: Date },
    /// An image for Windows.
    Windows,
    /// The reference has a digest and no tag.
    DigestOnly,
    /// The content cannot be determined from the name.
    Undetermined(String),
    /// The entry of a settings file is built on an unknown image.
    Base(Box<UnknownImage>, String),
}

impl UnknownImage {
    pub(super) fn new(image: &ImageRef, reason: Reason) -> Self {
        Self { image: image.to_string(), reason, near: Vec::new() }
    }

    /// Returns the error with names before those that it has.
    pub(super) fn with_nearer(mut self, near: Vec<String>) -> Self {
        self.near.splice(0..0, near);
        self
    }

    /// Returns the error with these similar names.
    pub(super) fn with_near(mut self, near: Vec<String>) -> Self {
        self.near = near;
        self
    }

    /// Returns whether the repository is known and has no such tag.
    pub(super) fn is_about_tag(&self) -> bool {
        matches!(self.reason, Reason::Tag(_))
    }

    /// Returns the known names that are similar, the most similar first.
    pub fn near(&self) -> &[String] {
        &self.near
    }

    /// Returns the day on which the tag was first published, if the requested day is before it.
    pub fn published_since(&self) -> Option<Date> {
        match self.reason {
            Reason::NotYet { since, .. } => Some(since),
            Reason::Base(ref base, _) => base.published_since(),
            _ => None,
        }
    }

    /// Returns whether it is an image for Windows.
    pub fn is_for_windows(&self) -> bool {
        match &self.reason {
            Reason::Windows => true,
            Reason::Base(base, _) => base.is_for_windows(),
            _ => false,
        }
    }

    /// Returns whether the image is known, but its content can only be determined by reading it.
    pub fn is_undetermined(&self) -> bool {
        match &self.reason {
            Reason::DigestOnly | Reason::Undetermined(_) => true,
            Reason::Base(base, _) => base.is_undetermined(),
            _ => false,
        }
    }
}

impl fmt::Display for UnknownImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let image = self.image.escape_default();
        match &self.reason {
            Reason::Repository => write!(f, "the image `{image}` is not in the catalogue")?,
            Reason::Tag(why) => {
                write!(f, "the tag `{image}` is not in the catalogue")?;
                if let Some(why) = why {
                    write!(f, ": {why}")?;
                }
            }
            Reason::NotYet { since, as_of } => {
                write!(f, "`{image}` did not exist on {as_of}: it was not published before {since}")?;
            }
            Reason::Windows => {
                write!(f, "`{image}` is an image for Windows; wheelbase supports only Linux images")?;
            }
            Reason::DigestOnly => write!(
                f,
                "`{image}` has a digest and no tag, and the catalogue contains only tags: write `name:tag@digest`, or \
                 read the image with `docker://{image}`"
            )?,
            Reason::Base(base, place) => {
                write!(f, "`{image}` ({place}) is built on an unknown image: {base}")?;
            }
            Reason::Undetermined(why) => {
                write!(f, "the content of `{image}` cannot be determined from its name: {why}")?;
            }
        }
        if !self.near.is_empty() {
            write!(f, "; similar names: {}", self.near.join(", "))?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownImage {}
