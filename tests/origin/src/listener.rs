//! The listening socket and its connections.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::dispatch::{Service, answer};
use crate::layout::Layout;

/// What an origin needs to start.
#[derive(Clone, Debug)]
pub struct OriginOptions {
    /// Address to listen on; port 0 picks a free one.
    pub address: SocketAddr,
    /// Downloads above this many bytes are answered by a redirect.
    pub redirect_above: u64,
    /// Where everything is stored.
    pub layout: Layout,
}

/// Why an origin could not start.
#[derive(Debug, thiserror::Error)]
pub enum OriginError {
    /// The address is taken or not ours.
    #[error("cannot listen on `{address}`: {source}; choose another port with `--port`")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

/// A running origin; it ends when stopped or dropped.
#[derive(Debug)]
pub struct Origin {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Origin {
    /// Starts listening; answers until [`Origin::stop`].
    pub async fn start(options: OriginOptions) -> Result<Origin, OriginError> {
        let unavailable = |source| OriginError::Listen {
            address: options.address,
            source,
        };
        let listener = TcpListener::bind(options.address)
            .await
            .map_err(unavailable)?;
        let address = listener.local_addr().map_err(unavailable)?;
        let service = Arc::new(Service {
            address,
            redirect_above: options.redirect_above,
            layout: options.layout,
            creating: tokio::sync::Mutex::new(()),
        });
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(accept(listener, service, stopped));
        Ok(Origin {
            address,
            stop,
            task,
        })
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops listening and waits, for at most five seconds, for requests under way.
    pub async fn stop(self) {
        // The receiver is gone only if the task has ended already.
        let _ = self.stop.send(());
        let _ = self.task.await;
    }
}

async fn accept(listener: TcpListener, service: Arc<Service>, mut stopped: oneshot::Receiver<()>) {
    let graceful = GracefulShutdown::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => serve(stream, &service, &graceful),
                // Out of file descriptors, most likely: wait for connections to close instead of spinning.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            _ = &mut stopped => break,
        }
    }
    let _ = tokio::time::timeout(Duration::from_secs(5), graceful.shutdown()).await;
}

fn serve(stream: TcpStream, service: &Arc<Service>, graceful: &GracefulShutdown) {
    // Small frames of the git protocol must not wait for each other.
    let _ = stream.set_nodelay(true);
    let service = Arc::clone(service);
    let builder = auto::Builder::new(TokioExecutor::new());
    let connection = builder.serve_connection(
        TokioIo::new(stream),
        service_fn(move |request| {
            let service = Arc::clone(&service);
            async move { Ok::<_, Infallible>(answer(&service, request).await) }
        }),
    );
    let connection = graceful.watch(connection.into_owned());
    tokio::spawn(async move {
        // A client that goes away in mid-request is no news here.
        let _ = connection.await;
    });
}
