//! Tests of this area.

mod catalogue;
mod data;
mod user;
