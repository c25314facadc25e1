//! Runs a check.

use std::future::Future;

use super::request::{Check, Event, Subject};
use super::{dockerfile, installed, solving};
use crate::error::Error;
use crate::report::Report;

impl Check {
    /// Reads the inputs, queries the indexes and returns the report.
    ///
    /// A failed request to an index is not an error: the projects and, if nothing else is known, the
    /// [`gate`](Report::gate) of the report are undetermined.
    ///
    /// # Errors
    ///
    /// If a target, a requirement, a setting or a file is not valid. [`Error::faults`] lists all faults of the files
    /// with their positions. [`Error::is_undetermined`] returns whether the only cause is an unknown image.
    pub async fn run(self) -> Result<Report, Error> {
        self.run_with(|_| {}).await
    }

    /// As [`run`](Self::run), and calls `tell` with each event.
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
    /// As for [`run`](Self::run), and if it is called inside an async runtime, which must not be blocked.
    pub fn run_blocking(self) -> Result<Report, Error> {
        self.run_blocking_with(|_| {})
    }

    /// As [`run_blocking`](Self::run_blocking), and calls `tell` with each event.
    ///
    /// # Errors
    ///
    /// As for [`run_blocking`](Self::run_blocking).
    pub fn run_blocking_with(self, tell: impl FnMut(Event) + Send) -> Result<Report, Error> {
        block_on(self.run_with(tell))
    }
}

/// Runs a future of this crate to its end on a runtime of its own.
///
/// # Errors
///
/// The error of the future; if the runtime could not be started; and if it is called inside an async runtime, which must
/// not be blocked.
pub fn block_on<T>(run: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    if tokio::runtime::Handle::try_current().is_ok() {
        return Err(Error::internal(
            "a blocking check was started inside of an async runtime; await `run` there",
        ));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::internal("the runtime could not be started").with_source(error))?;
    runtime.block_on(run)
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
    fn each_fault_of_a_file_has_its_position() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("requirements.txt");
        let text = "flask\ndjango=>5\n\n--no-such-option\nnumpy # 1\n  pandas>=x\n";
        std::fs::write(&path, text).unwrap();
        let file = path.to_str().unwrap();
        let error = Check::new().on("python:3.12-slim").requirements_file(file).run_blocking().unwrap_err();
        let positions: Vec<(&str, u32)> =
            error.faults().iter().map(|fault| (&*fault.origin.file, fault.origin.line)).collect();
        assert_eq!(positions, [(file, 2), (file, 4), (file, 6)], "{error}");
        let lines: Vec<String> = error.faults().iter().map(ToString::to_string).collect();
        assert_eq!(error.to_string(), lines.join("\n"));
    }

    #[test]
    fn faults_of_several_files_and_arguments_are_all_reported() {
        let error = Check::new()
            .on("python:3.12-slim")
            .requirement("flask=>3")
            .requirements_text("a.txt", "-r missing.txt\nx==\n")
            .constraints_file("missing.txt")
            .run_blocking()
            .unwrap_err();
        let origins: Vec<String> = error.faults().iter().map(|fault| fault.origin.to_string()).collect();
        assert!(error.faults().len() >= 3, "{origins:?}");
        for expected in ["argument", "a.txt:1", "a.txt:2"] {
            assert!(origins.iter().any(|origin| origin.starts_with(expected)), "{expected} in {origins:?}");
        }
    }

    #[test]
    fn all_invalid_parts_are_reported_at_once() {
        let error = Check::new().on("python:3.12-slmi").run_blocking().unwrap_err();
        let text = error.to_string();
        for part in ["python:3.12-slim", "nothing to check"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(error.is_input());
        assert_eq!(error.errors().len(), 2);
    }
}
