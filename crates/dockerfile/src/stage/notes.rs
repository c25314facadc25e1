//! Unknown facts and assumptions about a stage.

use std::collections::{BTreeMap, BTreeSet};

use crate::context::WantedFile;
use crate::gap::DockerfileGap;
use crate::model::UnknownFact;
use crate::text::Text;
use wheelbase_spec::source::Origin;

/// Unknown facts and assumptions about a stage.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes {
    pub(crate) undetermined: BTreeSet<UnknownFact>,
    pub(crate) wanted: BTreeSet<WantedFile>,
    /// Build arguments with a default that decided something, each with the positions.
    pub(crate) assumed: BTreeMap<String, BTreeSet<Origin>>,
    /// Build arguments without a value, because of which words of the next step are empty.
    empty: BTreeSet<String>,
}

impl Notes {
    pub(crate) fn merge(&mut self, other: &Self) {
        self.undetermined.extend(other.undetermined.iter().cloned());
        self.wanted.extend(other.wanted.iter().cloned());
        for (name, origins) in &other.assumed {
            self.assumed.entry(name.clone()).or_default().extend(origins.iter().cloned());
        }
    }

    pub(crate) fn undetermined(&mut self, origin: Origin, reason: DockerfileGap) {
        self.undetermined.insert(UnknownFact { origin, reason });
    }

    /// Records that a text depends on the default of a build argument.
    pub(crate) fn assume(&mut self, text: &Text, origin: &Origin) {
        for name in &text.assumed {
            self.assumed.entry(name.clone()).or_default().insert(origin.clone());
        }
    }

    /// Records the build arguments of an empty word for the next step.
    pub(crate) fn assume_empty(&mut self, word: &Text) {
        self.empty.extend(word.assumed.iter().cloned());
    }

    /// Assigns the build arguments of empty words to the step at `origin`.
    pub(crate) fn assign_empty(&mut self, origin: &Origin) {
        for name in std::mem::take(&mut self.empty) {
            self.assumed.entry(name).or_default().insert(origin.clone());
        }
    }

    /// Returns the notes for a stage that is based on this one: only the words that no step has used yet.
    pub(crate) fn child(&self) -> Self {
        Self { empty: self.empty.clone(), ..Self::default() }
    }
}
