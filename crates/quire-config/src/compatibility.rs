//! Compatibility dates and flags: which behaviours a project asks for.

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

impl CompatibilityDate {
    const fn known(year: u16, month: u8, day: u8) -> Self {
        Self { year, month, day }
    }
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

/// The date and flags of a project.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Compatibility {
    /// The date; `None` if the project does not say, which means the newest behaviours.
    pub date: Option<CompatibilityDate>,
    /// The flags, as written.
    pub flags: Vec<String>,
}

/// Flags that are the default from a day on: the flag, the flag that turns it off, and the day.
const DEFAULTS: &[(&str, &str, CompatibilityDate)] = &[
    (
        "global_navigator",
        "no_global_navigator",
        CompatibilityDate::known(2022, 3, 21),
    ),
    (
        "url_standard",
        "url_original",
        CompatibilityDate::known(2022, 10, 31),
    ),
    (
        "http_headers_getsetcookie",
        "no_http_headers_getsetcookie",
        CompatibilityDate::known(2023, 3, 1),
    ),
    (
        "urlsearchparams_delete_has_value_arg",
        "no_urlsearchparams_delete_has_value_arg",
        CompatibilityDate::known(2023, 7, 1),
    ),
    (
        "no_global_importscripts",
        "global_importscripts",
        CompatibilityDate::known(2024, 3, 4),
    ),
    (
        "brotli_content_encoding",
        "no_brotli_content_encoding",
        CompatibilityDate::known(2024, 4, 29),
    ),
    (
        "set_tostring_tag",
        "do_not_set_tostring_tag",
        CompatibilityDate::known(2024, 9, 26),
    ),
    (
        "cache_option_enabled",
        "cache_option_disabled",
        CompatibilityDate::known(2024, 11, 11),
    ),
    (
        "nodejs_compat_populate_process_env",
        "nodejs_compat_do_not_populate_process_env",
        CompatibilityDate::known(2025, 4, 1),
    ),
    (
        "assets_navigation_prefers_asset_serving",
        "assets_navigation_has_no_effect",
        CompatibilityDate::known(2025, 4, 1),
    ),
    (
        "enable_weak_ref",
        "disable_weak_ref",
        CompatibilityDate::known(2025, 5, 5),
    ),
    (
        "enable_navigator_language",
        "disable_navigator_language",
        CompatibilityDate::known(2025, 5, 19),
    ),
    (
        "allow_eval_during_startup",
        "disallow_eval_during_startup",
        CompatibilityDate::known(2025, 6, 1),
    ),
    (
        "enable_ctx_exports",
        "disable_ctx_exports",
        CompatibilityDate::known(2025, 11, 17),
    ),
    (
        "nodejs_compat",
        "no_nodejs_compat",
        CompatibilityDate::known(2026, 8, 4),
    ),
    (
        "nodejs_compat_v2",
        "no_nodejs_compat_v2",
        CompatibilityDate::known(2026, 8, 4),
    ),
];

/// From this day on `nodejs_compat` means `nodejs_compat_v2` as well.
const NODEJS_COMPAT_IMPLIES_V2: CompatibilityDate = CompatibilityDate::known(2024, 9, 23);

impl Compatibility {
    /// Whether a behaviour is asked for: by its flag, or by a date from which it is the default. The flag that
    /// turns it off wins.
    pub fn has(&self, flag: &str) -> bool {
        let listed = |name: &str| self.flags.iter().any(|known| known == name);
        let default = DEFAULTS.iter().find(|(name, _, _)| *name == flag);
        if default.is_some_and(|(_, off, _)| listed(off)) {
            return false;
        }
        let by_v1 = flag == "nodejs_compat_v2"
            && listed("nodejs_compat")
            && self.is_from(NODEJS_COMPAT_IMPLIES_V2);
        listed(flag) || by_v1 || default.is_some_and(|(_, _, since)| self.is_from(*since))
    }

    fn is_from(&self, since: CompatibilityDate) -> bool {
        self.date.is_none_or(|date| date >= since)
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

    fn compatibility(date: &str, flags: &[&str]) -> Compatibility {
        Compatibility {
            date: date.parse().ok(),
            flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
        }
    }

    #[test]
    fn flags() {
        assert!(compatibility("2024-01-01", &["nodejs_compat"]).has("nodejs_compat"));
        assert!(!compatibility("2024-01-01", &["nodejs_compat"]).has("nodejs_compat_v2"));
        assert!(compatibility("2024-09-23", &["nodejs_compat"]).has("nodejs_compat_v2"));
        assert!(
            !compatibility("2024-09-23", &["nodejs_compat", "no_nodejs_compat_v2"])
                .has("nodejs_compat_v2")
        );
        assert!(!compatibility("2026-08-03", &[]).has("nodejs_compat"));
        assert!(compatibility("2026-08-04", &[]).has("nodejs_compat"));
        assert!(!compatibility("2026-08-04", &["no_nodejs_compat"]).has("nodejs_compat"));
        assert!(
            compatibility("", &[]).has("nodejs_compat"),
            "no date means the newest"
        );
        assert!(!compatibility("", &[]).has("pages_catchall_shadows_index"));
        assert!(
            compatibility("2026-01-01", &["pages_catchall_shadows_index"])
                .has("pages_catchall_shadows_index")
        );
    }
}
