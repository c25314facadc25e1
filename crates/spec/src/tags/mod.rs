//! Wheel tags: [PEP 425](https://peps.python.org/pep-0425/), 513, 571, 599, 600, 656, 703 and 803.
//!
//! [`SupportedTags`] is the list of one target. It returns the [`TagRank`] of a wheel's [`TagSet`], or every part that
//! does not fit ([`TagMismatch`]) and how far the wheel is from fitting ([`Distance`]).

mod early_pip;
mod explain;
mod interpreter;
mod mismatch;
mod pair;
mod parts;
mod platform;
mod scan;
mod supported;
mod table;
mod tag;

pub use crate::target::TagFamily;
pub use explain::Distance;
pub use mismatch::{TagMismatch, WheelOs};
pub use platform::Unsupported;
pub(crate) use scan::Scan;
pub use supported::SupportedTags;
pub(crate) use tag::is_identifier;
pub use tag::{InvalidTag, Tag, TagSet};

/// The position in the list of supported tags. 0 is the most preferred tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagRank(pub(crate) u32);

impl TagRank {
    /// Returns the position, counted from 0.
    pub fn position(self) -> usize {
        self.0 as usize
    }
}
