//! Arguments of a check that are text or values.

use std::path::{Path, PathBuf};

use crate::requirement::Requirement;

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
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequirementInput {
    /// A text such as `flask>=3` or `./dist/app-1.0-py3-none-any.whl`.
    Text(String),
    /// A requirement.
    Requirement(Box<Requirement>),
    /// The path of an archive or a project directory.
    Path(PathBuf),
}

/// The address of an index or a find-links location: a URL, or a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexAddress(pub(super) String);

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
