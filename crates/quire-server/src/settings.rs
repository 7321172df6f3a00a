//! How a server runs, whatever the project.

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use quire_runtime::UpstreamPlace;
use serde::{Deserialize, Serialize};

use crate::tls::TlsFiles;

/// The port of `wrangler pages dev`.
pub const DEFAULT_PORT: u16 = 8788;

/// The CPU time a request may use unless the project says otherwise; the hang limit is measured by it.
pub const DEFAULT_CPU_LIMIT: Duration = Duration::from_secs(30);

/// What a worker may be silent for beyond the CPU limit, before it counts as hung.
const HANG_MARGIN: Duration = Duration::from_secs(5);

/// Less would kill workers on a machine that is merely busy.
const HANG_LIMIT_MIN: Duration = Duration::from_secs(2);

const MEBIBYTE: u64 = 1024 * 1024;

/// What the server is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// Development: errors with their stack and source, files looked up at every request.
    Dev,
    /// Production: terse errors, details in the log.
    Serve,
}

/// The least severe output that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LogLevel {
    /// Everything, `console.debug` included.
    Debug,
    /// `console.info` and above.
    Info,
    /// `console.log` and above.
    Log,
    /// Warnings and errors.
    Warn,
    /// Errors alone.
    Error,
    /// Nothing.
    None,
}

/// Where a line of JSON for each request goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccessLog {
    /// To standard output.
    Stdout,
    /// Appended to a file. Its path is absolute.
    File(PathBuf),
}

/// The program that becomes a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerCommand {
    /// The executable; `None` is the one that runs now, even if its file was replaced meanwhile.
    pub program: Option<OsString>,
    /// Its arguments; it must end up in [`worker::main`](crate::worker::main).
    pub arguments: Vec<OsString>,
    /// Variables set in addition to those of this process. Nothing secret: other users can see them.
    pub environment: Vec<(OsString, OsString)>,
}

impl Default for WorkerCommand {
    fn default() -> Self {
        Self {
            program: None,
            arguments: vec!["worker".into()],
            environment: Vec::new(),
        }
    }
}

/// How many requests may enter functions in a day (UTC). Requests that `_routes.json` keeps away from them do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DailyLimit {
    /// As many.
    pub requests: u64,
    /// What happens to the others.
    pub beyond: BeyondLimit,
}

/// What happens to requests that would enter functions when the daily limit is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BeyondLimit {
    /// They get static files, as if there were no functions.
    Open,
    /// They get an error page.
    Closed,
}

/// How a server runs. [`Settings::dev`] and [`Settings::serve`] are the two sets of defaults.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen; port 0 takes any free one.
    pub address: SocketAddr,
    /// How many worker processes share the work.
    pub workers: NonZeroUsize,
    /// Development or production.
    pub mode: Mode,
    /// The certificate that connections are encrypted with; `None` speaks plain HTTP.
    pub tls: Option<TlsFiles>,
    /// Another server that answers in place of static files, see
    /// [`SupervisorHandle::set_upstream`](crate::SupervisorHandle::set_upstream); `None` if there is none.
    pub upstream: Option<UpstreamPlace>,
    /// Whether pages load themselves again when something changes, see
    /// [`SupervisorHandle::pages_changed`](crate::SupervisorHandle::pages_changed).
    pub live_reload: bool,
    /// Whether every request is a line of output.
    pub request_log: bool,
    /// The least severe output that is shown, of the functions' console and of the server itself.
    pub log_level: LogLevel,
    /// How long a worker may be silent before it is replaced; `None` is the deployment's CPU limit and five seconds.
    pub hang_limit: Option<Duration>,
    /// Resident memory in bytes above which a worker is replaced.
    pub memory_limit: u64,
    /// How long requests in flight may take when the server stops or reloads.
    pub drain_limit: Duration,
    /// How long a client may take to send the headers of a request.
    pub header_limit: Duration,
    /// How long a connection may stay open between requests.
    pub idle_limit: Duration,
    /// Worker processes kept ready for the next reload.
    pub spare_workers: usize,
    /// How many requests may enter functions in a day; `None` for as many as come.
    pub daily_limit: Option<DailyLimit>,
    /// Where each request is written; `None` for nowhere.
    pub access_log: Option<AccessLog>,
    /// Where to answer who asks for the server's numbers; `None` for nowhere.
    pub metrics_address: Option<SocketAddr>,
    /// What to run as a worker.
    pub worker_command: WorkerCommand,
}

impl Settings {
    /// The defaults for development: one worker and a spare, every request logged.
    pub fn dev() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT)),
            workers: NonZeroUsize::MIN,
            mode: Mode::Dev,
            tls: None,
            upstream: None,
            live_reload: false,
            request_log: true,
            log_level: LogLevel::Log,
            hang_limit: None,
            memory_limit: 1024 * MEBIBYTE,
            drain_limit: Duration::from_secs(30),
            header_limit: Duration::from_secs(30),
            idle_limit: Duration::from_secs(75),
            spare_workers: 1,
            daily_limit: None,
            access_log: None,
            metrics_address: None,
            worker_command: WorkerCommand::default(),
        }
    }

    /// The defaults for production: a worker per core, requests not logged.
    pub fn serve() -> Self {
        Self {
            workers: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            mode: Mode::Serve,
            request_log: false,
            spare_workers: 0,
            ..Self::dev()
        }
    }

    /// The hang limit for programs that may use this much CPU time for a request.
    pub(crate) fn hang_limit(&self, cpu_limit: Duration) -> Duration {
        self.hang_limit
            .unwrap_or(cpu_limit.saturating_add(HANG_MARGIN))
            .max(HANG_LIMIT_MIN)
    }

    pub(crate) fn for_worker(&self, run_folder: PathBuf) -> WorkerSettings {
        WorkerSettings {
            workers: u32::try_from(self.workers.get()).unwrap_or(u32::MAX),
            run_folder,
            mode: self.mode,
            is_encrypted: self.tls.is_some(),
            upstream: self.upstream.clone(),
            live_reload: self.live_reload,
            request_log: self.request_log,
            log_level: self.log_level,
            header_limit: self.header_limit,
            idle_limit: self.idle_limit,
            daily_limit: self.daily_limit,
            access_log: self.access_log.clone(),
        }
    }
}

/// The settings that a worker needs to know.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WorkerSettings {
    /// How many workers there are.
    pub workers: u32,
    /// The private folder in which they find each other.
    pub run_folder: PathBuf,
    pub mode: Mode,
    /// Whether clients speak HTTPS.
    pub is_encrypted: bool,
    /// Where the server was, as this one started, that answers in place of static files; `None` if there is none.
    pub upstream: Option<UpstreamPlace>,
    pub live_reload: bool,
    pub request_log: bool,
    pub log_level: LogLevel,
    pub header_limit: Duration,
    pub idle_limit: Duration,
    pub daily_limit: Option<DailyLimit>,
    pub access_log: Option<AccessLog>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hang_limit_follows_the_cpu_limit_and_has_a_floor() {
        let mut settings = Settings::serve();
        assert_eq!(
            settings.hang_limit(Duration::from_secs(30)),
            Duration::from_secs(35)
        );
        settings.hang_limit = Some(Duration::from_millis(10));
        assert_eq!(
            settings.hang_limit(Duration::from_secs(30)),
            Duration::from_secs(2)
        );
        settings.hang_limit = Some(Duration::from_secs(3));
        assert_eq!(
            settings.hang_limit(Duration::from_secs(30)),
            Duration::from_secs(3)
        );
    }
}
