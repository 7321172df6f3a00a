//! `KvNamespace`, on quire-store's key-value namespaces.

mod found;
mod put;
mod store;

use crate::core::error::OpError;
use crate::core::realm::Realm;
use found::Wanted;
use quire_jsc::Call;
use quire_store::kv::{KvListing, KvPage};
use serde_json::Value as Json;
use std::cell::RefCell;
use std::fmt::Write;
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};
use store::Store;

pub(super) const SOURCES: &[(&str, &str)] = &[("bindings/kv/kv.js", include_str!("kv.js"))];

/// The namespaces of a program; JavaScript names them by their place in the list.
type Namespaces = Rc<RefCell<Vec<Rc<str>>>>;

pub(super) fn install(realm: &Realm) {
    let (namespaces, store) = (Namespaces::default(), Store::default());
    // (id) → number
    let open = namespaces.clone();
    realm.op("kv_open", move |call| {
        let mut namespaces = open.borrow_mut();
        namespaces.push(call.string(0)?.into());
        Ok((namespaces.len() - 1) as f64)
    });
    install_reading(realm, &namespaces, &store);
    // (namespace, key, value, expiration or null, metadata or null): the value as a body for `respond`
    let (named, used) = (namespaces.clone(), store.clone());
    realm.realm_outgoing_op("kv_put", move |realm, call| {
        let store = used.open(realm, "PUT")?;
        let put = put::Put::read(realm, namespace(&named, call)?, call)?;
        Ok(put.run(store))
    });
    // (namespace, key)
    let (named, used) = (namespaces, store);
    realm.realm_outgoing_op("kv_delete", move |realm, call| {
        let store = used.open(realm, "DELETE")?;
        let (namespace, key) = (namespace(&named, call)?.to_string(), call.string(1)?);
        Ok(async move {
            let (done, deleted) = store::done();
            store.delete(namespace, key, done);
            store::outcome("DELETE", deleted.await)
        })
    });
}

fn install_reading(realm: &Realm, namespaces: &Namespaces, store: &Store) {
    // (namespace, key, wanted, with metadata?) → null, or what was found: text, bytes or the number of a native body;
    // with metadata an array of that and the metadata
    let (named, used) = (namespaces.clone(), store.clone());
    realm.realm_op("kv_get", move |realm, call| {
        let request = realm.require_request()?;
        request.charge_subrequest()?;
        let store = used.open(realm, "GET")?;
        let found = store
            .find(&namespace(&named, call)?, &call.string(1)?, now())
            .map_err(|error| store::failed("GET", &error))?;
        let wanted = Wanted::of(call.number(2)?);
        found::give(realm, &request, found, wanted, call.boolean(3))
    });
    // (namespace, keys) → text or null and metadata or null of each in turn
    let (named, used) = (namespaces.clone(), store.clone());
    realm.realm_async_op("kv_get_many", move |realm, call| {
        realm.require_request()?.charge_subrequest()?;
        let store = used.open(realm, "GET_BULK")?;
        let (namespace, keys) = (namespace(&named, call)?, call.value(1));
        let count = keys.get("length")?.to_number()? as u32;
        let keys = (0..count)
            .map(|index| keys.get_index(index)?.to_text())
            .collect::<Result<Vec<_>, _>>()?;
        let (realm, namespace) = (realm.clone(), namespace.to_string());
        Ok(async move {
            let many = store::off_thread("GET_BULK", move || {
                found::many(&*store, &namespace, &keys, now())
            });
            found::list(&realm, many.await?)
        })
    });
    // (namespace, prefix, key to begin after or null, limit) → JSON
    let (named, used) = (namespaces.clone(), store.clone());
    realm.realm_async_op("kv_list", move |realm, call| {
        realm.require_request()?.charge_subrequest()?;
        let store = used.open(realm, "GET")?;
        let listing = KvListing {
            namespace: namespace(&named, call)?.to_string(),
            prefix: call.string(1)?,
            after: (!call.is_nullish(2)).then(|| call.bytes(2)).transpose()?,
            limit: call.number(3)? as usize,
        };
        Ok(async move {
            store::off_thread("GET", move || Ok(page_text(&store.list(&listing, now())?))).await
        })
    });
}

fn namespace(namespaces: &Namespaces, call: &Call<'_>) -> Result<Rc<str>, OpError> {
    let number = call.number(0)? as usize;
    let namespaces = namespaces.borrow();
    let found = namespaces.get(number).cloned();
    found.ok_or_else(|| OpError::Error("there is no such namespace".into()))
}

/// What `list` gives, as JSON; JavaScript adds the cursor.
fn page_text(page: &KvPage) -> String {
    let mut text = String::from("{\"keys\":[");
    for (index, key) in page.keys.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let name = Json::from(key.name.as_str());
        let _ = write!(text, "{comma}{{\"name\":{name}");
        if let Some(expires) = key.expires {
            let _ = write!(text, ",\"expiration\":{expires}");
        }
        if let Some(metadata) = &key.metadata {
            let _ = write!(text, ",\"metadata\":{metadata}");
        }
        text.push('}');
    }
    let _ = write!(text, "],\"list_complete\":{}}}", page.complete);
    text
}

/// Seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| time.as_secs().cast_signed())
}
