//! `R2Bucket`, on quire-store's buckets.

mod content;
mod options;
mod put;
mod store;

use crate::core::bodies::NativeBody;
use crate::core::error::OpError;
use crate::core::realm::Realm;
use options::{GetOptions, ListOptions, PutOptions, Shown, object_text};
use put::Value as Given;
use quire_jsc::{Call, Value};
use quire_store::r2::{R2Content, R2Error, R2Found, R2Page, R2Range, R2Store, R2Upload};
use serde_json::Value as Json;
use std::cell::RefCell;
use std::fmt::Write;
use std::io::Read;
use std::rc::Rc;
use store::{Outcome, Refusal, Store, off_thread};

pub(super) const SOURCES: &[(&str, &str)] = &[
    ("bindings/r2/options.js", include_str!("options.js")),
    ("bindings/r2/objects.js", include_str!("objects.js")),
    ("bindings/r2/r2.js", include_str!("r2.js")),
];

/// The buckets of a program, which JavaScript names by their place in the list, and their store.
#[derive(Clone, Default)]
struct Buckets {
    names: Rc<RefCell<Vec<Rc<str>>>>,
    store: Store,
}

pub(super) fn install(realm: &Realm) {
    let buckets = Buckets::default();
    // (name) → number
    let names = buckets.names.clone();
    realm.op("r2_open", move |call| {
        let mut names = names.borrow_mut();
        names.push(call.string(0)?.into());
        Ok((names.len() - 1) as f64)
    });
    install_reading(realm, &buckets);
    install_writing(realm, &buckets);
    install_uploads(realm, &buckets);
}

fn install_reading(realm: &Realm, buckets: &Buckets) {
    // (bucket, key) → null, or the object as JSON
    let of = buckets.clone();
    realm.realm_op("r2_head", move |realm, call| {
        let (bucket, store) = of.begin_reading(realm, call, "head")?;
        let found = store
            .head(&bucket, &call.string(1)?)
            .map_err(refused("head"))?;
        Ok(found.map(|object| {
            let range = (0, object.size);
            object_text(&object, Shown::ALL, Some(range))
        }))
    });
    // (bucket, key, options as JSON) → null, or an array of the object as JSON and its content: bytes, the number of a native
    // body, or null if a condition did not hold
    let of = buckets.clone();
    realm.realm_op("r2_get", move |realm, call| {
        let (bucket, store) = of.begin_reading(realm, call, "get")?;
        let key = call.string(1)?;
        let read = GetOptions::read(&call.string(2)?);
        let GetOptions {
            mut get,
            is_lenient,
        } = read.map_err(|refusal| refusal.of("get"))?;
        let mut found = store.get(&bucket, &key, &get);
        if is_lenient && matches!(found, Err(R2Error::Range)) {
            get.range = None;
            found = store.get(&bucket, &key, &get);
        }
        match found.map_err(refused("get"))? {
            Some(found) => give(realm, found, get.range).map(Some),
            None => Ok(None),
        }
    });
    // (bucket, options as JSON, key to begin after or null) → JSON
    let of = buckets.clone();
    realm.realm_async_op("r2_list", move |realm, call| {
        let (bucket, store) = of.begin_reading(realm, call, "list")?;
        let after = (!call.is_nullish(2)).then(|| call.bytes(2)).transpose()?;
        let read = ListOptions::read(&bucket, &call.string(1)?, after);
        let ListOptions { listing, shown } = read.map_err(|refusal| refusal.of("list"))?;
        Ok(async move {
            let page = off_thread(move || Ok(page_text(&store.list(&listing)?, shown))).await;
            page.map_err(|refusal| refusal.of("list"))
        })
    });
}

fn install_writing(realm: &Realm, buckets: &Buckets) {
    // (bucket, key, value, options as JSON) → null, or the object as JSON
    let of = buckets.clone();
    realm.realm_outgoing_op("r2_put", move |realm, call| {
        let (bucket, store) = of.begin(realm, call, "put")?;
        let value = Given::read(realm, call, 2)?;
        let read = PutOptions::read(&bucket, call.string(1)?, &call.string(3)?);
        let PutOptions { put, customer_key } = read.map_err(|refusal| refusal.of("put"))?;
        let algorithm = put.checksum.as_ref().map(|checksum| checksum.algorithm);
        let draft = store.draft(customer_key, algorithm);
        let draft = draft.map_err(refused("put"))?;
        Ok(async move {
            let (done, outcome) = Outcome::new();
            value
                .write(draft, "put", move |draft| draft.put(put, done))
                .await?;
            let object = outcome.wait().await;
            let object = object.map_err(|refusal| refusal.of("put"))?;
            Ok(object.map(|object| object_text(&object, Shown::ALL, None)))
        })
    });
    // (bucket, keys)
    let of = buckets.clone();
    realm.realm_outgoing_op("r2_delete", move |realm, call| {
        let (bucket, store) = of.begin(realm, call, "delete")?;
        let keys = call.value(1);
        let count = keys.get("length")?.to_number()? as u32;
        let keys = (0..count)
            .map(|index| keys.get_index(index)?.to_text())
            .collect::<Result<Vec<_>, _>>()?;
        Ok(async move {
            let (done, outcome) = Outcome::new();
            store.delete(bucket.to_string(), keys, done);
            let deleted = outcome.wait().await;
            deleted.map_err(|refusal| refusal.of("delete"))
        })
    });
}

fn install_uploads(realm: &Realm, buckets: &Buckets) {
    // (bucket, key, options as JSON) → the upload's id
    let of = buckets.clone();
    realm.realm_outgoing_op("r2_create_upload", move |realm, call| {
        const OPERATION: &str = "createMultipartUpload";
        let (bucket, store) = of.begin(realm, call, OPERATION)?;
        let read = options::upload(&call.string(2)?);
        let (metadata, customer_key) = read.map_err(|refusal| refusal.of(OPERATION))?;
        let key = call.string(1)?;
        Ok(async move {
            let (done, outcome) = Outcome::new();
            store.create_upload(bucket.to_string(), key, metadata, customer_key, done);
            let created = outcome.wait().await;
            created.map_err(|refusal| refusal.of(OPERATION))
        })
    });
    // (bucket, key, value, upload's id, number, customer's key or null) → the part's etag
    let of = buckets.clone();
    realm.realm_outgoing_op("r2_upload_part", move |realm, call| {
        const OPERATION: &str = "uploadPart";
        let (bucket, store) = of.begin(realm, call, OPERATION)?;
        let value = Given::read(realm, call, 2)?;
        let upload = upload(&bucket, call, 3)?;
        let number = call.number(4)? as u32;
        let digits = (!call.is_nullish(5)).then(|| call.string(5)).transpose()?;
        let customer_key = options::customer_key(digits.as_deref());
        let customer_key = customer_key.map_err(|refusal| refusal.of(OPERATION))?;
        let draft = store.draft(customer_key, None);
        let draft = draft.map_err(refused(OPERATION))?;
        Ok(async move {
            let (done, outcome) = Outcome::new();
            value
                .write(draft, OPERATION, move |draft| {
                    draft.put_part(upload, number, done);
                })
                .await?;
            let etag = outcome.wait().await;
            etag.map_err(|refusal| refusal.of(OPERATION))
        })
    });
    // (bucket, key, upload's id, parts as JSON) → the object as JSON
    let of = buckets.clone();
    realm.realm_outgoing_op("r2_complete", move |realm, call| {
        const OPERATION: &str = "completeMultipartUpload";
        let (bucket, store) = of.begin(realm, call, OPERATION)?;
        let parts = options::parts(&call.string(3)?);
        let parts = parts.map_err(|refusal| refusal.of(OPERATION))?;
        let upload = upload(&bucket, call, 2)?;
        Ok(async move {
            let (done, outcome) = Outcome::new();
            store.complete(upload, parts, done);
            let object = outcome.wait().await;
            let object = object.map_err(|refusal| refusal.of(OPERATION))?;
            Ok(object_text(&object, Shown::ALL, None))
        })
    });
    // (bucket, key, upload's id)
    let of = buckets.clone();
    realm.realm_outgoing_op("r2_abort", move |realm, call| {
        const OPERATION: &str = "abortMultipartUpload";
        let (bucket, store) = of.begin(realm, call, OPERATION)?;
        let upload = upload(&bucket, call, 2)?;
        Ok(async move {
            let (done, outcome) = Outcome::new();
            store.abort(upload, done);
            let aborted = outcome.wait().await;
            aborted.map_err(|refusal| refusal.of(OPERATION))
        })
    });
}

impl Buckets {
    /// The bucket that argument 0 names, and its store, for an operation that only reads: a subrequest, too.
    fn begin_reading(
        &self,
        realm: &Realm,
        call: &Call<'_>,
        operation: &str,
    ) -> Result<(Rc<str>, std::sync::Arc<dyn R2Store>), OpError> {
        realm.require_request()?.charge_subrequest()?;
        self.begin(realm, call, operation)
    }

    /// The bucket that argument 0 names, and its store.
    fn begin(
        &self,
        realm: &Realm,
        call: &Call<'_>,
        operation: &str,
    ) -> Result<(Rc<str>, std::sync::Arc<dyn R2Store>), OpError> {
        let store = self.store.open(realm);
        let store = store.map_err(|refusal| refusal.of(operation))?;
        let number = call.number(0)? as usize;
        match self.names.borrow().get(number) {
            Some(name) => Ok((name.clone(), store)),
            None => Err(OpError::Error("there is no such bucket".into())),
        }
    }
}

/// The upload of the key that argument 1 is, and the id at `index`.
fn upload(bucket: &str, call: &Call<'_>, index: usize) -> Result<R2Upload, OpError> {
    Ok(R2Upload {
        bucket: bucket.to_owned(),
        key: call.string(1)?,
        id: call.string(index)?,
    })
}

fn refused(operation: &'static str) -> impl FnOnce(R2Error) -> OpError {
    move |error| Refusal::from(error).of(operation)
}

/// See `r2_get`.
fn give(realm: &Realm, found: R2Found, range: Option<R2Range>) -> Result<Value, OpError> {
    let context = realm.context();
    let R2Found { object, content } = found;
    let Some(content) = content else {
        let text = object_text(&object, Shown::ALL, Some((0, object.size)));
        return Ok(context.array(&[context.string(&text), context.null()])?);
    };
    let got = match range {
        Some(_) => (content.offset(), content.left()),
        None => (0, object.size),
    };
    let text = object_text(&object, Shown::ALL, Some(got));
    let body = match content.is_in_memory() {
        true => context.uint8_array(read(content)?)?,
        false => {
            let number = realm.next_id();
            let body = NativeBody::new(content::stream(content), None);
            realm.require_request()?.bodies.insert(number, body);
            context.number(number as f64)
        }
    };
    Ok(context.array(&[context.string(&text), body])?)
}

/// Content that is in memory.
fn read(mut content: R2Content) -> Result<Vec<u8>, OpError> {
    let mut bytes = Vec::with_capacity(content.left() as usize);
    match content.read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Refusal::unreadable(&error).of("get")),
    }
}

/// What `list` gives, as JSON.
fn page_text(page: &R2Page, shown: Shown) -> String {
    let mut text = String::from("{\"objects\":[");
    for (index, object) in page.objects.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        text.push_str(comma);
        text.push_str(&object_text(object, shown, None));
    }
    let _ = write!(text, "],\"prefixes\":{}", Json::from(page.prefixes.clone()));
    if let Some(next) = &page.next {
        let _ = write!(text, ",\"next\":{}", Json::from(next.as_str()));
    }
    text.push('}');
    text
}
