//! The origin of the facts of an image.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::catalogue::data;

/// The family of an image: the origin of its facts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ImageFamily {
    /// A row of `data/images/families.json`, by its ID: `python-official`.
    Published(String),
    /// An image of a settings file.
    User,
    /// A described target without an image.
    Target,
    /// An image whose content was read.
    Read,
    /// Nothing is known about the image.
    Unknown,
}

impl ImageFamily {
    /// Returns the family as written in JSON.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Published(id) => id,
            Self::User => "user",
            Self::Target => "target",
            Self::Read => "read",
            Self::Unknown => "unknown",
        }
    }

    /// Returns whether the catalogue describes the images of the family.
    pub fn is_published(&self) -> bool {
        matches!(self, Self::Published(_))
    }

    /// Returns whether the publisher documents that no image of the family contains an interpreter.
    pub fn is_without_python(&self) -> bool {
        self.as_str() == data::DISTROLESS_BASE
    }
}

impl From<&str> for ImageFamily {
    /// Parses the family as written in JSON.
    fn from(text: &str) -> Self {
        match text {
            "user" => Self::User,
            "target" => Self::Target,
            "read" => Self::Read,
            "unknown" => Self::Unknown,
            id => Self::Published(id.to_owned()),
        }
    }
}

impl fmt::Display for ImageFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ImageFamily {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_read_from_their_texts() {
        let published = ImageFamily::Published(data::PYTHON.to_owned());
        for family in
            [published, ImageFamily::User, ImageFamily::Target, ImageFamily::Read, ImageFamily::Unknown]
        {
            assert_eq!(ImageFamily::from(family.as_str()), family);
        }
    }

    #[test]
    fn rows_of_the_catalogue_are_published_families() {
        let ids: Vec<&str> = data::families().families.iter().map(|row| row.id).collect();
        assert!(ids.iter().all(|id| ImageFamily::from(*id).is_published()));
        assert!(ids.contains(&data::DISTROLESS_BASE) && ids.contains(&data::PYTHON));
    }
}
