//! The progress of a check.

/// Counts of a running check.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Progress {
    /// The facts that were requested so far.
    pub asked: usize,
    /// The requested facts that were fetched or could not be fetched.
    pub answered: usize,
    /// The targets that are decided.
    pub decided: usize,
    /// How often the solvers ran.
    pub rounds: usize,
    /// The wheels to inspect.
    pub wheels: usize,
    /// The wheels that were inspected.
    pub inspected: usize,
    /// The bytes that were fetched to inspect wheels.
    pub inspected_bytes: u64,
}
