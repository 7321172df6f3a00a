//! Days of the calendar, in UTC.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use time::Date;

const SECONDS: u64 = 24 * 60 * 60;

/// A day in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u32);

impl Day {
    /// The day that it is now.
    pub fn today() -> Self {
        Self::of(SystemTime::now())
    }

    /// The day of a moment; a clock that was never set shows 1970-01-01 at the earliest.
    pub fn of(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(u32::try_from(since.as_secs() / SECONDS).unwrap_or(u32::MAX))
    }

    /// Its number, counted from 1970-01-01.
    pub fn number(self) -> u32 {
        self.0
    }

    /// The day with this number.
    pub fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// The day so many days before; 1970-01-01 at the earliest.
    #[must_use]
    pub fn before(self, days: u32) -> Self {
        Self(self.0.saturating_sub(days))
    }

    /// How long until it is over.
    pub fn rest(self, now: SystemTime) -> Duration {
        let end = Duration::from_secs((u64::from(self.0) + 1) * SECONDS);
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        end.saturating_sub(since)
    }

    fn date(self) -> Option<Date> {
        let epoch = time::OffsetDateTime::UNIX_EPOCH.to_julian_day();
        Date::from_julian_day(epoch.checked_add_unsigned(self.0)?).ok()
    }
}

/// `2026-11-30`
impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.date() {
            Some(date) => date.fmt(formatter),
            // Later than any calendar goes.
            None => write!(formatter, "day {}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_midnight_utc() {
        let at = |seconds| Day::of(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(0).to_string(), "1970-01-01");
        assert_eq!(at(1_782_864_000).to_string(), "2026-07-01");
        assert_eq!(at(1_782_863_999).to_string(), "2026-06-30");
        assert_eq!(at(951_782_400).to_string(), "2000-02-29");
        assert_eq!(at(1_782_864_000).before(1), at(1_782_863_999));
        assert_eq!(Day::of(UNIX_EPOCH - Duration::from_secs(1)).number(), 0);
    }

    #[test]
    fn a_day_has_an_end() {
        let noon = UNIX_EPOCH + Duration::from_secs(1_782_864_000 + 43_200);
        assert_eq!(Day::of(noon).rest(noon), Duration::from_secs(43_200));
        assert_eq!(Day::of(noon).before(1).rest(noon), Duration::ZERO);
        assert!(!Day::from_number(u32::MAX).to_string().is_empty());
    }
}
