//! The database: objects, the pieces that they are made of, uploads, and files that are to be deleted.

use super::content::{Piece, Place};
use super::{R2Algorithm, R2Checksum, R2Metadata, R2Object};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

/// `pieces` belong to an object's version or to an upload's id. `doomed` has the files of objects in several files, for which the
/// lock on the first one must be had.
pub(super) const SCHEMA: &[&str] = &["
    CREATE TABLE objects (
        bucket TEXT NOT NULL,
        key BLOB NOT NULL,
        version TEXT NOT NULL,
        size INTEGER NOT NULL,
        etag TEXT NOT NULL,
        uploaded INTEGER NOT NULL,
        algorithm TEXT,
        digest BLOB,
        http TEXT NOT NULL,
        custom TEXT NOT NULL,
        storage_class TEXT NOT NULL,
        customer_key TEXT,
        PRIMARY KEY (bucket, key)
    ) WITHOUT ROWID;
    CREATE TABLE pieces (
        owner TEXT NOT NULL,
        number INTEGER NOT NULL,
        length INTEGER NOT NULL,
        nonce BLOB,
        etag TEXT,
        md5 BLOB,
        file TEXT,
        content BLOB,
        PRIMARY KEY (owner, number)
    ) WITHOUT ROWID;
    CREATE UNIQUE INDEX pieces_by_file ON pieces (file) WHERE file IS NOT NULL;
    CREATE TABLE uploads (
        id TEXT PRIMARY KEY,
        bucket TEXT NOT NULL,
        key BLOB NOT NULL,
        begun INTEGER NOT NULL,
        ended INTEGER NOT NULL DEFAULT 0,
        http TEXT NOT NULL,
        custom TEXT NOT NULL,
        storage_class TEXT NOT NULL,
        customer_key TEXT
    ) WITHOUT ROWID;
    CREATE INDEX uploads_by_time ON uploads (begun);
    CREATE TABLE doomed (file TEXT PRIMARY KEY, lock TEXT NOT NULL) WITHOUT ROWID;
"];

pub(super) const OBJECT: &str = "key, version, size, etag, uploaded, algorithm, digest, http, custom, storage_class, customer_key";

/// Reads a row of the columns of [`OBJECT`].
pub(super) fn object(row: &Row<'_>) -> rusqlite::Result<R2Object> {
    let algorithm: Option<String> = row.get(5)?;
    let checksum = match algorithm {
        None => None,
        Some(name) => Some(R2Checksum {
            algorithm: R2Algorithm::of_key(&name).ok_or_else(|| {
                rusqlite::Error::InvalidColumnType(5, "algorithm".into(), Type::Text)
            })?,
            digest: row.get(6)?,
        }),
    };
    Ok(R2Object {
        key: text(row, 0)?,
        version: row.get(1)?,
        size: row.get(2)?,
        etag: row.get(3)?,
        uploaded: row.get(4)?,
        checksum,
        metadata: R2Metadata {
            http: row.get(7)?,
            custom: row.get(8)?,
            storage_class: row.get(9)?,
        },
        customer_key_md5: row.get(10)?,
    })
}

/// A key, which is compared byte by byte and therefore stored as bytes.
pub(super) fn text(row: &Row<'_>, index: usize) -> rusqlite::Result<String> {
    Ok(String::from_utf8_lossy(row.get_ref(index)?.as_blob()?).into_owned())
}

/// The object at a key.
pub(super) fn find(
    connection: &Connection,
    bucket: &str,
    key: &str,
) -> rusqlite::Result<Option<R2Object>> {
    connection
        .prepare_cached(&format!(
            "SELECT {OBJECT} FROM objects WHERE bucket = ?1 AND key = ?2"
        ))?
        .query_row((bucket, key.as_bytes()), object)
        .optional()
}

/// The pieces of an object's version, in their order.
pub(super) fn pieces(connection: &Connection, version: &str) -> rusqlite::Result<Vec<Piece>> {
    let mut statement = connection.prepare_cached(
        "SELECT length, nonce, file, content FROM pieces WHERE owner = ?1 ORDER BY number",
    )?;
    let rows = statement.query_map([version], |row| {
        let file: Option<String> = row.get(2)?;
        Ok(Piece {
            length: row.get(0)?,
            nonce: row.get(1)?,
            place: match file {
                Some(name) => Place::File(name),
                None => Place::Bytes(row.get(3)?),
            },
        })
    })?;
    rows.collect()
}

/// Makes an object what is found at its key.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    bucket: &str,
    object: &R2Object,
) -> rusqlite::Result<()> {
    let checksum = object.checksum.as_ref();
    transaction
        .prepare_cached(&format!(
            "INSERT OR REPLACE INTO objects (bucket, {OBJECT}) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
        ))?
        .execute(params![
            bucket,
            object.key.as_bytes(),
            object.version,
            object.size,
            object.etag,
            object.uploaded,
            checksum.map(|checksum| checksum.algorithm.key()),
            checksum.map(|checksum| &checksum.digest),
            object.metadata.http,
            object.metadata.custom,
            object.metadata.storage_class,
            object.customer_key_md5,
        ])
        .map(drop)
}
