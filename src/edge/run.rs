//! Runs a check, whatever it is of.

use super::request::{Check, Event, Subject};
use super::{dockerfile, installed, solving};
use crate::error::Error;
use crate::report::Report;

impl Check {
    /// Reads, asks the indexes, and judges.
    ///
    /// What an index does not answer is no error: it makes projects undetermined, and the report's
    /// [`gate`](Report::gate) undecided where nothing else is known.
    ///
    /// # Errors
    ///
    /// When a target, a requirement, a setting or a file cannot be read: everything that is wrong, a line each.
    /// [`Error::is_undetermined`] tells whether all of it is only that nobody knows an image.
    pub async fn run(self) -> Result<Report, Error> {
        self.run_with(|_| {}).await
    }

    /// As [`run`](Self::run), and tells what goes on.
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run).
    pub async fn run_with(mut self, mut tell: impl FnMut(Event) + Send) -> Result<Report, Error> {
        match std::mem::take(&mut self.subject) {
            Subject::Requirements => solving::run(self, &mut tell).await,
            Subject::Dockerfile(input) => dockerfile::run(self, input, &mut tell).await,
            Subject::Installed => installed::run(self, &mut tell).await,
        }
    }

    /// As [`run`](Self::run), for callers without an async runtime.
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run), and when called inside of an async runtime, which must not be blocked.
    pub fn run_blocking(self) -> Result<Report, Error> {
        self.run_blocking_with(|_| {})
    }

    /// As [`run_blocking`](Self::run_blocking), and tells what goes on.
    ///
    /// # Errors
    ///
    /// As for [`run_blocking`](Self::run_blocking).
    pub fn run_blocking_with(self, tell: impl FnMut(Event) + Send) -> Result<Report, Error> {
        if tokio::runtime::Handle::try_current().is_ok() {
            return Err(Error::internal(
                "a blocking check was started inside of an async runtime; await `run` there",
            ));
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::internal("the runtime could not be started").with_source(error))?;
        runtime.block_on(self.run_with(tell))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_can_be_moved_to_another_thread() {
        fn is_send<T: Send>(value: T) -> T {
            value
        }
        drop(is_send(Check::new().run()));
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let error = Check::new().on("python:3.12-slmi").run_blocking().unwrap_err();
        let text = error.to_string();
        for part in ["python:3.12-slim", "nothing to check"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(error.is_input());
    }
}
