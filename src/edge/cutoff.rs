//! The moment from which files of an index are ignored.

use std::str::FromStr;

use jiff::ToSpan as _;

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
        cut(text).map(Self).map_err(Error::input)
    }
}

/// Returns the first moment that is excluded, in seconds since 1970-01-01T00:00Z. A day is included, as in uv.
///
/// # Errors
///
/// If the text is not a date or a time.
fn cut(text: &str) -> Result<i64, String> {
    if let Ok(day) = text.parse::<jiff::civil::Date>() {
        let next = day.checked_add(1.day()).and_then(|next| next.to_zoned(jiff::tz::TimeZone::UTC));
        return next.map(|next| next.timestamp().as_second()).map_err(|error| error.to_string());
    }
    let moment: jiff::Timestamp = text.parse().map_err(|_| {
        format!("`{text}` is not a valid date: expected a date such as 2026-11-01 or a time such as 2026-11-01T00:00:00Z")
    })?;
    Ok(moment.as_second())
}

#[cfg(test)]
mod tests {
    use super::cut;

    /// uv 0.13.8, `--help` of `--exclude-newer`: a date means its end in UTC.
    #[test]
    fn a_day_is_included_whole_and_a_time_is_not() {
        assert_eq!(cut("2026-11-01").unwrap() - cut("2026-11-01T00:00:00Z").unwrap(), 86_400);
        assert!(cut("yesterday").unwrap_err().contains("`yesterday`"));
    }
}
