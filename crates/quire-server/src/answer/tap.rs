//! A worker's end of the pipe through which those who follow the server get events. Without viewers there is none.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::control::{Frame, FromTap};
use crate::supervisor::EVENTS_SOCKET;
use crate::tail::Event;

/// Events that wait to be sent. More are left out and counted.
const QUEUE: usize = 1024;

/// See the module's text.
#[derive(Debug)]
pub(crate) struct Tap {
    socket: PathBuf,
    pipe: RefCell<Option<Pipe>>,
}

/// Takes events and never waits.
#[derive(Clone, Debug)]
pub(crate) struct Pipe {
    events: Sender<Box<Event>>,
    lost: Arc<AtomicU64>,
}

impl Pipe {
    pub(crate) fn send(&self, event: Event) {
        if self.events.try_send(Box::new(event)).is_err() {
            self.lost.fetch_add(1, Relaxed);
        }
    }
}

impl Tap {
    pub(crate) fn new(run_folder: PathBuf) -> Self {
        Self {
            socket: run_folder.join(EVENTS_SOCKET),
            pipe: RefCell::default(),
        }
    }

    /// Begins or ends to send events.
    pub(crate) fn open(&self, wanted: bool) {
        let pipe = wanted.then(|| {
            let (events, queue) = channel(QUEUE);
            let lost = Arc::<AtomicU64>::default();
            tokio::task::spawn_local(send(self.socket.clone(), queue, lost.clone()));
            Pipe { events, lost }
        });
        self.pipe.replace(pipe);
    }

    /// Where events go, if anybody wants them.
    pub(crate) fn pipe(&self) -> Option<Pipe> {
        self.pipe.borrow().clone()
    }
}

/// Sends events until nobody wants them any more.
async fn send(socket: PathBuf, mut queue: Receiver<Box<Event>>, lost: Arc<AtomicU64>) {
    // The supervisor made the socket before it said that somebody is there.
    let Ok(mut stream) = UnixStream::connect(socket).await else {
        return;
    };
    while let Some(event) = queue.recv().await {
        let mut messages = vec![FromTap::Event(event)];
        let left_out = lost.swap(0, Relaxed);
        if left_out > 0 {
            messages.push(FromTap::Lost(left_out));
        }
        for message in &messages {
            let Ok(frame) = Frame::new(message) else {
                continue;
            };
            if frame.write(&mut stream).await.is_err() {
                return;
            }
        }
    }
    // The end of the stream says it all.
    let _ = stream.shutdown().await;
}
