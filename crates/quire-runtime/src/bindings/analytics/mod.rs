//! `AnalyticsEngineDataset`, on quire-store's analytics.

use crate::core::error::OpError;
use crate::core::realm::Realm;
use quire_store::analytics::{Analytics, Point};
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

pub(super) const SOURCES: &[(&str, &str)] = &[(
    "bindings/analytics/analytics.js",
    include_str!("analytics.js"),
)];

/// Points that wait to be written. Clones are the same.
#[derive(Clone, Default)]
struct Waiting(Arc<Mutex<Queue>>);

#[derive(Default)]
struct Queue {
    points: Vec<Point>,
    /// Whether somebody is writing, who will also write what comes meanwhile.
    is_written: bool,
    store: Option<Arc<Analytics>>,
}

/// A point as JavaScript gives it; bytes in hexadecimal digits.
#[derive(Deserialize)]
struct Given {
    index: String,
    blobs: Vec<String>,
    doubles: Vec<f64>,
}

pub(super) fn install(realm: &Realm) {
    let waiting = Waiting::default();
    // (dataset, JSON of a point): returns at once
    realm.realm_op("analytics_write", move |realm, call| {
        realm.require_request()?;
        let unclear = |error: serde_json::Error| OpError::Type(error.to_string());
        let given: Given = serde_json::from_str(&call.string(1)?).map_err(unclear)?;
        let Some(folder) = realm.data_folder() else {
            return Ok(());
        };
        let point = Point {
            dataset: call.string(0)?,
            time: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| since.as_secs()),
            index: bytes(&given.index),
            blobs: given.blobs.iter().map(|blob| bytes(blob)).collect(),
            doubles: given.doubles,
        };
        waiting.add(point, folder.join("analytics"));
        Ok(())
    });
}

fn bytes(digits: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or(0) as u8;
    let pairs = digits.as_bytes().chunks_exact(2);
    pairs
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}

impl Waiting {
    fn add(&self, point: Point, folder: PathBuf) {
        let mut queue = self.lock();
        queue.points.push(point);
        if !std::mem::replace(&mut queue.is_written, true) {
            let waiting = self.clone();
            tokio::task::spawn_blocking(move || waiting.write(&folder));
        }
    }

    /// Writes until nothing waits. Nobody is left to be told of a failure, but the log.
    fn write(&self, folder: &std::path::Path) {
        loop {
            let (points, known) = {
                let mut queue = self.lock();
                if queue.points.is_empty() {
                    queue.is_written = false;
                    return;
                }
                (std::mem::take(&mut queue.points), queue.store.clone())
            };
            let store = match known {
                Some(store) => Ok(store),
                None => Analytics::open(folder).map(Arc::new),
            };
            let written = store.and_then(|store| {
                self.lock().store = Some(store.clone());
                store.write(&points)
            });
            if let Err(error) = written {
                tracing::error!(
                    "{} points of Analytics Engine are lost: {error}",
                    points.len()
                );
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
