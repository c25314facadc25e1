//! The error for invalid shell scripts.

/// The error for an invalid shell script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShellError {
    pub(crate) offset: usize,
    pub(crate) message: String,
}
