//! Content codings: what `Content-Encoding` says about bytes on their way in and out.

use super::body::{BodyError, ByteStream};
use async_compression::Level;
use async_compression::tokio::bufread::{
    BrotliDecoder, BrotliEncoder, GzipDecoder, GzipEncoder, ZstdEncoder,
};
use bytes::Bytes;
use futures_util::TryStreamExt;
use http_body::Frame;
use http_body_util::{BodyDataStream, BodyExt, StreamBody};
use quire_http::Effort;
use std::io;
use tokio::io::AsyncRead;
use tokio_util::io::{ReaderStream, StreamReader};

/// Bytes that a decoder or encoder hands on at a time.
const CHUNK_BYTES: usize = 32 * 1024;

/// A coding that is undone for the program and done for the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// `gzip`
    Gzip,
    /// `br`
    Brotli,
}

impl Coding {
    /// The coding that a `Content-Encoding` value names, if it is one of these alone.
    pub(crate) fn of(content_encoding: &[u8]) -> Option<Self> {
        match content_encoding.trim_ascii() {
            value if value.eq_ignore_ascii_case(b"gzip") => Some(Self::Gzip),
            value if value.eq_ignore_ascii_case(b"br") => Some(Self::Brotli),
            _ => None,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        quire_http::Coding::from(self).name()
    }

    /// The bytes that were encoded.
    pub(crate) fn decode(self, stream: ByteStream) -> ByteStream {
        let failed = match self {
            Self::Gzip => [
                "Gzip decompression failed.",
                "Gzip compressed stream ended prematurely.",
            ],
            Self::Brotli => [
                "Brotli decompression failed.",
                "Brotli compressed stream ended prematurely.",
            ],
        };
        let reader = reader_of(stream);
        match self {
            Self::Gzip => {
                let mut decoder = GzipDecoder::new(reader);
                decoder.multiple_members(true);
                stream_of(decoder, failed)
            }
            Self::Brotli => stream_of(BrotliDecoder::new(reader), failed),
        }
    }

    /// The bytes, encoded.
    pub(crate) fn encode(self, stream: ByteStream) -> ByteStream {
        compress(self.into(), stream)
    }
}

impl From<Coding> for quire_http::Coding {
    fn from(coding: Coding) -> Self {
        match coding {
            Coding::Gzip => Self::Gzip,
            Coding::Brotli => Self::Brotli,
        }
    }
}

/// The bytes, compressed as they come.
pub(crate) fn compress(coding: quire_http::Coding, stream: ByteStream) -> ByteStream {
    use quire_http::Coding::{Brotli, Gzip, Zstd};
    let reader = reader_of(stream);
    let level = Level::Precise(Effort::Once.level(coding) as i32);
    match coding {
        Gzip => stream_of(
            GzipEncoder::with_quality(reader, level),
            ["Gzip compression failed."; 2],
        ),
        Brotli => stream_of(
            BrotliEncoder::with_quality(reader, level),
            ["Brotli compression failed."; 2],
        ),
        Zstd => stream_of(
            ZstdEncoder::with_quality(reader, level),
            ["Zstandard compression failed."; 2],
        ),
    }
}

type Reader = StreamReader<
    futures_util::stream::MapErr<BodyDataStream<ByteStream>, fn(BodyError) -> io::Error>,
    Bytes,
>;

fn reader_of(stream: ByteStream) -> Reader {
    StreamReader::new(
        BodyDataStream::new(stream).map_err(io::Error::other as fn(BodyError) -> io::Error),
    )
}

/// `failed` says that bytes are wrong, or missing.
fn stream_of(reader: impl AsyncRead + Send + 'static, failed: [&'static str; 2]) -> ByteStream {
    let chunks = ReaderStream::with_capacity(reader, CHUNK_BYTES)
        .map_ok(Frame::data)
        .map_err(move |error| {
            let missing = error.kind() == io::ErrorKind::UnexpectedEof;
            match error.downcast::<BodyError>() {
                Ok(error) => error,
                Err(_) => BodyError(failed[usize::from(missing)].into()),
            }
        });
    StreamBody::new(chunks).boxed_unsync()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::core::body::full_stream;

    #[tokio::test]
    async fn what_is_encoded_decodes_to_the_same() {
        let bytes = Bytes::from("some text, and ".repeat(20_000));
        for coding in [Coding::Gzip, Coding::Brotli] {
            let encoded = coding
                .encode(full_stream(bytes.clone()))
                .collect()
                .await
                .unwrap()
                .to_bytes();
            assert!(encoded.len() < bytes.len() / 10);
            let decoded = coding
                .decode(full_stream(encoded))
                .collect()
                .await
                .unwrap()
                .to_bytes();
            assert_eq!(decoded, bytes);
        }
        let error = Coding::Gzip
            .decode(full_stream(Bytes::from("nonsense")))
            .collect()
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), "Gzip decompression failed.");
    }

    #[tokio::test]
    async fn what_was_written_goes_out_while_more_is_waited_for() {
        for coding in [Coding::Gzip, Coding::Brotli] {
            let (sender, receiver) = tokio::sync::mpsc::unbounded_channel::<&str>();
            let chunks = futures_util::stream::unfold(receiver, |mut receiver| async {
                let chunk = receiver.recv().await?;
                let frame = Frame::data(Bytes::from(chunk));
                Some((Ok::<_, BodyError>(frame), receiver))
            });
            let encoded = coding.encode(StreamBody::new(chunks).boxed_unsync());
            // The decoder hands on what it has as soon as the encoder does.
            let mut decoded = coding.decode(encoded);
            for part in ["the first part", "and the second"] {
                sender.send(part).unwrap();
                let mut text = Vec::new();
                while text.len() < part.len() {
                    let frame = decoded.frame().await.unwrap().unwrap();
                    text.extend_from_slice(&frame.into_data().unwrap());
                }
                assert_eq!(text, part.as_bytes());
            }
            drop(sender);
            assert!(decoded.frame().await.is_none());
        }
    }
}
