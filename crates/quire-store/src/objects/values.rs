//! Values by key.

use super::error::ObjectError;
use super::state::ObjectState;

/// Free pages that a database keeps for later after everything was removed.
const KEPT_PAGES_MAX: i64 = 64;

/// Which keys to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyRange {
    /// The first key that may be listed
    pub start: Option<String>,
    /// The key after which listing starts
    pub start_after: Option<String>,
    /// The key before which listing ends
    pub end: Option<String>,
    /// What keys begin with
    pub prefix: Option<String>,
    /// From the last to the first
    pub reverse: bool,
    /// How many at most
    pub limit: Option<u32>,
}

/// What a text of SQL bounds keys by: the lowest key, whether that one is meant too, the key before which it ends.
fn bounds(range: &KeyRange) -> (Option<&str>, bool, Option<Vec<u8>>) {
    let (mut low, mut inclusive) = match (&range.start, &range.start_after) {
        (_, Some(after)) => (Some(after.as_str()), false),
        (start, None) => (start.as_deref(), true),
    };
    let mut high = range.end.clone().map(String::into_bytes);
    if let Some(prefix) = range.prefix.as_deref().filter(|prefix| !prefix.is_empty()) {
        if low.is_none_or(|low| low < prefix) {
            (low, inclusive) = (Some(prefix), true);
        }
        let after = after_prefix(prefix);
        if let Some(after) = after
            && high.as_ref().is_none_or(|high| *high > after)
        {
            high = Some(after);
        }
    }
    (low, inclusive, high)
}

/// The first bytes after everything that begins with `prefix`. UTF-8 has no byte 255, so there always are some.
fn after_prefix(prefix: &str) -> Option<Vec<u8>> {
    let mut bytes = prefix.as_bytes().to_vec();
    let last = bytes.last_mut()?;
    *last += 1;
    Some(bytes)
}

impl ObjectState {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>, ObjectError> {
        self.row("SELECT value FROM _cf_KV WHERE key = ?1", [key], |row| {
            row.get(0)
        })
    }

    /// Sets the value of a key.
    pub fn put(&self, key: &str, value: &[u8]) -> Result<(), ObjectError> {
        self.begin()?;
        let sql = "INSERT INTO _cf_KV VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2";
        self.run(sql, (key, value)).map(drop)
    }

    /// Removes a key; whether it was there.
    pub fn delete(&self, key: &str) -> Result<bool, ObjectError> {
        self.begin()?;
        Ok(self.run("DELETE FROM _cf_KV WHERE key = ?1", [key])? > 0)
    }

    /// Keys with their values, in the order of their bytes.
    pub fn list(&self, range: &KeyRange) -> Result<Vec<(String, Vec<u8>)>, ObjectError> {
        let (low, inclusive, high) = bounds(range);
        let mut sql = String::from("SELECT key, value FROM _cf_KV");
        let mut values: Vec<rusqlite::types::Value> = Vec::new();
        if let Some(low) = low {
            sql += if inclusive {
                " WHERE key >= ?"
            } else {
                " WHERE key > ?"
            };
            values.push(low.to_owned().into());
        }
        if let Some(high) = high {
            sql += if values.is_empty() { " WHERE" } else { " AND" };
            // Bytes that need not be UTF-8, compared as the text that they would be.
            sql += " key < CAST(? AS TEXT)";
            values.push(high.into());
        }
        sql += if range.reverse {
            " ORDER BY key DESC"
        } else {
            " ORDER BY key"
        };
        if let Some(limit) = range.limit {
            sql += " LIMIT ?";
            values.push(i64::from(limit).into());
        }
        self.with(&sql, |statement| {
            statement
                .query_map(rusqlite::params_from_iter(&values), |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?
                .collect()
        })
    }

    /// Removes everything: all keys, whatever SQL made, and with `alarm` the alarm. Commits what was written before.
    pub fn delete_all(&self, alarm: bool) -> Result<(), ObjectError> {
        if self.depth() > 0 {
            return Err(ObjectError::Sql(
                "Cannot call deleteAll() within a transaction".to_owned(),
            ));
        }
        self.commit()?;
        let foreign_keys: Option<bool> = self.row("PRAGMA foreign_keys", (), |row| row.get(0))?;
        // Within a transaction this would have no effect.
        self.run("PRAGMA foreign_keys = OFF", ())?;
        self.begin()?;
        self.drop_everything()?;
        self.run("DELETE FROM _cf_KV", ())?;
        if alarm {
            self.set_alarm(None)?;
        }
        self.commit()?;
        if foreign_keys == Some(true) {
            self.run("PRAGMA foreign_keys = ON", ())?;
        }
        let free: Option<i64> = self.row("PRAGMA freelist_count", (), |row| row.get(0))?;
        if free.is_some_and(|pages| pages > KEPT_PAGES_MAX) {
            self.run_alone("VACUUM")?;
        }
        Ok(())
    }

    /// Removes what the program's SQL made. Each removal may take others along, such as the tables behind a virtual one.
    fn drop_everything(&self) -> Result<(), ObjectError> {
        let next = "SELECT type, name FROM sqlite_schema \
            WHERE type IN ('view', 'table') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' \
            ORDER BY type = 'table', sql NOT LIKE 'CREATE VIRTUAL%' LIMIT 1";
        while let Some((kind, name)) = self.row(next, (), |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })? {
            self.run(
                &format!("DROP {kind} \"{}\"", name.replace('"', "\"\"")),
                (),
            )?;
        }
        for table in ["sqlite_sequence", "sqlite_stat1", "sqlite_stat4"] {
            let exists = "SELECT 1 FROM sqlite_schema WHERE name = ?1";
            if self.row(exists, [table], |_| Ok(()))?.is_some() {
                self.run(&format!("DELETE FROM {table}"), ())?;
            }
        }
        Ok(())
    }

    /// How many bytes the database takes.
    pub fn database_size(&self) -> Result<u64, ObjectError> {
        let size: Option<i64> = self.row(
            "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
            (),
            |row| row.get(0),
        )?;
        Ok(size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0))
    }
}
