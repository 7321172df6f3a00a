//! The command behind `quire dev -- COMMAND`: a development server that answers what no function does.
//!
//! It runs below a process of its own ([`guard`](super::guard)), which ends it with all its children. It is started again when
//! it ends, and where it listens is looked up while it runs.

use std::ffi::OsString;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use miette::Diagnostic;
use quire_runtime::UpstreamPlace;
use quire_server::{LogLevel, SupervisorHandle};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use super::guard;
use crate::printer::{self, Notice, Source};

/// Which port is in use is looked up so often until one is found, and while it is used.
const LOOK_WHILE_MISSING: Duration = Duration::from_millis(50);
const LOOK_WHILE_FOUND: Duration = Duration::from_secs(1);

/// After so long without a port the user learns what to do.
const LISTENS_WITHIN: Duration = Duration::from_secs(15);

/// The pause before a command is started again that ended; longer each time, unless it ran for a while.
const BACKOFF_FIRST: Duration = Duration::from_millis(500);
const BACKOFF_MAX: Duration = Duration::from_secs(30);
const LONG_LIFE: Duration = Duration::from_secs(10);

/// How long the guard may take to end the command, beyond what it gives it itself.
const ENDS_WITHIN: Duration = Duration::from_secs(6);

/// Bytes of output that are taken for a line although it does not end.
const LINE_BYTES_MAX: u64 = 64 * 1024;

/// Why there is no point in going on.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum CommandError {
    #[error("cannot run `{command}`: it was not found, or is no program")]
    #[diagnostic(help(
        "what stands after `--` is run as it is, not by a shell; for a tool that npm installed in the project write \
         `-- npx TOOL`, for a line of a shell `-- sh -c 'LINE'`"
    ))]
    NotFound { command: String },

    #[error("cannot run `{command}`: {source}")]
    Start { command: String, source: io::Error },
}

/// What answers requests that no function does, in place of static files.
#[derive(Debug)]
pub struct DevCommand {
    command: Vec<OsString>,
    /// Where it listens, if the user says so.
    port: Option<u16>,
    log_level: LogLevel,
    running: Option<Running>,
}

/// A command that runs, below its guard.
#[derive(Debug)]
struct Running {
    guard: Child,
    /// The guard's standard input, at whose end it ends the command. Not left with the guard: waiting for that would close it.
    lifeline: Option<ChildStdin>,
}

impl DevCommand {
    pub fn new(command: Vec<OsString>, port: Option<u16>, log_level: LogLevel) -> DevCommand {
        DevCommand {
            command,
            port,
            log_level,
            running: None,
        }
    }

    /// Where requests are to go before the command has said anything.
    pub fn first_place(&self) -> UpstreamPlace {
        match self.port {
            Some(port) => at_port(port),
            None => {
                UpstreamPlace::Missing(format!("{} does not listen on a port yet", self.name()))
            }
        }
    }

    /// Runs it again and again, until a signal ends the program. Starts it anew when `restarts` says so.
    pub async fn run(
        &mut self,
        server: &SupervisorHandle,
        mut restarts: watch::Receiver<()>,
    ) -> Result<(), CommandError> {
        let failed = |name: String| {
            move |source| CommandError::Start {
                command: name,
                source,
            }
        };
        // The server finishes what is in flight; what waits for the command would wait for long.
        let mut interrupt = signal(SignalKind::interrupt()).map_err(failed(self.name()))?;
        let mut terminate = signal(SignalKind::terminate()).map_err(failed(self.name()))?;
        let mut backoff = BACKOFF_FIRST;
        let mut is_first = true;
        loop {
            let begun = Instant::now();
            self.start().map_err(failed(self.name()))?;
            let status = tokio::select! {
                status = self.attend(server) => status.map_err(failed(self.name()))?,
                _ = interrupt.recv() => {
                    self.stop().await;
                    return Ok(());
                }
                _ = terminate.recv() => {
                    self.stop().await;
                    return Ok(());
                }
                Ok(()) = restarts.changed() => {
                    self.stop().await;
                    continue;
                }
            };
            self.running = None;
            let code = status.code().and_then(|code| u8::try_from(code).ok());
            if is_first && matches!(code, Some(guard::NOT_FOUND | guard::NOT_EXECUTABLE)) {
                let command = self.line();
                return Err(CommandError::NotFound { command });
            }
            is_first = false;
            if begun.elapsed() > LONG_LIFE {
                backoff = BACKOFF_FIRST;
            }
            let what = format!("{} ended ({status})", self.name());
            let seconds = backoff.as_secs_f64();
            self.say(Notice::warning(format!(
                "{what}; it is started again in {seconds} s"
            )));
            if self.port.is_none() {
                server.set_upstream(UpstreamPlace::Missing(format!(
                    "{what}, and is started again soon"
                )));
            }
            tokio::select! {
                () = sleep(backoff) => {}
                Ok(()) = restarts.changed() => {}
                _ = interrupt.recv() => return Ok(()),
                _ = terminate.recv() => return Ok(()),
            }
            backoff = (backoff * 2).min(BACKOFF_MAX);
        }
    }

    /// Ends it, and waits for that.
    pub async fn stop(&mut self) {
        let Some(Running {
            mut guard,
            lifeline,
        }) = self.running.take()
        else {
            return;
        };
        drop(lifeline);
        if timeout(ENDS_WITHIN, guard.wait()).await.is_err() {
            // It will be ended as this process ends; its children are out of reach.
            let _ = guard.start_kill();
        }
    }

    fn start(&mut self) -> io::Result<()> {
        let mut guard = Command::new(std::env::current_exe()?);
        guard
            .args(["guard", "--"])
            .args(&self.command)
            // Ctrl-C in the terminal is for this process, which ends the command in its own way.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if std::env::var_os("BROWSER").is_none() {
            guard.env("BROWSER", "none");
        }
        let has_colours = AutoStream::choice(&io::stdout()) != ColorChoice::Never;
        if has_colours && std::env::var_os("FORCE_COLOR").is_none() {
            // It writes to a pipe, and what comes out of it goes to a terminal.
            guard.env("FORCE_COLOR", "1");
        }
        let mut guard = guard.spawn()?;
        if let Some(output) = guard
            .stdout
            .take()
            .filter(|_| self.log_level <= LogLevel::Log)
        {
            tokio::spawn(relay(output, Source::Output));
        }
        if let Some(output) = guard
            .stderr
            .take()
            .filter(|_| self.log_level <= LogLevel::Error)
        {
            tokio::spawn(relay(output, Source::Errors));
        }
        let lifeline = guard.stdin.take();
        self.running = Some(Running { guard, lifeline });
        Ok(())
    }

    /// Waits for its end, and says meanwhile where it listens.
    async fn attend(&mut self, server: &SupervisorHandle) -> io::Result<ExitStatus> {
        let (name, line) = (self.name(), self.line());
        let log_level = self.log_level;
        let Some(Running { guard, .. }) = &mut self.running else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let pid = guard.id().ok_or(io::ErrorKind::NotFound)?;
        if let Some(port) = self.port {
            server.set_upstream(at_port(port));
            return guard.wait().await;
        }
        server.set_upstream(UpstreamPlace::Missing(format!(
            "{name} does not listen on a port yet"
        )));
        tokio::select! {
            status = guard.wait() => status,
            never = find_port(pid, server, &line, log_level) => never,
        }
    }

    fn say(&self, notice: Notice) {
        if self.log_level <= LogLevel::Warn {
            printer::diagnostic(&notice);
        }
    }

    /// The command as it was typed, more or less.
    pub fn line(&self) -> String {
        let words = self.command.iter().map(|word| word.to_string_lossy());
        words.collect::<Vec<_>>().join(" ")
    }

    fn name(&self) -> String {
        format!("`{}`", self.line())
    }
}

/// Follows where a process, or one below it, listens.
#[cfg(target_os = "linux")]
async fn find_port<T>(pid: u32, server: &SupervisorHandle, line: &str, log_level: LogLevel) -> T {
    let begun = Instant::now();
    let mut has_complained = false;
    let mut found = None;
    let mut looks = interval(LOOK_WHILE_MISSING);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        // A few files of each process; on a thread of its own, since there may be many.
        let looking = tokio::task::spawn_blocking(move || super::processes::listening(pid));
        let now = looking.await.unwrap_or_default();
        if now == found {
            if found.is_none() && !has_complained && begun.elapsed() > LISTENS_WITHIN {
                has_complained = true;
                let notice = Notice::warning(format!("`{line}` does not listen on a port yet"))
                    .with_help(
                        "if it never will by itself, say where its server is: `--proxy PORT`",
                    );
                printer::diagnostic(&notice);
            }
            continue;
        }
        found = now;
        let place = match found {
            Some(address) => {
                if log_level <= LogLevel::Log {
                    printer::line(format!("`{line}` listens on http://{address}"));
                }
                looks = interval(LOOK_WHILE_FOUND);
                UpstreamPlace::At(address.to_string())
            }
            None => {
                looks = interval(LOOK_WHILE_MISSING);
                UpstreamPlace::Missing(format!("`{line}` does not listen on a port any more"))
            }
        };
        server.set_upstream(place);
    }
}

/// Nothing says here where other processes listen.
#[cfg(not(target_os = "linux"))]
async fn find_port<T>(_: u32, _: &SupervisorHandle, line: &str, _: LogLevel) -> T {
    let notice = Notice::warning(format!(
        "where `{line}` listens cannot be found out on this system"
    ))
    .with_help("say it with `--proxy PORT`");
    printer::diagnostic(&notice);
    std::future::pending().await
}

pub fn at_port(port: u16) -> UpstreamPlace {
    UpstreamPlace::At(format!("localhost:{port}"))
}

/// Prints what the command prints, line by line.
async fn relay(output: impl AsyncRead + Unpin, source: Source) {
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut limited = tokio::io::AsyncReadExt::take(&mut output, LINE_BYTES_MAX);
        match limited.read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => printer::relayed(source, &String::from_utf8_lossy(&line)),
        }
    }
}
