//! The one error type of the crate.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use crate::source::{Fault, InvalidInput, Origin, without_credentials};

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
/// The message names the input and the cause. [`faults`](Self::faults) lists the invalid parts of the input files with
/// their positions, [`errors`](Self::errors) the errors of which this one consists, and [`source`](StdError::source)
/// returns the underlying error. A *finding* (the work was done and there is something to report) and an
/// *undetermined* answer (a fact is unknown) are not errors.
#[derive(Clone, Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    faults: Vec<Fault>,
    errors: Vec<Self>,
    source: Option<Arc<dyn StdError + Send + Sync + 'static>>,
}

impl Error {
    /// Returns an error of this kind. `message` starts in lower case and has no final period.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let message = without_credentials(&message.into()).into_owned();
        Self { kind, message, faults: Vec::new(), errors: Vec::new(), source: None }
    }

    /// Returns an error for invalid input of the caller.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Input, message)
    }

    /// Returns an error for invalid input, with the message of `source` and `source` itself.
    pub fn invalid(source: impl StdError + Send + Sync + 'static) -> Self {
        Self::input(source.to_string()).with_source(source)
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
        self.source = Some(Arc::new(source));
        self
    }

    /// Returns the error with these faults of input files. The message does not change.
    pub fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.faults = faults.into_iter().map(without_credentials_in).collect();
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
            std::io::ErrorKind::IsADirectory => "is a directory".to_owned(),
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

    /// Changes the message and the messages of all faults and errors in place. The sources are removed if a message
    /// changes, because they may contain the replaced text.
    pub fn reword(&mut self, change: impl Fn(&mut String)) {
        self.reword_all(&change);
    }

    fn reword_all(&mut self, change: &dyn Fn(&mut String)) {
        let before = self.message.clone();
        change(&mut self.message);
        for fault in &mut self.faults {
            change(&mut fault.message);
        }
        for error in &mut self.errors {
            error.reword_all(change);
        }
        if self.message != before {
            self.source = None;
        }
    }

    /// Returns `Ok` if there are no errors, else one error that contains all of them. Its message has a line per message,
    /// and its [`faults`](Self::faults) are those of all errors, in their order.
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
        let mut combined = if undetermined { Self::undetermined(text) } else { Self::input(text) };
        combined.faults = errors.iter().flat_map(|error| error.faults.iter().cloned()).collect();
        combined.errors = errors;
        Err(combined)
    }

    /// The invalid parts of input files, each with its file, line and column. Empty if the error is not about the content
    /// of a file.
    ///
    /// ```
    /// use wheelbase::Check;
    ///
    /// let check = Check::new().on("python:3.12-slim").requirements_text("requirements.txt", "flask\ndjango=>5\n");
    /// let error = check.run_blocking().unwrap_err();
    /// let fault = &error.faults()[0];
    /// assert_eq!((&*fault.origin.file, fault.origin.line), ("requirements.txt", 2));
    /// ```
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The errors that [`all`](Self::all) combined, each with its own kind, faults and source. Empty for a single error.
    pub fn errors(&self) -> &[Self] {
        &self.errors
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

    /// Returns whether a file could not be read or written, for another reason than that it does not exist.
    pub fn is_io(&self) -> bool {
        self.kind == ErrorKind::Io
    }
}

impl PartialEq for Error {
    /// Compares everything except the sources.
    fn eq(&self, other: &Self) -> bool {
        let Self { kind, message, faults, errors, source: _ } = self;
        (kind, message, faults, errors) == (&other.kind, &other.message, &other.faults, &other.errors)
    }
}

impl From<Vec<Fault>> for Error {
    /// An input error with a line per fault, in the given order.
    fn from(faults: Vec<Fault>) -> Self {
        let text = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        Self::input(text).with_faults(faults)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::from(vec![fault])
    }
}

impl From<InvalidInput> for Error {
    fn from(input: InvalidInput) -> Self {
        Self::from(input.faults().to_vec())
    }
}

/// Removes user names and passwords from the URLs of a fault.
fn without_credentials_in(fault: Fault) -> Fault {
    let Origin { file, line, column } = fault.origin;
    let file = without_credentials(&file).into_owned();
    Fault::new(Origin::new(file, line, column), without_credentials(&fault.message))
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    /// The underlying error; of a combined error the first of its errors.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match (&self.source, self.errors.first()) {
            (Some(source), _) => Some(source.as_ref()),
            (None, Some(first)) => Some(first),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(line: u32, message: &str) -> Fault {
        Fault::new(Origin::new("requirements.txt", line, 1), message)
    }

    #[test]
    fn combined_errors_keep_faults_kinds_and_sources() {
        let missing = Error::io("a.txt".as_ref(), std::io::ErrorKind::NotFound.into());
        let invalid = Error::from(vec![fault(3, "unknown option"), fault(5, "expected a version")]);
        let combined = Error::all(vec![missing, invalid]).unwrap_err();
        assert_eq!(
            combined.to_string(),
            "`a.txt`: no such file\nrequirements.txt:3:1: unknown option\nrequirements.txt:5:1: expected a version"
        );
        assert_eq!(combined.faults(), [fault(3, "unknown option"), fault(5, "expected a version")]);
        assert!(combined.is_input() && combined.errors()[0].is_not_found());
        let first = combined.source().unwrap();
        assert!(first.source().unwrap().is::<std::io::Error>());
        assert_eq!(combined.clone().faults(), combined.faults());
    }

    #[test]
    fn combined_errors_are_undetermined_only_if_all_are() {
        let undetermined = || Error::undetermined("the image is unknown");
        assert!(Error::all(Vec::new()).is_ok());
        assert!(Error::all(vec![undetermined(), undetermined()]).unwrap_err().is_undetermined());
        assert!(Error::all(vec![undetermined(), Error::input("no target")]).unwrap_err().is_input());
    }

    #[test]
    fn rewording_reaches_faults_and_removes_sources() {
        let cause = fault(1, "`secret` is not a valid name");
        let mut error = Error::all(vec![Error::invalid(cause.clone()).with_faults(vec![cause])]).unwrap_err();
        error.reword(|text| *text = text.replace("secret", "..."));
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        assert_eq!(error.faults()[0].message, "`...` is not a valid name");
    }

    #[test]
    fn credentials_are_removed_from_faults() {
        let origin = Origin::new("https://u:p@host/r.txt", 1, 1);
        let error = Error::from(Fault::new(origin, "`https://u:p@host/x` is not a wheel"));
        assert!(!format!("{error:?}").contains("u:p"), "{error:?}");
    }
}
