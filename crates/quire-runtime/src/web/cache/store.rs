//! `put`: from a response of the program to what is stored.

use super::place::Place;
use super::policy::{Headers, milliseconds, storable};
use crate::core::bodies::NativeBody;
use crate::core::body::full_stream;
use crate::core::body_ops::{body_error, take};
use crate::core::error::OpError;
use crate::core::header_lines;
use crate::core::request::RequestContext;
use crate::core::respond::body_bytes;
use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use http_body_util::BodyExt;
use quire_jsc::Call;
use quire_store::StoreError;
use quire_store::cache::{CacheDraft, CacheHead, CacheKey};
use std::time::SystemTime;

/// Bytes that are collected before they are written.
const PIECE_BYTES: usize = 256 * 1024;

/// A response that the program wants stored.
pub(super) struct Response {
    authorized: bool,
    status: u16,
    headers: Headers,
    body: NativeBody,
}

impl Response {
    /// Reads `cache_put(cache, url, authorized, status, headers, body)`.
    pub(super) fn read(request: &RequestContext, call: &Call<'_>) -> Result<Self, OpError> {
        let body = match call.is_nullish(5) {
            true => NativeBody::new(full_stream(Bytes::new()), None),
            false => match body_bytes(call, 5)? {
                Ok(bytes) => NativeBody::new(full_stream(bytes), None),
                Err(number) => take(request, number)?,
            },
        };
        Ok(Self {
            authorized: call.boolean(2),
            status: call.number(3)? as u16,
            headers: super::headers(&call.string(4)?),
            body,
        })
    }

    /// Stores it, if it may be stored. One that is too long counts as one that may not.
    pub(super) async fn store(self, place: &Place, key: CacheKey) -> Result<(), OpError> {
        let now = SystemTime::now();
        let Some(mut stored) = storable(self.status, self.headers, self.authorized, now) else {
            return Ok(());
        };
        if !place.exists() {
            return Err(OpError::Error(
                "There is no data folder, so nothing can be put into the cache.".into(),
            ));
        }
        let (mut stream, coding) = self.body.encoded();
        if let (Some(length), None) = (stream.size_hint().exact(), coding) {
            stored
                .headers
                .push(("content-length".into(), length.to_string()));
        }
        let mut writing = Writing::default();
        while let Some(frame) = stream.frame().await {
            let frame = frame.map_err(|error| body_error(&error))?;
            if let Ok(bytes) = frame.into_data()
                && !writing.add(place, bytes).await?
            {
                return Ok(());
            }
        }
        let mut lines = String::new();
        for (name, value) in &stored.headers {
            header_lines::push(&mut lines, name, value);
        }
        let stored_at = milliseconds(now);
        let head = CacheHead {
            status: self.status,
            headers: lines,
            coding: coding.map(|coding| coding.name().to_owned()),
            stored: stored_at,
            expires: stored_at + stored.lifetime,
        };
        writing.commit(place, key, head).await
    }
}

/// A body on its way to the disk.
#[derive(Default)]
struct Writing {
    draft: Option<Box<dyn CacheDraft>>,
    piece: BytesMut,
}

impl Writing {
    /// Takes bytes; `false` if they are too many.
    async fn add(&mut self, place: &Place, bytes: Bytes) -> Result<bool, OpError> {
        self.piece.extend_from_slice(&bytes);
        if self.piece.len() < PIECE_BYTES {
            return Ok(true);
        }
        let piece = self.piece.split().freeze();
        let draft = self.draft.take();
        let written = place
            .run(move |cache| {
                let mut draft = match draft {
                    Some(draft) => draft,
                    None => cache.draft()?,
                };
                match draft.write(&piece) {
                    Ok(()) => Ok(Some(draft)),
                    Err(StoreError::TooLarge { .. }) => Ok(None),
                    Err(error) => Err(error),
                }
            })
            .await?;
        self.draft = written.flatten();
        Ok(self.draft.is_some())
    }

    async fn commit(self, place: &Place, key: CacheKey, head: CacheHead) -> Result<(), OpError> {
        let Self { draft, piece } = self;
        place
            .run(move |cache| {
                let mut draft = match draft {
                    Some(draft) => draft,
                    None => cache.draft()?,
                };
                match draft.write(&piece) {
                    Ok(()) => draft.commit(&key, &head),
                    Err(StoreError::TooLarge { .. }) => Ok(()),
                    Err(error) => Err(error),
                }
            })
            .await
            .map(drop)
    }
}
