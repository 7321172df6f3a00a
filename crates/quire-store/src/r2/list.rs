//! Lists of objects.

use super::rows::{OBJECT, object, text};
use super::{LISTED_MAX, R2Error, R2Listing, R2Page};
use crate::prefix::following;
use crate::sqlite::Database;
use rusqlite::{OptionalExtension, Transaction, params};

/// A page of the objects in a bucket.
pub(super) fn list(database: &Database, listing: &R2Listing) -> Result<R2Page, R2Error> {
    if !(1..=LISTED_MAX).contains(&listing.limit) {
        return Err(R2Error::Limit);
    }
    let page = database.with(|connection| {
        // As it is at one moment, though several statements read it.
        let transaction = connection.transaction()?;
        Lister {
            listing,
            transaction: &transaction,
            page: R2Page::default(),
        }
        .run()
    })?;
    Ok(page)
}

struct Lister<'a> {
    listing: &'a R2Listing,
    transaction: &'a Transaction<'a>,
    page: R2Page,
}

/// Why a pass over the rows ended.
enum Stop {
    /// There are no more.
    End,
    /// The page is full, and there is something after this key.
    Full(String),
    /// These keys are listed as one.
    Group { prefix: String, last: String },
}

impl Lister<'_> {
    fn run(mut self) -> rusqlite::Result<R2Page> {
        let prefix = self.listing.prefix.as_bytes();
        let after = self.listing.after.as_deref();
        let mut start = prefix.max(after.unwrap_or_default()).to_vec();
        let mut last = String::new();
        loop {
            match self.pass(&start, &mut last)? {
                Stop::End => return Ok(self.page),
                Stop::Full(last) => {
                    self.page.next = Some(last);
                    return Ok(self.page);
                }
                Stop::Group {
                    prefix,
                    last: last_of_group,
                } => {
                    let next = following(prefix.as_bytes());
                    self.page.prefixes.push(prefix);
                    last = last_of_group;
                    match next {
                        Some(next) => start = next,
                        None => return Ok(self.page),
                    }
                }
            }
        }
    }

    /// Takes objects from a key on until it comes to keys that are listed as one. `last` is the last key of what the page has.
    fn pass(&mut self, start: &[u8], last: &mut String) -> rusqlite::Result<Stop> {
        let R2Listing {
            bucket,
            prefix,
            delimiter,
            after,
            limit,
        } = self.listing;
        let delimiter = delimiter.as_deref().filter(|text| !text.is_empty());
        let mut statement = self.transaction.prepare_cached(&format!(
            "SELECT {OBJECT} FROM objects \
             WHERE bucket = ?1 AND key >= ?2 AND (?3 IS NULL OR key < ?3) AND (?4 IS NULL OR key <> ?4) \
             ORDER BY key LIMIT ?5"
        ))?;
        let count = self.page.objects.len() + self.page.prefixes.len();
        let mut rows = statement.query(params![
            bucket,
            start,
            following(prefix.as_bytes()),
            after,
            limit + 1 - count
        ])?;
        while let Some(row) = rows.next()? {
            if self.page.objects.len() + self.page.prefixes.len() == *limit {
                return Ok(Stop::Full(std::mem::take(last)));
            }
            let key = text(row, 0)?;
            let group = delimiter.and_then(|delimiter| group(&key, prefix, delimiter));
            if let Some(group) = group {
                return Ok(Stop::Group {
                    last: self.last_of(group)?.unwrap_or_else(|| key.clone()),
                    prefix: group.to_owned(),
                });
            }
            *last = key;
            self.page.objects.push(object(row)?);
        }
        Ok(Stop::End)
    }

    /// The last key that begins so.
    fn last_of(&self, prefix: &str) -> rusqlite::Result<Option<String>> {
        self.transaction
            .prepare_cached(
                "SELECT key FROM objects WHERE bucket = ?1 AND key >= ?2 AND (?3 IS NULL OR key < ?3) \
                 ORDER BY key DESC LIMIT 1",
            )?
            .query_row(
                params![
                    self.listing.bucket,
                    prefix.as_bytes(),
                    following(prefix.as_bytes())
                ],
                |row| text(row, 0),
            )
            .optional()
    }
}

/// What a key is listed as: all up to the end of the first delimiter behind the prefix.
fn group<'a>(key: &'a str, prefix: &str, delimiter: &str) -> Option<&'a str> {
    let rest = key.strip_prefix(prefix)?;
    let at = rest.find(delimiter)?;
    key.get(..prefix.len() + at + delimiter.len())
}
