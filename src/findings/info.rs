//! What is known about a code.

use super::level::Level;

/// What is known about a code, next to the rule that reports it.
#[derive(Debug)]
pub(crate) struct CodeInfo {
    /// Kebab-case; never renamed, never reused.
    pub(crate) name: &'static str,
    /// The level unless a setting or the circumstances change it.
    pub(crate) level: Level,
    /// One line without final period.
    pub(crate) summary: &'static str,
    /// What it means, when it fires and when it stays silent, what to do: paragraphs for `wheelbase explain`.
    pub(crate) explanation: &'static str,
    /// The specification, or an issue that shows the case.
    pub(crate) link: &'static str,
}
