//! One worker process, seen from the supervisor.

use std::ffi::OsString;
use std::io;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::control::{self, Frame, FromWorker};
use crate::listener;
use crate::settings::WorkerCommand;

/// How long what a worker said last may take to arrive after its end.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Something about a worker.
#[derive(Debug)]
pub(super) struct Event {
    pub worker: u64,
    pub what: What,
}

#[derive(Debug)]
pub(super) enum What {
    Said(FromWorker),
    /// The last event of a worker.
    Exited(io::Result<ExitStatus>),
}

/// A running worker. Dropping it kills the process.
#[derive(Debug)]
pub(super) struct WorkerProcess {
    pub pid: u32,
    control: UnboundedSender<Frame>,
    kill: Option<oneshot::Sender<()>>,
}

impl WorkerProcess {
    pub(super) fn spawn(
        worker: u64,
        command: &WorkerCommand,
        listener: &TcpListener,
        events: UnboundedSender<Event>,
    ) -> io::Result<Self> {
        let (near, far) = UnixStream::pair()?;
        listener::send(&near, listener)?;
        let mut process = process(command)?;
        let child = process
            .stdin(Stdio::from(OwnedFd::from(far)))
            .kill_on_drop(true)
            .spawn()?;
        // With it goes this process's copy of the far end, else the near one would never report its end.
        drop(process);
        near.set_nonblocking(true)?;
        let (reader, writer) = tokio::net::UnixStream::from_std(near)?.into_split();
        let (control, frames) = unbounded_channel();
        let (kill, killed) = oneshot::channel();
        let pid = child.id().ok_or(io::ErrorKind::NotFound)?;
        let reading = tokio::spawn(read(worker, reader, events.clone()));
        let writing = tokio::spawn(write(frames, writer));
        tokio::spawn(attend(worker, child, killed, reading, writing, events));
        Ok(Self {
            pid,
            control,
            kill: Some(kill),
        })
    }

    /// Sends a message; a worker that has gone misses it, and its end is an event of its own.
    pub(super) fn send(&self, frame: Frame) {
        let _ = self.control.send(frame);
    }

    /// Ends the process at once.
    pub(super) fn kill(&mut self) {
        self.kill.take();
    }
}

/// How the engine is to run in a worker, which it reads from the environment as it starts.
///
/// - Polling: compiled loops look for the time limit themselves. With signals, its default, a stop does not reach a
///   loop that the optimising compiler made.
/// - No tail calls, as in V8: endless recursion ends in a `RangeError` and stacks keep their frames.
/// - `using` and `SharedArrayBuffer`, which Workers have.
/// - 8 MB may be filled before the collector looks at them for the first time, and at a time after that: in the default, 1 MB,
///   a start does not fit.
/// - UTC as the time zone, wherever the machine is.
const ENGINE_OPTIONS: [(&str, &str); 6] = [
    ("JSC_usePollingTraps", "1"),
    ("JSC_useTailCalls", "0"),
    ("JSC_useExplicitResourceManagement", "1"),
    ("JSC_useSharedArrayBuffer", "1"),
    ("JSC_smallHeapSize", "8388608"),
    ("TZ", "UTC"),
];

/// The command for a worker: by default the very program that runs now.
fn process(command: &WorkerCommand) -> io::Result<Command> {
    // An upgrade may have replaced the file by another version, or removed it. This name still means the old one.
    let running = Path::new("/proc/self/exe");
    let mut process = match &command.program {
        Some(program) => Command::new(program),
        None if running.exists() => {
            let mut process = Command::new(running);
            process.arg0(
                std::env::args_os()
                    .next()
                    .unwrap_or_else(|| OsString::from("quire")),
            );
            process
        }
        None => Command::new(std::env::current_exe()?),
    };
    process.envs(ENGINE_OPTIONS).args(&command.arguments).envs(
        command
            .environment
            .iter()
            .map(|(name, value)| (name, value)),
    );
    Ok(process)
}

async fn read(worker: u64, mut reader: OwnedReadHalf, events: UnboundedSender<Event>) {
    // An end or an error in the channel comes with the end of the process.
    while let Ok(Some(message)) = control::read(&mut reader).await {
        if events
            .send(Event {
                worker,
                what: What::Said(message),
            })
            .is_err()
        {
            return;
        }
    }
}

async fn write(mut frames: UnboundedReceiver<Frame>, mut writer: OwnedWriteHalf) {
    while let Some(frame) = frames.recv().await {
        if frame.write(&mut writer).await.is_err() {
            return;
        }
    }
    // A worker takes the end of the channel for that of its supervisor, so it must not come before the worker's own.
    std::future::pending::<()>().await;
}

async fn attend(
    worker: u64,
    mut child: Child,
    killed: oneshot::Receiver<()>,
    reading: JoinHandle<()>,
    writing: JoinHandle<()>,
    events: UnboundedSender<Event>,
) {
    let status = tokio::select! {
        status = child.wait() => status,
        // Whether sent or dropped, both mean the same.
        _ = killed => match child.start_kill() {
            Ok(()) => child.wait().await,
            Err(error) => Err(error),
        },
    };
    let _ = timeout(LAST_WORDS, reading).await;
    writing.abort();
    let _ = events.send(Event {
        worker,
        what: What::Exited(status),
    });
}
