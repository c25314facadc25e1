//! The moment from which files of an index are ignored.

use std::str::FromStr;

use jiff::ToSpan as _;

use wheelbase_spec::error::Error;

/// A moment; files that were uploaded at it or later are ignored.
///
/// A day such as `2026-11-01` is included whole, as uv reads it; a time of RFC 3339 is not.
///
/// ```
/// use wheelbase::index::Cutoff;
///
/// let day: Cutoff = "2026-11-01".parse()?;
/// let midnight: Cutoff = "2026-11-02T00:00:00Z".parse()?;
/// assert_eq!(day, midnight);
/// # Ok::<(), wheelbase::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cutoff(i64);

/// Why a text is not a cutoff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum InvalidCutoff {
    /// A duration before the current time, such as `7 days` or `P7D`.
    Relative,
    /// Neither a date nor a time.
    Invalid,
}

impl Cutoff {
    /// Reads a date or a time.
    ///
    /// # Errors
    ///
    /// If the text is not a date or a time.
    pub fn read(text: &str) -> Result<Self, InvalidCutoff> {
        // A time with an offset is also read as a date, so times are first.
        if let Ok(moment) = text.parse::<jiff::Timestamp>() {
            return Ok(Self(moment.as_second()));
        }
        if let Ok(day) = text.parse::<jiff::civil::Date>() {
            let next = day.checked_add(1.day()).and_then(|next| next.to_zoned(jiff::tz::TimeZone::UTC));
            return next.map(|next| Self(next.timestamp().as_second())).map_err(|_| InvalidCutoff::Invalid);
        }
        match text.parse::<jiff::Span>() {
            Ok(_) => Err(InvalidCutoff::Relative),
            Err(_) => Err(InvalidCutoff::Invalid),
        }
    }

    /// The moment in seconds since 1970-01-01T00:00Z.
    pub fn seconds(self) -> i64 {
        self.0
    }
}

impl FromStr for Cutoff {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::read(text).map_err(|_| {
            Error::input(format!(
                "`{text}` is not a valid date: expected a date such as 2026-11-01 or a time such as 2026-11-01T00:00:00Z"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// uv 0.13.8, `--help` of `--exclude-newer`: a date means its end in UTC.
    #[test]
    fn a_day_is_included_whole_and_a_time_is_not() {
        let seconds = |text: &str| text.parse().map(Cutoff::seconds).unwrap();
        assert_eq!(seconds("2026-11-01") - seconds("2026-11-01T00:00:00Z"), 86_400);
        assert_eq!(seconds("2026-11-01T00:00:00Z") - seconds("2026-11-01T00:00:00+02:00"), 7_200);
    }

    #[test]
    fn durations_are_not_dates() {
        for text in ["7 days", "P7D", "1 week"] {
            assert_eq!(Cutoff::read(text), Err(InvalidCutoff::Relative), "{text}");
        }
        assert_eq!(Cutoff::read("yesterday"), Err(InvalidCutoff::Invalid));
        assert!("yesterday".parse::<Cutoff>().unwrap_err().to_string().contains("`yesterday`"));
    }
}
