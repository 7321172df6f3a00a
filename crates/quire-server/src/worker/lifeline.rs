//! Ends a worker whose supervisor has gone, even one that is stuck.

use std::io;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Signal, getpid, kill_process};

/// What a worker that is not stuck needs at most to see the end of the channel and exit.
const GRACE: Duration = Duration::from_secs(1);

/// Watches the control channel from a thread of its own: the event loop may be what is stuck.
pub(crate) fn watch(control: UnixStream) -> io::Result<()> {
    thread::Builder::new()
        .name("lifeline".to_owned())
        .stack_size(64 * 1024)
        .spawn(move || {
            loop {
                // No event is asked for; the end of the channel is always reported.
                let mut watched = [PollFd::new(&control, PollFlags::empty())];
                match poll(&mut watched, None) {
                    Ok(_) => break,
                    Err(rustix::io::Errno::INTR) => {}
                    Err(_) => break,
                }
            }
            thread::sleep(GRACE);
            let _ = kill_process(getpid(), Signal::KILL);
        })?;
    Ok(())
}
