//! `RateLimit`, on quire-store's counts.

use crate::core::error::OpError;
use crate::core::realm::Realm;
use quire_store::StoreError;
use quire_store::rate_limits::{RateLimit, RateLimits};
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

pub(super) const SOURCES: &[(&str, &str)] = &[(
    "bindings/rate_limit/rate-limit.js",
    include_str!("rate-limit.js"),
)];

pub(super) fn install(realm: &Realm) {
    let opened: Arc<OnceLock<RateLimits>> = Arc::default();
    // (namespace, key, limit, period) → whether the call is within the limit
    realm.realm_async_op("rate_limit", move |realm, call| {
        realm.require_request()?;
        let limit = RateLimit {
            namespace: call.string(0)?,
            key: call.string(1)?,
            limit: call.number(2)? as u32,
            period: call.number(3)? as u32,
        };
        let folder = realm.data_folder().map(|data| data.join("rate-limits"));
        let opened = opened.clone();
        Ok(async move {
            let folder = folder.ok_or_else(|| failed("there is no data folder"))?;
            let counting = tokio::task::spawn_blocking(move || {
                let limits = match opened.get() {
                    Some(limits) => limits,
                    None => {
                        let limits = RateLimits::open(&folder)?;
                        opened.get_or_init(|| limits)
                    }
                };
                let now = SystemTime::now().duration_since(UNIX_EPOCH);
                limits.count(&limit, now.map_or(0, |since| since.as_secs()))
            });
            let counted: Result<bool, StoreError> = counting.await.map_err(failed)?;
            counted.map_err(failed)
        })
    });
}

fn failed(reason: impl std::fmt::Display) -> OpError {
    OpError::Error(format!("the rate limit cannot be counted: {reason}"))
}
