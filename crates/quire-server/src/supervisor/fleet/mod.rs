//! Which workers there are, and what is to be done about it.
//!
//! Workers belong to a generation: all that serve one deployment. `current` is the one that serves; `pending` is one
//! whose workers start and which takes over when all of them are ready, or is given up when one fails.

mod generation;
mod member;
mod notes;
mod observing;
mod upkeep;

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::accounts::Accounts;
use super::hub::Hub;
use super::process::{Event, What, WorkerProcess};
use super::run_folder::RunFolder;
use super::{Command, Exit, WorkerStatus, frame};
use crate::control::{FromWorker, Load, ToWorker};
use crate::deployment::Deployment;
use crate::error::{ReloadError, ServerError};
use crate::log::Log;
use crate::settings::{DEFAULT_CPU_LIMIT, Settings};
use generation::{Generation, Pending, Settling, answer};
use member::{Role, Worker};
use notes::Notes;

/// How often workers are looked after.
const TICK: Duration = Duration::from_millis(100);

/// A longer time between two looks means that this process did not run; silence then proves nothing about others.
const STALLED: Duration = Duration::from_secs(1);

#[derive(Debug)]
struct Stopping {
    outcome: Result<Exit, ServerError>,
}

#[derive(Debug)]
pub(super) struct Fleet {
    settings: Settings,
    log: Log,
    listener: Option<TcpListener>,
    run_folder: RunFolder,
    address: SocketAddr,
    serving: watch::Sender<bool>,
    workers: BTreeMap<u64, Worker>,
    last_number: u64,
    current: Option<Generation>,
    pending: Option<Pending>,
    settling: Option<Settling>,
    stopping: Option<Stopping>,
    notes: Notes,
    /// The number of the newest change that pages may be made of.
    last_change: u64,
    /// When workers are to be replaced that ended.
    respawns: Vec<Instant>,
    short_lives: u32,
    spare_due: Instant,
    accounts: Accounts,
    hub: Option<Hub>,
    commands: UnboundedSender<Command>,
    events: UnboundedSender<Event>,
    happened: UnboundedReceiver<Event>,
}

impl Fleet {
    pub(super) fn new(
        settings: Settings,
        listener: TcpListener,
        run_folder: RunFolder,
        address: SocketAddr,
        serving: watch::Sender<bool>,
        commands: UnboundedSender<Command>,
    ) -> Self {
        let (events, happened) = unbounded_channel();
        Self {
            log: Log {
                level: settings.log_level,
            },
            accounts: Accounts::new(&settings),
            settings,
            listener: Some(listener),
            run_folder,
            address,
            serving,
            workers: BTreeMap::new(),
            last_number: 0,
            current: None,
            pending: None,
            settling: None,
            stopping: None,
            notes: Notes::default(),
            // Pages of a server before this one are to find a change.
            last_change: milliseconds_since_1970(),
            respawns: Vec::new(),
            short_lives: 0,
            spare_due: Instant::now(),
            hub: None,
            commands,
            events,
            happened,
        }
    }

    pub(super) fn log(&self) -> Log {
        self.log
    }

    /// Starts workers for a generation to come.
    pub(super) fn prepare(&mut self) -> io::Result<()> {
        (0..self.settings.workers.get()).try_for_each(|_| self.spawn().map(drop))
    }

    pub(super) async fn run(
        mut self,
        deployment: Deployment,
        mut commands: UnboundedReceiver<Command>,
    ) -> Result<Exit, ServerError> {
        let mut interrupt = signal(SignalKind::interrupt()).map_err(ServerError::Signals)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(ServerError::Signals)?;
        let now = Instant::now();
        // Those that were prepared could not be heard yet.
        self.workers
            .values_mut()
            .for_each(|worker| worker.heard = now);
        // What was said before there was anything to serve.
        while let Ok(command) = commands.try_recv() {
            self.obey(command);
        }
        if self.stopping.is_none() {
            self.begin(deployment, None);
        }
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last_tick = Instant::now();
        loop {
            tokio::select! {
                Some(event) = self.happened.recv() => self.handle(event),
                Some(command) = commands.recv() => self.obey(command),
                _ = interrupt.recv() => self.signalled(SignalKind::interrupt()),
                _ = terminate.recv() => self.signalled(SignalKind::terminate()),
                now = ticks.tick() => {
                    if now - last_tick > STALLED {
                        self.workers.values_mut().for_each(|worker| worker.heard = now);
                    }
                    last_tick = now;
                    self.look_after(now);
                }
            }
            if let Some(stopping) = self.stopping.take_if(|_| self.workers.is_empty()) {
                return stopping.outcome;
            }
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Reload(deployment, reply) if self.stopping.is_none() => {
                self.begin(*deployment, Some(reply))
            }
            Command::Reload(_, reply) => answer(reply, Err(ReloadError::Stopping)),
            Command::Build(failure) => {
                self.note(&ToWorker::Build { failure }, |notes| &mut notes.build);
                self.pages_changed();
            }
            Command::PagesChanged => self.pages_changed(),
            Command::Upstream(place) => {
                self.note(&ToWorker::Upstream(place), |notes| &mut notes.upstream);
            }
            Command::Identity(identity) => {
                self.note(&ToWorker::Identity(identity), |notes| &mut notes.identity);
            }
            Command::Status(reply) => {
                let status = |worker: &Worker| WorkerStatus {
                    pid: worker.process.pid,
                    serving: worker.role == Role::Serving && !worker.doomed,
                };
                let _ = reply.send(self.workers.values().map(status).collect());
            }
            Command::Watch(wanted) => {
                self.note(&ToWorker::Watch(wanted), |notes| &mut notes.watch);
            }
            Command::ReopenLogs => {
                if let Ok(frame) = frame(&ToWorker::ReopenLogs) {
                    self.tell_serving(&frame);
                }
            }
            Command::Snapshot(reply) => {
                // Whoever asked may have lost interest.
                let _ = reply.send(Box::new(self.snapshot()));
            }
            Command::Stop => self.stop(Ok(Exit::Stopped)),
        }
    }

    fn signalled(&mut self, kind: SignalKind) {
        if self.stopping.is_none() {
            self.stop(Ok(Exit::Stopped));
            return;
        }
        let signal = u8::try_from(kind.as_raw_value()).unwrap_or_default();
        self.stopping = Some(Stopping {
            outcome: Ok(Exit::Interrupted(signal)),
        });
        self.workers.values_mut().for_each(Worker::kill);
    }

    fn spawn(&mut self) -> io::Result<u64> {
        let listener = self.listener.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        self.last_number += 1;
        let number = self.last_number;
        let process = WorkerProcess::spawn(
            number,
            &self.settings.worker_command,
            listener,
            self.events.clone(),
        )?;
        let now = Instant::now();
        let worker = Worker {
            process,
            role: Role::Spare,
            generation: 0,
            slot: 0,
            hang_limit: self.settings.hang_limit(DEFAULT_CPU_LIMIT),
            spawned: now,
            heard: now,
            load: Load::default(),
            drain_until: None,
            doomed: false,
        };
        self.workers.insert(number, worker);
        Ok(number)
    }

    fn handle(&mut self, event: Event) {
        let Some(worker) = self.workers.get_mut(&event.worker) else {
            return;
        };
        worker.heard = Instant::now();
        match event.what {
            What::Said(FromWorker::Heartbeat(load)) => worker.load = load,
            What::Said(FromWorker::Traffic(traffic)) => self.accounts.add(&traffic),
            What::Said(FromWorker::LinesLost(lost)) => self.accounts.lines_lost += lost,
            What::Said(FromWorker::LimitReached) => self.accounts.limit_reached(self.log),
            What::Said(FromWorker::Loaded) => {}
            What::Said(FromWorker::Ready) => self.ready(event.worker),
            What::Said(FromWorker::StartFailed(failure)) => {
                self.start_failed(event.worker, failure)
            }
            What::Said(FromWorker::AcceptStopped) => self.settled(event.worker),
            What::Exited(status) => self.exited(event.worker, status),
        }
    }

    /// Begins the end: no more connections, what is in flight is finished.
    fn stop(&mut self, outcome: Result<Exit, ServerError>) {
        if self.stopping.is_some() {
            return;
        }
        // Who connects from now on is refused, and knows to go elsewhere.
        self.listener = None;
        self.stopping = Some(Stopping { outcome });
        self.give_up_pending(ReloadError::Stopping);
        if let Some(settling) = self.settling.take() {
            answer(settling.reply, Ok(()));
        }
        let now = Instant::now();
        for worker in self.workers.values_mut() {
            match worker.role {
                Role::Serving => worker.drain(self.settings.drain_limit, now),
                Role::Draining => {}
                Role::Spare | Role::Starting | Role::Standby => worker.kill(),
            }
        }
    }
}

fn milliseconds_since_1970() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(now.unwrap_or_default().as_millis()).unwrap_or_default()
}
