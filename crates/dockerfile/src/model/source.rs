//! The sources of files in a stage.

use crate::gap::DockerfileGap;
use crate::model::tool::Tool;
use wheelbase_python::lock::LockSelection;
use wheelbase_spec::source::Origin;

/// The source of a file in a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileSource {
    /// The build context: the first of these paths that exists.
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
    /// Several files, concatenated.
    Combined(Vec<Self>),
    /// A download.
    Url(String),
    /// Wheels or sdists that an earlier `pip wheel` or `pip download` wrote.
    Built(Origin),
    /// The build context, which has none of these paths.
    Absent(Vec<String>),
    /// An image, usually the base image.
    Image {
        /// the reference as expanded
        reference: String,
        /// the path in it
        path: String,
    },
    /// The build context, from which `.dockerignore` excludes the file.
    Ignored {
        /// path in the context
        path: String,
        /// the rule that decides
        rule: String,
        /// the position of the rule
        origin: Origin,
    },
    /// No instruction creates the file.
    Missing,
    /// The source is unknown, for this reason.
    Unknown(DockerfileGap),
}

/// A requirements file that is created during the build, by `poetry export`, `uv export`, `pipenv requirements`,
/// `pdm export` or `uv pip compile`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exported {
    /// The program.
    pub tool: Tool,
    /// The lock, or the first input of a compilation.
    pub from: Vec<InputFile>,
    /// The part of the lock that is exported; `None` for a compilation, which resolves the requirements again.
    pub selection: Option<LockSelection>,
    /// The position of the command.
    pub origin: Origin,
}

/// A file that a step reads.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputFile {
    /// The absolute path in the stage.
    pub path: String,
    /// The source of the file.
    pub source: FileSource,
    /// The position at which the command lists it.
    pub origin: Origin,
}

impl InputFile {
    /// Creates a file from its path, its source and the position at which a command lists it.
    pub fn new(path: String, source: FileSource, origin: Origin) -> Self {
        Self { path, source, origin }
    }
}
