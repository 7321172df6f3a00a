//! `put`: from a value of the program to what is stored.

use super::store::{done, off_thread, outcome};
use crate::core::bodies::NativeBody;
use crate::core::body_ops::{body_error, holder, take};
use crate::core::error::OpError;
use crate::core::realm::Realm;
use crate::core::respond::body_bytes;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use quire_jsc::Call;
use quire_store::kv::{KvDraft, KvHead, KvStore, SMALL_BYTES_MAX, VALUE_BYTES_MAX};
use std::rc::Rc;
use std::sync::Arc;

/// Bytes that are collected before they are written.
const PIECE_BYTES: usize = 256 * 1024;

/// What `put` was called with.
pub(super) struct Put {
    head: KvHead,
    value: Value,
}

enum Value {
    Bytes(Bytes),
    Stream(NativeBody),
}

impl Put {
    /// Reads `kv_put(namespace, key, value, expiration, metadata)`.
    pub(super) fn read(
        realm: &Rc<Realm>,
        namespace: Rc<str>,
        call: &Call<'_>,
    ) -> Result<Self, OpError> {
        let value = match body_bytes(call, 2)? {
            Ok(bytes) => Value::Bytes(bytes),
            Err(number) => Value::Stream(take(&*holder(realm, number)?, number)?),
        };
        let expires = (!call.is_nullish(3)).then(|| call.number(3)).transpose()?;
        let head = KvHead {
            namespace: namespace.to_string(),
            key: call.string(1)?,
            expires: expires.map(|seconds| seconds as i64),
            metadata: (!call.is_nullish(4)).then(|| call.string(4)).transpose()?,
        };
        Ok(Self { head, value })
    }

    /// Stores it.
    pub(super) async fn run(self, store: Arc<dyn KvStore>) -> Result<(), OpError> {
        let Self { head, value } = self;
        match value {
            Value::Bytes(bytes) => put_bytes(&store, head, bytes).await,
            Value::Stream(body) => put_stream(store, head, body).await,
        }
    }
}

async fn put_bytes(store: &Arc<dyn KvStore>, head: KvHead, bytes: Bytes) -> Result<(), OpError> {
    check_length(bytes.len() as u64)?;
    if bytes.len() > SMALL_BYTES_MAX {
        let writing = Writing::default().write(store, bytes.into()).await?;
        return writing.commit(store, head).await;
    }
    let (done, stored) = done();
    store.put(head, bytes.into(), done);
    outcome("PUT", stored.await)
}

async fn put_stream(
    store: Arc<dyn KvStore>,
    head: KvHead,
    body: NativeBody,
) -> Result<(), OpError> {
    let mut stream = body.decoded();
    let mut length: u64 = 0;
    let mut writing = Writing::default();
    let mut piece = BytesMut::new();
    while let Some(frame) = stream.frame().await {
        let Ok(bytes) = frame.map_err(|error| body_error(&error))?.into_data() else {
            continue;
        };
        length += bytes.len() as u64;
        // One that is too long is read to its end, so that the error can tell its length.
        if length > VALUE_BYTES_MAX {
            (writing, piece) = (Writing::default(), BytesMut::new());
            continue;
        }
        piece.extend_from_slice(&bytes);
        if piece.len() >= PIECE_BYTES {
            writing = writing.write(&store, std::mem::take(&mut piece)).await?;
        }
    }
    check_length(length)?;
    if length <= SMALL_BYTES_MAX as u64 {
        return put_bytes(&store, head, piece.freeze()).await;
    }
    writing
        .write(&store, piece)
        .await?
        .commit(&store, head)
        .await
}

fn check_length(length: u64) -> Result<(), OpError> {
    if length > VALUE_BYTES_MAX {
        return Err(OpError::Error(format!(
            "KV PUT failed: 413 Value length of {length} exceeds limit of {VALUE_BYTES_MAX}."
        )));
    }
    Ok(())
}

/// A value on its way to the disk.
#[derive(Default)]
struct Writing(Option<Box<dyn KvDraft>>);

impl Writing {
    async fn write(self, store: &Arc<dyn KvStore>, bytes: BytesMut) -> Result<Self, OpError> {
        let store = store.clone();
        off_thread("PUT", move || {
            let mut draft = match self.0 {
                Some(draft) => draft,
                None => store.draft()?,
            };
            draft.write(&bytes)?;
            Ok(Self(Some(draft)))
        })
        .await
    }

    async fn commit(self, store: &Arc<dyn KvStore>, head: KvHead) -> Result<(), OpError> {
        let (done, stored) = done();
        let store = store.clone();
        off_thread("PUT", move || {
            let draft = match self.0 {
                Some(draft) => draft,
                None => store.draft()?,
            };
            draft.commit(head, done);
            Ok(())
        })
        .await?;
        outcome("PUT", stored.await)
    }
}
