//! Requests of each day, summed up by route.

use std::path::Path;

use super::Day;
use crate::sqlite::{Database, Durability};
use crate::{StoreError, folder};

const SCHEMA: &[&str] = &["
    CREATE TABLE requests (
        day INTEGER NOT NULL, route TEXT NOT NULL, counted INTEGER NOT NULL, requests INTEGER NOT NULL,
        errors INTEGER NOT NULL, bytes INTEGER NOT NULL, processor_us INTEGER NOT NULL,
        PRIMARY KEY (day, route)
    ) WITHOUT ROWID;
    CREATE TABLE limits (day INTEGER PRIMARY KEY, requests INTEGER NOT NULL);"];

const FILE: &str = "usage.sqlite";

/// Days of which the sums are kept.
const DAYS_KEPT: u32 = 400;

/// What became of the requests of a route.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteUsage {
    /// The route, or what else answered.
    pub route: String,
    /// Whether its requests count for a daily limit.
    pub counted: bool,
    /// How many there were.
    pub requests: u64,
    /// How many of them failed on the server's side.
    pub errors: u64,
    /// The bytes of the bodies sent.
    pub bytes: u64,
    /// Processor time of the functions, in microseconds.
    pub processor_us: u64,
}

/// A day's requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayUsage {
    /// The day.
    pub day: Day,
    /// The daily limit that was last in force on it.
    pub limit: Option<u64>,
    /// By route; most requests first.
    pub routes: Vec<RouteUsage>,
}

impl DayUsage {
    /// How many requests counted for a limit.
    pub fn counted(&self) -> u64 {
        let counted = self.routes.iter().filter(|route| route.counted);
        counted.map(|route| route.requests).sum()
    }
}

/// The sums of a folder.
pub struct Usage(Database);

impl Usage {
    /// Opens the sums in a folder, which is made if there is none.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        folder::create(folder)?;
        let file = folder.join(FILE);
        Ok(Self(Database::open(file, SCHEMA, Durability::Process)?))
    }

    /// Opens the sums in a folder if there are any.
    pub fn find(folder: &Path) -> Result<Option<Self>, StoreError> {
        match folder.join(FILE).exists() {
            true => Self::open(folder).map(Some),
            false => Ok(None),
        }
    }

    /// Adds to a day's requests.
    pub fn add(&self, day: Day, routes: &[RouteUsage]) -> Result<(), StoreError> {
        self.0.write(|transaction| {
            let mut add = transaction.prepare_cached(
                "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
                    counted = excluded.counted, requests = requests + excluded.requests,
                    errors = errors + excluded.errors, bytes = bytes + excluded.bytes,
                    processor_us = processor_us + excluded.processor_us",
            )?;
            for usage in routes {
                add.execute((
                    day.number(),
                    &usage.route,
                    usage.counted,
                    usage.requests,
                    usage.errors,
                    usage.bytes,
                    usage.processor_us,
                ))?;
            }
            Ok(())
        })
    }

    /// Notes which daily limit is in force on a day, and forgets days that are long over.
    pub fn set_limit(&self, day: Day, limit: Option<u64>) -> Result<(), StoreError> {
        self.0.write(|transaction| {
            match limit {
                Some(limit) => transaction.execute(
                    "INSERT OR REPLACE INTO limits VALUES (?, ?)",
                    (day.number(), i64::try_from(limit).unwrap_or(i64::MAX)),
                )?,
                None => transaction.execute("DELETE FROM limits WHERE day = ?", [day.number()])?,
            };
            let first = day.before(DAYS_KEPT).number();
            transaction.execute("DELETE FROM limits WHERE day < ?", [first])?;
            transaction.execute("DELETE FROM requests WHERE day < ?", [first])?;
            Ok(())
        })
    }

    /// The requests of a day and of those after it, the latest first. Days without any are left out.
    pub fn since(&self, first: Day) -> Result<Vec<DayUsage>, StoreError> {
        self.0.with(|connection| {
            let mut select = connection.prepare_cached(
                "SELECT day, route, counted, requests.requests, errors, bytes, processor_us, limits.requests
                    FROM requests LEFT JOIN limits USING (day)
                    WHERE day >= ? ORDER BY day DESC, requests.requests DESC, route",
            )?;
            let mut rows = select.query([first.number()])?;
            let mut days: Vec<DayUsage> = Vec::new();
            while let Some(row) = rows.next()? {
                let day = Day::from_number(row.get(0)?);
                let route = RouteUsage {
                    route: row.get(1)?,
                    counted: row.get(2)?,
                    requests: row.get(3)?,
                    errors: row.get(4)?,
                    bytes: row.get(5)?,
                    processor_us: row.get(6)?,
                };
                match days.last_mut().filter(|last| last.day == day) {
                    Some(last) => last.routes.push(route),
                    None => days.push(DayUsage {
                        day,
                        limit: row.get(7)?,
                        routes: vec![route],
                    }),
                }
            }
            Ok(days)
        })
    }
}
