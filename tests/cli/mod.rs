//! Tests of this area.

mod inspect;
