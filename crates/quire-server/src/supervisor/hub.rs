//! Passes the events of all workers on to those who follow them.
//!
//! Nobody waits for a viewer: each has a short queue, and what does not fit into it is left out and counted. As long as
//! there is no viewer the workers send nothing.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, UnboundedSender, channel};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::Command;
use crate::control::{self, FromTap};
use crate::tail::socket::Bound;
use crate::tail::{Event, Filter, Greeting, VIEWERS_MAX};

/// The socket to which workers send events, in the private folder of the server.
pub(crate) const EVENTS_SOCKET: &str = "events.sock";

/// Events on their way through this process.
const QUEUE: usize = 1024;

/// Events that a viewer may be behind.
const VIEWER_QUEUE: usize = 512;

/// A viewer's wishes are shorter, and come at once.
const WISHES_BYTES_MAX: u64 = 64 * 1024;
const WISHES_TIME_MAX: Duration = Duration::from_secs(5);

/// How often a viewer that got nothing since is told that events were left out.
const TICK: Duration = Duration::from_secs(1);

/// How long to wait when the system has no room for another connection.
const PAUSE: Duration = Duration::from_millis(100);

/// The hub at work. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Hub {
    task: JoinHandle<()>,
    viewers: Arc<AtomicUsize>,
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Hub {
    /// Waits for viewers of the server on these data.
    pub(super) fn start(
        data: &Path,
        run_folder: &Path,
        commands: UnboundedSender<Command>,
    ) -> io::Result<Self> {
        let events = UnixListener::bind(run_folder.join(EVENTS_SOCKET))?;
        let bound = Bound::new(data)?;
        let count = Arc::<AtomicUsize>::default();
        let hub = Passing {
            viewers: BTreeMap::new(),
            last_number: 0,
            count: count.clone(),
            commands,
        };
        Ok(Self {
            task: tokio::spawn(run(hub, events, bound)),
            viewers: count,
        })
    }

    /// How many viewers there are.
    pub(super) fn viewers(&self) -> usize {
        self.viewers.load(Relaxed)
    }
}

/// What arrives at the hub.
enum Arrival {
    Viewer(Box<Filter>, UnixStream),
    Left(u64),
    FromTap(FromTap),
}

/// Someone who follows the requests.
struct Viewer {
    filter: Filter,
    lines: Sender<Arc<str>>,
    /// Events that were left out since it was last told so.
    lost: u64,
}

struct Passing {
    viewers: BTreeMap<u64, Viewer>,
    last_number: u64,
    count: Arc<AtomicUsize>,
    commands: UnboundedSender<Command>,
}

async fn run(mut hub: Passing, events: UnixListener, viewers: Bound) {
    let (arrive, mut arrivals) = channel(QUEUE);
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            Some(arrival) = arrivals.recv() => hub.handle(arrival, &arrive),
            accepted = viewers.listener.accept() => match accepted {
                Ok((stream, _)) => drop(tokio::spawn(listen(stream, arrive.clone()))),
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
            accepted = events.accept() => match accepted {
                Ok((stream, _)) => drop(tokio::spawn(read(stream, arrive.clone()))),
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
            _ = ticks.tick() => hub.viewers.values_mut().for_each(Viewer::tell_lost),
        }
    }
}

/// Reads what a viewer wants.
async fn listen(stream: UnixStream, arrive: Sender<Arrival>) {
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    let mut limited = (&mut stream).take(WISHES_BYTES_MAX);
    let read = timeout(WISHES_TIME_MAX, limited.read_until(b'\n', &mut line)).await;
    if !matches!(read, Ok(Ok(_))) {
        return;
    }
    match serde_json::from_slice::<Filter>(&line) {
        Ok(filter) => {
            let viewer = Arrival::Viewer(Box::new(filter), stream.into_inner());
            // The hub is gone only when the server is.
            let _ = arrive.send(viewer).await;
        }
        Err(error) => {
            let reason = format!("the server does not understand the filter: {error}");
            greet(&mut stream.into_inner(), &Greeting::Refused(reason)).await;
        }
    }
}

/// Reads what a worker sends.
async fn read(mut stream: UnixStream, arrive: Sender<Arrival>) {
    while let Ok(Some(message)) = control::read(&mut stream).await {
        if arrive.send(Arrival::FromTap(message)).await.is_err() {
            return;
        }
    }
}

async fn greet(stream: &mut UnixStream, greeting: &Greeting) {
    if let Ok(mut line) = serde_json::to_vec(greeting) {
        line.push(b'\n');
        // A viewer that has gone need not be told.
        let _ = stream.write_all(&line).await;
    }
}

impl Passing {
    fn handle(&mut self, arrival: Arrival, arrive: &Sender<Arrival>) {
        match arrival {
            Arrival::Viewer(filter, stream) => self.welcome(*filter, stream, arrive),
            Arrival::Left(number) => {
                self.viewers.remove(&number);
                self.counted();
            }
            Arrival::FromTap(FromTap::Event(event)) => self.pass(&event),
            Arrival::FromTap(FromTap::Lost(lost)) => {
                let viewers = self.viewers.values_mut();
                viewers.for_each(|viewer| viewer.lost += lost);
            }
        }
    }

    fn welcome(&mut self, filter: Filter, mut stream: UnixStream, arrive: &Sender<Arrival>) {
        if self.viewers.len() >= VIEWERS_MAX {
            tokio::spawn(async move {
                let reason = format!(
                    "{VIEWERS_MAX} programs follow this server already, which is the most; end one of them first"
                );
                greet(&mut stream, &Greeting::Refused(reason)).await;
            });
            return;
        }
        self.last_number += 1;
        let number = self.last_number;
        let (lines, queue) = channel(VIEWER_QUEUE);
        let viewer = Viewer {
            filter,
            lines,
            lost: 0,
        };
        self.viewers.insert(number, viewer);
        self.counted();
        let arrive = arrive.clone();
        tokio::spawn(async move {
            send(stream, queue).await;
            let _ = arrive.send(Arrival::Left(number)).await;
        });
    }

    /// The number of viewers may have changed: without any the workers need not gather events.
    fn counted(&self) {
        let now = self.viewers.len();
        let before = self.count.swap(now, Relaxed);
        if (before == 0) != (now == 0) {
            let _ = self.commands.send(Command::Watch(now > 0));
        }
    }

    fn pass(&mut self, event: &Event) {
        let mut line: Option<Arc<str>> = None;
        for viewer in self.viewers.values_mut() {
            if !viewer.filter.takes(event, chance()) {
                continue;
            }
            let line = match &line {
                Some(line) => line.clone(),
                None => {
                    let Ok(text) = serde_json::to_string(event) else {
                        return;
                    };
                    line.insert(text.into()).clone()
                }
            };
            viewer.tell_lost();
            viewer.tell(line);
        }
    }
}

impl Viewer {
    fn tell(&mut self, line: Arc<str>) -> bool {
        let told = self.lines.try_send(line);
        let is_behind = matches!(told, Err(TrySendError::Full(_)));
        self.lost += u64::from(is_behind);
        !is_behind
    }

    fn tell_lost(&mut self) {
        let lost = std::mem::take(&mut self.lost);
        if lost == 0 {
            return;
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_or(0, |now| u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
        let told =
            serde_json::to_string(&Event::overload(lost, now)).map(|line| self.tell(line.into()));
        // The line that did not fit was counted like an event.
        if !matches!(told, Ok(true)) {
            self.lost = lost;
        }
    }
}

/// Sends lines until the viewer has gone.
async fn send(mut stream: UnixStream, mut lines: Receiver<Arc<str>>) {
    greet(&mut stream, &Greeting::Welcome).await;
    let (mut reader, mut writer) = stream.split();
    let mut nothing = [0; 64];
    let mut buffer = Vec::new();
    loop {
        tokio::select! {
            // It says nothing more: what comes is the end.
            read = reader.read(&mut nothing) => if !matches!(read, Ok(length) if length > 0) {
                return;
            },
            line = lines.recv() => {
                let Some(line) = line else { return };
                buffer.clear();
                buffer.extend_from_slice(line.as_bytes());
                buffer.push(b'\n');
                while let Ok(line) = lines.try_recv() {
                    buffer.extend_from_slice(line.as_bytes());
                    buffer.push(b'\n');
                }
                if writer.write_all(&buffer).await.is_err() {
                    return;
                }
            },
        }
    }
}

/// A random number between 0 and 1.
fn chance() -> f64 {
    RandomState::new().hash_one(()) as f64 / u64::MAX as f64
}
