//! Takes connections.

use std::io::ErrorKind;
use std::rc::Rc;
use std::time::Duration;

use tokio::net::TcpListener;

use super::Worker;
use super::connection::Connections;

/// Connections of one worker at a time; more wait in the listener's queue.
const CONNECTIONS_MAX: usize = 16 * 1024;

/// How long to wait when the system has no room for another connection.
const PAUSE: Duration = Duration::from_millis(50);

pub(crate) async fn run(listener: TcpListener, worker: Rc<Worker>) {
    loop {
        worker.connections.fewer_than(CONNECTIONS_MAX).await;
        match listener.accept().await {
            Ok((socket, peer)) => {
                // A connection without it is slower, no more.
                let _ = socket.set_nodelay(true);
                let (number, connection) = worker.connections.add(peer);
                let registration = Registration {
                    connections: worker.connections.clone(),
                    number,
                };
                let worker = worker.clone();
                // A panic ends this task only.
                tokio::task::spawn_local(async move {
                    let _registration = registration;
                    worker
                        .protocols
                        .serve(socket, worker.tls(), &connection, &worker.site)
                        .await;
                });
                // Serve it before taking another: if it keeps this worker busy, the next is for others to take.
                tokio::task::yield_now().await;
            }
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
                ) => {}
            // Out of descriptors or memory: the connection stays in the queue.
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

/// A connection's place among all; given up even if its task panics.
struct Registration {
    connections: Rc<Connections>,
    number: usize,
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.connections.remove(self.number);
    }
}
