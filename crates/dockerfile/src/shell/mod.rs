//! The shell of `RUN`: reading, and walking what was read.

pub(crate) mod ast;
pub(crate) mod command;
mod error;
mod expansion;
pub(crate) mod parse;
mod redirects;
pub(crate) mod run;
pub(crate) mod test;
mod word;
