//! The one error type of the crate.

use std::error::Error as StdError;
use std::fmt;

/// What kind of work failed. Callers of the facade use the predicates of [`Error`] instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The caller's input is invalid: arguments, a requirements file, a target.
    Input,
    /// The network failed, or a server sent an invalid response.
    Network,
    /// A file or page does not exist.
    NotFound,
    /// A file could not be read or written.
    Io,
    /// Data that was read (an index page, an archive) is damaged.
    Data,
    /// A fact that every further step depends on is unknown.
    Undetermined,
    /// A bug in this crate.
    Internal,
}

/// The error type of all crates of this workspace: the work could not be done.
///
/// The message names the input and the cause; [`source`](StdError::source) returns the underlying error. A *finding*
/// (the work was done and there is something to report) and an *undetermined* answer (a fact is unknown) are not
/// errors.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync + 'static>>,
}

impl Error {
    /// Returns an error of this kind. `message` starts in lower case and has no final period.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { kind, message: crate::source::without_credentials(&message).into_owned(), source: None }
    }

    /// Returns an error for invalid input of the caller.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Input, message)
    }

    /// Returns an error for a decision that depends on an unknown fact.
    pub fn undetermined(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Undetermined, message)
    }

    /// Returns an error for a broken guarantee of this crate.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    /// Returns the error with the underlying error as its [`source`](StdError::source).
    pub fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// Returns an error for a file that could not be read or written. The message is the path and the
    /// cause.
    pub fn io(path: &std::path::Path, source: std::io::Error) -> Self {
        let kind =
            if source.kind() == std::io::ErrorKind::NotFound { ErrorKind::NotFound } else { ErrorKind::Io };
        // Leave out the error number that `std::io::Error` prints: it does not help the user.
        let cause = match source.kind() {
            std::io::ErrorKind::NotFound => "no such file".to_owned(),
            std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            std::io::ErrorKind::IsADirectory => "is a folder".to_owned(),
            _ => source.to_string(),
        };
        Self::new(kind, format!("`{}`: {cause}", path.display())).with_source(source)
    }

    /// Returns the error with `lead` in front of each line of its message.
    pub fn after(mut self, lead: &str) -> Self {
        self.message =
            self.message.lines().map(|line| format!("{lead}{line}")).collect::<Vec<_>>().join("\n");
        self
    }

    /// Changes the message in place.
    pub fn reword(&mut self, change: impl FnOnce(&mut String)) {
        change(&mut self.message);
    }

    /// Returns a copy of the error without its source, which cannot be cloned.
    pub fn again(&self) -> Self {
        Self { kind: self.kind, message: self.message.clone(), source: None }
    }

    /// Returns `Ok` if there are no errors, else one error with a line per message.
    ///
    /// # Errors
    ///
    /// The combined error is undetermined only if all of them are, because then no change of the input helps.
    pub fn all(errors: Vec<Self>) -> Result<(), Self> {
        if errors.is_empty() {
            return Ok(());
        }
        let undetermined = errors.iter().all(|error| error.is_undetermined() || error.is_network());
        let text = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        Err(if undetermined { Self::undetermined(text) } else { Self::input(text) })
    }

    /// Returns whether the caller's input is invalid.
    pub fn is_input(&self) -> bool {
        self.kind == ErrorKind::Input
    }

    /// Returns whether the network or a server failed.
    pub fn is_network(&self) -> bool {
        self.kind == ErrorKind::Network
    }

    /// Returns whether nothing was decided because a fact is unknown.
    pub fn is_undetermined(&self) -> bool {
        self.kind == ErrorKind::Undetermined
    }

    /// Returns whether a file, page or image does not exist.
    pub fn is_not_found(&self) -> bool {
        self.kind == ErrorKind::NotFound
    }

    /// Returns whether data that was read is damaged.
    pub fn is_data(&self) -> bool {
        self.kind == ErrorKind::Data
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
