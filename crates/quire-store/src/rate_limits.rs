//! How often something happened, counted by all workers together.

use std::path::Path;

use rusqlite::OptionalExtension as _;

use crate::StoreError;
use crate::folder;
use crate::sqlite::{Database, Durability};

const SCHEMA: &[&str] = &["CREATE TABLE counts (
    namespace TEXT NOT NULL, key TEXT NOT NULL, period INTEGER NOT NULL, window INTEGER NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (namespace, key, period)
) WITHOUT ROWID"];

/// One rate limit for one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Limits of the same namespace count together.
    pub namespace: String,
    /// Whose calls these are.
    pub key: String,
    /// How often in a period.
    pub limit: u32,
    /// Seconds. Periods begin at its multiples.
    pub period: u32,
}

/// The counts of a data folder.
pub struct RateLimits(Database);

impl RateLimits {
    /// Opens the counts in a folder, which is made if there is none.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        folder::create(folder)?;
        let file = folder.join("counts.sqlite");
        Ok(Self(Database::open(file, SCHEMA, Durability::Process)?))
    }

    /// Counts a call at a time in seconds since 1970; whether it is within the limit. What is not is not counted.
    pub fn count(&self, limit: &RateLimit, now: u64) -> Result<bool, StoreError> {
        let window = now / u64::from(limit.period.max(1));
        self.0.write(|transaction| {
            let key = (&limit.namespace, &limit.key, limit.period);
            let known = transaction
                .prepare_cached(
                    "SELECT window, count FROM counts WHERE namespace = ? AND key = ? AND period = ?",
                )?
                .query_row(key, |row| Ok((row.get::<_, u64>(0)?, row.get::<_, u32>(1)?)))
                .optional()?;
            let count = match known {
                Some((of, count)) if of == window => count,
                _ => 0,
            };
            if count >= limit.limit {
                return Ok(false);
            }
            transaction
                .prepare_cached("INSERT OR REPLACE INTO counts VALUES (?, ?, ?, ?, ?)")?
                .execute((key.0, key.1, key.2, window, count + 1))?;
            // Now and then a call clears away what is over.
            if now.is_multiple_of(997) {
                transaction.execute("DELETE FROM counts WHERE (window + 2) * period < ?", [now])?;
            }
            Ok(true)
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn limit(key: &str) -> RateLimit {
        RateLimit {
            namespace: "1".to_owned(),
            key: key.to_owned(),
            limit: 2,
            period: 10,
        }
    }

    #[test]
    fn windows_begin_at_multiples_of_the_period() {
        let folder = tempfile::TempDir::new().unwrap();
        let limits = RateLimits::open(folder.path()).unwrap();
        let count = |key, now| limits.count(&limit(key), now).unwrap();
        assert_eq!(
            [count("a", 101), count("a", 109), count("a", 109)],
            [true, true, false]
        );
        assert!(count("b", 109), "another key");
        assert!(count("a", 110), "another period");
        let minute = RateLimit {
            period: 60,
            ..limit("a")
        };
        assert!(limits.count(&minute, 110).unwrap(), "another limit");
    }

    #[test]
    fn all_that_use_the_folder_count_together() {
        let folder = tempfile::TempDir::new().unwrap();
        let passed: usize = std::thread::scope(|scope| {
            let counting = || {
                let limits = RateLimits::open(folder.path()).unwrap();
                (0..3)
                    .filter(|_| limits.count(&limit("a"), 5).unwrap())
                    .count()
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(counting)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .sum()
        });
        assert_eq!(passed, 2);
    }
}
