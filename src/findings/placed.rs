//! The value of a rule, with the part of the input that it is about.

use crate::name::ProjectName;
use crate::source::Origin;

/// The value of a rule, with the part of the input that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placed<R> {
    /// The value.
    pub(crate) rule: R,
    /// The project, if it is about one.
    pub(crate) project: Option<ProjectName>,
    /// The input line.
    pub(crate) origin: Option<Origin>,
    /// The distribution that requires the project, if no input line does.
    pub(crate) needed_by: Option<String>,
}

impl<R> Placed<R> {
    /// A value that is about the whole input.
    pub(crate) fn new(rule: R) -> Self {
        Self { rule, project: None, origin: None, needed_by: None }
    }

    /// Sets the project.
    #[must_use]
    pub(crate) fn about(mut self, project: impl Into<Option<ProjectName>>) -> Self {
        self.project = project.into();
        self
    }

    /// Sets the input line.
    #[must_use]
    pub(crate) fn at(mut self, origin: impl Into<Option<Origin>>) -> Self {
        self.origin = origin.into();
        self
    }

    /// Sets the distribution that requires the project.
    #[must_use]
    pub(crate) fn needed_by(mut self, needed_by: impl Into<Option<String>>) -> Self {
        self.needed_by = needed_by.into();
        self
    }

    /// Returns another value with the same place, if there is one.
    pub(crate) fn filter_map<T>(self, rule: impl FnOnce(R) -> Option<T>) -> Option<Placed<T>> {
        let Self { rule: value, project, origin, needed_by } = self;
        rule(value).map(|rule| Placed { rule, project, origin, needed_by })
    }

    /// Returns another value with the same place.
    pub(crate) fn map<T>(self, rule: impl FnOnce(R) -> T) -> Placed<T> {
        let Self { rule: value, project, origin, needed_by } = self;
        Placed { rule: rule(value), project, origin, needed_by }
    }
}
