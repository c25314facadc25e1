//! Tests of the solver.

mod backjumping;
mod folder;
mod live;
mod memory_index;
mod properties;
mod recorded;
mod rules;
mod scenarios;
mod select;
