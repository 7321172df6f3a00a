//! Which responses are stored, and for how long: what a shared cache may do by RFC 9111, as the original's local cache does it.

use rustc_hash::FxHashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Statuses of responses that are stored.
const STORABLE: [u16; 13] = [
    200, 203, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414, 501,
];

/// Statuses that need no word of the response to be stored.
const STORABLE_BY_DEFAULT: [u16; 9] = [200, 203, 300, 301, 308, 404, 405, 410, 501];

/// What is about one connection, or what the cache itself says.
const NOT_STORED: [&str; 13] = [
    "age",
    "cf-cache-status",
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// By `Cache-Control: private=set-cookie` a program has a response stored without its cookies.
const WITHOUT_COOKIES: &str = "private=set-cookie";

/// For how long `immutable` counts as fresh where nothing else is said, in seconds.
const IMMUTABLE_SECONDS: f64 = 24.0 * 60.0 * 60.0;

/// How much of a response's age at the time of storing it stays fresh, where nothing is said.
const HEURISTIC_FRACTION: f64 = 0.1;

/// Nothing is fresh for longer, which keeps times within the range of numbers.
const LIFETIME_SECONDS_MAX: f64 = 10.0 * 365.0 * 24.0 * 60.0 * 60.0;

/// Names, in lower case, and values.
pub(super) type Headers = Vec<(String, String)>;

/// What is stored of a response.
#[derive(Debug, PartialEq)]
pub(super) struct Storable {
    pub(super) headers: Headers,
    /// For how long it is fresh, in milliseconds; more than zero.
    pub(super) lifetime: i64,
}

/// What is to be stored of a response, if anything. `authorized`: whether the request had an `Authorization` header.
pub(super) fn storable(
    status: u16,
    mut headers: Headers,
    authorized: bool,
    now: SystemTime,
) -> Option<Storable> {
    drop_cookies(&mut headers);
    let control = directives(&headers);
    let says = |name: &str| control.contains_key(name);
    let allowed = STORABLE.contains(&status)
        && find(&headers, "set-cookie").is_none()
        && !says("no-store")
        && !says("private")
        && (!authorized || says("must-revalidate") || says("public") || says("s-maxage"))
        && (find(&headers, "expires").is_some()
            || says("max-age")
            || says("s-maxage")
            || says("public")
            || STORABLE_BY_DEFAULT.contains(&status));
    if !allowed {
        return None;
    }
    let fresh = fresh_seconds(&headers, &control, now);
    let age = find(&headers, "age").map_or(0.0, seconds);
    let stale = f64::max(
        number(&control, "stale-while-revalidate"),
        number(&control, "stale-if-error"),
    );
    let lifetime = (fresh - age + stale).min(LIFETIME_SECONDS_MAX);
    if lifetime <= 0.0 {
        return None;
    }
    headers.retain(|(name, _)| !NOT_STORED.contains(&name.as_str()));
    Some(Storable {
        headers,
        lifetime: (lifetime * 1000.0) as i64,
    })
}

/// The first value of a header.
pub(super) fn find<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(each, _)| each == name)
        .map(|(_, value)| value.as_str())
}

fn drop_cookies(headers: &mut Headers) {
    let mut found = false;
    for (name, value) in headers.iter_mut() {
        if name == "cache-control"
            && let Some(at) = value.to_ascii_lowercase().find(WITHOUT_COOKIES)
        {
            value.replace_range(at..at + WITHOUT_COOKIES.len(), "");
            *value = value.trim().to_owned();
            found = true;
        }
    }
    if found {
        headers.retain(|(name, _)| name != "set-cookie");
    }
}

/// The directives of `Cache-Control`; of several of one name the last.
fn directives(headers: &Headers) -> FxHashMap<String, String> {
    let mut found = FxHashMap::default();
    let mut any = false;
    for (_, value) in headers.iter().filter(|(name, _)| name == "cache-control") {
        any = true;
        for part in value.split(',') {
            let (name, argument) = part.split_once('=').unwrap_or((part, ""));
            let name = name.trim().to_ascii_lowercase();
            if !name.is_empty() {
                found.insert(name, argument.trim().trim_matches('"').to_owned());
            }
        }
    }
    if !any && find(headers, "pragma").is_some_and(|value| value.contains("no-cache")) {
        found.insert("no-cache".into(), String::new());
    }
    found
}

fn number(control: &FxHashMap<String, String>, name: &str) -> f64 {
    control.get(name).map_or(0.0, |value| seconds(value))
}

/// A number of seconds; what is none counts as 0.
fn seconds(text: &str) -> f64 {
    match text.trim().parse::<u64>() {
        Ok(seconds) => seconds as f64,
        Err(_) => 0.0,
    }
}

fn fresh_seconds(headers: &Headers, control: &FxHashMap<String, String>, now: SystemTime) -> f64 {
    let says = |name: &str| control.contains_key(name);
    if says("no-cache") || says("proxy-revalidate") {
        return 0.0;
    }
    for name in ["s-maxage", "max-age"] {
        if says(name) {
            return number(control, name);
        }
    }
    let least = match says("immutable") {
        true => IMMUTABLE_SECONDS,
        false => 0.0,
    };
    let date = |name| find(headers, name).and_then(|value| httpdate::parse_http_date(value).ok());
    let sent = date("date").unwrap_or(now);
    if find(headers, "expires").is_some() {
        return date("expires").map_or(0.0, |expires| since(expires, sent).max(least));
    }
    match date("last-modified") {
        Some(modified) => (since(sent, modified) * HEURISTIC_FRACTION).max(least),
        None => least,
    }
}

/// The seconds from one time to a later one; 0 if it is earlier.
fn since(later: SystemTime, earlier: SystemTime) -> f64 {
    later
        .duration_since(earlier)
        .unwrap_or(Duration::ZERO)
        .as_secs_f64()
}

/// A time in milliseconds since 1970.
pub(super) fn milliseconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_millis() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lifetime(status: u16, headers: &[(&str, &str)], authorized: bool) -> Option<i64> {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        storable(status, headers, authorized, SystemTime::now()).map(|stored| stored.lifetime)
    }

    fn control(value: &str) -> Option<i64> {
        lifetime(200, &[("cache-control", value)], false)
    }

    #[test]
    fn cache_control_decides() {
        assert_eq!(control("max-age=100"), Some(100_000));
        assert_eq!(control("max-age=100, s-maxage=5"), Some(5_000));
        assert_eq!(control("PUBLIC, Max-Age=\"7\""), Some(7_000));
        assert_eq!(control("max-age=0, stale-while-revalidate=3"), Some(3_000));
        for refused in [
            "max-age=0",
            "public",
            "private, max-age=9",
            "no-store, max-age=9",
            "no-cache, max-age=9",
            "max-age=x",
            "max-age=-1",
            "s-maxage=0, max-age=9",
        ] {
            assert_eq!(control(refused), None, "{refused}");
        }
        assert_eq!(lifetime(200, &[], false), None);
        assert_eq!(
            lifetime(201, &[("cache-control", "max-age=9")], false),
            None
        );
    }

    #[test]
    fn dates_decide_where_cache_control_says_nothing() {
        let date = |offset: i64| {
            let now = SystemTime::now();
            httpdate::fmt_http_date(match offset < 0 {
                true => now - Duration::from_secs(offset.unsigned_abs()),
                false => now + Duration::from_secs(offset.unsigned_abs()),
            })
        };
        let (past, future) = (date(-1000), date(1000));
        assert!(lifetime(200, &[("expires", &future)], false).is_some_and(|time| time > 990_000));
        assert_eq!(lifetime(200, &[("expires", &past)], false), None);
        assert_eq!(lifetime(200, &[("expires", "0")], false), None);
        let heuristic = lifetime(200, &[("last-modified", &past)], false);
        assert!(heuristic.is_some_and(|time| (99_000..=101_000).contains(&time)));
        let aged = [("cache-control", "max-age=10"), ("age", "20")];
        assert_eq!(lifetime(200, &aged, false), None);
    }

    #[test]
    fn authorized_responses_and_cookies_need_permission() {
        let plain = [("cache-control", "max-age=9")];
        assert_eq!(lifetime(200, &plain, true), None);
        assert!(lifetime(200, &[("cache-control", "public, max-age=9")], true).is_some());
        let cookie = ("set-cookie".to_owned(), "a=b".to_owned());
        let control = |value: &str| ("cache-control".to_owned(), value.to_owned());
        let now = SystemTime::now();
        assert_eq!(
            storable(200, vec![cookie.clone(), control("max-age=9")], false, now),
            None
        );
        let stored = storable(
            200,
            vec![cookie, control("max-age=9, Private=Set-Cookie")],
            false,
            now,
        );
        assert_eq!(
            stored,
            Some(Storable {
                headers: vec![control("max-age=9,")],
                lifetime: 9_000
            })
        );
    }

    proptest! {
        #[test]
        fn no_header_breaks_it(control in ".{0,60}", expires in ".{0,40}", age in ".{0,20}") {
            let headers = vec![
                ("cache-control".to_owned(), control),
                ("expires".to_owned(), expires),
                ("age".to_owned(), age),
            ];
            if let Some(stored) = storable(200, headers, false, SystemTime::now()) {
                prop_assert!(stored.lifetime >= 0);
            }
        }
    }
}
