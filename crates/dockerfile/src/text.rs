//! Texts that may be unknown or depend on build arguments.

use std::collections::{BTreeMap, BTreeSet};

use crate::gap::DockerfileGap;

/// A text that may contain the values of variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) value: String,
    /// Build arguments without a value from the caller that the text depends on.
    pub(crate) assumed: BTreeSet<String>,
    /// Why a part of the value is unknown; `None` if all of it is known.
    pub(crate) unknown: Option<DockerfileGap>,
}

impl Text {
    pub(crate) fn known(value: impl Into<String>) -> Self {
        Self { value: value.into(), ..Self::default() }
    }

    pub(crate) fn unknown(reason: DockerfileGap) -> Self {
        Self { unknown: Some(reason), ..Self::default() }
    }

    /// Appends another text with its assumptions and unknown parts.
    pub(crate) fn push(&mut self, other: &Self) {
        self.value.push_str(&other.value);
        self.taint(other);
    }

    /// Adds the assumptions and unknown parts of another text, but not its value.
    pub(crate) fn taint(&mut self, other: &Self) {
        self.assumed.extend(other.assumed.iter().cloned());
        if self.unknown.is_none() {
            self.unknown.clone_from(&other.unknown);
        }
    }
}

/// The values of variables: build arguments, environment and, in the shell, shell variables.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variables {
    values: BTreeMap<String, Text>,
}

impl Variables {
    pub(crate) fn get(&self, name: &str) -> Option<&Text> {
        self.values.get(name)
    }

    pub(crate) fn set(&mut self, name: impl Into<String>, value: Text) {
        self.values.insert(name.into(), value);
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.values.remove(name);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Text)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Returns these variables with others added; the others replace those of the same name.
    pub(crate) fn overlaid(&self, over: &Self) -> Self {
        let mut values = self.values.clone();
        values.extend(over.values.iter().map(|(name, value)| (name.clone(), value.clone())));
        Self { values }
    }
}
