//! Buckets in a folder: a database of all objects, and a file for each piece of content that is not small.

use super::content::{R2Content, resolve};
use super::draft::DirectoryDraft;
use super::rows::{SCHEMA, find, pieces};
use super::writer::{self, Job, Write};
use super::{
    Done, KEY_BYTES_MAX, R2Algorithm, R2CustomerKey, R2Draft, R2Error, R2Found, R2Get, R2Listing,
    R2Metadata, R2Object, R2Page, R2Part, R2Store, R2Upload, list, uploads, write,
};
use crate::StoreError;
use crate::blobs::Blobs;
use crate::opened::Opened;
use crate::sqlite::{Database, Durability};
use crate::turn::Turn;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Sender;

/// The buckets in a folder of their own.
pub struct R2Directory(Writer);

/// What writes, and what it writes to. Clones are the same.
#[derive(Clone)]
pub(super) struct Writer {
    pub(super) shared: Arc<Shared>,
    jobs: Sender<Box<dyn Write>>,
}

pub(super) struct Shared {
    pub(super) database: Database,
    pub(super) contents: Arc<Blobs>,
    pub(super) turn: Turn,
}

/// The directories that this process has open.
static OPEN: Opened<R2Directory> = Opened::new();

/// Reads that are tried again because the object was replaced meanwhile.
const TRIES_MAX: usize = 10;

impl R2Directory {
    /// Opens the buckets in `folder`, and makes it if there is none. Within a process it is opened once.
    pub fn open(folder: &Path) -> Result<Arc<Self>, StoreError> {
        OPEN.get(folder, || Self::open_again(folder))
    }

    fn open_again(folder: &Path) -> Result<Self, StoreError> {
        let contents = Blobs::open(folder.join("contents")).or_else(|error| {
            match folder.join("index.sqlite").exists() {
                true => Ok(Blobs::at(folder.join("contents"))),
                false => Err(error),
            }
        })?;
        let file = folder.join("index.sqlite");
        let shared = Arc::new(Shared {
            database: Database::open(file, SCHEMA, Durability::PowerCut)?,
            contents: Arc::new(contents),
            turn: Turn::open(folder),
        });
        let jobs = writer::start(shared.clone())?;
        Ok(Self(Writer { shared, jobs }))
    }

    fn shared(&self) -> &Shared {
        &self.0.shared
    }
}

impl Writer {
    pub(super) fn submit(&self, job: Box<dyn Write>) {
        if let Err(rejected) = self.jobs.send(job) {
            let path = self.shared.database.path().to_path_buf();
            let file = rejected.0.fail(StoreError::Closed { path });
            self.shared.contents.delete(file);
        }
    }

    /// A name that nothing else has.
    pub(super) fn new_name(&self) -> Result<String, StoreError> {
        crate::random::hex(self.shared.database.path())
    }
}

pub(super) fn check_key(key: &str) -> Result<(), R2Error> {
    match key.len() > KEY_BYTES_MAX {
        true => Err(R2Error::ObjectName),
        false => Ok(()),
    }
}

impl R2Store for R2Directory {
    fn head(&self, bucket: &str, key: &str) -> Result<Option<R2Object>, R2Error> {
        check_key(key)?;
        let database = &self.shared().database;
        Ok(database.with(|connection| find(connection, bucket, key))?)
    }

    fn get(&self, bucket: &str, key: &str, get: &R2Get) -> Result<Option<R2Found>, R2Error> {
        check_key(key)?;
        let Shared {
            database, contents, ..
        } = self.shared();
        for _ in 0..TRIES_MAX {
            let found = database.with(|connection| {
                // As they are at one moment.
                let transaction = connection.transaction()?;
                let Some(object) = find(&transaction, bucket, key)? else {
                    return Ok(None);
                };
                let wanted = get.condition.holds(&object.etag, object.uploaded);
                let pieces = match wanted {
                    true => Some(pieces(&transaction, &object.version)?),
                    false => None,
                };
                Ok(Some((object, pieces)))
            })?;
            let Some((object, pieces)) = found else {
                return Ok(None);
            };
            let Some(pieces) = pieces else {
                let content = None;
                return Ok(Some(R2Found { object, content }));
            };
            if let Some(md5) = &object.customer_key_md5 {
                let given = get.customer_key.as_ref().map(R2CustomerKey::md5);
                if given.transpose()?.as_ref() != Some(md5) {
                    return Err(R2Error::CustomerKey);
                }
            }
            let range = resolve(get.range, object.size)?;
            let customer_key = get.customer_key.clone();
            let content = R2Content::open(contents.clone(), pieces, range, customer_key)?;
            if content.is_some() {
                return Ok(Some(R2Found { object, content }));
            }
        }
        Err(R2Error::Store(contents.missing(key)))
    }

    fn list(&self, listing: &R2Listing) -> Result<R2Page, R2Error> {
        list::list(&self.shared().database, listing)
    }

    fn draft(
        &self,
        customer_key: Option<R2CustomerKey>,
        checksum: Option<R2Algorithm>,
    ) -> Result<Box<dyn R2Draft>, R2Error> {
        let draft = DirectoryDraft::new(self.0.clone(), customer_key, checksum)?;
        Ok(Box::new(draft))
    }

    fn delete(&self, bucket: String, keys: Vec<String>, done: Done<()>) {
        if let Some(error) = keys.iter().find_map(|key| check_key(key).err()) {
            return done(Err(error));
        }
        self.0.submit(Job::boxed(
            None,
            move |transaction, freed| write::delete(transaction, freed, &bucket, &keys),
            done,
        ));
    }

    fn create_upload(
        &self,
        bucket: String,
        key: String,
        metadata: R2Metadata,
        customer_key: Option<R2CustomerKey>,
        done: Done<String>,
    ) {
        let prepared = check_key(&key).and_then(|()| {
            let md5 = customer_key.as_ref().map(R2CustomerKey::md5).transpose()?;
            Ok((self.0.new_name()?, md5))
        });
        let (id, md5) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => return done(Err(error)),
        };
        let upload = R2Upload { bucket, key, id };
        self.0.submit(Job::boxed(
            None,
            move |transaction, _| {
                uploads::create(transaction, &upload, &metadata, md5.as_deref())?;
                Ok(Ok(upload.id.clone()))
            },
            done,
        ));
    }

    fn complete(&self, upload: R2Upload, parts: Vec<R2Part>, done: Done<R2Object>) {
        let version = check_key(&upload.key).and_then(|()| Ok(self.0.new_name()?));
        let version = match version {
            Ok(version) => version,
            Err(error) => return done(Err(error)),
        };
        self.0.submit(Job::boxed(
            None,
            move |transaction, freed| {
                uploads::complete(transaction, freed, &upload, &parts, &version)
            },
            done,
        ));
    }

    fn abort(&self, upload: R2Upload, done: Done<()>) {
        if let Err(error) = check_key(&upload.key) {
            return done(Err(error));
        }
        self.0.submit(Job::boxed(
            None,
            move |transaction, freed| uploads::abort(transaction, freed, &upload),
            done,
        ));
    }
}
