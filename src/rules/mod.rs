//! Rules: from facts to findings.

pub mod dockerfile;
pub mod image;
