//! Files inside a stage and where they come from.

use crate::model::tool::Tool;
use wheelbase_python::lock::Selection;
use wheelbase_spec::source::Origin;

/// Where a file inside a stage comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileSource {
    /// The build context: the first of these paths that exists there.
    Context(Vec<String>),
    /// Text in the Dockerfile itself.
    Inline {
        /// the text
        text: String,
        /// its first line
        origin: Origin,
    },
    /// An installer's export of a lock.
    Exported(Box<Exported>),
    /// Several files, one behind the other.
    Combined(Vec<Self>),
    /// A download.
    Url(String),
    /// Wheels or sdists that an earlier `pip wheel` or `pip download` put there.
    Built(Origin),
    /// The context was asked, and has none of these.
    Absent(Vec<String>),
    /// An image, the base image as a rule.
    Image {
        /// the reference as expanded
        reference: String,
        /// the path in it
        path: String,
    },
    /// The context has it, and `.dockerignore` keeps it out.
    Ignored {
        /// path in the context
        path: String,
        /// the rule that speaks
        rule: String,
        /// where the rule stands
        origin: Origin,
    },
    /// Nothing in the Dockerfile makes it.
    Missing,
    /// Something makes it that cannot be read, and why.
    Unknown(String),
}

/// `poetry export`, `uv export`, `pipenv requirements`, `pdm export`, `uv pip compile`: a requirements file
/// that is made during the build.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exported {
    /// The program.
    pub tool: Tool,
    /// The lock that it reads, or for a compilation its first input.
    pub from: Vec<InputFile>,
    /// What it takes of the lock; `None` for a compilation, which solves anew.
    pub selection: Option<Selection>,
    /// The command's place.
    pub origin: Origin,
}

/// A file that a step reads.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputFile {
    /// Absolute path in the stage.
    pub path: String,
    /// Where it comes from.
    pub source: FileSource,
    /// Where it is named.
    pub origin: Origin,
}

impl InputFile {
    /// A file by its path, where it comes from, and where it is named.
    pub fn new(path: String, source: FileSource, origin: Origin) -> Self {
        Self { path, source, origin }
    }
}
