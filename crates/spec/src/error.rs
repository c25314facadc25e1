//! The one error type of the crate.

use std::error::Error as StdError;
use std::fmt;

/// What kind of work failed; private, asked through predicates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Something the caller wrote cannot be used: arguments, a requirements file, a target.
    Input,
    /// The network, or a server on it, did not answer as it should.
    Network,
    /// A file or page does not exist.
    NotFound,
    /// A file could not be read or written.
    Io,
    /// Data from elsewhere (an index page, an archive) is damaged.
    Data,
    /// A fact that everything else stands on could not be had.
    Undetermined,
    /// The crate itself is at fault.
    Internal,
}

/// The work could not be done.
///
/// Errors carry a message that names the input and the cause; [`source`](StdError::source) leads to what lies
/// beneath. A *finding* (the work was done and there is something to tell) and an *undetermined* answer (a fact
/// could not be had) are never errors.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync + 'static>>,
}

impl Error {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { kind, message: crate::source::without_credentials(&message).into_owned(), source: None }
    }

    pub fn input(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Input, message)
    }

    /// Nothing can be decided without something that nobody knows.
    pub fn undetermined(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Undetermined, message)
    }

    /// A guarantee of this crate did not hold.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    pub fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    pub fn io(path: &std::path::Path, source: std::io::Error) -> Self {
        let kind =
            if source.kind() == std::io::ErrorKind::NotFound { ErrorKind::NotFound } else { ErrorKind::Io };
        // The number that the operating system gives a cause helps nobody.
        let cause = match source.kind() {
            std::io::ErrorKind::NotFound => "no such file".to_owned(),
            std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            std::io::ErrorKind::IsADirectory => "is a folder".to_owned(),
            _ => source.to_string(),
        };
        Self::new(kind, format!("`{}`: {cause}", path.display())).with_source(source)
    }

    /// The same with words before each line of the message.
    pub fn after(mut self, lead: &str) -> Self {
        self.message =
            self.message.lines().map(|line| format!("{lead}{line}")).collect::<Vec<_>>().join("\n");
        self
    }

    /// Changes the words of the message.
    pub fn reword(&mut self, change: impl FnOnce(&mut String)) {
        change(&mut self.message);
    }

    /// The same error once more, without what lies beneath it.
    pub fn again(&self) -> Self {
        Self { kind: self.kind, message: self.message.clone(), source: None }
    }

    /// Nothing, or one error for all; it is one of not knowing only if the caller can put none of them right.
    pub fn all(errors: Vec<Self>) -> Result<(), Self> {
        if errors.is_empty() {
            return Ok(());
        }
        let undetermined = errors.iter().all(|error| error.is_undetermined() || error.is_network());
        let text = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        Err(if undetermined { Self::undetermined(text) } else { Self::input(text) })
    }

    /// Whether the caller's own input is at fault.
    pub fn is_input(&self) -> bool {
        self.kind == ErrorKind::Input
    }

    /// Whether the network or a server is at fault.
    pub fn is_network(&self) -> bool {
        self.kind == ErrorKind::Network
    }

    /// Whether nothing is wrong but that a fact cannot be known, so that nothing was decided.
    pub fn is_undetermined(&self) -> bool {
        self.kind == ErrorKind::Undetermined
    }

    /// Whether something named does not exist.
    pub fn is_not_found(&self) -> bool {
        self.kind == ErrorKind::NotFound
    }

    /// Whether data from elsewhere is damaged.
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
