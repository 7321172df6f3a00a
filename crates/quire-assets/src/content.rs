//! A file's content: read and hashed once for everyone who asks.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http::HeaderValue;
use quire_http::Coding;

use crate::content_type::content_type;
use crate::directory::{Directory, Stamp};
use crate::error::{LoadError, Unreadable};
use crate::etag::{content_hash, content_hash_and_length};
use crate::hints::Hints;
use crate::shared_job::SharedJob;

/// Files up to this many bytes are kept in memory and sent from there; longer ones are streamed from the disk.
pub(crate) const IN_MEMORY: u64 = 512 * 1024;

/// All that answers need to know of one version of a file.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) length: u64,
    pub(crate) etag: HeaderValue,
    pub(crate) content_type: HeaderValue,
    /// What a page says is worth loading ahead.
    pub(crate) hints: Option<Hints>,
    /// The whole content, for a small file.
    pub(crate) bytes: Option<Bytes>,
    /// Whether the stamp it was read under will differ after any later change.
    settled: bool,
}

/// One version of one file, whose content is loaded when first needed.
#[derive(Debug)]
pub(crate) struct FileVersion {
    pub(crate) key: Arc<str>,
    pub(crate) stamp: Stamp,
    content: SharedJob<Arc<Content>>,
    /// The content in each coding; `None` where that is not shorter.
    compressed: [SharedJob<Option<Bytes>>; Coding::ALL.len()],
}

impl FileVersion {
    pub(crate) fn new(key: &str, stamp: Stamp) -> Self {
        Self {
            key: key.into(),
            stamp,
            content: SharedJob::default(),
            compressed: Default::default(),
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
    pub(crate) async fn content(
        self: &Arc<Self>,
        directory: &Arc<Directory>,
    ) -> Result<Arc<Content>, LoadError> {
        let job = || {
            let (directory, version) = (Arc::clone(directory), Arc::clone(self));
            blocking(move || load(&directory, &version.key, &version.stamp).map(Arc::new))
        };
        self.content.get_or_make(job).await
    }

    /// What holds the content in a coding.
    pub(crate) fn compressed(&self, coding: Coding) -> &SharedJob<Option<Bytes>> {
        let place = Coding::ALL.iter().position(|other| *other == coding);
        &self.compressed[place.unwrap_or(0)]
    }

    /// The bytes in memory: the content's and its compressed forms'.
    pub(crate) fn bytes_in_memory(&self) -> usize {
        let content = match self.is_in_memory() {
            true => usize::try_from(self.stamp.length).unwrap_or(0),
            false => 0,
        };
        let compressed = self.compressed.iter().filter_map(SharedJob::get).flatten();
        content + compressed.map(Bytes::len).sum::<usize>()
    }
}

/// Runs what blocks where it may.
pub(crate) async fn blocking<T: Send + 'static>(
    job: impl FnOnce() -> Result<T, LoadError> + Send + 'static,
) -> Result<T, LoadError> {
    let done = tokio::task::spawn_blocking(job).await;
    done.map_err(|error| LoadError::from(io::Error::other(error)))?
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
        let read = (&file).take(IN_MEMORY + 1).read_to_end(&mut bytes);
        read.map_err(Unreadable::at(directory.file_path(key)))?;
        if bytes.len() as u64 > IN_MEMORY {
            return Err(LoadError::Changed);
        }
        (
            content_hash(key, bytes.as_slice())?,
            bytes.len() as u64,
            Some(Bytes::from(bytes)),
        )
    } else {
        let read = content_hash_and_length(key, &mut file);
        let (hash, length) = read.map_err(Unreadable::at(directory.file_path(key)))?;
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
    let hints = bytes
        .as_deref()
        .filter(|_| content_type.as_bytes().starts_with(b"text/html"))
        .and_then(Hints::of_page);
    let settled = stamp.is_settled(read_at) && Stamp::of(&file)? == stamp;
    Ok(Content {
        length,
        etag,
        content_type,
        hints,
        bytes,
        settled,
    })
}

/// Opens a file to stream the version that was hashed.
pub(crate) async fn open_version(
    directory: &Arc<Directory>,
    version: &Arc<FileVersion>,
) -> Result<File, LoadError> {
    let (directory, version) = (Arc::clone(directory), Arc::clone(version));
    blocking(move || open_now(&directory, &version)).await
}

/// Opens the version of a file, which blocks.
pub(crate) fn open_now(directory: &Directory, version: &FileVersion) -> Result<File, LoadError> {
    let open = directory.open()?.ok_or(LoadError::Changed)?;
    match open.file(&version.key)? {
        Some((file, stamp)) if stamp == version.stamp => Ok(file),
        _ => Err(LoadError::Changed),
    }
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
