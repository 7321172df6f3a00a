//! How many requests may enter functions in a day.
//!
//! Every worker asks the count that all of them share (`quire_store::usage::DailyCounter`) before a function runs. Nobody has permits in
//! stock: so exactly as many run as may, whichever worker they reach, and a worker that is killed takes none with it.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::time::SystemTime;

use quire_store::usage::{DailyCounter, Day};
use tokio::sync::mpsc::{UnboundedSender, WeakUnboundedSender};

use crate::control::FromWorker;
use crate::error::StartFailure;
use crate::log::Log;
use crate::settings::DailyLimit;

/// Where the counts lie in the folder for what lasts.
pub(crate) const FOLDER: &str = "usage";

/// The daily limit, as one worker keeps it.
pub(crate) struct Quota {
    limit: DailyLimit,
    counter: RefCell<DailyCounter>,
    /// The day that has no more requests left.
    exhausted: Cell<Option<Day>>,
    say: WeakUnboundedSender<FromWorker>,
    log: Log,
}

impl Quota {
    pub(crate) fn open(
        limit: DailyLimit,
        data: Option<&Path>,
        say: &UnboundedSender<FromWorker>,
        log: Log,
    ) -> Result<Self, StartFailure> {
        let Some(data) = data else {
            return Err(StartFailure::new(
                "a daily limit needs a folder for what lasts: the count of the day is kept there",
            ));
        };
        let counter = DailyCounter::open(&data.join(FOLDER))
            .map_err(|error| StartFailure::new(error.to_string()))?;
        Ok(Self {
            limit,
            counter: RefCell::new(counter),
            exhausted: Cell::new(None),
            // The channel ends with the worker, however long something of it holds on to this.
            say: say.downgrade(),
            log,
        })
    }

    /// Counts a request; whether it may enter functions.
    pub(crate) fn admits(&self) -> bool {
        let today = Day::today();
        if self.exhausted.get() == Some(today) {
            return false;
        }
        let taken = (self.counter.borrow_mut()).take(today, self.limit.requests);
        let message = match taken {
            Ok(true) => return true,
            Ok(false) => FromWorker::LimitReached,
            // Counting on without a count would let in more than may.
            Err(error) => {
                self.log.error(&format!(
                    "the requests of today cannot be counted, so that no more functions run: {error}"
                ));
                FromWorker::LimitReached
            }
        };
        self.exhausted.set(Some(today));
        // Without a supervisor nobody needs to know.
        let _ = self.say.upgrade().map(|say| say.send(message));
        false
    }

    /// What happens to the requests beyond.
    pub(crate) fn limit(&self) -> DailyLimit {
        self.limit
    }

    /// Seconds until requests may enter functions again.
    pub(crate) fn retry_after(&self) -> u64 {
        let now = SystemTime::now();
        Day::of(now).rest(now).as_secs() + 1
    }
}
