//! The process that answers requests: one thread with the event loop, the connections and the engine.
//!
//! It is started by a supervisor and follows it: standard input is the control channel, whose first message
//! carries the listening socket. Signals from the terminal are not for it.

mod accept;
pub(crate) mod access_log;
pub(crate) mod connection;
mod lifeline;
mod plain_http;
mod protocol;
mod socket;
mod stream;

use std::cell::{OnceCell, RefCell};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_rustls::TlsAcceptor;

use crate::answer::Site;
use crate::control::{self, Frame, FromWorker, Load, ToWorker};
use crate::listener;
use crate::log::Log;
use access_log::AccessLog;
use connection::{Connections, QuietLimits, TICK};
use protocol::Protocols;
use quire_runtime::Engine;

/// Turns of the event loop, each of which looks for input: for the bytes, the task that reads them, and one to spare.
const ROUNDS_BEFORE_DRAINING: usize = 3;

/// How often a worker that is about to end looks whether work given to `waitUntil` is done.
const LIVE_REQUESTS_PAUSE: Duration = Duration::from_millis(10);

/// What a hidden subcommand of the program runs, see [`WorkerCommand`](crate::WorkerCommand).
///
/// It makes an async runtime of its own, so it must not be called inside one, and should be called first thing: nothing
/// of the program's own settings is needed here.
pub fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is no log yet, and perhaps no supervisor.
            eprintln!(
                "error: a worker process cannot run: {error}; workers are started by `quire dev` and `quire serve`"
            );
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<()> {
    let control = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let listener = listener::receive(&control)?;
    // From here on nothing that reads standard input can disturb the channel.
    rustix::stdio::dup2_stdin(std::fs::File::open("/dev/null")?)?;
    lifeline::watch(control.try_clone()?)?;
    control.set_nonblocking(true)?;
    allow_many_descriptors();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build_local(Default::default())?;
    let result = runtime.block_on(work(control, listener));
    // Whatever still runs is not worth waiting for.
    runtime.shutdown_background();
    result
}

/// Each connection is a descriptor; what a shell allows by default is far less than what the system would.
fn allow_many_descriptors() {
    let limits = getrlimit(Resource::Nofile);
    if limits.current != limits.maximum {
        let raised = Rlimit {
            current: limits.maximum,
            ..limits
        };
        // Without it, connections past the limit wait in the queue.
        let _ = setrlimit(Resource::Nofile, raised);
    }
}

/// What the tasks of a worker share.
struct Worker {
    site: Rc<Site>,
    connections: Rc<Connections>,
    protocols: Protocols,
    /// Encrypts connections from now on, if they are to be.
    tls: RefCell<Option<TlsAcceptor>>,
}

impl Worker {
    fn tls(&self) -> Option<TlsAcceptor> {
        self.tls.borrow().clone()
    }

    /// Waits for the connections, and then for work that was given to `waitUntil` and for the state of Durable Objects.
    async fn finish(&self) {
        self.connections.fewer_than(1).await;
        while self.site.live_requests() > 0 || self.site.objects_are_closing() {
            tokio::time::sleep(LIVE_REQUESTS_PAUSE).await;
        }
    }
}

async fn work(control: UnixStream, listener: std::net::TcpListener) -> io::Result<()> {
    // Ctrl-C in a terminal and its end reach every process in it. With these, nothing happens here.
    let _ignored = [
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
        signal(SignalKind::hangup())?,
    ];
    let (mut reader, writer) = tokio::net::UnixStream::from_std(control)?.into_split();
    let (say, said) = unbounded_channel();
    let mut writing = tokio::task::spawn_local(write(said, writer));
    let worker = Rc::new(OnceCell::new());
    let beating = tokio::task::spawn_local(beat(say.clone(), worker.clone()));
    // Nobody to tell means that the supervisor has gone, which the reader sees as well.
    let _ = say.send(FromWorker::Loaded);
    let result = serve(&mut reader, listener, &worker, &say).await;
    beating.abort();
    if let Some(worker) = worker.get() {
        let access_log = worker.site.observers().access_log.as_ref();
        access_log.into_iter().for_each(AccessLog::close);
        tell_traffic(worker, &say);
    }
    drop(say);
    // The last words, if anybody listens.
    let _ = timeout(Duration::from_secs(1), &mut writing).await;
    result
}

async fn serve(
    reader: &mut OwnedReadHalf,
    listener: std::net::TcpListener,
    shared: &OnceCell<Rc<Worker>>,
    say: &UnboundedSender<FromWorker>,
) -> io::Result<()> {
    // Ready before there is anything to run: what to run is on its way, or this is a spare.
    let engine = Engine::new();
    let mut own_slot = 0;
    let (settings, deployment) = loop {
        match control::read(reader).await? {
            Some(ToWorker::Place { slot }) => own_slot = slot,
            Some(ToWorker::Start {
                settings,
                deployment,
            }) => break (settings, deployment),
            Some(ToWorker::Drain { .. }) | None => return Ok(()),
            Some(_) => {}
        }
    };
    let log = Log {
        level: settings.log_level,
    };
    log.show_events();
    let site = match Site::start(engine, *deployment, &settings, own_slot, say).await {
        Ok(site) => site,
        Err(failure) => {
            let _ = say.send(FromWorker::StartFailed(failure));
            return Ok(());
        }
    };
    let limits = QuietLimits {
        headers: settings.header_limit,
        idle: settings.idle_limit,
    };
    let worker = Rc::new(Worker {
        site,
        connections: Rc::new(Connections::new(limits)),
        protocols: Protocols::new(),
        tls: RefCell::default(),
    });
    let worker = shared.get_or_init(|| worker).clone();
    let mut listener = Some(tokio::net::TcpListener::from_std(listener)?);
    let mut accepting: Option<JoinHandle<()>> = None;
    let _ = say.send(FromWorker::Ready);
    loop {
        match control::read(reader).await? {
            Some(ToWorker::Accept) => {
                worker.site.serve_objects();
                worker.site.consume_queues();
                accepting = listener.take().map(|listener| {
                    tokio::task::spawn_local(accept::run(listener, worker.clone()))
                });
            }
            Some(ToWorker::Build { failure }) => {
                worker.site.set_build_failure(failure.as_deref());
            }
            Some(ToWorker::Change(change)) => worker.site.set_newest_change(change),
            Some(ToWorker::Upstream(place)) => worker.site.set_upstream(place),
            Some(ToWorker::Identity(identity)) => {
                let configuration = identity.configuration().map_err(io::Error::other)?;
                worker.tls.replace(Some(TlsAcceptor::from(configuration)));
            }
            Some(ToWorker::Watch(wanted)) => worker.site.observers().tap.open(wanted),
            Some(ToWorker::ReopenLogs) => {
                let access_log = worker.site.observers().access_log.as_ref();
                access_log.into_iter().for_each(AccessLog::reopen);
            }
            Some(ToWorker::Drain { limit_ms }) => {
                drop(listener.take());
                worker.site.stop_consuming_queues();
                worker.site.retire_objects();
                worker.site.retire_pages();
                if let Some(accepting) = accepting.take() {
                    accepting.abort();
                    // Only then is the socket closed.
                    let _ = accepting.await;
                }
                let _ = say.send(FromWorker::AcceptStopped);
                return drain(&worker, reader, Duration::from_millis(limit_ms)).await;
            }
            Some(ToWorker::Start { .. } | ToWorker::Place { .. }) => {}
            None => return Ok(()),
        }
    }
}

/// Lets what is in flight come to its end, but no longer than `limit` or than there is a supervisor.
async fn drain(worker: &Worker, reader: &mut OwnedReadHalf, limit: Duration) -> io::Result<()> {
    // What has arrived already is taken in, so that no connection passes for idle whose request is here.
    for _ in 0..ROUNDS_BEFORE_DRAINING {
        tokio::task::yield_now().await;
    }
    worker.connections.drain();
    let orphaned = async {
        while control::read::<ToWorker>(reader).await?.is_some() {}
        io::Result::Ok(())
    };
    tokio::select! {
        // Past the limit the rest is cut off: that is what the limit is for.
        _ = timeout(limit, worker.finish()) => Ok(()),
        result = orphaned => result,
    }
}

async fn write(mut said: UnboundedReceiver<FromWorker>, mut writer: OwnedWriteHalf) {
    while let Some(message) = said.recv().await {
        let sent = match Frame::new(&message) {
            Ok(frame) => frame.write(&mut writer).await,
            Err(error) => Err(error),
        };
        if sent.is_err() {
            return;
        }
    }
}

/// Tells the supervisor that the event loop turns and what became of requests, and moves the connections' clock.
async fn beat(say: UnboundedSender<FromWorker>, worker: Rc<OnceCell<Rc<Worker>>>) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        quire_runtime::release_unused();
        let mut load = Load {
            resident_bytes: resident_bytes(),
            ..Load::default()
        };
        if let Some(worker) = worker.get() {
            worker.connections.tick();
            load.connections = u32::try_from(worker.connections.count()).unwrap_or(u32::MAX);
            load.in_flight = worker.site.observers().tally.in_flight();
            tell_traffic(worker, &say);
        }
        if say.send(FromWorker::Heartbeat(load)).is_err() {
            return;
        }
    }
}

/// Tells the supervisor what became of requests since the last time.
fn tell_traffic(worker: &Worker, say: &UnboundedSender<FromWorker>) {
    let observers = worker.site.observers();
    let traffic = observers.tally.take();
    let lost = observers
        .access_log
        .as_ref()
        .map_or(0, AccessLog::take_lost);
    // Without a supervisor nobody wants to know.
    if !traffic.is_empty() {
        let _ = say.send(FromWorker::Traffic(traffic));
    }
    if lost > 0 {
        let _ = say.send(FromWorker::LinesLost(lost));
    }
}

/// On Linux the supervisor looks for itself, so that a worker which is stuck can be measured too.
fn resident_bytes() -> Option<u64> {
    #[cfg(not(target_os = "linux"))]
    return memory_stats::memory_stats().map(|memory| memory.physical_mem as u64);
    #[cfg(target_os = "linux")]
    None
}
