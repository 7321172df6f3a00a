//! What storing and removing objects changes in the database.

use super::draft::Finished;
use super::rows::{find, insert};
use super::writer::{Freed, now};
use super::{R2Error, R2Object, R2Put};
use crate::blobs::Stored;
use rusqlite::{OptionalExtension, Transaction, params};

/// Makes content an object, unless the condition forbids it.
pub(super) fn put(
    transaction: &Transaction<'_>,
    freed: &mut Freed,
    put: &R2Put,
    version: &str,
    content: &Finished,
) -> rusqlite::Result<Option<R2Object>> {
    let found = find(transaction, &put.bucket, &put.key)?;
    let holds = match &found {
        Some(found) => put.condition.holds(&found.etag, found.uploaded),
        None => put.condition.holds_for_nothing(),
    };
    if !holds {
        freed.files.extend(content.file());
        return Ok(None);
    }
    if let Some(found) = found {
        free(transaction, freed, &found.version)?;
    }
    let object = R2Object {
        key: put.key.clone(),
        version: version.to_owned(),
        size: content.length,
        etag: content.md5_digits(),
        uploaded: now(),
        checksum: put.checksum.clone().filter(|_| content.has_other_digest),
        metadata: put.metadata.clone(),
        customer_key_md5: content.customer_key_md5.clone(),
    };
    insert(transaction, &put.bucket, &object)?;
    if content.length > 0 {
        insert_piece(transaction, version, 0, None, content)?;
    }
    Ok(Some(object))
}

/// Adds a piece to an object's version or an upload.
pub(super) fn insert_piece(
    transaction: &Transaction<'_>,
    owner: &str,
    number: u32,
    etag: Option<&str>,
    content: &Finished,
) -> rusqlite::Result<()> {
    let (bytes, file) = match &content.stored {
        Stored::Bytes(bytes) => (Some(bytes), None),
        Stored::File(name) => (None, Some(name)),
    };
    transaction
        .prepare_cached(
            "INSERT INTO pieces (owner, number, length, nonce, etag, md5, file, content) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            owner,
            number,
            content.length,
            content.nonce,
            etag,
            content.md5,
            file,
            bytes
        ])
        .map(drop)
}

/// Removes objects.
pub(super) fn delete(
    transaction: &Transaction<'_>,
    freed: &mut Freed,
    bucket: &str,
    keys: &[String],
) -> rusqlite::Result<Result<(), R2Error>> {
    for key in keys {
        let version: Option<String> = transaction
            .prepare_cached("DELETE FROM objects WHERE bucket = ?1 AND key = ?2 RETURNING version")?
            .query_row((bucket, key.as_bytes()), |row| row.get(0))
            .optional()?;
        if let Some(version) = version {
            free(transaction, freed, &version)?;
        }
    }
    Ok(Ok(()))
}

/// Removes the pieces of an object. Whoever begins to read one in several files opens them as it goes on; so theirs wait.
pub(super) fn free(
    transaction: &Transaction<'_>,
    freed: &mut Freed,
    version: &str,
) -> rusqlite::Result<()> {
    let files = delete_pieces(transaction, version)?;
    match files.as_slice() {
        [lock, _, ..] => {
            let mut statement = transaction.prepare_cached("INSERT INTO doomed VALUES (?1, ?2)")?;
            for file in &files {
                statement.execute((file, lock))?;
            }
            freed.doomed = true;
        }
        _ => freed.files.extend(files),
    }
    Ok(())
}

/// Removes the pieces of a version or an upload; gives their files in the order of the pieces.
pub(super) fn delete_pieces(
    transaction: &Transaction<'_>,
    owner: &str,
) -> rusqlite::Result<Vec<String>> {
    let mut statement = transaction.prepare_cached(
        "SELECT file FROM pieces WHERE owner = ?1 AND file IS NOT NULL ORDER BY number",
    )?;
    let files = statement
        .query_map([owner], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    transaction
        .prepare_cached("DELETE FROM pieces WHERE owner = ?1")?
        .execute([owner])?;
    Ok(files)
}
