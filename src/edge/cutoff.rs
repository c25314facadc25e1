//! The moment from which files of an index are ignored.

use std::str::FromStr;

use crate::error::Error;

/// A moment; files that were uploaded at it or later are ignored.
///
/// A day such as `2026-11-01` is included whole, as uv reads it; a time of RFC 3339 is not.
///
/// ```
/// use wheelbase::edge::Cutoff;
///
/// let day: Cutoff = "2026-11-01".parse()?;
/// let midnight: Cutoff = "2026-11-02T00:00:00Z".parse()?;
/// assert_eq!(day, midnight);
/// # Ok::<(), wheelbase::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cutoff(i64);

impl Cutoff {
    /// The moment in seconds since 1970-01-01T00:00Z.
    pub fn seconds(self) -> i64 {
        self.0
    }
}

impl FromStr for Cutoff {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        super::cut(text).map(Self).map_err(Error::input)
    }
}
