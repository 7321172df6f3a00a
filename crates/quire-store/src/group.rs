//! Threads that write: all that waits is handed over together, so that one flush of the disk serves it.

use crate::StoreError;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// What a thread does besides, at once and then from time to time.
pub(crate) struct Chore {
    pub(crate) every: Duration,
    pub(crate) run: Box<dyn FnMut() + Send>,
}

/// Starts a thread that writes the jobs it is sent, at most `together_max` in one go. It ends when the sender is dropped and
/// all is written. `path` is what an error is about.
pub(crate) fn start<J: Send + 'static>(
    name: &str,
    path: &Path,
    together_max: usize,
    chore: Option<Chore>,
    write: impl FnMut(Vec<J>) + Send + 'static,
) -> Result<Sender<J>, StoreError> {
    let (sender, jobs) = channel();
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || run(&jobs, together_max, chore, write))
        .map_err(StoreError::file(path))?;
    Ok(sender)
}

fn run<J>(
    jobs: &Receiver<J>,
    together_max: usize,
    mut chore: Option<Chore>,
    mut write: impl FnMut(Vec<J>),
) {
    let mut due = Instant::now();
    loop {
        if let Some(chore) = &mut chore
            && Instant::now() >= due
        {
            (chore.run)();
            due = Instant::now() + chore.every;
        }
        let first = match &chore {
            None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(_) => jobs.recv_timeout(due.saturating_duration_since(Instant::now())),
        };
        match first {
            Ok(first) => {
                let mut together = vec![first];
                together.extend(jobs.try_iter().take(together_max - 1));
                write(together);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
