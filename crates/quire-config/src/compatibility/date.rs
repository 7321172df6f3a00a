//! Days of the calendar.

use std::fmt;
use std::str::FromStr;

/// A day of the calendar, which selects the behaviours that were the default then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CompatibilityDate {
    year: u16,
    month: u8,
    day: u8,
}

/// Why a text is no compatibility date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDate {
    /// It does not look like a date.
    #[error(
        "a compatibility date must be written as year-month-day, such as `2026-06-01`, found `{0}`"
    )]
    Form(String),
    /// The calendar does not have the day.
    #[error("the compatibility date `{0}` is not a day of the calendar")]
    Calendar(String),
}

impl FromStr for CompatibilityDate {
    type Err = InvalidDate;

    fn from_str(text: &str) -> Result<Self, InvalidDate> {
        let form = || InvalidDate::Form(text.to_owned());
        let shape = |(at, byte): (usize, u8)| {
            if at == 4 || at == 7 {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        };
        if text.len() != 10 || !text.bytes().enumerate().all(shape) {
            return Err(form());
        }
        let year = text[..4].parse().map_err(|_| form())?;
        let month = text[5..7].parse().map_err(|_| form())?;
        let day = text[8..].parse().map_err(|_| form())?;
        if !(1..=days_in_month(year, month)).contains(&day) {
            return Err(InvalidDate::Calendar(text.to_owned()));
        }
        Ok(Self { year, month, day })
    }
}

/// 0 for a month that does not exist.
fn days_in_month(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

impl fmt::Display for CompatibilityDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:04}-{:02}-{:02}",
            self.year, self.month, self.day
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn dates() {
        for valid in ["2026-06-01", "2024-02-29", "2000-02-29", "2021-12-31"] {
            assert_eq!(
                valid.parse::<CompatibilityDate>().unwrap().to_string(),
                valid
            );
        }
        for form in [
            "",
            "2026-6-1",
            "2026/06/01",
            "20260601",
            "2026-06-01T00:00",
            "yesterday",
            "２０２６-06-01",
            "+026-06-01",
        ] {
            assert_eq!(
                form.parse::<CompatibilityDate>(),
                Err(InvalidDate::Form(form.to_owned()))
            );
        }
        for calendar in [
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "2026-01-00",
        ] {
            assert_eq!(
                calendar.parse::<CompatibilityDate>(),
                Err(InvalidDate::Calendar(calendar.to_owned()))
            );
        }
        assert!("2025-12-31".parse::<CompatibilityDate>().unwrap() < "2026-01-01".parse().unwrap());
    }
}
