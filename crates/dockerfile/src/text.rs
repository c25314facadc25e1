//! Text with what is known of where it came from.

use std::collections::{BTreeMap, BTreeSet};

/// A text that was put together from variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) value: String,
    /// Build arguments whose default (or lack of one) was used and that the caller may set.
    pub(crate) assumed: BTreeSet<String>,
    /// Why some part of the value is not known, if one is not.
    pub(crate) unknown: Option<String>,
}

impl Text {
    pub(crate) fn known(value: impl Into<String>) -> Self {
        Self { value: value.into(), ..Self::default() }
    }

    pub(crate) fn unknown(reason: impl Into<String>) -> Self {
        Self { unknown: Some(reason.into()), ..Self::default() }
    }

    /// Appends another text with what is known of it.
    pub(crate) fn push(&mut self, other: &Self) {
        self.value.push_str(&other.value);
        self.taint(other);
    }

    /// Takes over the assumptions and gaps of another text, not its value.
    pub(crate) fn taint(&mut self, other: &Self) {
        self.assumed.extend(other.assumed.iter().cloned());
        if self.unknown.is_none() {
            self.unknown.clone_from(&other.unknown);
        }
    }
}

/// Variables in force: build arguments, environment and, in the shell, shell variables.
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

    /// These variables with others laid over them.
    pub(crate) fn overlaid(&self, over: &Self) -> Self {
        let mut values = self.values.clone();
        values.extend(over.values.iter().map(|(name, value)| (name.clone(), value.clone())));
        Self { values }
    }
}
