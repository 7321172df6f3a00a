//! Content codings: what `Content-Encoding` says about bytes on their way in and out.

use super::body::{BodyError, ByteStream};
use async_compression::tokio::bufread::{BrotliDecoder, BrotliEncoder, GzipDecoder, GzipEncoder};
use bytes::Bytes;
use futures_util::TryStreamExt;
use http_body::Frame;
use http_body_util::{BodyDataStream, BodyExt, StreamBody};
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
        match self {
            Self::Gzip => "gzip",
            Self::Brotli => "br",
        }
    }

    /// Whether an `Accept-Encoding` value allows this coding (RFC 9110 §12.5.3).
    pub(crate) fn is_accepted(self, accept_encoding: &str) -> bool {
        let mut any = false;
        for item in accept_encoding.split(',') {
            let mut parts = item.split(';');
            let name = parts.next().unwrap_or_default().trim();
            let refused = parts.any(|part| {
                part.trim()
                    .strip_prefix("q=")
                    .is_some_and(|q| q.trim().parse::<f32>().is_ok_and(|q| q == 0.0))
            });
            if name.eq_ignore_ascii_case(self.name()) {
                return !refused;
            }
            any |= name == "*" && !refused;
        }
        any
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
        let reader = reader_of(stream);
        match self {
            Self::Gzip => stream_of(GzipEncoder::new(reader), ["Gzip compression failed."; 2]),
            Self::Brotli => stream_of(
                BrotliEncoder::with_quality(reader, async_compression::Level::Precise(4)),
                ["Brotli compression failed."; 2],
            ),
        }
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

    #[test]
    fn accept_encoding_is_read_as_the_rfc_says() {
        for (value, gzip, brotli) in [
            ("", false, false),
            ("gzip", true, false),
            ("br, gzip", true, true),
            ("GZIP;q=0.5", true, false),
            ("gzip;q=0, *", false, true),
            ("*", true, true),
            ("*;q=0", false, false),
            ("gzip; q=0.000", false, false),
            ("xgzip, brx", false, false),
        ] {
            assert_eq!(Coding::Gzip.is_accepted(value), gzip, "{value}");
            assert_eq!(Coding::Brotli.is_accepted(value), brotli, "{value}");
        }
    }

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
}
