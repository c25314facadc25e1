//! Tests of the solver.

mod folder;
mod scenarios;
mod select;
