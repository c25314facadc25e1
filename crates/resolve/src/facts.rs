//! The facts that a resolution depends on, and its requests for missing ones.

use std::fmt;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::index::{DistributionFile, ProjectPage};
use wheelbase_spec::metadata::CoreMetadata;
use wheelbase_spec::name::ProjectName;

/// The state of one fact.
#[derive(Clone, Debug)]
pub enum Fact<T> {
    /// The fact is known.
    Known(T),
    /// The project or file does not exist (404 on every index).
    Absent,
    /// The fact could not be fetched; the cause.
    Failed(Arc<str>),
    /// The fact was not requested yet.
    Missing,
}

impl<T> Fact<T> {
    /// Returns whether the fact was not requested yet.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }
}

/// The facts that the solver can look up.
///
/// An implementation returns the facts it holds and [`Fact::Missing`] for all others; it does not wait. The solver
/// collects the missing facts and returns them as [`Need`]s. Call the solver again after fetching them.
pub trait Facts {
    /// Returns the files that the indexes list for a project.
    fn page(&self, project: &ProjectName) -> Fact<Arc<ProjectPage>>;

    /// Returns the core metadata of a distribution file; for an sdist, the metadata that is known without building it.
    fn metadata(&self, file: &DistributionFile) -> Fact<Arc<CoreMetadata>>;
}

/// A fact to fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// The page of a project.
    Page(ProjectName),
    /// The metadata of one file.
    Metadata(Arc<DistributionFile>),
}

impl Need {
    /// Returns a text that is equal for equal needs.
    pub fn key(&self) -> &str {
        match self {
            Self::Page(project) => project.as_str(),
            Self::Metadata(file) => &file.url,
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(project) => write!(f, "page of {project}"),
            Self::Metadata(file) => write!(f, "metadata of {}", file.filename),
        }
    }
}

/// Facts in memory, for tests and for callers with their own source of facts.
#[derive(Clone, Debug, Default)]
pub struct MemoryFacts {
    pages: FxHashMap<ProjectName, Fact<Arc<ProjectPage>>>,
    metadata: FxHashMap<Box<str>, Fact<Arc<CoreMetadata>>>,
}

impl MemoryFacts {
    /// Returns an empty set of facts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the fact about a project's page.
    pub fn add_page(&mut self, project: ProjectName, fact: Fact<Arc<ProjectPage>>) {
        self.pages.insert(project, fact);
    }

    /// Adds the fact about a file's metadata. Files are identified by their URL.
    pub fn add_metadata(&mut self, file: &DistributionFile, fact: Fact<Arc<CoreMetadata>>) {
        self.metadata.insert(file.url.as_str().into(), fact);
    }
}

impl Facts for MemoryFacts {
    fn page(&self, project: &ProjectName) -> Fact<Arc<ProjectPage>> {
        self.pages.get(project).cloned().unwrap_or(Fact::Missing)
    }

    fn metadata(&self, file: &DistributionFile) -> Fact<Arc<CoreMetadata>> {
        self.metadata.get(file.url.as_str()).cloned().unwrap_or(Fact::Missing)
    }
}
