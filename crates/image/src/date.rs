//! Days, without time and time zone.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A day of the Gregorian calendar, as `2026-08-13`.
///
/// ```
/// use wheelbase::image::Date;
///
/// let day: Date = "2025-08-12".parse()?;
/// assert!(day < "2025-10-07".parse()?);
/// assert!("2025-02-29".parse::<Date>().is_err());
/// # Ok::<(), wheelbase::image::InvalidDate>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i16,
    month: i8,
    day: i8,
}

impl Date {
    /// Returns the day with these numbers; `None` if it does not exist.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        jiff::civil::Date::new(year, month, day).is_ok().then_some(Self { year, month, day })
    }

    /// Returns the year.
    pub fn year(self) -> i16 {
        self.year
    }

    /// Returns the month, 1 to 12.
    pub fn month(self) -> i8 {
        self.month
    }

    /// Returns the day of the month, 1 to 31.
    pub fn day(self) -> i8 {
        self.day
    }

    /// Returns the whole months from `earlier` to this day; negative if this day is before `earlier`.
    pub(crate) fn months_since(self, earlier: Self) -> i32 {
        let months = |date: Self| i32::from(date.year) * 12 + i32::from(date.month);
        months(self) - months(earlier) - i32::from(self.day < earlier.day)
    }
}

/// The error for a text that is not a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidDate {
    input: String,
}

impl fmt::Display for InvalidDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a date: expected year, month and day, for example `2026-08-13`",
            self.input.escape_default()
        )
    }
}

impl std::error::Error for InvalidDate {}

impl FromStr for Date {
    type Err = InvalidDate;

    fn from_str(text: &str) -> Result<Self, InvalidDate> {
        let parse = || {
            let bytes = text.as_bytes();
            let shape = bytes.len() == 10
                && bytes.iter().enumerate().all(|(index, byte)| match index {
                    4 | 7 => *byte == b'-',
                    _ => byte.is_ascii_digit(),
                });
            if !shape {
                return None;
            }
            Self::new(
                text.get(..4)?.parse().ok()?,
                text.get(5..7)?.parse().ok()?,
                text.get(8..)?.parse().ok()?,
            )
        };
        parse().ok_or_else(|| InvalidDate { input: text.to_owned() })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn only_days_of_the_calendar_are_valid() {
        for bad in
            ["", "2025-8-1", "2025-13-01", "2025-02-30", "20250812", "2025-08-12T00:00:00Z", "２025-08-1"]
        {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
        let day: Date = "2024-02-29".parse().unwrap();
        assert_eq!(day.to_string(), "2024-02-29");
    }

    #[test]
    fn months_are_whole_months() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(day("2026-11-21").months_since(day("2026-08-13")), 3);
        assert_eq!(day("2026-11-12").months_since(day("2026-08-13")), 2);
        assert_eq!(day("2026-08-12").months_since(day("2026-08-13")), -1);
    }
}
