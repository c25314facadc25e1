//! What every rule can say of what it found.

use super::evidence::Evidence;
use super::level::Level;

/// A rule's typed value. Sentences are made here and nowhere else.
pub(crate) trait Rule {
    /// One sentence without final period.
    fn message(&self) -> String;

    /// What to do, if something is known to help: a command or a setting to copy.
    fn help(&self) -> Option<String> {
        None
    }

    /// The archive member or image file that it is about.
    fn member(&self) -> Option<&str> {
        None
    }

    /// The level, where the circumstances make it graver or lighter than the code's default.
    fn level(&self) -> Option<Level> {
        None
    }

    /// What it rests on, for machines.
    fn evidence(&self) -> Evidence {
        Evidence::default()
    }
}
