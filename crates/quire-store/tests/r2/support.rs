//! A store, called as if it were synchronous.

use quire_store::r2::{
    R2Checksum, R2CustomerKey, R2Directory, R2Error, R2Found, R2Get, R2Listing, R2Metadata,
    R2Object, R2Page, R2Part, R2Put, R2Range, R2Store, R2Upload,
};
use std::io::Read;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

pub const BUCKET: &str = "a";

/// Calls what takes a `done`, and waits for it.
pub fn wait<T: Send + 'static>(start: impl FnOnce(quire_store::r2::Done<T>)) -> Result<T, R2Error> {
    begin(start).recv().unwrap()
}

pub fn begin<T: Send + 'static>(
    start: impl FnOnce(quire_store::r2::Done<T>),
) -> Receiver<Result<T, R2Error>> {
    let (sender, outcome) = channel();
    start(Box::new(move |result| drop(sender.send(result))));
    outcome
}

pub fn a(key: &str) -> R2Put {
    R2Put {
        bucket: BUCKET.into(),
        key: key.into(),
        ..R2Put::default()
    }
}

pub fn begin_put(
    store: &R2Directory,
    put: R2Put,
    customer_key: Option<R2CustomerKey>,
    content: &[u8],
) -> Receiver<Result<Option<R2Object>, R2Error>> {
    let checksum = put.checksum.as_ref();
    let algorithm = checksum.map(|R2Checksum { algorithm, .. }| *algorithm);
    begin(|done| {
        let written = store.draft(customer_key, algorithm).and_then(|mut draft| {
            for piece in content.chunks(50_001) {
                draft.write(piece)?;
            }
            Ok(draft)
        });
        match written {
            Ok(draft) => draft.put(put, done),
            Err(error) => done(Err(error)),
        }
    })
}

pub fn try_put(
    store: &R2Directory,
    put: R2Put,
    content: &[u8],
) -> Result<Option<R2Object>, R2Error> {
    begin_put(store, put, None, content).recv().unwrap()
}

pub fn put(store: &R2Directory, key: &str, content: &[u8]) -> R2Object {
    try_put(store, a(key), content).unwrap().unwrap()
}

pub fn delete(store: &R2Directory, keys: &[&str]) {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    wait(|done| store.delete(BUCKET.into(), keys, done)).unwrap();
}

pub fn found(store: &R2Directory, key: &str, get: &R2Get) -> Option<R2Found> {
    store.get(BUCKET, key, get).unwrap()
}

pub fn bytes(found: R2Found) -> Vec<u8> {
    let mut bytes = Vec::new();
    found.content.unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

pub fn get(store: &R2Directory, key: &str) -> Option<Vec<u8>> {
    found(store, key, &R2Get::default()).map(bytes)
}

pub fn get_range(store: &R2Directory, key: &str, offset: u64, length: u64) -> Vec<u8> {
    let length = Some(length);
    let get = R2Get {
        range: Some(R2Range::From { offset, length }),
        ..R2Get::default()
    };
    bytes(found(store, key, &get).unwrap())
}

pub fn list(store: &R2Directory, listing: R2Listing) -> R2Page {
    let bucket = BUCKET.into();
    store.list(&R2Listing { bucket, ..listing }).unwrap()
}

pub fn keys(page: &R2Page) -> Vec<&str> {
    page.objects
        .iter()
        .map(|object| object.key.as_str())
        .collect()
}

pub fn create_upload(store: &R2Directory, key: &str) -> R2Upload {
    let metadata = R2Metadata {
        http: "{\"contentType\":\"text/x\"}".into(),
        ..R2Metadata::default()
    };
    let id = wait(|done| {
        store.create_upload(BUCKET.into(), key.into(), metadata, None, done);
    });
    R2Upload {
        bucket: BUCKET.into(),
        key: key.into(),
        id: id.unwrap(),
    }
}

pub fn put_part(
    store: &R2Directory,
    upload: &R2Upload,
    number: u32,
    content: &[u8],
) -> Result<R2Part, R2Error> {
    let mut draft = store.draft(None, None)?;
    draft.write(content)?;
    let etag = wait(|done| draft.put_part(upload.clone(), number, done))?;
    Ok(R2Part { number, etag })
}

pub fn complete(
    store: &R2Directory,
    upload: &R2Upload,
    parts: Vec<R2Part>,
) -> Result<R2Object, R2Error> {
    wait(|done| store.complete(upload.clone(), parts, done))
}

/// Content of this length that differs from place to place.
pub fn content(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index % 251) as u8).collect()
}

pub fn files(folder: &Path) -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        count += match entry.path().is_dir() {
            true => files(&entry.path()),
            false => 1,
        };
    }
    count
}

/// Waits for what happens in the background.
pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
