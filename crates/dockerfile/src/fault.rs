//! The error for invalid Dockerfiles.

use std::fmt;

pub use wheelbase_python::requirements::Fault;

/// The error for an invalid Dockerfile: all faults, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DockerfileError {
    faults: Vec<Fault>,
}

impl DockerfileError {
    /// Sorts the faults by position and removes duplicates.
    pub(crate) fn new(mut faults: Vec<Fault>) -> Self {
        faults.sort();
        faults.dedup();
        Self { faults }
    }

    /// The faults, in the order of the file; never empty.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }
}

impl fmt::Display for DockerfileError {
    /// Writes one fault per line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for DockerfileError {}
