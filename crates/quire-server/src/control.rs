//! What the supervisor and a worker say to each other: JSON behind a length, over a pair of Unix sockets.

use std::io;

use bytes::Bytes;
use quire_runtime::UpstreamPlace;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::deployment::Deployment;
use crate::error::StartFailure;
use crate::settings::WorkerSettings;
use crate::tail::Event;
use crate::tls::TlsIdentity;
use crate::traffic::RouteTraffic;

/// A script with its source map and everything in it; more is a mistake, not a project.
const MESSAGE_BYTES_MAX: usize = 512 * 1024 * 1024;

const LENGTH_BYTES: usize = 4;

/// From the supervisor.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum ToWorker {
    /// Get ready to serve this. Once in a worker's life.
    Start {
        settings: WorkerSettings,
        deployment: Box<Deployment>,
    },
    /// Which of its generation's workers it is, from 0. Before `Start`.
    Place { slot: u32 },
    /// Take connections.
    Accept,
    /// Take no more connections, finish what is in flight, exit.
    Drain { limit_ms: u64 },
    /// Whether the newest source builds; if not, the report is shown in pages.
    Build { failure: Option<String> },
    /// The number of the newest change of something that pages are made of.
    Change(u64),
    /// Where the server is that answers in place of static files.
    Upstream(UpstreamPlace),
    /// What to encrypt connections with from now on.
    Identity(TlsIdentity),
    /// Whether somebody follows the requests.
    Watch(bool),
    /// Files of logs were renamed: begin new ones.
    ReopenLogs,
}

/// From a worker.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum FromWorker {
    /// The process is up and waits for a deployment.
    Loaded,
    /// The deployment can serve.
    Ready,
    /// The deployment cannot run; the worker exits.
    StartFailed(StartFailure),
    /// The event loop turns.
    Heartbeat(Load),
    /// Requests that are over since the last such message.
    Traffic(Vec<RouteTraffic>),
    /// No more requests may enter functions today.
    LimitReached,
    /// Lines of the access log that could not be written in time.
    LinesLost(u64),
    /// No further connection will be taken.
    AcceptStopped,
}

/// From a worker to those who follow the requests, over a socket of its own.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum FromTap {
    /// A request is over.
    Event(Box<Event>),
    /// So many events were left out.
    Lost(u64),
}

/// What a worker has to do at the moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Load {
    /// Resident memory, where the supervisor cannot see it.
    pub resident_bytes: Option<u64>,
    /// Open connections.
    pub connections: u32,
    /// Requests that have arrived and are not over.
    pub in_flight: u32,
}

/// A message ready to be sent, any number of times.
#[derive(Clone, Debug)]
pub(crate) struct Frame(Bytes);

impl Frame {
    pub(crate) fn new<T: Serialize>(message: &T) -> io::Result<Self> {
        let mut bytes = vec![0; LENGTH_BYTES];
        serde_json::to_writer(&mut bytes, message)?;
        let length = bytes.len() - LENGTH_BYTES;
        let encoded = u32::try_from(length)
            .ok()
            .filter(|_| length <= MESSAGE_BYTES_MAX);
        let encoded =
            encoded.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, too_long(length)))?;
        bytes[..LENGTH_BYTES].copy_from_slice(&encoded.to_le_bytes());
        Ok(Self(bytes.into()))
    }

    pub(crate) async fn write(&self, writer: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        writer.write_all(&self.0).await
    }
}

/// The next message; `None` at the end of the stream.
pub(crate) async fn read<T: DeserializeOwned>(
    reader: &mut (impl AsyncRead + Unpin),
) -> io::Result<Option<T>> {
    let mut length = [0; LENGTH_BYTES];
    match reader.read_exact(&mut length).await {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > MESSAGE_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, too_long(length)));
    }
    let mut message = vec![0; length];
    reader.read_exact(&mut message).await?;
    Ok(Some(serde_json::from_slice(&message)?))
}

fn too_long(length: usize) -> String {
    format!(
        "a message of {length} bytes between processes, where {MESSAGE_BYTES_MAX} are allowed; is the project's script that large?"
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[tokio::test]
    async fn messages_arrive_one_by_one_and_the_end_is_seen() {
        let (mut near, mut far) = tokio::io::duplex(7);
        let sent = [
            FromWorker::Loaded,
            FromWorker::StartFailed(StartFailure {
                message: "é\n".into(),
                stack: Some("at a".into()),
            }),
            FromWorker::Heartbeat(Load {
                connections: 3,
                ..Load::default()
            }),
        ];
        let writing = async {
            for message in &sent {
                Frame::new(message).unwrap().write(&mut near).await.unwrap();
            }
            drop(near);
        };
        let reading = async {
            let mut received = Vec::new();
            while let Some(message) = read::<FromWorker>(&mut far).await.unwrap() {
                received.push(message);
            }
            received
        };
        let ((), received) = tokio::join!(writing, reading);
        assert_eq!(received, sent);
    }

    #[tokio::test]
    async fn an_absurd_length_is_refused_before_any_memory_is_taken() {
        let error = read::<FromWorker>(&mut &[0xff; 8][..]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }

    #[tokio::test]
    async fn a_message_cut_short_is_an_error() {
        assert!(
            read::<FromWorker>(&mut &[9, 0, 0, 0, b'"'][..])
                .await
                .is_err()
        );
    }
}
