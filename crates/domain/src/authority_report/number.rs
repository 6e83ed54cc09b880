use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::retention::SHANGHAI;

/// `2026-000123`: the year in Shanghai in which the report was made, and which one of that year it is, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReportNumber {
    pub year: i16,
    pub serial: u32,
}

impl ReportNumber {
    #[must_use]
    pub fn following(last: u32, now: Timestamp) -> Self {
        Self { year: year_of(now), serial: last.saturating_add(1) }
    }
}

/// The year in Shanghai.
#[must_use]
pub fn year_of(now: Timestamp) -> i16 {
    now.to_zoned_datetime(SHANGHAI.clone()).year()
}

impl fmt::Display for ReportNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:06}", self.year, self.serial)
    }
}

/// The text is no number of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a number such as 2026-000123")]
pub struct ReportNumberError;

impl FromStr for ReportNumber {
    type Err = ReportNumberError;
    fn from_str(text: &str) -> Result<Self, ReportNumberError> {
        let (year, serial) = text.split_once('-').ok_or(ReportNumberError)?;
        let digits = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(year, 4) || !digits(serial, 6) {
            return Err(ReportNumberError);
        }
        let (Ok(year), Ok(serial)) = (year.parse(), serial.parse()) else { return Err(ReportNumberError) };
        if serial == 0 { Err(ReportNumberError) } else { Ok(Self { year, serial }) }
    }
}

impl Serialize for ReportNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ReportNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_it_is_written_and_nothing_else_is() {
        let number = ReportNumber { year: 2026, serial: 123 };
        assert_eq!(number.to_string(), "2026-000123");
        assert_eq!("2026-000123".parse(), Ok(number));
        for text in ["", "2026", "2026-123", "26-000123", "2026-000000", "2026-00012x", "2026-0000123", "+026-000123"] {
            assert_eq!(text.parse::<ReportNumber>(), Err(ReportNumberError), "{text}");
        }
    }

    #[test]
    fn the_year_is_that_of_shanghai() {
        let new_year = "2026-12-31T16:00:00Z".parse().unwrap();
        assert_eq!(ReportNumber::following(0, new_year), ReportNumber { year: 2027, serial: 1 });
    }
}
