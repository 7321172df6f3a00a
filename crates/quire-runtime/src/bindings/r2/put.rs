//! Values on their way to the disk.

use super::store::{Refusal, off_thread};
use crate::core::bodies::NativeBody;
use crate::core::body_ops::{body_error, holder, take};
use crate::core::error::OpError;
use crate::core::realm::Realm;
use crate::core::respond::body_bytes;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use quire_jsc::Call;
use quire_store::r2::{R2Draft, SMALL_BYTES_MAX};
use std::rc::Rc;

/// Bytes that are collected before they are written.
const PIECE_BYTES: usize = 256 * 1024;

/// What a program stores.
pub(super) enum Value {
    Bytes(Bytes),
    Stream(NativeBody),
}

impl Value {
    /// Reads an argument: a string, bytes, or the number of a native body.
    pub(super) fn read(realm: &Rc<Realm>, call: &Call<'_>, index: usize) -> Result<Self, OpError> {
        Ok(match body_bytes(call, index)? {
            Ok(bytes) => Self::Bytes(bytes),
            Err(number) => Self::Stream(take(&*holder(realm, number)?, number)?),
        })
    }

    /// Writes it into a draft. Then `end` is called with that, where it may block if the draft does.
    pub(super) async fn write(
        self,
        draft: Box<dyn R2Draft>,
        operation: &'static str,
        end: impl FnOnce(Box<dyn R2Draft>) + Send + 'static,
    ) -> Result<(), OpError> {
        let mut writing = Writing {
            draft,
            length: 0,
            operation,
        };
        match self {
            Self::Bytes(bytes) => writing = writing.add(bytes).await?,
            Self::Stream(body) => {
                let expected = body.length();
                let mut stream = body.decoded();
                let mut piece = BytesMut::new();
                while let Some(frame) = stream.frame().await {
                    let Ok(bytes) = frame.map_err(|error| body_error(&error))?.into_data() else {
                        continue;
                    };
                    piece.extend_from_slice(&bytes);
                    if piece.len() >= PIECE_BYTES {
                        writing = writing.add(std::mem::take(&mut piece).freeze()).await?;
                    }
                }
                writing = writing.add(piece.freeze()).await?;
                if let Some(expected) = expected.filter(|expected| *expected != writing.length) {
                    return Err(OpError::Type(format!(
                        "The stream ended after {} of {expected} bytes.",
                        writing.length
                    )));
                }
            }
        }
        writing.end(end).await
    }
}

/// A draft, which does not block while it is small.
struct Writing {
    draft: Box<dyn R2Draft>,
    length: u64,
    operation: &'static str,
}

impl Writing {
    fn is_small(&self) -> bool {
        self.length <= SMALL_BYTES_MAX as u64
    }

    async fn add(mut self, bytes: Bytes) -> Result<Self, OpError> {
        self.length += bytes.len() as u64;
        let operation = self.operation;
        let wrote = match self.is_small() {
            true => self
                .draft
                .write(&bytes)
                .map(|()| self)
                .map_err(Refusal::from),
            false => {
                off_thread(move || {
                    self.draft.write(&bytes)?;
                    Ok(self)
                })
                .await
            }
        };
        wrote.map_err(|refusal| refusal.of(operation))
    }

    async fn end(self, end: impl FnOnce(Box<dyn R2Draft>) + Send + 'static) -> Result<(), OpError> {
        let (is_small, operation) = (self.is_small(), self.operation);
        if is_small {
            end(self.draft);
            return Ok(());
        }
        let ended = off_thread(move || {
            end(self.draft);
            Ok(())
        });
        ended.await.map_err(|refusal| refusal.of(operation))
    }
}
