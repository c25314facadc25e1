//! The nodes of the graph that the solver searches, and the edges between them.

use std::fmt;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::facts::Need;
use super::set::{Position, PositionSet};
use super::unknown::UnknownReason;
use crate::index::DistributionFile;
use wheelbase_spec::metadata::{Confidence, CoreMetadata};
use wheelbase_spec::name::{ExtraName, ProjectName};

/// A node; pubgrub calls it a package.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Node {
    /// The complete problem.
    Root,
    /// One requirement of the user. It is a separate node, so that an explanation can name the line.
    Line(usize),
    /// A project.
    Project(ProjectName),
    /// A project with an extra: the same version with more dependencies.
    Extra(ProjectName, ExtraName),
}

impl Node {
    pub(super) fn project(&self) -> Option<&ProjectName> {
        match self {
            Self::Project(project) | Self::Extra(project, _) => Some(project),
            Self::Root | Self::Line(_) => None,
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("requirements"),
            Self::Line(line) => write!(f, "line {line}"),
            Self::Project(project) => write!(f, "{project}"),
            Self::Extra(project, extra) => write!(f, "{project}[{extra}]"),
        }
    }
}

/// One dependency of one version of a node.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) to: Node,
    pub(super) accepted: PositionSet,
    /// The requirement as written, without its marker.
    pub(super) text: Arc<str>,
    /// The unknown marker variables on which the dependency depends.
    pub(super) conditional_on: Vec<&'static str>,
    /// Whether the requirement or a constraint on its project names a pre-release.
    pub(super) names_pre_release: bool,
}

impl Edge {
    pub(super) fn plain(to: Node, accepted: PositionSet, text: &str) -> Self {
        Self { to, accepted, text: text.into(), conditional_on: Vec::new(), names_pre_release: false }
    }
}

/// The dependencies of one version of a node.
#[derive(Clone, Debug)]
pub(super) enum Edges {
    Known(Arc<[Edge]>),
    /// They are unknown until the requested facts arrive.
    Missing,
    /// The version cannot be used; the cause.
    RuledOut(String),
}

/// Where the dependencies of a version come from.
#[derive(Clone, Debug)]
pub(super) enum Learned {
    Metadata(Arc<CoreMetadata>, Confidence),
    Nowhere(UnknownReason),
}

/// The missing facts of a run.
#[derive(Debug, Default)]
pub(super) struct Needs {
    pub(super) list: Vec<Need>,
    seen: FxHashSet<String>,
    /// The versions that a run chose without knowing their dependencies.
    pub(super) blind: Vec<(ProjectName, Position)>,
}

impl Needs {
    pub(super) fn add(&mut self, need: Need) {
        if self.seen.insert(need.key().to_owned()) {
            self.list.push(need);
        }
    }

    pub(super) fn metadata(&mut self, file: &Arc<DistributionFile>) {
        self.add(Need::Metadata(file.clone()));
    }
}
