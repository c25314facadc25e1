//! Names of projects and extras, normalized when they are parsed.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The error for a name that breaks the rule of [PEP 508](https://peps.python.org/pep-0508/#names).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidName {
    input: String,
}

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a valid name: it must start and end with an ASCII letter or digit and contain only \
             letters, digits, `.`, `-` and `_`",
            self.input.escape_default()
        )
    }
}

impl std::error::Error for InvalidName {}

/// Normalizes a name as PEP 503 does; returns `None` if the name breaks the rule of PEP 508.
fn normalize(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    if !edge(bytes.first()) || !edge(bytes.last()) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    for &byte in bytes {
        match byte {
            b'-' | b'_' | b'.' => {
                if !out.ends_with('-') {
                    out.push('-');
                }
            }
            _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte.to_ascii_lowercase())),
            _ => return None,
        }
    }
    Some(out)
}

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Returns the normalized name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, InvalidName> {
                match normalize(text) {
                    Some(name) => Ok(Self(name.into())),
                    None => Err(InvalidName { input: text.to_owned() }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

name_type! {
    /// The name of a project, normalized as [PEP 503](https://peps.python.org/pep-0503/#normalized-names) requires:
    /// lower case, with each run of `-`, `_` and `.` replaced by one `-`.
    ///
    /// ```
    /// use wheelbase::ProjectName;
    ///
    /// let name: ProjectName = "Zope.Interface".parse()?;
    /// assert_eq!(name.as_str(), "zope-interface");
    /// assert!("-numpy".parse::<ProjectName>().is_err());
    /// # Ok::<(), wheelbase::name::InvalidName>(())
    /// ```
    ProjectName
}

name_type! {
    /// The name of an extra, normalized as [PEP 685](https://peps.python.org/pep-0685/) requires.
    ExtraName
}
