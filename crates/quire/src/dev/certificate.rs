//! The certificate that development makes for itself, for HTTPS on the own machine.
//!
//! It lies in the folder for what lasts, so that a browser which was told to trust it is not asked again. Certificate and key
//! are one file, which is replaced as a whole.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use miette::Diagnostic;
use quire_server::TlsFiles;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose,
};
use time::OffsetDateTime;

/// Some systems take no certificate that is valid for more than 825 days.
const VALID_DAYS: i64 = 800;

/// An older one is made anew, before it ends.
const RENEWED_AFTER: Duration = Duration::from_secs(700 * 24 * 60 * 60);

/// Why there is no certificate.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum CertificateError {
    #[error("cannot make a certificate: {0}")]
    Make(#[from] rcgen::Error),

    #[error("cannot keep the certificate in `{}`: {source}", .path.display())]
    #[diagnostic(help(
        "choose another folder for what lasts with `--persist-to`, or give a certificate with `--https-cert-path` and \
         `--https-key-path`"
    ))]
    Keep { path: PathBuf, source: io::Error },
}

/// A certificate for this machine under the address `ip`, from the folder for what lasts; and whether it was made just now.
pub fn self_made(data: &Path, ip: IpAddr) -> Result<(TlsFiles, bool), CertificateError> {
    let is_local = ip.is_loopback() || ip.is_unspecified();
    let name = match is_local {
        true => "localhost".to_owned(),
        false => ip.to_string().replace(':', "-"),
    };
    let folder = data.join("https");
    let path = folder.join(format!("{name}.pem"));
    let files = TlsFiles {
        certificate: path.clone(),
        key: path.clone(),
    };
    if is_fresh(&path) {
        return Ok((files, false));
    }
    let own = Some(ip).filter(|_| !is_local);
    let text = made(own)?;
    keep(&folder, &path, &text).map_err(|source| CertificateError::Keep { path, source })?;
    Ok((files, true))
}

fn is_fresh(path: &Path) -> bool {
    let modified = fs::metadata(path).and_then(|metadata| metadata.modified());
    modified.is_ok_and(|modified| {
        let age = SystemTime::now().duration_since(modified);
        // One from the future was copied from a machine with another clock.
        age.unwrap_or_default() < RENEWED_AFTER
    })
}

/// Certificate and key in PEM.
fn made(ip: Option<IpAddr>) -> Result<String, rcgen::Error> {
    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let names: Vec<String> = names
        .into_iter()
        .chain(ip.map(|ip| ip.to_string()))
        .collect();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "quire, for development");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let now = OffsetDateTime::now_utc();
    params.not_before = now - time::Duration::DAY;
    params.not_after = now + time::Duration::days(VALID_DAYS);
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok(certificate.pem() + &key.serialize_pem())
}

fn keep(folder: &Path, path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let draft = path.with_extension(format!("{}.draft", std::process::id()));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)?;
    file.write_all(text.as_bytes())?;
    fs::rename(draft, path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn it_is_made_once_for_each_address() {
        let data = tempfile::tempdir().unwrap();
        let local = |ip: &str| self_made(data.path(), ip.parse().unwrap()).unwrap();
        let (files, is_new) = local("127.0.0.1");
        assert!(is_new);
        let text = fs::read_to_string(&files.certificate).unwrap();
        assert!(text.contains("BEGIN CERTIFICATE") && text.contains("PRIVATE KEY"));
        let mode = fs::metadata(&files.key).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
        assert_eq!(local("0.0.0.0"), (files.clone(), false));
        let (other, is_new) = local("192.0.2.1");
        assert!(is_new && other != files);
        let old = SystemTime::now() - RENEWED_AFTER;
        let file = fs::File::open(&files.key).unwrap();
        file.set_modified(old).unwrap();
        assert!(local("127.0.0.1").1, "an old one is made anew");
    }
}
