//! LFS objects on disk: stored under their SHA-256, which is checked while they arrive.

use std::io;
use std::path::PathBuf;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

use crate::layout::Layout;

/// The SHA-256 of `bytes` in lower-case hex, as LFS names objects.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Why an upload was not stored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UploadError {
    #[error("the content has the SHA-256 `{found}`, not `{expected}`")]
    Digest { expected: String, found: String },
    #[error("the upload broke off: {0}")]
    Body(#[from] hyper::Error),
    #[error("cannot store the object: {0}")]
    Disk(#[from] io::Error),
}

/// Whether `oid` has the form of a SHA-256 in lower-case hex; only then it may become a path.
pub(crate) fn is_oid(oid: &str) -> bool {
    oid.len() == 64
        && oid
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Where the object `oid` lies, whether it exists or not.
pub(crate) fn object_path(layout: &Layout, oid: &str) -> PathBuf {
    layout.objects().join(&oid[..2]).join(&oid[2..4]).join(oid)
}

/// The size of an object that is stored.
pub(crate) async fn object_size(layout: &Layout, oid: &str) -> Option<u64> {
    tokio::fs::metadata(object_path(layout, oid))
        .await
        .ok()
        .map(|metadata| metadata.len())
}

/// Stores `body` as the object `oid`, if it has that digest. Readers see the whole object or none.
pub(crate) async fn store(
    layout: &Layout,
    oid: &str,
    mut body: Incoming,
) -> Result<u64, UploadError> {
    let (file, path) = tempfile::NamedTempFile::new_in(layout.incoming())?.into_parts();
    let mut file = tokio::fs::File::from_std(file);
    let mut digest = Sha256::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame?;
        if let Some(data) = frame.data_ref() {
            digest.update(data);
            length += data.len() as u64;
            file.write_all(data).await?;
        }
    }
    file.flush().await?;
    let found = hex(&digest.finalize());
    if found != oid {
        return Err(UploadError::Digest {
            expected: oid.to_owned(),
            found,
        });
    }
    let target = object_path(layout, oid);
    if let Some(folder) = target.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    path.persist(target).map_err(|error| error.error)?;
    Ok(length)
}
