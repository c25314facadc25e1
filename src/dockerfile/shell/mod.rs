//! The shell of `RUN`: reading, and walking what was read.

pub(crate) mod ast;
pub(crate) mod parse;
pub(crate) mod run;
pub(crate) mod test;
mod word;
mod words;

pub(crate) use words::short;
