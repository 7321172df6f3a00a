//! Encrypted connections: the certificate that the server shows, and what it is read from.
//!
//! The supervisor reads the files, and again when they change; workers are told what they say. So a worker needs no right to
//! read a key, and a certificate that cannot be used never takes the place of one that can.

use std::convert::Infallible;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};
use tokio::time::{MissedTickBehavior, interval};

/// How often the files are looked at. Rather than notices of the system: what renews certificates likes to exchange a link to
/// a file in another folder.
const LOOK: Duration = match cfg!(test) {
    true => Duration::from_millis(20),
    false => Duration::from_secs(1),
};

/// The protocols that a client may choose from, the better first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// The files of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and those that vouch for it, in PEM.
    pub certificate: PathBuf,
    /// Its private key, in PEM.
    pub key: PathBuf,
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read `{}`: {source}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },

    /// A file holds something else.
    #[error("`{}` holds no {wanted} in PEM: {reason}", .path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        wanted: &'static str,
        /// What is in the way.
        reason: String,
    },

    /// The two do not belong together, or are of a kind that is not supported.
    #[error("the certificate in `{}` cannot be used with the key in `{}`: {reason}", .certificate.display(), .key.display())]
    Pair {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// Why.
        reason: rustls::Error,
    },
}

/// A certificate and its key, in PEM, that are known to fit.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TlsIdentity {
    certificate: String,
    key: String,
}

// The derived form would print the key.
impl std::fmt::Debug for TlsIdentity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("TlsIdentity")
            .finish_non_exhaustive()
    }
}

impl TlsFiles {
    /// Reads both files, and makes sure that they can be used.
    pub(crate) fn read(&self) -> Result<TlsIdentity, TlsError> {
        let text = |path: &Path| {
            std::fs::read_to_string(path).map_err(|source| TlsError::Read {
                path: path.to_owned(),
                source,
            })
        };
        let identity = TlsIdentity {
            certificate: text(&self.certificate)?,
            key: text(&self.key)?,
        };
        let content = |path: &Path, wanted| {
            let path = path.to_owned();
            move |reason: String| TlsError::Content {
                path,
                wanted,
                reason,
            }
        };
        let chain = identity
            .chain()
            .map_err(content(&self.certificate, "certificate"))?;
        let key = identity
            .private_key()
            .map_err(content(&self.key, "private key"))?;
        configuration(chain, key).map_err(|reason| TlsError::Pair {
            certificate: self.certificate.clone(),
            key: self.key.clone(),
            reason,
        })?;
        Ok(identity)
    }

    /// Reads the files whenever they change, once they have come to rest, and hands on what comes of it.
    pub(crate) async fn follow(
        self,
        changed: impl Fn(Result<TlsIdentity, TlsError>),
    ) -> Infallible {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut read = self.stamps();
        let mut seen = read;
        loop {
            looks.tick().await;
            let now = self.stamps();
            if now == seen && now != read {
                read = now;
                changed(self.read());
            }
            seen = now;
        }
    }

    /// What differs when a file was changed or another one is in its place.
    fn stamps(&self) -> [Option<(SystemTime, u64, u64)>; 2] {
        [&self.certificate, &self.key].map(|path| {
            let metadata = std::fs::metadata(path).ok()?;
            Some((metadata.modified().ok()?, metadata.len(), metadata.ino()))
        })
    }
}

impl TlsIdentity {
    /// What a worker accepts connections with.
    pub(crate) fn configuration(&self) -> Result<Arc<ServerConfig>, String> {
        let configuration = configuration(self.chain()?, self.private_key()?);
        configuration
            .map(Arc::new)
            .map_err(|error| error.to_string())
    }

    fn chain(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        let chain: Result<Vec<_>, _> =
            CertificateDer::pem_slice_iter(self.certificate.as_bytes()).collect();
        match chain.map_err(|error| error.to_string())? {
            chain if chain.is_empty() => Err("there is none in it".to_owned()),
            chain => Ok(chain),
        }
    }

    fn private_key(&self) -> Result<PrivateKeyDer<'static>, String> {
        PrivateKeyDer::from_pem_slice(self.key.as_bytes()).map_err(|error| error.to_string())
    }
}

fn configuration(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<ServerConfig, rustls::Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut configuration = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    configuration.alpn_protocols = PROTOCOLS.map(Vec::from).into();
    Ok(configuration)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::cell::RefCell;

    use super::*;

    fn files(folder: &Path) -> TlsFiles {
        TlsFiles {
            certificate: folder.join("certificate.pem"),
            key: folder.join("key.pem"),
        }
    }

    fn write(files: &TlsFiles) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        // Another file each, as what renews certificates makes it.
        let replace = |path: &Path, text: String| {
            let draft = path.with_extension("draft");
            std::fs::write(&draft, text).unwrap();
            std::fs::rename(draft, path).unwrap();
        };
        replace(&files.certificate, made.cert.pem());
        replace(&files.key, made.signing_key.serialize_pem());
    }

    #[test]
    fn what_is_wrong_with_files_is_said_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let files = files(folder.path());
        let problem = || files.read().unwrap_err().to_string();
        assert!(problem().contains("certificate.pem"), "{}", problem());
        write(&files);
        files.read().unwrap();
        std::fs::write(&files.key, "nothing").unwrap();
        assert!(
            problem().contains("key.pem` holds no private key"),
            "{}",
            problem()
        );
        let key = rcgen::KeyPair::generate().unwrap().serialize_pem();
        std::fs::write(&files.key, key).unwrap();
        assert!(
            problem().contains("cannot be used with the key"),
            "{}",
            problem()
        );
        std::fs::write(&files.certificate, "").unwrap();
        assert!(problem().contains("holds no certificate"), "{}", problem());
    }

    #[tokio::test]
    async fn changes_are_read_and_what_is_unusable_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let files = files(folder.path());
        write(&files);
        let first = files.read().unwrap();
        let told = RefCell::new(Vec::new());
        let following = files.clone().follow(|read| told.borrow_mut().push(read));
        let changing = async {
            let told_times = async |times: usize| {
                while told.borrow().len() < times {
                    tokio::time::sleep(LOOK).await;
                }
            };
            tokio::time::sleep(LOOK * 5).await;
            assert!(told.borrow().is_empty());
            write(&files);
            told_times(1).await;
            assert!(matches!(&told.borrow()[..], [Ok(second)] if *second != first));
            std::fs::write(&files.key, "nothing").unwrap();
            told_times(2).await;
            assert!(matches!(
                told.borrow()[1..],
                [Err(TlsError::Content { .. })]
            ));
        };
        tokio::select! {
            never = following => match never {},
            () = changing => {}
        }
    }
}
