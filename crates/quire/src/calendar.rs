//! Dates and times (UTC) as text.

use time::UtcDateTime;

/// Today's date, as in `2026-06-01`.
pub fn today() -> String {
    UtcDateTime::now().date().to_string()
}

/// Date and time as ISO 8601 has them, as in `2026-06-01T09:30:00.000Z`.
pub fn now() -> String {
    let now = UtcDateTime::now();
    let (hour, minute, second) = now.time().as_hms();
    let date = now.date();
    let milliseconds = now.millisecond();
    format!("{date}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z")
}
