//! The state of a stage while its instructions are applied, in parts: files, environment, packages, Python, steps and notes.

mod environment;
mod notes;
mod packages;
mod python;
mod state;
mod steps;

pub(crate) use notes::Notes;
pub(crate) use state::{StageState, is_shell};
