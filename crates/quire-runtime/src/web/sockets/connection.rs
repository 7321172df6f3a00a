//! A TCP connection of a program: what is read goes to a native stream, what is written comes as commands.

use crate::core::body::BodyError;
use crate::web::fetch::client::tls;
use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame};
use rustls::pki_types::ServerName;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// How long connecting may take, the TLS handshake included.
const CONNECT_MAX: Duration = Duration::from_secs(20);
/// What is read at a time.
const READ_BYTES: usize = 64 * 1024;
/// Chunks that wait for a slow program before reading stops.
pub(super) const READ_AHEAD_CHUNKS: usize = 2;

/// Either side of TLS.
pub(super) trait Transport: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Transport for T {}

pub(super) type Chunk = Result<Bytes, BodyError>;

/// What a program wants of a connection.
pub(super) enum Command {
    /// Write this, and say whether it worked.
    Write(Vec<u8>, oneshot::Sender<bool>),
    /// Nothing more is written.
    Finish(oneshot::Sender<bool>),
    /// Hand the connection over, after what was written before.
    Release(oneshot::Sender<Box<dyn Transport>>),
    /// Drop the connection.
    Close,
}

/// Connects to a host, over TLS or not.
pub(super) async fn connect(host: &str, port: u16, secure: bool) -> io::Result<Box<dyn Transport>> {
    let connecting = async {
        let stream = TcpStream::connect((host, port)).await?;
        // Slower without it, no more.
        let _ = stream.set_nodelay(true);
        match secure {
            true => handshake(Box::new(stream), host).await,
            false => Ok(Box::new(stream) as Box<dyn Transport>),
        }
    };
    timeout(CONNECT_MAX, connecting).await?
}

/// Starts TLS on a connection.
pub(super) async fn start_tls(
    stream: Box<dyn Transport>,
    host: &str,
) -> io::Result<Box<dyn Transport>> {
    timeout(CONNECT_MAX, handshake(stream, host)).await?
}

async fn handshake(stream: Box<dyn Transport>, host: &str) -> io::Result<Box<dyn Transport>> {
    // Read once: the system's certificates take a while.
    static CONFIGURATION: OnceLock<Arc<rustls::ClientConfig>> = OnceLock::new();
    let configuration = CONFIGURATION.get_or_init(|| Arc::new(tls())).clone();
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let stream = TlsConnector::from(configuration)
        .connect(name, stream)
        .await?;
    Ok(Box::new(stream))
}

/// Serves a connection until the program drops it.
pub(super) async fn run(
    stream: Box<dyn Transport>,
    chunks: mpsc::Sender<Chunk>,
    mut commands: mpsc::Receiver<Command>,
    ended: oneshot::Sender<()>,
) {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let release = {
        let reading = read(&mut reader, chunks, ended);
        let writing = write(&mut writer, &mut commands);
        tokio::select! {
            release = writing => release,
            never = reading => match never {},
        }
    };
    if let Some(release) = release {
        // Nobody receives it if the request has ended.
        let _ = release.send(unsplit(reader, writer));
    }
}

fn unsplit(
    reader: ReadHalf<Box<dyn Transport>>,
    writer: WriteHalf<Box<dyn Transport>>,
) -> Box<dyn Transport> {
    reader.unsplit(writer)
}

/// Reads on until the end, as far as the program keeps up. Then waits for ever.
async fn read(
    reader: &mut ReadHalf<Box<dyn Transport>>,
    chunks: mpsc::Sender<Chunk>,
    ended: oneshot::Sender<()>,
) -> std::convert::Infallible {
    let mut buffer = BytesMut::new();
    while let Ok(permit) = chunks.reserve().await {
        buffer.reserve(READ_BYTES);
        match reader.read_buf(&mut buffer).await {
            Ok(0) => break,
            Ok(_) => permit.send(Ok(Bytes::copy_from_slice(&buffer.split()))),
            // The peer said so without the proper end of TLS: many do.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
            Err(_) => {
                permit.send(Err(BodyError::connection_lost()));
                break;
            }
        }
    }
    drop(chunks);
    let _ = ended.send(());
    std::future::pending().await
}

/// Does what the program wants. Gives to whom the connection is to be handed over, if it is.
async fn write(
    writer: &mut WriteHalf<Box<dyn Transport>>,
    commands: &mut mpsc::Receiver<Command>,
) -> Option<oneshot::Sender<Box<dyn Transport>>> {
    loop {
        match commands.recv().await? {
            Command::Write(bytes, done) => {
                let written = async {
                    writer.write_all(&bytes).await?;
                    writer.flush().await
                };
                let _ = done.send(written.await.is_ok());
            }
            Command::Finish(done) => {
                let _ = done.send(writer.shutdown().await.is_ok());
            }
            Command::Release(to) => return Some(to),
            Command::Close => {
                let _ = timeout(Duration::from_secs(1), writer.shutdown()).await;
                return None;
            }
        }
    }
}

/// What a connection reads, as a native stream.
pub(super) struct Incoming(pub(super) mpsc::Receiver<Chunk>);

impl Body for Incoming {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let chunk = self.0.poll_recv(context);
        chunk.map(|chunk| chunk.map(|chunk| chunk.map(Frame::data)))
    }
}
