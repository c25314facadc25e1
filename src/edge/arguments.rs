//! Arguments of a check that are text or values.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::requirement::Requirement;
use crate::source::{url_without_credentials, without_credentials};

/// A requirement of [`Check::requirement`](crate::Check::requirement): a text as an argument of the installer, or a value.
///
/// ```
/// use wheelbase::edge::RequirementInput;
/// use wheelbase::{ProjectName, Requirement};
///
/// let project: ProjectName = "flask".parse()?;
/// let requirement = RequirementInput::from(Requirement::of_project(project));
/// let text = RequirementInput::from("flask>=3");
/// let folder = RequirementInput::from(std::path::Path::new("services/app"));
/// # Ok::<(), wheelbase::name::InvalidName>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequirementInput {
    /// A text such as `flask>=3` or `./dist/app-1.0-py3-none-any.whl`.
    Text(String),
    /// A requirement.
    Requirement(Box<Requirement>),
    /// The path of an archive or a project directory.
    Path(PathBuf),
}

impl fmt::Debug for RequirementInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.debug_tuple("Text").field(&without_credentials(text)).finish(),
            Self::Requirement(one) => {
                f.debug_tuple("Requirement").field(&without_credentials(&one.to_string())).finish()
            }
            Self::Path(path) => f.debug_tuple("Path").field(path).finish(),
        }
    }
}

/// The address of an index or a find-links location: a URL, or a path.
#[derive(Clone, PartialEq, Eq)]
pub struct IndexAddress(pub(super) String);

impl fmt::Debug for IndexAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IndexAddress").field(&url_without_credentials(&self.0)).finish()
    }
}

/// Implements the conversions of text and paths.
macro_rules! from_text_and_path {
    ($name:ident, $text:expr, $path:expr) => {
        impl From<String> for $name {
            fn from(text: String) -> Self {
                $text(text)
            }
        }

        impl From<&String> for $name {
            fn from(text: &String) -> Self {
                Self::from(text.clone())
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::from(text.to_owned())
            }
        }

        impl From<PathBuf> for $name {
            fn from(path: PathBuf) -> Self {
                $path(path)
            }
        }

        impl From<&PathBuf> for $name {
            fn from(path: &PathBuf) -> Self {
                Self::from(path.clone())
            }
        }

        impl From<&Path> for $name {
            fn from(path: &Path) -> Self {
                Self::from(path.to_owned())
            }
        }
    };
}

from_text_and_path!(RequirementInput, RequirementInput::Text, RequirementInput::Path);
from_text_and_path!(IndexAddress, IndexAddress, |path: PathBuf| IndexAddress(path.display().to_string()));
pub(super) use from_text_and_path;

impl From<Requirement> for RequirementInput {
    fn from(requirement: Requirement) -> Self {
        Self::Requirement(Box::new(requirement))
    }
}
