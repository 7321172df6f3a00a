//! Keeps the sums of each day on disk. A thread does it, since it waits for the disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use quire_store::StoreError;
use quire_store::usage::{DailyCounter, Day, RouteUsage, Usage};

use crate::answer::quota;
use crate::log::Log;
use crate::settings::DailyLimit;
use crate::traffic::RouteTraffic;

/// How long sums are gathered before they are written: that long `quire usage` may be behind.
const PAUSE: Duration = Duration::from_secs(1);

/// See the module's text. Dropping it waits until everything is written.
#[derive(Debug)]
pub(super) struct Ledger {
    /// `None` when it is being closed.
    entries: Option<Sender<Entry>>,
    thread: Option<JoinHandle<()>>,
}

/// Requests of a day.
type Entry = (Day, Vec<RouteUsage>);

impl Ledger {
    /// Starts to keep the sums in a data folder. With a limit the count of the day begins at what is known of it.
    pub(super) fn open(data: &Path, limit: Option<DailyLimit>, log: Log) -> Self {
        let mut writer = Writer {
            folder: data.join(quota::FOLDER),
            limit: limit.map(|limit| limit.requests),
            store: None,
            counter: None,
            day: Day::today(),
            sums: BTreeMap::new(),
            failing: false,
            log,
        };
        if limit.is_some() {
            // Before any worker counts.
            let begun = writer.begin_day();
            writer.tell(begun);
        }
        let (entries, received) = channel();
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || writer.run(&received));
        if let Err(error) = &thread {
            log.warning(&format!("requests are not counted by day: {error}"));
        }
        Self {
            entries: Some(entries),
            thread: thread.ok(),
        }
    }

    /// Adds requests that are over.
    pub(super) fn add(&self, traffic: &[RouteTraffic]) {
        let usage = |traffic: &RouteTraffic| RouteUsage {
            route: traffic.route.clone(),
            counted: traffic.counted,
            requests: traffic.requests(),
            errors: traffic.errors(),
            bytes: traffic.bytes,
            processor_us: u64::try_from(traffic.processor.as_micros()).unwrap_or(u64::MAX),
        };
        if let Some(entries) = &self.entries {
            // Without the thread there is nothing to add to, which was said.
            let _ = entries.send((Day::today(), traffic.iter().map(usage).collect()));
        }
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.entries.take();
        if let Some(thread) = self.thread.take() {
            // A panic there was told by itself.
            let _ = thread.join();
        }
    }
}

/// What the thread works with.
struct Writer {
    folder: PathBuf,
    limit: Option<u64>,
    store: Option<Usage>,
    counter: Option<DailyCounter>,
    /// The day that the count and the limit on record are of.
    day: Day,
    sums: BTreeMap<(Day, String), RouteUsage>,
    /// The last attempt to write failed, which was told.
    failing: bool,
    log: Log,
}

impl Writer {
    fn run(mut self, received: &Receiver<Entry>) {
        let mut due = Instant::now() + PAUSE;
        loop {
            match received.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Ok((day, usage)) => self.gather(day, usage),
                Err(RecvTimeoutError::Timeout) => {
                    let kept = self.keep();
                    self.tell(kept);
                    due = Instant::now() + PAUSE;
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let kept = self.keep();
                    return self.tell(kept);
                }
            }
        }
    }

    fn gather(&mut self, day: Day, usage: Vec<RouteUsage>) {
        for usage in usage {
            let sum = self
                .sums
                .entry((day, usage.route.clone()))
                .or_insert_with(|| RouteUsage {
                    route: usage.route.clone(),
                    ..RouteUsage::default()
                });
            sum.counted = usage.counted;
            sum.requests += usage.requests;
            sum.errors += usage.errors;
            sum.bytes += usage.bytes;
            sum.processor_us += usage.processor_us;
        }
    }

    fn keep(&mut self) -> Result<(), StoreError> {
        if self.limit.is_some() {
            let today = Day::today();
            if self.day != today {
                self.day = today;
                self.begin_day()?;
            }
            if let Some(counter) = &mut self.counter {
                counter.count(today)?;
                counter.flush()?;
            }
        }
        while let Some(((day, _), _)) = self.sums.first_key_value() {
            let day = *day;
            let of_day = self.sums.iter().filter(|((of, _), _)| *of == day);
            let usage: Vec<RouteUsage> = of_day.map(|(_, usage)| usage.clone()).collect();
            self.store()?.add(day, &usage)?;
            self.sums.retain(|(of, _), _| *of != day);
        }
        Ok(())
    }

    /// Puts the limit on record, and has the count of the day begin at the requests that were counted without a limit.
    fn begin_day(&mut self) -> Result<(), StoreError> {
        let (day, limit) = (self.day, self.limit);
        let store = self.store()?;
        store.set_limit(day, limit)?;
        let days = store.since(day)?;
        let known = days.first().map_or(0, |usage| usage.counted());
        let counter = match &mut self.counter {
            Some(counter) => counter,
            None => self.counter.insert(DailyCounter::open(&self.folder)?),
        };
        counter.begin(day, known)?;
        counter.remove_before(day)
    }

    fn store(&mut self) -> Result<&Usage, StoreError> {
        match &mut self.store {
            Some(store) => Ok(store),
            none => {
                let store = none.insert(Usage::open(&self.folder)?);
                store.set_limit(self.day, self.limit)?;
                Ok(store)
            }
        }
    }

    /// Says that something failed, but not again before it worked in between.
    fn tell(&mut self, result: Result<(), StoreError>) {
        if let Err(error) = &result
            && !self.failing
        {
            self.log
                .warning(&format!("requests are not counted by day: {error}"));
        }
        self.failing = result.is_err();
    }
}
