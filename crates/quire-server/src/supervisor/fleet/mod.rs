//! Which workers there are, and what is to be done about it.
//!
//! Workers belong to a generation: all that serve one deployment. `current` is the one that serves; `pending` is one
//! whose workers start and which takes over when all of them are ready, or is given up when one fails.

mod member;
mod observing;
mod upkeep;

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::accounts::Accounts;
use super::hub::Hub;
use super::process::{Event, What, WorkerProcess};
use super::run_folder::RunFolder;
use super::{Command, Exit, WorkerStatus, frame};
use crate::control::{Frame, FromWorker, Load, ToWorker};
use crate::deployment::Deployment;
use crate::error::{ReloadError, ServerError, StartFailure};
use crate::log::Log;
use crate::settings::{DEFAULT_CPU_LIMIT, Settings};
use member::{Role, Worker};

/// How often workers are looked after.
const TICK: Duration = Duration::from_millis(100);

/// A longer time between two looks means that this process did not run; silence then proves nothing about others.
const STALLED: Duration = Duration::from_secs(1);

/// How long a reload waits for the old workers to say that they take no more connections. One that is stuck says
/// nothing, and takes none either.
const SETTLE_LIMIT: Duration = Duration::from_millis(250);

/// A spare starts a little after a reload, so that it does not compete with the first requests.
const SPARE_DELAY: Duration = Duration::from_millis(200);

#[derive(Debug)]
struct Generation {
    number: u64,
    start: Frame,
    hang_limit: Duration,
}

type Reply = oneshot::Sender<Result<(), ReloadError>>;

#[derive(Debug)]
struct Pending {
    generation: Generation,
    /// `None` for the first, on which everything depends.
    reply: Option<Reply>,
}

/// A reload that is done but for the old workers' word that they take no more connections.
#[derive(Debug)]
struct Settling {
    old: Vec<u64>,
    deadline: Instant,
    reply: Reply,
}

#[derive(Debug)]
struct Stopping {
    outcome: Result<Exit, ServerError>,
}

/// What workers that serve know beyond their deployment, as it was told last.
#[derive(Debug, Default)]
struct Notes {
    build: Option<Frame>,
    upstream: Option<Frame>,
    identity: Option<Frame>,
    change: Option<Frame>,
    watch: Option<Frame>,
}

impl Notes {
    fn frames(&self) -> impl Iterator<Item = Frame> {
        let about_pages = [&self.build, &self.upstream, &self.change];
        let others = [&self.identity, &self.watch];
        about_pages.into_iter().chain(others).flatten().cloned()
    }
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

    fn pages_changed(&mut self) {
        self.last_change += 1;
        self.note(&ToWorker::Change(self.last_change), |notes| {
            &mut notes.change
        });
    }

    /// Tells the workers that serve, and those that will.
    fn note(&mut self, message: &ToWorker, place: impl Fn(&mut Notes) -> &mut Option<Frame>) {
        let Ok(frame) = frame(message) else { return };
        self.tell_serving(&frame);
        *place(&mut self.notes) = Some(frame);
    }

    fn tell_serving(&self, frame: &Frame) {
        let serving = self.workers.values();
        for worker in serving.filter(|worker| worker.role == Role::Serving) {
            worker.process.send(frame.clone());
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

    /// Starts the workers of a new generation.
    fn begin(&mut self, deployment: Deployment, reply: Option<Reply>) {
        self.give_up_pending(ReloadError::Superseded);
        if let Some(data) = &deployment.data {
            self.accounts.open(data, self.log);
            self.let_in_viewers(data);
        }
        let hang_limit = self.settings.hang_limit(deployment.cpu_limit());
        let start = ToWorker::Start {
            settings: self.settings.for_worker(self.run_folder.path().into()),
            deployment: Box::new(deployment),
        };
        self.last_number += 1;
        let number = self.last_number;
        let failure = match frame(&start) {
            Ok(start) => {
                let generation = Generation {
                    number,
                    start,
                    hang_limit,
                };
                self.pending = Some(Pending { generation, reply });
                let Err(error) =
                    (0..self.settings.workers.get()).try_for_each(|_| self.start_pending_worker())
                else {
                    return;
                };
                if self.current.is_none() {
                    self.pending = None;
                    self.stop(Err(ServerError::Spawn(error)));
                    return;
                }
                StartFailure::new(ServerError::Spawn(error).to_string())
            }
            Err(failure) => {
                let Some(reply) = reply else {
                    return self.stop(Err(failure.into()));
                };
                return answer(reply, Err(failure.into()));
            }
        };
        self.give_up_pending(failure.into());
    }

    fn start_pending_worker(&mut self) -> io::Result<()> {
        let spare = self
            .workers
            .iter()
            .find(|(_, worker)| worker.role == Role::Spare && !worker.doomed);
        let spare = spare.map(|(&number, _)| number);
        let Some(Pending { generation, .. }) = &self.pending else {
            return Ok(());
        };
        let (generation, start, hang_limit) = (
            generation.number,
            generation.start.clone(),
            generation.hang_limit,
        );
        self.start_worker(spare, generation, start, hang_limit)
    }

    fn start_worker(
        &mut self,
        spare: Option<u64>,
        generation: u64,
        start: Frame,
        hang_limit: Duration,
    ) -> io::Result<()> {
        let number = match spare {
            Some(number) => number,
            None => self.spawn()?,
        };
        let slot = self.free_slot(generation);
        if let Some(worker) = self.workers.get_mut(&number) {
            worker.role = Role::Starting;
            worker.generation = generation;
            worker.slot = slot;
            worker.hang_limit = hang_limit;
            if let Ok(frame) = frame(&ToWorker::Place { slot }) {
                worker.process.send(frame);
            }
            worker.process.send(start);
        }
        Ok(())
    }

    /// The first slot that no worker of the generation has. One that is about to end keeps its slot until it has ended.
    fn free_slot(&self, generation: u64) -> u32 {
        let taken: Vec<u32> = self
            .workers
            .values()
            .filter(|worker| worker.generation == generation && worker.role != Role::Spare)
            .map(|worker| worker.slot)
            .collect();
        (0..).find(|slot| !taken.contains(slot)).unwrap_or_default()
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

    fn ready(&mut self, number: u64) {
        let Some(worker) = self
            .workers
            .get_mut(&number)
            .filter(|worker| worker.role == Role::Starting)
        else {
            return;
        };
        if self
            .current
            .as_ref()
            .is_some_and(|current| current.number == worker.generation)
        {
            worker.accept(self.notes.frames());
            return;
        }
        worker.role = Role::Standby;
        let Some(pending) = &self.pending else { return };
        let of_pending = |worker: &&Worker| worker.generation == pending.generation.number;
        if self
            .workers
            .values()
            .filter(of_pending)
            .all(|worker| worker.role == Role::Standby)
        {
            self.take_over();
        }
    }

    /// The pending generation becomes the current one.
    fn take_over(&mut self) {
        let Some(Pending { generation, reply }) = self.pending.take() else {
            return;
        };
        let now = Instant::now();
        self.notes.build = None;
        self.pages_changed();
        self.respawns.clear();
        self.short_lives = 0;
        self.spare_due = now + SPARE_DELAY;
        let mut old = Vec::new();
        for (&number, worker) in &mut self.workers {
            if worker.generation == generation.number {
                worker.accept(self.notes.frames());
            } else if worker.role == Role::Serving {
                worker.drain(self.settings.drain_limit, now);
                old.push(number);
            } else if matches!(worker.role, Role::Starting | Role::Standby) {
                worker.kill();
            }
        }
        self.current = Some(generation);
        match reply {
            Some(reply) => {
                self.accounts.reloads += 1;
                self.settling = Some(Settling {
                    old,
                    deadline: now + SETTLE_LIMIT,
                    reply,
                })
            }
            None => {
                let scheme = if self.settings.tls.is_some() {
                    "https"
                } else {
                    "http"
                };
                self.log
                    .notice(&format!("ready on {scheme}://{}", self.address));
                // Whoever is interested holds a receiver.
                let _ = self.serving.send(true);
            }
        }
        self.finish_settling(now);
    }

    fn settled(&mut self, number: u64) {
        if let Some(settling) = &mut self.settling {
            settling.old.retain(|&old| old != number);
        }
        self.finish_settling(Instant::now());
    }

    fn finish_settling(&mut self, now: Instant) {
        let done = self
            .settling
            .take_if(|settling| settling.old.is_empty() || settling.deadline <= now);
        if let Some(settling) = done {
            answer(settling.reply, Ok(()));
        }
    }

    fn start_failed(&mut self, number: u64, failure: StartFailure) {
        let Some(worker) = self.workers.get_mut(&number) else {
            return;
        };
        // It ends by itself; this keeps its end from being told as a second failure.
        worker.doomed = true;
        if self.is_pending(number) {
            self.give_up_pending(failure.into());
        } else {
            self.log
                .error(&format!("a replacement worker cannot start: {failure}"));
        }
    }

    fn is_pending(&self, number: u64) -> bool {
        let generation = self.workers.get(&number).map(|worker| worker.generation);
        self.pending
            .as_ref()
            .is_some_and(|pending| Some(pending.generation.number) == generation)
    }

    /// Ends the workers of the pending generation, if there is one. Without the first there is no server.
    fn give_up_pending(&mut self, reason: ReloadError) {
        let Some(pending) = self.pending.take() else {
            return;
        };
        let of_pending = |worker: &&mut Worker| worker.generation == pending.generation.number;
        self.workers
            .values_mut()
            .filter(of_pending)
            .for_each(Worker::kill);
        match (pending.reply, reason) {
            (Some(reply), reason) => answer(reply, Err(reason)),
            (None, ReloadError::Start(failure)) => self.stop(Err(failure.into())),
            (None, _) => {}
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

fn answer(reply: Reply, result: Result<(), ReloadError>) {
    // Whoever asked may have lost interest.
    let _ = reply.send(result);
}
