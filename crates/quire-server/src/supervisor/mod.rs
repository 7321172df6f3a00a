//! The process that a person starts: it has the socket and the workers, and never an engine.
//!
//! - `fleet` decides: which workers there should be, what each is told, which is beyond help.
//! - `process` is one worker process: starting it, talking to it, ending it.
//! - `accounts` sums up what the workers say of their requests, and keeps the sums.
//! - `metrics` publishes the sums, `ledger` keeps those of each day.
//! - `hub` passes requests on to those who follow the server.
//! - `memory` measures a process.
//! - `run_folder` is where the workers find each other.

mod accounts;
mod fleet;
mod hub;
mod ledger;
mod memory;
mod metrics;
mod process;
mod run_folder;

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;

use quire_runtime::UpstreamPlace;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{oneshot, watch};

use crate::control::{Frame, ToWorker};
use crate::deployment::Deployment;
use crate::error::{ReloadError, ServerError};
use crate::listener;
use crate::log::Log;
use crate::settings::Settings;
use crate::tls::{TlsFiles, TlsIdentity};
use fleet::Fleet;
pub(crate) use hub::EVENTS_SOCKET;
use metrics::Snapshot;
use run_folder::RunFolder;

/// A server that listens and is ready to run.
#[derive(Debug)]
pub struct Supervisor {
    fleet: Fleet,
    address: SocketAddr,
    handle: SupervisorHandle,
    commands: UnboundedReceiver<Command>,
    certificate: Option<TlsFiles>,
    metrics: Option<TcpListener>,
}

/// How a server ended that ran as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It was asked to, and finished what was in flight.
    Stopped,
    /// It was asked to twice, and left at once; the number of the second signal.
    Interrupted(u8),
}

impl Exit {
    /// What the process should exit with: 0, or 128 and the signal as a shell has it.
    pub fn code(self) -> ExitCode {
        match self {
            Exit::Stopped => ExitCode::SUCCESS,
            Exit::Interrupted(signal) => ExitCode::from(128_u8.saturating_add(signal)),
        }
    }
}

/// Speaks to a running [`Supervisor`]. Clones speak to the same one.
#[derive(Clone, Debug)]
pub struct SupervisorHandle {
    commands: UnboundedSender<Command>,
    serving: watch::Receiver<bool>,
}

/// A worker process, for people and tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerStatus {
    /// Its process id.
    pub pid: u32,
    /// Whether it takes connections.
    pub serving: bool,
}

#[derive(Debug)]
enum Command {
    Reload(Box<Deployment>, oneshot::Sender<Result<(), ReloadError>>),
    Build(Option<String>),
    PagesChanged,
    Upstream(UpstreamPlace),
    Identity(TlsIdentity),
    Status(oneshot::Sender<Vec<WorkerStatus>>),
    Snapshot(oneshot::Sender<Box<Snapshot>>),
    Watch(bool),
    ReopenLogs,
    Stop,
}

impl Supervisor {
    /// Takes the address of the settings.
    pub fn bind(settings: Settings) -> Result<Self, ServerError> {
        let certificate = settings.tls.clone();
        let identity = certificate.as_ref().map(TlsFiles::read).transpose()?;
        let listener = listener::bind(settings.address)?;
        let address = listener
            .local_addr()
            .map_err(|source| ServerError::Listen {
                address: settings.address,
                source,
            })?;
        let metrics = settings.metrics_address.map(metrics::bind).transpose()?;
        let (sender, commands) = unbounded_channel();
        for first in [
            identity.map(Command::Identity),
            settings.upstream.clone().map(Command::Upstream),
        ] {
            // Nothing has been dropped yet.
            let _ = first.map(|command| sender.send(command));
        }
        let (serving, observed) = watch::channel(false);
        let handle = SupervisorHandle {
            commands: sender.clone(),
            serving: observed,
        };
        Ok(Self {
            fleet: Fleet::new(
                settings,
                listener,
                RunFolder::new().map_err(ServerError::RunFolder)?,
                address,
                serving,
                sender,
            ),
            address,
            handle,
            commands,
            certificate,
            metrics,
        })
    }

    pub(crate) fn log(&self) -> Log {
        self.fleet.log()
    }

    /// Where it listens; of interest if the settings left the port open.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Where it answers who asks for its numbers.
    pub fn metrics_addr(&self) -> Option<SocketAddr> {
        self.metrics.as_ref()?.local_addr().ok()
    }

    /// For talking to the server while it runs.
    pub fn handle(&self) -> SupervisorHandle {
        self.handle.clone()
    }

    /// Starts the worker processes before there is anything for them to serve, so that they load the engine while a
    /// deployment is being made. Must be called on the tokio runtime that [`Supervisor::run`] will run on.
    pub fn prepare(&mut self) -> Result<(), ServerError> {
        self.fleet.prepare().map_err(ServerError::Spawn)
    }

    /// Serves a deployment, and those that reloads bring after it, until a signal or [`SupervisorHandle::stop`] ends it.
    ///
    /// SIGINT and SIGTERM are taken over. The future must run on a tokio runtime with I/O and time, of any flavour.
    pub async fn run(self, deployment: Deployment) -> Result<Exit, ServerError> {
        let (log, commands) = (self.log(), self.handle.commands.clone());
        log.show_events();
        let certificates = async {
            let Some(files) = self.certificate else {
                return std::future::pending().await;
            };
            let changed = files.follow(|read| match read {
                Ok(identity) => {
                    log.notice("the certificate was read again: new connections get it");
                    let _ = commands.send(Command::Identity(identity));
                }
                Err(error) => log.warning(&format!("{error}; the certificate before it stays")),
            });
            changed.await
        };
        let commands = self.handle.commands.clone();
        let metrics = async {
            match self.metrics {
                Some(listener) => metrics::serve(metrics::listen(listener)?, commands).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            exit = self.fleet.run(deployment, self.commands) => exit,
            failed = metrics => failed.map(|never: Infallible| match never {}),
            never = certificates => match never {},
        }
    }
}

impl SupervisorHandle {
    /// Replaces what is served. Returns once new connections get the new deployment, or with the reason why the old
    /// one stays. In between no connection is refused.
    pub async fn reload(&self, deployment: Deployment) -> Result<(), ReloadError> {
        let (reply, replied) = oneshot::channel();
        let _ = self
            .commands
            .send(Command::Reload(Box::new(deployment), reply));
        // A server that has ended drops commands, and with them the reply's sender.
        replied.await.unwrap_or(Err(ReloadError::Stopping))
    }

    /// Shows a report in pages until [`SupervisorHandle::build_recovered`] or the next reload.
    pub fn build_failed(&self, report: String) {
        let _ = self.commands.send(Command::Build(Some(report)));
    }

    /// The source builds again, and to what is served already.
    pub fn build_recovered(&self) {
        let _ = self.commands.send(Command::Build(None));
    }

    /// Something changed that only pages are made of, such as a static file: those that are open load themselves again, if the
    /// settings want that. After reloads and failed builds they do so by themselves.
    pub fn pages_changed(&self) {
        let _ = self.commands.send(Command::PagesChanged);
    }

    /// Says where the server is that answers in place of static files.
    pub fn set_upstream(&self, place: UpstreamPlace) {
        let _ = self.commands.send(Command::Upstream(place));
    }

    /// Opens the files of logs anew, after they were renamed.
    pub fn reopen_logs(&self) {
        let _ = self.commands.send(Command::ReopenLogs);
    }

    /// Ends the server as SIGTERM does.
    pub fn stop(&self) {
        let _ = self.commands.send(Command::Stop);
    }

    /// Returns once the first deployment is served; `false` if that will not happen.
    pub async fn serving(&self) -> bool {
        self.serving
            .clone()
            .wait_for(|serving| *serving)
            .await
            .is_ok()
    }

    /// The workers as they are now; none if the server has ended.
    pub async fn workers(&self) -> Vec<WorkerStatus> {
        let (reply, replied) = oneshot::channel();
        let _ = self.commands.send(Command::Status(reply));
        replied.await.unwrap_or_default()
    }
}

fn frame(message: &ToWorker) -> Result<Frame, crate::error::StartFailure> {
    Frame::new(message).map_err(|error| crate::error::StartFailure::new(error.to_string()))
}
