//! What a key, an expiry and metadata may be, in the words of the original.

use std::time::{SystemTime, UNIX_EPOCH};

use quire_store::kv::VALUE_BYTES_MAX;
use serde_json::Value;

use super::KvError;

const KEY_BYTES_MAX: usize = 512;
const METADATA_BYTES_MAX: usize = 1024;
const TTL_MIN: i64 = 60;

/// Seconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| time.as_secs().cast_signed())
}

fn refused(method: &'static str, text: String) -> KvError {
    KvError::Refused { method, text }
}

pub fn check_key(method: &'static str, key: &str) -> Result<(), KvError> {
    match key {
        "" => Err(refused(method, "400 Key names must not be empty".into())),
        "." | ".." => Err(refused(
            method,
            format!("400 Illegal key name \"{key}\". Please use a different name."),
        )),
        _ if key.len() > KEY_BYTES_MAX => Err(refused(
            method,
            format!(
                "414 UTF-8 encoded length of {} exceeds key length limit of {KEY_BYTES_MAX}.",
                key.len()
            ),
        )),
        _ => Ok(()),
    }
}

pub fn check_value(value: &[u8]) -> Result<(), KvError> {
    match value.len() as u64 {
        length if length > VALUE_BYTES_MAX => Err(refused(
            "PUT",
            format!("413 Value length of {length} exceeds limit of {VALUE_BYTES_MAX}."),
        )),
        _ => Ok(()),
    }
}

/// From which second on the entry is gone.
pub fn expires(expiration: Option<i64>, ttl: Option<i64>) -> Result<Option<i64>, KvError> {
    let now = now();
    let invalid = |name: &str, value: i64, rule: &str| {
        Err(refused(
            "PUT",
            format!("400 Invalid {name} of {value}. {rule}"),
        ))
    };
    match (expiration, ttl) {
        (_, Some(ttl)) if ttl <= 0 => invalid(
            "expiration_ttl",
            ttl,
            "Please specify integer greater than 0.",
        ),
        (_, Some(ttl)) if ttl < TTL_MIN => {
            invalid("expiration_ttl", ttl, "Expiration TTL must be at least 60.")
        }
        (_, Some(ttl)) => Ok(Some(now.saturating_add(ttl))),
        (Some(at), None) if at <= now => invalid(
            "expiration",
            at,
            "Please specify integer greater than the current number of seconds since the UNIX epoch.",
        ),
        (Some(at), None) if at < now + TTL_MIN => invalid(
            "expiration",
            at,
            "Expiration times must be at least 60 seconds in the future.",
        ),
        (at, None) => Ok(at),
    }
}

/// The text of metadata.
pub fn metadata(value: Option<&Value>) -> Result<Option<String>, KvError> {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let text = value.to_string();
    if text.len() > METADATA_BYTES_MAX {
        let text = format!(
            "413 Metadata length of {} exceeds limit of {METADATA_BYTES_MAX}.",
            text.len()
        );
        return Err(refused("PUT", text));
    }
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn as_on_the_original() {
        let said = |result: Result<Option<i64>, KvError>| result.unwrap_err().to_string();
        assert!(check_key("PUT", "a/../b").is_ok());
        assert!(
            check_key("GET", &"k".repeat(513))
                .unwrap_err()
                .to_string()
                .starts_with("KV GET failed: 414 UTF-8")
        );
        assert!(check_key("GET", "..").is_err() && check_key("GET", "").is_err());
        assert_eq!(
            said(expires(None, Some(5))),
            "KV PUT failed: 400 Invalid expiration_ttl of 5. Expiration TTL must be at least 60."
        );
        assert!(said(expires(None, Some(0))).contains("greater than 0"));
        assert!(said(expires(Some(5), None)).contains("since the UNIX epoch"));
        assert!(said(expires(Some(now() + 30), None)).contains("60 seconds in the future"));
        assert_eq!(expires(Some(now() + 100), None).unwrap(), Some(now() + 100));
        assert!(
            expires(Some(1), Some(60)).unwrap().unwrap() >= now() + 60,
            "a TTL wins"
        );
        assert_eq!(metadata(Some(&Value::Null)).unwrap(), None);
        assert!(metadata(Some(&Value::from("m".repeat(1023)))).is_err());
        assert!(check_value(&[0; 10]).is_ok());
    }
}
