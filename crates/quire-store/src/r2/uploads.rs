//! Uploads in parts: what they change in the database.

use super::digest::{hex, md5};
use super::directory::Shared;
use super::draft::Finished;
use super::rows::{find, insert};
use super::write::{delete_pieces, free, insert_piece};
use super::writer::{Freed, now};
use super::{PART_BYTES_MIN, R2Error, R2Metadata, R2Object, R2Part, R2Upload};
use crate::StoreError;
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::{BTreeMap, BTreeSet};

/// How an upload stands.
struct Standing {
    has_ended: bool,
    metadata: R2Metadata,
    customer_key_md5: Option<String>,
}

/// A part as it was stored.
struct Stored {
    etag: String,
    length: u64,
    md5: Vec<u8>,
}

fn standing(
    transaction: &Transaction<'_>,
    upload: &R2Upload,
) -> rusqlite::Result<Option<Standing>> {
    transaction
        .prepare_cached(
            "SELECT ended, http, custom, storage_class, customer_key FROM uploads \
             WHERE id = ?1 AND bucket = ?2 AND key = ?3",
        )?
        .query_row((&upload.id, &upload.bucket, upload.key.as_bytes()), |row| {
            Ok(Standing {
                has_ended: row.get(0)?,
                metadata: R2Metadata {
                    http: row.get(1)?,
                    custom: row.get(2)?,
                    storage_class: row.get(3)?,
                },
                customer_key_md5: row.get(4)?,
            })
        })
        .optional()
}

/// Begins an upload.
pub(super) fn create(
    transaction: &Transaction<'_>,
    upload: &R2Upload,
    metadata: &R2Metadata,
    customer_key_md5: Option<&str>,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO uploads (id, bucket, key, begun, http, custom, storage_class, customer_key) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            upload.id,
            upload.bucket,
            upload.key.as_bytes(),
            now(),
            metadata.http,
            metadata.custom,
            metadata.storage_class,
            customer_key_md5
        ])
        .map(drop)
}

/// Makes content a part; it replaces the one that had its number.
pub(super) fn put_part(
    transaction: &Transaction<'_>,
    freed: &mut Freed,
    upload: &R2Upload,
    (number, etag): (u32, &str),
    content: &Finished,
) -> rusqlite::Result<Result<String, R2Error>> {
    let refused = match standing(transaction, upload)? {
        Some(Standing {
            has_ended: false,
            customer_key_md5,
            ..
        }) => (customer_key_md5 != content.customer_key_md5).then_some(R2Error::CustomerKey),
        _ => Some(R2Error::NoSuchUpload),
    };
    if let Some(refused) = refused {
        freed.files.extend(content.file());
        return Ok(Err(refused));
    }
    let replaced: Option<Option<String>> = transaction
        .prepare_cached("DELETE FROM pieces WHERE owner = ?1 AND number = ?2 RETURNING file")?
        .query_row((&upload.id, number), |row| row.get(0))
        .optional()?;
    freed.files.extend(replaced.flatten());
    insert_piece(transaction, &upload.id, number, Some(etag), content)?;
    Ok(Ok(etag.to_owned()))
}

/// Makes an object of parts.
pub(super) fn complete(
    transaction: &Transaction<'_>,
    freed: &mut Freed,
    upload: &R2Upload,
    named: &[R2Part],
    version: &str,
) -> rusqlite::Result<Result<R2Object, R2Error>> {
    let Some(standing) = standing(transaction, upload)? else {
        return Ok(Err(R2Error::Internal));
    };
    if standing.has_ended {
        return Ok(Err(R2Error::NoSuchUpload));
    }
    let parts = match choose(named, stored_parts(transaction, &upload.id)?) {
        Ok(parts) => parts,
        Err(error) => return Ok(Err(error)),
    };
    let digests: Vec<u8> = parts.values().flat_map(|part| part.md5.clone()).collect();
    let Ok(digest) = md5(&digests) else {
        return Ok(Err(R2Error::Internal));
    };
    let object = R2Object {
        key: upload.key.clone(),
        version: version.to_owned(),
        size: parts.values().map(|part| part.length).sum(),
        etag: format!("{}-{}", hex(&digest), parts.len()),
        uploaded: now(),
        checksum: None,
        metadata: standing.metadata,
        customer_key_md5: standing.customer_key_md5,
    };
    if let Some(replaced) = find(transaction, &upload.bucket, &upload.key)? {
        free(transaction, freed, &replaced.version)?;
    }
    insert(transaction, &upload.bucket, &object)?;
    let mut own = transaction.prepare_cached(
        "UPDATE pieces SET owner = ?3, etag = NULL, md5 = NULL WHERE owner = ?1 AND number = ?2",
    )?;
    for number in parts.keys() {
        own.execute(params![upload.id, number, version])?;
    }
    end(transaction, freed, &upload.id)?;
    Ok(Ok(object))
}

/// The named parts of those that were stored, in their order, if they make an object.
fn choose(
    named: &[R2Part],
    mut stored: BTreeMap<u32, Stored>,
) -> Result<BTreeMap<u32, Stored>, R2Error> {
    let numbers: BTreeSet<u32> = named.iter().map(|part| part.number).collect();
    if numbers.len() < named.len() {
        return Err(R2Error::Internal);
    }
    let mut lengths = Vec::with_capacity(named.len());
    for part in named {
        match stored.get(&part.number) {
            Some(found) if found.etag == part.etag => lengths.push(found.length),
            _ => return Err(R2Error::NoSuchPart),
        }
    }
    // The last one as they are named may be short; by their numbers, which count in the end, it is checked below.
    let all_but_last = lengths.split_last().map_or(&[][..], |(_, others)| others);
    if all_but_last.iter().any(|length| *length < PART_BYTES_MIN) {
        return Err(R2Error::PartTooSmall);
    }
    stored.retain(|number, _| numbers.contains(number));
    let lengths: Vec<u64> = stored.values().map(|part| part.length).collect();
    if let Some((last, [first, others @ ..])) = lengths.split_last() {
        let are_even = others.iter().all(|length| length == first);
        if !are_even || *first < PART_BYTES_MIN || last > first {
            return Err(R2Error::PartSizes);
        }
    }
    Ok(stored)
}

fn stored_parts(
    transaction: &Transaction<'_>,
    id: &str,
) -> rusqlite::Result<BTreeMap<u32, Stored>> {
    let mut statement = transaction
        .prepare_cached("SELECT number, etag, length, md5 FROM pieces WHERE owner = ?1")?;
    let rows = statement.query_map([id], |row| {
        let part = Stored {
            etag: row.get(1)?,
            length: row.get(2)?,
            md5: row.get(3)?,
        };
        Ok((row.get(0)?, part))
    })?;
    rows.collect()
}

/// Gives an upload up, if it has not ended.
pub(super) fn abort(
    transaction: &Transaction<'_>,
    freed: &mut Freed,
    upload: &R2Upload,
) -> rusqlite::Result<Result<(), R2Error>> {
    match standing(transaction, upload)? {
        None => return Ok(Err(R2Error::Internal)),
        Some(standing) if standing.has_ended => {}
        Some(_) => end(transaction, freed, &upload.id)?,
    }
    Ok(Ok(()))
}

/// An upload takes no more parts; those it still has are removed. Nobody reads them.
fn end(transaction: &Transaction<'_>, freed: &mut Freed, id: &str) -> rusqlite::Result<()> {
    freed.files.extend(delete_pieces(transaction, id)?);
    transaction
        .prepare_cached("UPDATE uploads SET ended = 1 WHERE id = ?1")?
        .execute([id])
        .map(drop)
}

impl Shared {
    /// Forgets uploads that were begun before a time.
    pub(super) fn give_up_uploads(&self, before: i64) -> Result<(), StoreError> {
        let ids: Vec<String> = self.database.with(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT id FROM uploads WHERE begun < ?1")?;
            statement.query_map([before], |row| row.get(0))?.collect()
        })?;
        if ids.is_empty() {
            return Ok(());
        }
        let _turn = self.turn.take();
        let files = self.database.write(|transaction| {
            let mut files = Vec::new();
            for id in &ids {
                files.extend(delete_pieces(transaction, id)?);
                transaction.execute("DELETE FROM uploads WHERE id = ?1", [id])?;
            }
            Ok(files)
        })?;
        self.contents.delete(files);
        Ok(())
    }
}
