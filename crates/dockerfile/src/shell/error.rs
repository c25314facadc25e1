//! The error of the shell's reader.

/// A script that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShellError {
    pub(crate) offset: usize,
    pub(crate) message: String,
}
