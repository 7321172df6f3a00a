//! A file that an answer is made of, and the other forms that it can be sent in.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use quire_http::{AcceptEncoding, Coding, Effort, WORTH_COMPRESSING, compress};

use crate::body::AssetBody;
use crate::cache::Cache;
use crate::content::{FileVersion, blocking, open_now, open_version};
use crate::directory::Directory;
use crate::error::{LoadError, Unreadable};
use crate::siblings::Siblings;

/// The longest file that is compressed here: the longest that Pages takes.
const LONGEST_COMPRESSED: u64 = 25 * 1024 * 1024;

/// A file, as found for a path.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) version: Arc<FileVersion>,
    pub(crate) siblings: Siblings,
}

/// The file whose whole content is the body of an answer. Whoever sends the answer may replace that body by another form of
/// it, as long as nothing has been read of it.
#[derive(Clone, Debug)]
pub struct Asset {
    pub(crate) cache: Arc<Cache>,
    pub(crate) found: Found,
}

impl Asset {
    /// How many bytes the file has.
    pub fn length(&self) -> u64 {
        self.found.version.stamp.length
    }

    /// Some of the bytes, which must be there.
    pub async fn part(&self, part: Range<u64>) -> io::Result<AssetBody> {
        let version = &self.found.version;
        let content = version.content(self.cache.directory()).await?;
        if let Some(bytes) = &content.bytes {
            let start = usize::try_from(part.start).map_err(io::Error::other)?;
            let end = usize::try_from(part.end).map_err(io::Error::other)?;
            return Ok(AssetBody::from_bytes(bytes.slice(start..end)));
        }
        let file = open_version(self.cache.directory(), version).await?;
        let path = self.cache.directory().file_path(&version.key);
        Ok(AssetBody::from_file(file, path, version.stamp, part))
    }

    /// The content in the coding that a client wants most: that of a file beside this one, or else compressed here if the
    /// type of content is worth it. `None` if it wants the content as it is, or there is no shorter form.
    pub async fn encoded(
        &self,
        accepted: &AcceptEncoding,
        compressible: bool,
    ) -> io::Result<Option<(Coding, AssetBody)>> {
        if let Some(coding) = accepted.choose(self.found.siblings.codings())
            && let Some(sibling) = self.cache.sibling(&self.found.version.key, coding)
        {
            let body = whole(self.cache.directory(), &sibling).await?;
            return Ok(Some((coding, body)));
        }
        if !compressible || !(WORTH_COMPRESSING..=LONGEST_COMPRESSED).contains(&self.length()) {
            return Ok(None);
        }
        let Some(coding) = accepted.choose(Coding::ALL) else {
            return Ok(None);
        };
        let compressed = self.compressed(coding).await?;
        Ok(compressed.map(|bytes| (coding, AssetBody::from_bytes(bytes))))
    }

    /// The content in this coding, compressed once and kept.
    async fn compressed(&self, coding: Coding) -> Result<Option<Bytes>, LoadError> {
        let version = &self.found.version;
        let shared = version.compressed(coding);
        if let Some(made) = shared.get() {
            return Ok(made.clone());
        }
        let job = || {
            let (cache, version) = (Arc::clone(&self.cache), Arc::clone(version));
            async move {
                let content = version.content(cache.directory()).await?;
                // One at a time: the rest of the processors is for answers.
                let _turn = cache.compressing().await;
                let directory = Arc::clone(cache.directory());
                blocking(move || {
                    let compressed = match &content.bytes {
                        Some(bytes) => compress(coding, Effort::Kept, bytes)?,
                        None => compress(coding, Effort::Kept, &read(&directory, &version)?)?,
                    };
                    Ok(compressed.map(Bytes::from))
                })
                .await
            }
        };
        let made = shared.get_or_make(job).await?;
        self.cache.weigh_again(version);
        Ok(made)
    }
}

/// The whole content of a file.
pub(crate) async fn whole(
    directory: &Arc<Directory>,
    version: &Arc<FileVersion>,
) -> Result<AssetBody, LoadError> {
    let content = version.content(directory).await?;
    Ok(match &content.bytes {
        Some(bytes) => AssetBody::from_bytes(bytes.clone()),
        None => {
            let file = open_version(directory, version).await?;
            let path = directory.file_path(&version.key);
            AssetBody::from_file(file, path, version.stamp, 0..version.stamp.length)
        }
    })
}

fn read(directory: &Directory, version: &FileVersion) -> Result<Vec<u8>, LoadError> {
    let mut file = open_now(directory, version)?;
    let length = usize::try_from(version.stamp.length).map_err(io::Error::other)?;
    let mut content = Vec::with_capacity(length);
    (&mut file)
        .take(version.stamp.length)
        .read_to_end(&mut content)
        .map_err(Unreadable::at(directory.file_path(&version.key)))?;
    match content.len() == length {
        true => Ok(content),
        false => Err(LoadError::Changed),
    }
}
