//! Tests of this area.

mod catalogue;
