//! The facts a resolution stands on, and how it asks for those it lacks.

use std::fmt;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::index::{DistributionFile, ProjectPage};
use wheelbase_spec::metadata::CoreMetadata;
use wheelbase_spec::name::ProjectName;

/// What is known of one thing.
#[derive(Clone, Debug)]
pub enum Fact<T> {
    /// It was had.
    Known(T),
    /// It was asked for, and there is no such thing (404 on every index).
    Absent,
    /// It was asked for and could not be had: why.
    Failed(Arc<str>),
    /// It was not asked for yet.
    Missing,
}

impl<T> Fact<T> {
    /// Whether nobody asked yet.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }
}

/// Where the solver looks facts up.
///
/// An implementation answers at once from what it holds, and [`Fact::Missing`] for the rest: the solver collects
/// what is missing, hands it out as [`Need`]s, and is called again when they were fetched.
pub trait Facts {
    /// The files that the indexes list for a project.
    fn page(&self, project: &ProjectName) -> Fact<Arc<ProjectPage>>;

    /// The core metadata of a distribution file; for an sdist what can be told without building it.
    fn metadata(&self, file: &DistributionFile) -> Fact<Arc<CoreMetadata>>;
}

/// A fact to be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// The project's page.
    Page(ProjectName),
    /// The metadata of one file.
    Metadata(Arc<DistributionFile>),
}

impl Need {
    /// A text that is the same for the same need.
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

/// Facts held in memory, for tests and for callers that have their own source of facts.
#[derive(Clone, Debug, Default)]
pub struct MemoryFacts {
    pages: FxHashMap<ProjectName, Fact<Arc<ProjectPage>>>,
    metadata: FxHashMap<Box<str>, Fact<Arc<CoreMetadata>>>,
}

impl MemoryFacts {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what was learned of a project's page.
    pub fn add_page(&mut self, project: ProjectName, fact: Fact<Arc<ProjectPage>>) {
        self.pages.insert(project, fact);
    }

    /// Adds what was learned of a file's metadata; files are told apart by their URL.
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
