//! Content on its way: checksums are made of it, then it is encrypted if there is a key, then it goes to memory or a file.

use super::customer_key::{CustomerCipher, Nonce, failed};
use super::digest::{Digested, Digests, hex};
use super::directory::{Shared, Writer, check_key};
use super::writer::Job;
use super::{
    Done, OBJECT_BYTES_MAX, R2Algorithm, R2Checksum, R2CustomerKey, R2Draft, R2Error, R2Object,
    R2Put, R2Upload, SMALL_BYTES_MAX, uploads, write,
};
use crate::StoreError;
use crate::blobs::{Draft, Stored};

/// Content that is being stored in a directory.
pub(super) struct DirectoryDraft {
    draft: Draft,
    digests: Digests,
    seal: Option<Seal>,
    writer: Writer,
}

/// How content is encrypted.
struct Seal {
    cipher: CustomerCipher,
    nonce: Nonce,
    customer_key_md5: String,
}

/// Content that is whole, but that no object has yet.
pub(super) struct Finished {
    pub(super) stored: Stored,
    pub(super) length: u64,
    pub(super) md5: Vec<u8>,
    pub(super) nonce: Option<Nonce>,
    pub(super) customer_key_md5: Option<String>,
    /// Whether another checksum than the MD5 was made.
    pub(super) has_other_digest: bool,
}

impl Finished {
    /// Its file, if it has one.
    pub(super) fn file(&self) -> Option<String> {
        match &self.stored {
            Stored::File(name) => Some(name.clone()),
            Stored::Bytes(_) => None,
        }
    }

    pub(super) fn md5_digits(&self) -> String {
        hex(&self.md5)
    }
}

impl DirectoryDraft {
    pub(super) fn new(
        writer: Writer,
        customer_key: Option<R2CustomerKey>,
        checksum: Option<R2Algorithm>,
    ) -> Result<Self, StoreError> {
        let Shared {
            contents, database, ..
        } = &*writer.shared;
        let seal = match customer_key {
            None => None,
            Some(key) => {
                let nonce = crate::random::bytes(database.path())?;
                Some(Seal {
                    cipher: key.cipher(&nonce, 0)?,
                    nonce,
                    customer_key_md5: key.md5()?,
                })
            }
        };
        Ok(Self {
            draft: Draft::new(contents.clone(), OBJECT_BYTES_MAX, SMALL_BYTES_MAX),
            digests: Digests::new(checksum).map_err(failed)?,
            seal,
            writer,
        })
    }

    /// Ends it. What it is given must have this checksum.
    fn finish(self, wanted: Option<&R2Checksum>) -> Result<(Finished, Writer), R2Error> {
        let Self {
            draft,
            digests,
            seal,
            writer,
        } = self;
        let Digested { md5, other } = digests.finish().map_err(failed)?;
        if let Some(wanted) = wanted {
            let actual = match &other {
                Some((algorithm, digest)) if *algorithm == wanted.algorithm => digest,
                _ => &md5,
            };
            if wanted.digest != *actual {
                return Err(R2Error::Digest {
                    algorithm: wanted.algorithm,
                    given: hex(&wanted.digest),
                    actual: hex(actual),
                });
            }
        }
        let (nonce, customer_key_md5) =
            seal.map(|seal| (seal.nonce, seal.customer_key_md5)).unzip();
        let length = draft.length();
        let finished = Finished {
            length,
            md5,
            nonce,
            customer_key_md5,
            has_other_digest: other.is_some(),
            stored: draft.finish(true)?,
        };
        Ok((finished, writer))
    }
}

impl R2Draft for DirectoryDraft {
    fn write(&mut self, bytes: &[u8]) -> Result<(), R2Error> {
        self.digests.update(bytes).map_err(failed)?;
        match &mut self.seal {
            Some(seal) => self.draft.write(&seal.cipher.apply(bytes)?)?,
            None => self.draft.write(bytes)?,
        }
        Ok(())
    }

    fn put(self: Box<Self>, put: R2Put, done: Done<Option<R2Object>>) {
        let finished = check_key(&put.key).and_then(|()| {
            let version = self.writer.new_name()?;
            Ok((self.finish(put.checksum.as_ref())?, version))
        });
        let ((content, writer), version) = match finished {
            Ok(finished) => finished,
            Err(error) => return done(Err(error)),
        };
        writer.submit(Job::boxed(
            content.file(),
            move |transaction, freed| {
                write::put(transaction, freed, &put, &version, &content).map(Ok)
            },
            done,
        ));
    }

    fn put_part(self: Box<Self>, upload: R2Upload, number: u32, done: Done<String>) {
        let finished = check_key(&upload.key).and_then(|()| {
            let etag = self.writer.new_name()?;
            Ok((self.finish(None)?, etag))
        });
        let ((content, writer), etag) = match finished {
            Ok(finished) => finished,
            Err(error) => return done(Err(error)),
        };
        writer.submit(Job::boxed(
            content.file(),
            move |transaction, freed| {
                let part = (number, etag.as_str());
                uploads::put_part(transaction, freed, &upload, part, &content)
            },
            done,
        ));
    }
}
