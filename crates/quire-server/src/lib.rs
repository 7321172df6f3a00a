//! Serves a project: the listening socket, the processes behind it, the way of a request through one of them, and
//! development with reloads.
//!
//! Two kinds of processes, both of the same executable:
//!
//! - The [`Supervisor`] is what a person starts. It owns the listening socket, starts no engine, and keeps the
//!   workers in order: it replaces one that crashed, hangs or grew too large, and brings in new ones for a new
//!   [`Deployment`] before the old ones leave.
//! - A worker ([`worker::main`], a hidden subcommand) is one thread with the event loop, the connections and one
//!   JavaScript engine. From accepting a connection to running the function there is no hop.
//!
//! ```text
//!              Deployment, over the control channel (a Unix socket pair)
//! Supervisor ───────────────────────────────────────────────> worker
//!     │  <── heartbeats, "ready", start errors                  │ accept (shared socket) → protocol (HTTP/1, HTTP/2)
//!     └ dev: watch → build → reload                             └ answer: admission → `_routes.json` → router
//!                                                                     → runtime (functions) or assets
//! ```
//!
//! What makes a program of it:
//!
//! ```no_run
//! # use quire_server::{Deployment, Settings, Supervisor};
//! # async fn serve(deployment: Deployment) -> Result<std::process::ExitCode, quire_server::ServerError> {
//! let supervisor = Supervisor::bind(Settings::serve())?;
//! let exit = supervisor.run(deployment).await?;
//! # Ok(exit.code())
//! # }
//! ```
//!
//! in development [`dev::run`] with a closure that builds the project, and, before anything else, for the hidden subcommand `worker`: `return quire_server::worker::main()`.
#![forbid(unsafe_code)]

mod answer;
mod control;
mod deployment;
pub mod dev;
mod error;
mod listener;
mod log;
mod settings;
mod supervisor;
pub mod tail;
mod tls;
mod traffic;
pub mod worker;

pub use deployment::{Deployment, ServiceProgram};
pub use error::{ReloadError, ServerError, StartFailure};
pub use settings::{
    AccessLog, BeyondLimit, DEFAULT_CPU_LIMIT, DEFAULT_PORT, DailyLimit, LogLevel, Mode, Settings,
    WorkerCommand,
};
pub use supervisor::{Exit, Supervisor, SupervisorHandle, WorkerStatus};
pub use tls::{TlsError, TlsFiles};
