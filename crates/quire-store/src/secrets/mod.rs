//! Secrets of projects, encrypted at rest.
//!
//! A folder holds two files, both for their owner only: `key`, which is made when the first secret is, and `secrets`, all
//! secrets in one piece that the key seals (AES-256-GCM). Whoever has only a copy of `secrets` learns its length. The file
//! is replaced as a whole, so that at any moment there is the old one or the new one.

mod records;
mod seal;
#[cfg(test)]
mod tests;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::StoreError;
use crate::folder;
use records::Records;
use seal::{Key, Unsealed};

/// Only its owner may read or write it.
const PRIVATE: u32 = 0o600;

/// Whose secret it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretOwner {
    /// A program in an environment. The project's own program has an empty name.
    Program {
        /// `production` or `preview`
        environment: String,
        /// The name of a service, or nothing
        program: String,
    },
    /// A store of secrets that several programs share, by its id.
    Store(String),
}

/// Why secrets cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// A file or folder could not be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There are secrets, but not the key to them.
    #[error("the key `{key}` is missing, without which the secrets in `{file}` cannot be read; bring it back, or remove `{file}` and put the secrets again", key = .key.display(), file = .file.display())]
    NoKey {
        /// Where the key should be
        key: PathBuf,
        /// The secrets
        file: PathBuf,
    },
    /// The key is no key.
    #[error("`{key}` is not a key: it must hold 64 hexadecimal digits; bring the right file back", key = .0.display())]
    BadKey(PathBuf),
    /// The key is another one's.
    #[error("the secrets in `{file}` were encrypted with another key than `{key}`; bring the right key back, or remove `{file}` and put the secrets again", key = .key.display(), file = .file.display())]
    WrongKey {
        /// The key
        key: PathBuf,
        /// The secrets
        file: PathBuf,
    },
    /// The file was cut off or changed.
    #[error("`{file}` is damaged: it was cut off or changed; bring back a copy, or remove it and put the secrets again", file = .0.display())]
    Damaged(PathBuf),
    /// The file is of a newer quire.
    #[error("`{file}` was written by a newer version of quire; use that version", file = .0.display())]
    TooNew(PathBuf),
    /// The system gives no random bytes.
    #[error("the system gives no random numbers to make a key of: {0}")]
    NoRandomness(getrandom::Error),
}

/// All secrets of a data folder.
#[derive(Clone, Default, PartialEq)]
pub struct Secrets(Records);

// The derived form would print them.
impl std::fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Secrets").finish_non_exhaustive()
    }
}

impl Secrets {
    /// The names and values of one owner's secrets, by name.
    pub fn of<'a>(&'a self, owner: &SecretOwner) -> impl Iterator<Item = (&'a str, &'a str)> {
        let values = self.0.get(owner).into_iter().flatten();
        values.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// One secret.
    pub fn get(&self, owner: &SecretOwner, name: &str) -> Option<&str> {
        self.0.get(owner)?.get(name).map(String::as_str)
    }
}

/// The place for secrets in a data folder.
#[derive(Clone, Debug)]
pub struct SecretStore {
    folder: PathBuf,
}

impl SecretStore {
    /// The place below `data`. Nothing is made before the first secret is put.
    pub fn new(data: &Path) -> Self {
        Self {
            folder: data.join("secrets"),
        }
    }

    /// Reads all secrets.
    pub fn read(&self) -> Result<Secrets, SecretError> {
        let file = self.file();
        let sealed = match fs::read(&file) {
            Ok(sealed) => sealed,
            Err(error) if is_absent(&error) => return Ok(Secrets::default()),
            Err(error) => return Err(StoreError::file(&file)(error).into()),
        };
        let Some(key) = self.key()? else {
            return Err(SecretError::NoKey {
                key: self.key_file(),
                file,
            });
        };
        let records = match key.unseal(&sealed) {
            Unsealed::Bytes(bytes) => records::decode(&bytes),
            Unsealed::OtherKey => {
                return Err(SecretError::WrongKey {
                    key: self.key_file(),
                    file,
                });
            }
            Unsealed::Damaged => None,
            Unsealed::TooNew => return Err(SecretError::TooNew(file)),
        };
        records.map(Secrets).ok_or(SecretError::Damaged(file))
    }

    /// Keeps a secret; whether there was one of this name before.
    pub fn put(&self, owner: SecretOwner, name: &str, value: &str) -> Result<bool, SecretError> {
        self.change(|records| {
            let values = records.entry(owner).or_default();
            (
                values.insert(name.to_owned(), value.to_owned()).is_some(),
                true,
            )
        })
    }

    /// Forgets a secret; whether there was one.
    pub fn delete(&self, owner: &SecretOwner, name: &str) -> Result<bool, SecretError> {
        self.change(|records| {
            let removed = records
                .get_mut(owner)
                .is_some_and(|values| values.remove(name).is_some());
            records.retain(|_, values| !values.is_empty());
            (removed, removed)
        })
    }

    /// Changes the secrets while nobody else does. `change` also says whether there is anything to write.
    fn change<R>(&self, change: impl FnOnce(&mut Records) -> (R, bool)) -> Result<R, SecretError> {
        folder::create(&self.folder)?;
        let lock_file = self.folder.join("lock");
        let lock = private(OpenOptions::new().create(true).truncate(false), &lock_file)?;
        lock.lock().map_err(StoreError::file(&lock_file))?;
        let Secrets(mut records) = self.read()?;
        let (result, is_changed) = change(&mut records);
        if is_changed {
            let key = match self.key()? {
                Some(key) => key,
                None => self.make_key()?,
            };
            let sealed = key
                .seal(records::encode(&records))
                .map_err(SecretError::NoRandomness)?;
            self.replace(&self.file(), &sealed)?;
        }
        Ok(result)
    }

    fn file(&self) -> PathBuf {
        self.folder.join("secrets")
    }

    fn key_file(&self) -> PathBuf {
        self.folder.join("key")
    }

    fn key(&self) -> Result<Option<Key>, SecretError> {
        let file = self.key_file();
        match fs::read_to_string(&file) {
            Ok(text) => match Key::parse(text.trim_end()) {
                Some(key) => Ok(Some(key)),
                None => Err(SecretError::BadKey(file)),
            },
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Err(SecretError::BadKey(file))
            }
            Err(error) => Err(StoreError::file(&file)(error).into()),
        }
    }

    fn make_key(&self) -> Result<Key, SecretError> {
        let key = Key::random().map_err(SecretError::NoRandomness)?;
        self.replace(&self.key_file(), format!("{}\n", key.text()).as_bytes())?;
        Ok(key)
    }

    /// Writes a file under another name and puts it in its place when all of it is on the disk.
    fn replace(&self, file: &Path, content: &[u8]) -> Result<(), StoreError> {
        let draft = file.with_extension("new");
        let mut options = OpenOptions::new();
        let mut written = private(options.create(true).truncate(true), &draft)?;
        let whole = written
            .write_all(content)
            .and_then(|()| written.sync_all())
            .and_then(|()| fs::rename(&draft, file))
            .and_then(|()| File::open(&self.folder)?.sync_all());
        if whole.is_err() {
            // What is left of it is of no use.
            let _ = fs::remove_file(&draft);
        }
        whole.map_err(StoreError::file(file))
    }
}

fn private(options: &mut OpenOptions, file: &Path) -> Result<File, StoreError> {
    options
        .write(true)
        .mode(PRIVATE)
        .open(file)
        .map_err(StoreError::file(file))
}

/// Whether there is no such file, be it because the data folder is none: who needs the folder says so.
fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}
