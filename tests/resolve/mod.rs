//! Tests of the solver.

mod folder;
mod memory_index;
mod rules;
mod scenarios;
mod select;
