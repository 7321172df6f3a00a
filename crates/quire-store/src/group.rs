//! Threads that write: all that waits is handed over together, so that one flush of the disk serves it.

use crate::StoreError;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// How long to wait for more jobs.
const GATHER_MIN: Duration = Duration::from_micros(250);
const GATHER_MAX: Duration = Duration::from_millis(2);

/// How often to look for them meanwhile.
const LOOKS: u32 = 4;

/// So many jobs make a flush cheap for each of them. To wait for more would only keep their programs from going on meanwhile.
const ENOUGH: usize = 8;

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
    let mut company = Company::default();
    let mut waiting = Vec::new();
    loop {
        if let Some(chore) = &mut chore
            && Instant::now() >= due
        {
            (chore.run)();
            due = Instant::now() + chore.every;
        }
        if waiting.is_empty() {
            let first = match &chore {
                None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(_) => jobs.recv_timeout(due.saturating_duration_since(Instant::now())),
            };
            match first {
                Ok(first) => waiting.push(first),
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        take(jobs, &mut waiting, together_max);
        gather(
            jobs,
            &mut waiting,
            company.expected.min(ENOUGH),
            company.patience(),
        );
        take(jobs, &mut waiting, together_max);
        let (written, begun) = (waiting.len(), Instant::now());
        write(std::mem::take(&mut waiting));
        take(jobs, &mut waiting, together_max);
        company = Company {
            expected: written + waiting.len(),
            took: begun.elapsed(),
        };
    }
}

/// Those who have jobs written at the same time, as far as they are known.
///
/// Whoever waits for a job to be written has the next one afterwards. So those whose jobs were written last and those whose jobs came
/// meanwhile are likely to have one soon, and to wait for it makes one flush of two. Who is alone is not kept waiting.
#[derive(Default)]
struct Company {
    expected: usize,
    /// How long it took to write the last ones.
    took: Duration,
}

impl Company {
    fn patience(&self) -> Duration {
        (self.took * 4).clamp(GATHER_MIN, GATHER_MAX)
    }
}

/// Waits until so many jobs are there, within a time.
fn gather<J>(jobs: &Receiver<J>, waiting: &mut Vec<J>, expected: usize, patience: Duration) {
    let until = Instant::now() + patience;
    // Woken by each of them, the thread would run as often as without waiting.
    while waiting.len() < expected && Instant::now() < until {
        std::thread::sleep(patience / LOOKS);
        take(jobs, waiting, expected);
    }
}

fn take<J>(jobs: &Receiver<J>, waiting: &mut Vec<J>, max: usize) {
    waiting.extend(jobs.try_iter().take(max.saturating_sub(waiting.len())));
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    /// What is written together when so many threads each wait for one job after the other.
    fn written_by(threads: usize) -> Vec<usize> {
        let sizes = Arc::new(Mutex::new(Vec::new()));
        let seen = sizes.clone();
        let write = move |jobs: Vec<Sender<()>>| {
            seen.lock().unwrap().push(jobs.len());
            std::thread::sleep(Duration::from_millis(1));
            jobs.into_iter().for_each(|done| done.send(()).unwrap());
        };
        let jobs = start("test", Path::new("test"), 64, None, write).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..threads {
                let jobs = jobs.clone();
                scope.spawn(move || {
                    for _ in 0..20 {
                        let (done, written) = channel();
                        jobs.send(done).unwrap();
                        written.recv().unwrap();
                    }
                });
            }
        });
        Arc::try_unwrap(sizes).map_or_else(
            |sizes| sizes.lock().unwrap().clone(),
            |sizes| sizes.into_inner().unwrap(),
        )
    }

    #[test]
    fn who_is_alone_is_not_kept_waiting() {
        let alone = Company {
            expected: 1,
            took: Duration::from_secs(1),
        };
        let (_sender, jobs) = channel::<()>();
        let begun = Instant::now();
        for _ in 0..1000 {
            gather(&jobs, &mut vec![()], alone.expected, alone.patience());
        }
        // Each wait would be two milliseconds.
        assert!(begun.elapsed() < Duration::from_secs(1));
        assert_eq!(written_by(1), [1; 20]);
    }

    #[test]
    fn every_job_is_written_once() {
        assert_eq!(written_by(8).iter().sum::<usize>(), 160);
    }

    #[test]
    fn nobody_waits_for_long_for_those_who_do_not_come() {
        let (sender, jobs) = channel();
        sender.send(()).unwrap();
        let mut waiting = Vec::new();
        gather(&jobs, &mut waiting, 5, GATHER_MIN);
        assert_eq!(waiting.len(), 1);
    }
}
