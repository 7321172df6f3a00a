//! `quire guard COMMAND…`: runs a command, and ends it with everything that it started when whoever asked for it has gone.
//!
//! `quire dev` starts it, and the tests where they build sites. Its standard input is a pipe that nobody writes to and whose other end nobody else has: it ends
//! with the process that made it, however that ends.

use std::ffi::OsString;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitCode, ExitStatus, Stdio};
use std::time::Duration;

use clap::Args;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, sleep};

/// What a shell exits with that does not find a command, or may not run it.
pub const NOT_FOUND: u8 = 127;
pub const NOT_EXECUTABLE: u8 = 126;

/// How long processes may take to end that were asked to.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long one that is killed may take to disappear.
const KILLED_WITHIN: Duration = Duration::from_secs(1);
/// The time between two looks at who is still there.
const LOOK: Duration = Duration::from_millis(20);

#[derive(Debug, Args)]
pub struct GuardArguments {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    command: Vec<OsString>,
}

pub fn run(arguments: &GuardArguments) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let code = runtime.and_then(|runtime| runtime.block_on(guard(&arguments.command)));
    code.map_or_else(
        |error| {
            eprintln!("error: cannot run a command: {error}");
            ExitCode::FAILURE
        },
        ExitCode::from,
    )
}

async fn guard(command: &[OsString]) -> io::Result<u8> {
    let Some((program, arguments)) = command.split_first() else {
        return Ok(NOT_FOUND);
    };
    // Orphans of the command become children of this process, so that none gets out of sight.
    #[cfg(target_os = "linux")]
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    // From here on neither ends this process.
    let mut terminate = signal(SignalKind::terminate())?;
    let _ignored = signal(SignalKind::interrupt())?;
    let mut lifeline = pipe::Receiver::from_owned_fd(io::stdin().as_fd().try_clone_to_owned()?)?;
    let started = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) => {
            eprintln!("{}: {error}", program.display());
            return Ok(match error.kind() {
                io::ErrorKind::NotFound => NOT_FOUND,
                _ => NOT_EXECUTABLE,
            });
        }
    };
    let mut ended = tokio::select! {
        status = child.wait() => Some(status?),
        _ = lifeline.read_u8() => None,
        _ = terminate.recv() => None,
    };
    end_all(&mut child).await;
    if ended.is_none() {
        ended = child.try_wait()?;
    }
    Ok(ended.map_or(128 + 9, code))
}

fn code(status: ExitStatus) -> u8 {
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok())
        .unwrap_or(u8::MAX)
}

/// Ends all that is left below this process: asks first, then kills.
#[cfg(target_os = "linux")]
async fn end_all(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process};

    let own = std::process::id();
    let mut asked: Vec<u32> = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE + KILLED_WITHIN {
        // Takes its status, so that it does not linger as a zombie.
        let _ = child.try_wait();
        let left = super::processes::below(own);
        if left.is_empty() {
            return;
        }
        for process in left {
            let signal = match begun.elapsed() > PATIENCE {
                true => Signal::KILL,
                false if asked.contains(&process) => continue,
                false => Signal::TERM,
            };
            asked.push(process);
            let pid = i32::try_from(process).ok().and_then(Pid::from_raw);
            // It may have ended by itself.
            let _ = pid.map(|pid| kill_process(pid, signal));
        }
        sleep(LOOK).await;
    }
}

/// Ends the process group, which is this process's own: asks first, then kills.
#[cfg(not(target_os = "linux"))]
async fn end_all(child: &mut Child) {
    use rustix::process::{Signal, getpgrp, kill_process_group};

    let _ = kill_process_group(getpgrp(), Signal::TERM);
    let _ = tokio::time::timeout(PATIENCE, child.wait()).await;
    let _ = (Instant::now(), KILLED_WITHIN, LOOK, sleep);
    // Includes this process: it has nothing left to do.
    let _ = kill_process_group(getpgrp(), Signal::KILL);
}
