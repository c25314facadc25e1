//! The shell of `RUN`: a parser and an interpreter.

pub(crate) mod ast;
pub(crate) mod command;
mod error;
mod expansion;
pub(crate) mod parse;
mod redirects;
pub(crate) mod run;
pub(crate) mod test;
mod word;
