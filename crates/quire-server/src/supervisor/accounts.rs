//! What all workers did together: sums since the start, and sums of each day that last.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use quire_store::usage::{DailyCounter, Day};

use super::ledger::Ledger;
use super::metrics::Replaced;
use crate::answer::quota;
use crate::log::Log;
use crate::settings::{BeyondLimit, DailyLimit, Mode, Settings};
use crate::traffic::RouteTraffic;

/// See the module's text.
#[derive(Debug)]
pub(super) struct Accounts {
    limit: Option<DailyLimit>,
    /// Development leaves no traces of its requests.
    lasting: bool,
    routes: BTreeMap<String, RouteTraffic>,
    ledger: Option<Ledger>,
    data: Option<PathBuf>,
    pub(super) replaced: Replaced,
    /// Deployments that took over from another one.
    pub(super) reloads: u64,
    pub(super) lines_lost: u64,
    /// The last day on which the limit was told to be reached.
    told: Option<Day>,
}

impl Accounts {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            limit: settings.daily_limit,
            lasting: settings.mode == Mode::Serve,
            routes: BTreeMap::new(),
            ledger: None,
            data: None,
            replaced: Replaced::default(),
            reloads: 0,
            lines_lost: 0,
            told: None,
        }
    }

    /// Keeps the sums of each day in a folder, if that is not done yet. Before any request arrives.
    pub(super) fn open(&mut self, data: &Path, log: Log) {
        if self.lasting && self.ledger.is_none() {
            self.ledger = Some(Ledger::open(data, self.limit, log));
            self.data = Some(data.to_owned());
        }
    }

    /// The sums since the start, by route.
    pub(super) fn routes(&self) -> Vec<RouteTraffic> {
        self.routes.values().cloned().collect()
    }

    /// The daily limit, and how many requests entered functions today.
    pub(super) fn limit(&self) -> Option<(u64, u64)> {
        let (limit, data) = (self.limit?, self.data.as_ref()?);
        let used = DailyCounter::look(&data.join(quota::FOLDER), Day::today());
        Some((limit.requests, used.ok()?.unwrap_or(0)))
    }

    /// Adds what a worker counted.
    pub(super) fn add(&mut self, traffic: &[RouteTraffic]) {
        for route in traffic {
            match self.routes.get_mut(&route.route) {
                Some(sum) => sum.add(route),
                None => drop(self.routes.insert(route.route.clone(), route.clone())),
            }
        }
        if let Some(ledger) = &self.ledger {
            ledger.add(traffic);
        }
    }

    /// A worker found that no more requests may enter functions today. Each of them does.
    pub(super) fn limit_reached(&mut self, log: Log) {
        let today = Day::today();
        let (Some(limit), true) = (self.limit, self.told != Some(today)) else {
            return;
        };
        self.told = Some(today);
        let then = match limit.beyond {
            BeyondLimit::Open => "static files are served as if there were no functions",
            BeyondLimit::Closed => "requests for functions get error 1027",
        };
        log.warning(&format!(
            "the limit of {} requests to functions in a day is reached: until 00:00 UTC {then}",
            limit.requests
        ));
    }
}
