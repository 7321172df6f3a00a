//! `caches`: the Cache API, on quire-store's cache.

mod find;
mod place;
mod policy;
mod selection;
mod store;

use crate::core::error::OpError;
use crate::core::realm::Realm;
pub(crate) use place::{Place, set_folder};
use policy::milliseconds;
use quire_jsc::Call;
use quire_store::StoreError;
use quire_store::cache::CacheKey;
use std::time::SystemTime;

/// Evaluated after fetch.
pub(crate) const SOURCES: &[(&str, &str)] = &[("web/cache/cache.js", include_str!("cache.js"))];

pub(crate) fn install(realm: &Realm) {
    // (cache, URL, headers of the request) → [status, text, URL, headers, body] or null
    realm.realm_async_op("cache_match", |realm, call| {
        let request = realm.require_request()?;
        let (place, key) = (Place::of(realm), key(call)?);
        let headers = headers(&call.string(2)?);
        let realm = realm.clone();
        Ok(async move { find::find(&realm, &request, &place, key, &headers).await })
    });
    // (cache, URL, authorized?, status, headers, body): the body as for `respond`
    realm.realm_async_op("cache_put", |realm, call| {
        let request = realm.require_request()?;
        let (place, key) = (Place::of(realm), key(call)?);
        let response = store::Response::read(&request, call)?;
        Ok(async move { response.store(&place, key).await })
    });
    // (cache, URL) → whether there was a fresh response
    realm.realm_async_op("cache_delete", |realm, call| {
        realm.require_request()?;
        let (place, key) = (Place::of(realm), key(call)?);
        Ok(async move {
            place
                .run(move |cache| cache.remove(&key, milliseconds(SystemTime::now())))
                .await
                .map(|removed| removed.unwrap_or(false))
        })
    });
}

fn key(call: &Call<'_>) -> Result<CacheKey, OpError> {
    Ok(CacheKey {
        cache: call.string(0)?,
        url: call.string(1)?,
    })
}

/// Headers from lines of name and value in turn; names in lower case.
fn headers(lines: &str) -> policy::Headers {
    let mut headers = Vec::new();
    let mut lines = lines.split('\n');
    while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    headers
}

fn store_error(error: &StoreError) -> OpError {
    OpError::Error(format!("The cache failed: {error}"))
}
