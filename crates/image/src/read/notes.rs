//! Evidence, unknown facts and contradictions.

use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher as _};

use super::detected::{Contradiction, Evidence};
use super::unknown_fact::{ImageFact, UnknownImageFact};

/// The evidence, the unknown facts and the contradictions of a detection.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) evidence: Vec<Evidence>,
    pub(super) contradictions: Vec<Contradiction>,
    pub(super) undetermined: Vec<UnknownImageFact>,
    /// Hashes of the notes, to avoid duplicates.
    pub(super) seen: HashSet<u64>,
    /// Libraries that could not be read.
    pub(super) unread: BTreeSet<String>,
    /// Whether the loader may find other libraries.
    pub(super) incomplete: bool,
}

impl Notes {
    pub(super) fn unread_library(&mut self, name: &str, why: &str) {
        self.undetermined(ImageFact::Library(name.to_owned()), why);
        self.unread.insert(name.to_owned());
    }

    pub(super) fn incomplete_libraries(&mut self, why: &str) {
        self.undetermined(ImageFact::OtherLibraries, why);
        self.incomplete = true;
    }

    pub(super) fn evidence(&mut self, what: &str, value: &str, source: &str, how: &str) {
        let one = Evidence { what: what.into(), value: value.into(), source: source.into(), how: how.into() };
        if self.is_new(&one) {
            self.evidence.push(one);
        }
    }

    fn is_new(&mut self, note: &impl Hash) -> bool {
        let mut hasher = DefaultHasher::new();
        note.hash(&mut hasher);
        self.seen.insert(hasher.finish())
    }

    pub(super) fn contradiction(
        &mut self,
        what: &str,
        believed: &str,
        source: &str,
        other: &str,
        other_source: &str,
    ) {
        self.contradictions.push(Contradiction {
            what: what.into(),
            believed: believed.into(),
            source: source.into(),
            other: other.into(),
            other_source: other_source.into(),
        });
    }

    pub(super) fn undetermined(&mut self, what: ImageFact, why: &str) {
        let one = UnknownImageFact { what, why: why.into() };
        if self.is_new(&one) {
            self.undetermined.push(one);
        }
    }
}
