//! A finding: what a rule found, and where.

use serde_json::Value;

use super::fact::Fact;
use super::json::FactFields;
use super::level::Level;
use super::placed::Placed;
use super::redaction::Redaction;
use super::table::{Code, Detail};
use crate::name::ProjectName;
use crate::source::Origin;

/// Something that there is to report after the work was done: the typed value of a rule, and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What was found.
    pub detail: Detail,
    /// The project it is about, if it is about one.
    pub project: Option<ProjectName>,
    /// The distribution file that it is about, if its rule does not name it. The message starts with it.
    pub file: Option<String>,
    /// The input line that led here.
    pub origin: Option<Origin>,
    /// The distribution that requires the project, if no input line does.
    pub needed_by: Option<String>,
    /// The level here, if the circumstances make it different from the code's default. A level that the user sets
    /// overrides it.
    pub level: Option<Level>,
    /// Values that no sentence may show.
    redaction: Redaction,
}

impl Finding {
    /// The finding of a rule.
    pub(crate) fn of(rule: impl Into<Detail>) -> Self {
        let detail = rule.into();
        Self {
            level: detail.level(),
            detail,
            project: None,
            file: None,
            origin: None,
            needed_by: None,
            redaction: Redaction::default(),
        }
    }

    /// The finding of a rule that has a place.
    pub(crate) fn placed(one: Placed<impl Into<Detail>>) -> Self {
        Self::of(one.rule).about(one.project).at(one.origin).needed_by(one.needed_by)
    }

    /// Sets the project.
    #[must_use]
    pub(crate) fn about(mut self, project: impl Into<Option<ProjectName>>) -> Self {
        self.project = project.into();
        self
    }

    /// Sets the distribution file.
    #[must_use]
    pub(crate) fn in_file(mut self, file: &str) -> Self {
        self.file = Some(file.to_owned());
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

    /// Sets a level that the circumstances decide.
    #[must_use]
    pub(crate) fn with_level(mut self, level: impl Into<Option<Level>>) -> Self {
        self.level = level.into();
        self
    }

    /// The same with values that its sentences hide.
    #[must_use]
    pub(crate) fn redacted(mut self, redaction: &Redaction) -> Self {
        self.redaction = redaction.clone();
        self
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.detail.code()
    }

    /// One sentence without final period. Secrets of the input are replaced by `***`.
    pub fn message(&self) -> String {
        let message = self.detail.message();
        self.redaction.apply(match &self.file {
            Some(file) => format!("`{file}`: {message}"),
            None => message,
        })
    }

    /// The command or the setting to copy that solves the problem, if one is known. Secrets of the input are replaced
    /// by `***`.
    pub fn help(&self) -> Option<String> {
        self.detail.help().map(|help| self.redaction.apply(help))
    }

    /// The archive member or image file that it is about, if any.
    pub fn member(&self) -> Option<&str> {
        self.detail.member()
    }

    /// The facts that it is based on, as in the JSON reports; null if there are none.
    pub fn evidence(&self) -> Value {
        let fields = FactFields::of(self.facts());
        if fields.is_empty() { Value::Null } else { serde_json::to_value(&fields).unwrap_or_default() }
    }

    /// The facts that it is based on.
    pub(crate) fn facts(&self) -> Vec<Fact<'_>> {
        self.detail.facts()
    }

    /// The level unless a setting changes it.
    pub fn level(&self) -> Level {
        self.level.unwrap_or(self.code().default_level())
    }
}
