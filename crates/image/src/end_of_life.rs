//! Ends of life.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::Date;
use crate::captured::captured;
use crate::distribution::proper_name;

/// An end of life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EndOfLife {
    /// The product.
    pub what: EndOfLifeOf,
    /// The last day of support.
    pub on: Date,
    /// The last day of long-term support, if it exists.
    pub extended: Option<Date>,
}

/// A product with an end of life.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndOfLifeOf {
    /// A minor release of Python: `3.10`.
    Python(String),
    /// The runtime of AWS Lambda for a minor release of Python.
    LambdaRuntime(String),
    /// A distribution release: `debian` and `11`.
    Release {
        /// The ID of the distribution.
        id: String,
        /// The version of the release.
        version: String,
    },
    /// A published image: `python3-debian12`.
    Image(String),
    /// The frozen tag.
    Tag,
    /// Another product.
    Other(String),
}

impl EndOfLife {
    /// Returns the end of life as a sentence, for a day after it.
    pub fn sentence(&self, as_of: Date) -> String {
        if self.what == EndOfLifeOf::Tag {
            return format!("the tag has not been built since {}", self.on);
        }
        let (name, on) = (self.name(), self.on);
        match self.extended {
            Some(extended) if extended >= as_of => {
                format!("support of {name} ended on {on} (long-term support until {extended})")
            }
            _ => format!("support of {name} ended on {on}"),
        }
    }

    /// The product with the proper name of a distribution: `Debian 11`.
    pub(crate) fn name(&self) -> String {
        match &self.what {
            EndOfLifeOf::Release { id, version } => format!("{} {version}", proper_name(id)),
            what => what.to_string(),
        }
    }

    pub(crate) fn new(what: EndOfLifeOf, on: Date, extended: Option<Date>) -> Self {
        Self { what, on, extended: extended.filter(|extended| *extended > on) }
    }
}

impl EndOfLifeOf {
    pub(crate) fn release(id: &str, version: &str) -> Self {
        Self::Release { id: id.to_owned(), version: version.to_owned() }
    }
}

impl fmt::Display for EndOfLifeOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Python(minor) => write!(f, "Python {minor}"),
            Self::LambdaRuntime(minor) => write!(f, "the Lambda runtime of Python {minor}"),
            Self::Release { id, version } => write!(f, "{id} {version}"),
            Self::Image(image) => write!(f, "the {image} image"),
            Self::Tag => f.write_str("the tag"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl From<&str> for EndOfLifeOf {
    /// Parses the text of a product, as in the JSON of a profile.
    fn from(text: &str) -> Self {
        if text == "the tag" {
            Self::Tag
        } else if let Some([minor]) = captured(text, "Python ", [""]) {
            Self::Python(minor.to_owned())
        } else if let Some([minor]) = captured(text, "the Lambda runtime of Python ", [""]) {
            Self::LambdaRuntime(minor.to_owned())
        } else if let Some([image]) = captured(text, "the ", [" image"]) {
            Self::Image(image.to_owned())
        } else {
            match text.split_once(' ') {
                Some((id, version)) if !version.contains(' ') => Self::release(id, version),
                _ => Self::Other(text.to_owned()),
            }
        }
    }
}

impl Serialize for EndOfLifeOf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_read_from_their_texts() {
        for (product, text) in [
            (EndOfLifeOf::Python("3.10".to_owned()), "Python 3.10"),
            (EndOfLifeOf::LambdaRuntime("3.10".to_owned()), "the Lambda runtime of Python 3.10"),
            (EndOfLifeOf::release("debian", "11"), "debian 11"),
            (EndOfLifeOf::Image("python3-debian12".to_owned()), "the python3-debian12 image"),
            (EndOfLifeOf::Tag, "the tag"),
            (EndOfLifeOf::Other("our own base".to_owned()), "our own base"),
        ] {
            assert_eq!((product.to_string().as_str(), EndOfLifeOf::from(text)), (text, product));
        }
    }
}
