//! A file's content: read and hashed once for everyone who asks.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use http::HeaderValue;
use tokio::sync::watch;

use crate::content_type::content_type;
use crate::directory::{Directory, Stamp};
use crate::etag::{content_hash, content_hash_and_length};

/// Files up to this many bytes are kept in memory and sent from there; longer ones are streamed from the disk.
pub(crate) const IN_MEMORY: u64 = 512 * 1024;

/// All that answers need to know of one version of a file.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) length: u64,
    pub(crate) etag: HeaderValue,
    pub(crate) content_type: HeaderValue,
    /// The whole content, for a small file.
    pub(crate) bytes: Option<Bytes>,
    /// Whether the stamp it was read under will differ after any later change.
    settled: bool,
}

/// Why a file's content is not to be had.
#[derive(Debug, Clone)]
pub(crate) enum LoadError {
    /// The file was replaced or changed since it was looked up.
    Changed,
    Failed(Arc<io::Error>),
}

impl From<io::Error> for LoadError {
    fn from(error: io::Error) -> Self {
        Self::Failed(Arc::new(error))
    }
}

type Loaded = Result<Arc<Content>, LoadError>;

/// One version of one file, whose content is loaded when first needed.
#[derive(Debug)]
pub(crate) struct FileVersion {
    pub(crate) key: Arc<str>,
    pub(crate) stamp: Stamp,
    content: OnceLock<Arc<Content>>,
    loading: Mutex<Option<watch::Receiver<Option<Loaded>>>>,
}

impl FileVersion {
    pub(crate) fn new(key: &str, stamp: Stamp) -> Self {
        Self {
            key: key.into(),
            stamp,
            content: OnceLock::new(),
            loading: Mutex::new(None),
        }
    }

    /// Whether this still stands for a file that now has the given stamp.
    pub(crate) fn stands_for(&self, stamp: &Stamp) -> bool {
        self.stamp == *stamp && self.content.get().is_none_or(|content| content.settled)
    }

    pub(crate) fn is_in_memory(&self) -> bool {
        self.stamp.length <= IN_MEMORY
    }

    /// The content, loaded by the first caller's job. That job outlives a caller that goes away.
    pub(crate) async fn content(self: &Arc<Self>, directory: &Arc<Directory>) -> Loaded {
        if let Some(content) = self.content.get() {
            return Ok(content.clone());
        }
        let mut loaded = self.start_loading(directory);
        let result = match loaded.wait_for(Option::is_some).await {
            Ok(result) => result.clone(),
            Err(_) => None,
        };
        result.unwrap_or_else(|| Err(io::Error::other("reading the file was interrupted").into()))
    }

    fn start_loading(
        self: &Arc<Self>,
        directory: &Arc<Directory>,
    ) -> watch::Receiver<Option<Loaded>> {
        let mut loading = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = loading.as_ref()
            && (running.borrow().is_some() || running.has_changed().is_ok())
        {
            return running.clone();
        }
        let (sender, receiver) = watch::channel(None);
        *loading = Some(receiver.clone());
        let version = Arc::clone(self);
        let directory = Arc::clone(directory);
        tokio::task::spawn_blocking(move || {
            let loaded = load(&directory, &version.key, &version.stamp).map(Arc::new);
            match &loaded {
                Ok(content) => {
                    let _ = version.content.set(content.clone());
                }
                // The next request tries again.
                Err(_) => {
                    *version
                        .loading
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner) = None
                }
            }
            sender.send_replace(Some(loaded));
        });
        receiver
    }
}

fn load(directory: &Directory, key: &str, expected: &Stamp) -> Result<Content, LoadError> {
    let open = directory.open()?.ok_or(LoadError::Changed)?;
    let (mut file, stamp) = open.file(key)?.ok_or(LoadError::Changed)?;
    if stamp != *expected {
        return Err(LoadError::Changed);
    }
    let read_at = SystemTime::now();
    let (hash, length, bytes) = if stamp.length <= IN_MEMORY {
        let mut bytes = Vec::with_capacity(usize::try_from(stamp.length).unwrap_or(0) + 1);
        (&file).take(IN_MEMORY + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > IN_MEMORY {
            return Err(LoadError::Changed);
        }
        (
            content_hash(key, bytes.as_slice())?,
            bytes.len() as u64,
            Some(Bytes::from(bytes)),
        )
    } else {
        let (hash, length) = content_hash_and_length(key, &mut file)?;
        if Stamp::of(&file)? != stamp || length != stamp.length {
            return Err(LoadError::Changed);
        }
        (hash, length, None)
    };
    #[cfg(test)]
    tests::count_load(key);
    let etag = HeaderValue::from_str(&format!("\"{hash}\"")).map_err(io::Error::other)?;
    let content_type = match content_type(key) {
        Cow::Borrowed(text) => HeaderValue::from_static(text),
        Cow::Owned(text) => HeaderValue::from_str(&text).map_err(io::Error::other)?,
    };
    let settled = stamp.is_settled(read_at) && Stamp::of(&file)? == stamp;
    Ok(Content {
        length,
        etag,
        content_type,
        bytes,
        settled,
    })
}

/// Opens a file to stream the version that was hashed.
pub(crate) async fn open_version(
    directory: &Arc<Directory>,
    version: &Arc<FileVersion>,
) -> Result<File, LoadError> {
    let directory = Arc::clone(directory);
    let version = Arc::clone(version);
    let opened = tokio::task::spawn_blocking(move || {
        let open = directory.open()?.ok_or(LoadError::Changed)?;
        match open.file(&version.key)? {
            Some((file, stamp)) if stamp == version.stamp => Ok(file),
            _ => Err(LoadError::Changed),
        }
    });
    opened
        .await
        .map_err(|error| LoadError::from(io::Error::other(error)))?
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::HashMap;
    use std::fs;
    use std::sync::{LazyLock, Mutex};
    use std::time::Duration;

    use super::*;

    /// Not every file system's clock can tell a second write at the same instant from the first.
    #[tokio::test]
    async fn what_was_just_written_is_read_again() {
        let place = tempfile::tempdir().unwrap();
        let directory = Arc::new(Directory::new(place.path().to_owned()));
        let path = place.path().join("a.txt");
        let stamp = || {
            directory
                .open()
                .unwrap()
                .unwrap()
                .stamp("a.txt")
                .unwrap()
                .unwrap()
        };
        fs::write(&path, "one").unwrap();
        // A time that has not come yet stands for one that is not over.
        let file = File::options().write(true).open(&path).unwrap();
        file.set_modified(SystemTime::now() + Duration::from_secs(3600))
            .unwrap();
        let fresh = Arc::new(FileVersion::new("a.txt", stamp()));
        assert!(fresh.stands_for(&stamp()), "nothing was read yet");
        fresh.content(&directory).await.unwrap();
        assert!(!fresh.stands_for(&stamp()));

        file.set_modified(SystemTime::now()).unwrap();
        tokio::time::sleep(Duration::from_millis(60)).await;
        let stamp = stamp();
        let later = Arc::new(FileVersion::new("a.txt", stamp));
        assert_eq!(
            later.content(&directory).await.unwrap().bytes.as_deref(),
            Some(&b"one"[..])
        );
        assert!(later.stands_for(&stamp));
        fs::write(&path, "two!").unwrap();
        let changed = Arc::new(FileVersion::new("a.txt", stamp));
        assert!(matches!(
            changed.content(&directory).await,
            Err(LoadError::Changed)
        ));
    }

    static LOADS: LazyLock<Mutex<HashMap<String, usize>>> = LazyLock::new(Mutex::default);

    pub(crate) fn count_load(key: &str) {
        *LOADS.lock().unwrap().entry(key.to_owned()).or_default() += 1;
    }

    /// How often a file was read in this process; tests that ask use names of their own.
    pub(crate) fn loads(key: &str) -> usize {
        LOADS.lock().unwrap().get(key).copied().unwrap_or(0)
    }
}
